"""A painted confusion matrix: counts, the share of the row as colour, and each class's accuracy beside its row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ARROWS, PRESSING, walked
from explorer.ui.common.colour import ink_on, rgb
from explorer.ui.common.eliding import elided
from explorer.ui.common.images import image_of
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import count, percent
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.data.words import class_name
from explorer.ui.training.confusion.layout import (
    GAP,
    LINE,
    SHARES,
    TITLE,
    MatrixLayout,
    Pair,
    cell_sentence,
    lay_out,
    least_height,
)

if TYPE_CHECKING:
    from explorer.engine.training.confusion import Confusion

TIP = (
    "Rows: the true class. Columns: what the network took it for. Blue is right, orange mistaken, the stronger the "
    "larger the share of its row. Click a cell to see the {noun}s behind it."
)
LABEL_PIXELS, SMALLEST_PIXELS = 11, 9
LINES_FROM = 6.0  # pixels of a cell from which on lines separate the cells
BAR_HEIGHT = 6
LEFT, RIGHT, MIDDLE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignVCenter


class ConfusionMatrix(TipsOfPlaces, QWidget):
    """Rows are the true classes, columns what they were taken for. `pointed` carries a cell or None, `chosen` a cell.

    `walked` carries the rectangle that the keys came to, for a scroll area to show. There the names of the columns stay
    at the top of what is seen.

    What is right is blue, what is mistaken orange, the stronger the larger its share of the row. The arrow keys point,
    Enter chooses.
    """

    pointed = Signal(object)
    chosen = Signal(tuple)
    walked = Signal(QRectF)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confusionMatrix")
        self.setAccessibleName("Confusion matrix")
        self.setToolTip(TIP.format(noun="example"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._confusion: Confusion | None = None
        self._classes: tuple[str, ...] = ()
        self._point: Pair | None = None
        self._choice: Pair | None = None
        self._noun = "example"
        self._scrolled = 0  # pixels above what is seen

    def sizeHint(self) -> QSize:
        return QSize(480, 190)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, max(90, least_height(self.size_shown)))

    # --- what it shows ---

    def show_confusion(self, confusion: Confusion, classes: tuple[str, ...], *, noun: str = "example") -> None:
        """Show `confusion` with the names of its classes; `noun` is what one example is called."""
        is_other_size = len(confusion.counts) != self.size_shown
        if is_other_size:
            self._point = self._choice = None
        self._confusion, self._classes, self._noun = confusion, classes, noun
        if is_other_size:
            self.updateGeometry()
        self.setToolTip(TIP.format(noun=noun))
        self._describe()
        self.update()

    @Slot(int)
    def set_scrolled(self, pixels: int) -> None:
        """Keep the names of the columns so far below the top, where what is seen begins."""
        self._scrolled = pixels
        self.update()

    @property
    def size_shown(self) -> int:
        """How many classes there are."""
        return len(self._confusion.counts) if self._confusion else 0

    def set_choice(self, cell: Pair | None) -> None:
        """Frame the cell whose pictures are shown."""
        self._choice = cell
        self.update()

    def rect_of(self, cell: Pair) -> QRectF:
        """Where a cell stands."""
        return QRectF(*self._laid_out().rect(cell))

    def cell_at(self, place: QPointF) -> Pair | None:
        """The cell there; None over the names and beside the cells."""
        layout = self._laid_out()
        is_head = place.y() < self._scrolled + layout.top
        return None if self._confusion is None or is_head else layout.at(place.x(), place.y())

    @property
    def pointed_at(self) -> Pair | None:
        """The cell that the mouse or the keys came to, else the one that is framed."""
        return self._point or self._choice

    def chosen_point(self) -> QPointF | None:
        """The middle of that cell; None where there is none."""
        cell = self.pointed_at
        return None if cell is None else self.rect_of(cell).center()

    def _laid_out(self) -> MatrixLayout:
        metrics = QFontMetrics(theme.interface_font(LABEL_PIXELS))
        names = [class_name(self._classes, place) for place in range(self.size_shown)]
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return lay_out(max(self.size_shown, 1), (self.width(), self.height()), longest=longest)

    def _describe(self) -> None:
        if self._confusion is not None and self._point is not None:
            tell(self, cell_sentence(self._confusion, self._classes, self._point, noun=self._noun))

    # --- mouse and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._at(event))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._at(event)
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        if event.key() in PRESSING and self._point is not None:
            self.chosen.emit(self._point)
        elif step is not None and self.size_shown:
            before, size = self._point or self._choice, self.size_shown
            cell = (0, 0) if before is None else walked(before, step, (size, size))
            self._point_at(cell)
            self.walked.emit(self.rect_of(cell))
        else:
            super().keyPressEvent(event)

    def explained_at(self, point: QPoint) -> Tipped | None:
        cell = self.cell_at(QPointF(point))
        return None if cell is None else (self.toolTip(), self.rect_of(cell))

    def _at(self, event: QMouseEvent) -> Pair | None:
        return self.cell_at(event.position())

    def _point_at(self, cell: Pair | None) -> None:
        if cell != self._point:
            self._point = cell
            self._describe()
            self.pointed.emit(cell)
            self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._confusion is None:
            return
        painter, layout = QPainter(self), self._laid_out()
        counts = self._confusion.array
        colours = cell_colours(counts)
        area = QRectF(layout.left, layout.top, layout.right - layout.left, layout.bottom - layout.top)
        painter.drawImage(area, image_of(colours))
        self._paint_lines(painter, layout, area)
        self._paint_counts(painter, layout, counts, colours=colours)
        self._paint_rows(painter, layout)
        for cell, ink in ((self._point, theme.current().text), (self._choice, theme.current().accent)):
            if cell is not None:
                painter.setPen(QPen(QColor(ink), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect_of(cell))
        self._paint_head(painter, layout)

    def _paint_head(self, painter: QPainter, layout: MatrixLayout) -> None:
        """What stands over the columns, over rows that are scrolled out of sight."""
        if self._scrolled:
            painter.translate(0, self._scrolled)
            painter.fillRect(QRectF(0, 0, self.width(), layout.top), QColor(theme.current().pane))
        self._paint_titles(painter, layout)
        self._paint_columns(painter, layout)

    def _paint_lines(self, painter: QPainter, layout: MatrixLayout, area: QRectF) -> None:
        colours = theme.current()
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawRect(area)
        if min(layout.width, layout.height) < LINES_FROM:
            return
        for at in range(1, layout.size):
            x, y = layout.left + at * layout.width, layout.top + at * layout.height
            painter.fillRect(QRectF(x, area.top(), 1, area.height()), QColor(colours.border))
            painter.fillRect(QRectF(area.left(), y, area.width(), 1), QColor(colours.border))

    def _paint_counts(
        self, painter: QPainter, layout: MatrixLayout, counts: np.ndarray, *, colours: np.ndarray
    ) -> None:
        """The numbers, if the widest fits its cell."""
        pixels = min(12, int(layout.height) - 2)
        if pixels < SMALLEST_PIXELS:
            return
        painter.setFont(theme.number_font(pixels))
        if painter.fontMetrics().horizontalAdvance(count(int(counts.max()))) + 4 > layout.width:
            return
        for true, guessed in np.argwhere(counts).tolist():
            painter.setPen(QColor(ink_on(colours[true, guessed])))
            words = count(int(counts[true, guessed]))
            painter.drawText(QRectF(*layout.rect((true, guessed))), Qt.AlignmentFlag.AlignCenter, words)

    def _paint_titles(self, painter: QPainter, layout: MatrixLayout) -> None:
        painter.setFont(theme.interface_font(LABEL_PIXELS))
        painter.setPen(QColor(theme.current().dim))
        if layout.has_title:
            painter.drawText(QRectF(0, 0, layout.right, TITLE), MIDDLE | LEFT, "true class ↓   taken for →")
        else:
            painter.drawText(QRectF(0, 0, layout.left - GAP, LINE), MIDDLE | RIGHT, "true class ↓")
        painter.drawText(QRectF(layout.right + GAP, layout.top - TITLE, SHARES, TITLE), MIDDLE | LEFT, "accuracy")

    def _paint_rows(self, painter: QPainter, layout: MatrixLayout) -> None:
        """Names at the left, accuracies at the right: as numbers, or as bars where rows are too low for them."""
        assert self._confusion is not None
        theme_now = theme.current()
        for true, accuracy in enumerate(self._confusion.per_class_accuracy):
            _, top, _, height = layout.rect((true, 0))
            beside = QRectF(layout.right + GAP, top, SHARES - GAP, height)
            if layout.has_rows:
                self._write_name(painter, QRectF(0, top, layout.left - GAP, height), true)
                painter.setPen(QColor(theme_now.text))
                painter.drawText(beside, MIDDLE | LEFT, "–" if accuracy is None else percent(accuracy))
            elif accuracy is not None:
                high = min(max(height - 2, height * 0.7), BAR_HEIGHT)
                filled = QRectF(beside.left(), top + (height - high) / 2, beside.width() * accuracy, high)
                painter.fillRect(filled, QColor(theme_now.phases["forward"]))

    def _paint_columns(self, painter: QPainter, layout: MatrixLayout) -> None:
        for guessed in range(layout.size if layout.columns != "none" else 0):
            left = layout.left + guessed * layout.width
            if layout.columns == "flat":
                above = QRectF(left + 1, layout.top - LINE, layout.width - 2, LINE)
                self._write_name(painter, above, guessed, Qt.AlignmentFlag.AlignCenter)
                continue
            with saved(painter):
                painter.translate(left + layout.width / 2, layout.top - 3)
                painter.rotate(-90)
                self._write_name(painter, QRectF(0, -LINE / 2, layout.top - TITLE - 3, LINE), guessed, MIDDLE | LEFT)

    def _write_name(self, painter: QPainter, room: QRectF, place: int, side: Qt.AlignmentFlag = MIDDLE | RIGHT) -> None:
        is_pointed = self._point is not None and place in self._point
        painter.setFont(theme.interface_font(LABEL_PIXELS, semibold=is_pointed))
        painter.setPen(QColor(theme.current().text))
        name = class_name(self._classes, place)
        painter.drawText(room, side, elided(name, painter.fontMetrics(), room.width() + 1))


def cell_colours(counts: np.ndarray) -> np.ndarray:
    """(K, K, 4) uint8 of counts (K, K): from the pane's own colour up, blue for what is right, orange for mistakes.

    The strength is the square root of the share of the row, so that rare mistakes are seen.
    """
    colours = theme.current()
    strength = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))[..., None]
    ends = np.where(
        np.eye(len(counts), dtype=bool)[..., None],
        np.array(rgb(colours.phases["forward"])),
        np.array(rgb(colours.signed_high)),
    )
    found = np.full((*counts.shape, 4), 255, np.uint8)
    found[..., :3] = np.rint(np.array(rgb(colours.pane)) * (1 - strength) + ends * strength)
    return found
