"""Painting cells with a round brush: the strokes, and the row of controls for them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.common import theme
from explorer.ui.common.icons import icon
from explorer.ui.common.passing import passing

# Qt's primary colours and two greys: what a picture drawn by hand needs. They are paint, not part of the theme.
PAINTS = (
    ("white", "#ffffff"),
    ("grey", "#808080"),
    ("black", "#000000"),
    ("red", "#e02020"),
    ("yellow", "#f0d020"),
    ("green", "#20a040"),
    ("blue", "#2060e0"),
)
LARGEST = 12
SWATCH = 14


def stamp(pixels: np.ndarray, place: tuple[int, int], *, size: int, colour: tuple[int, int, int]) -> None:
    """Paint a disc `size` pixels wide around `place` into `pixels` (H, W, 3)."""
    y, x = np.ogrid[: pixels.shape[0], : pixels.shape[1]]
    # An even size has its middle between two pixels.
    shift = 0.5 if size % 2 == 0 else 0.0
    far = (y - place[0] + shift) ** 2 + (x - place[1] + shift) ** 2
    pixels[far <= max(size / 2, 0.5) ** 2] = colour


def stroke(
    pixels: np.ndarray, start: tuple[int, int], end: tuple[int, int], *, size: int, colour: tuple[int, int, int]
) -> None:
    """Paint from `start` to `end` without gaps, however fast the mouse went."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for row, column in np.linspace(start, end, steps + 1).round().astype(int):
        stamp(pixels, (int(row), int(column)), size=size, colour=colour)


class BrushBar(QWidget):
    """Colour, size and an empty sheet. `cleared` asks for a sheet in the chosen colour."""

    cleared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = QColor(PAINTS[0][1])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._make_paints())
        column.addLayout(self._make_size())

    @property
    def size_in_pixels(self) -> int:
        return self.slider.value()

    @property
    def colour(self) -> tuple[int, int, int]:
        return (self._colour.red(), self._colour.green(), self._colour.blue())

    def set_colour(self, colour: QColor) -> None:
        """Paint with `colour` from now on."""
        if colour.isValid():
            self._colour = colour
            self.other.setIcon(_swatch(colour.name()))

    def _make_paints(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        group = QButtonGroup(self)
        for name, paint in PAINTS:
            button = self._flat(f"Paint {name}", f"Paint with {name}.")
            button.setIcon(_swatch(paint))
            button.setCheckable(True)
            button.setChecked(name == "white")
            button.clicked.connect(lambda _checked=False, chosen=paint: self.set_colour(QColor(chosen)))
            group.addButton(button)
            row.addWidget(button)
        self.other = self._flat("Another colour", "Choose any other colour.")
        self.other.setIcon(_swatch(PAINTS[0][1]))
        self.other.setText("…")
        self.other.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.other.clicked.connect(self._choose_other)
        row.addStretch()
        row.addWidget(self.other)
        return row

    def _make_size(self) -> QHBoxLayout:
        self.slider = QSlider(Qt.Orientation.Horizontal, minimum=1, maximum=LARGEST, value=2)
        self.slider.setAccessibleName("Brush size")
        self.slider.setToolTip("How many pixels wide the brush is.")
        self._size = QLabel()
        self._size.setMinimumWidth(36)
        self._size.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider.valueChanged.connect(lambda size: self._size.setText(f"{size} px"))
        self._size.setText(f"{self.slider.value()} px")
        self.clear = QToolButton(text="Fill", objectName="clearDrawing")
        self.clear.setAccessibleName("Fill the sheet")
        self.clear.setToolTip("Start again with an empty sheet in the chosen colour.")
        self.clear.clicked.connect(self.cleared)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._brush = QLabel()
        row.addWidget(self._brush)
        row.addWidget(self.slider, 1)
        row.addWidget(self._size)
        row.addWidget(self.clear)
        self._draw_icon()
        return row

    def _flat(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(toolTip=tip, accessibleName=name)
        button.setProperty("role", "flat")
        button.setIconSize(QSize(SWATCH, SWATCH))
        button.setStyleSheet("QToolButton { padding: 3px; min-height: 0; }")
        return button

    def _choose_other(self) -> None:
        dialog = passing(QColorDialog(self._colour, self))
        dialog.colorSelected.connect(self.set_colour)
        dialog.open()

    def _draw_icon(self) -> None:
        self._brush.setPixmap(icon("ph.paint-brush").pixmap(QSize(16, 16)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()


def _swatch(colour: str) -> QIcon:
    pixmap = QPixmap(SWATCH * 2, SWATCH * 2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QColor(theme.current().dim))
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(1, 1, SWATCH * 2 - 3, SWATCH * 2 - 3, 6, 6)
    painter.end()
    return QIcon(pixmap)
