"""The whole overview, small, with a frame around what is on the screen; a click or a drag goes there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from explorer.ui.common import theme
from explorer.ui.overview.geometry import Layout
from explorer.ui.overview.scene import View

WIDTH, MOST, LEAST = 168, 84, 34
MARGIN = 5


class Minimap(QWidget):
    """Shown only while something lies outside the screen."""

    moved = Signal(float, float)  # the world's point that is to come to the middle

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._layout: Layout | None = None
        self._view = View()
        self._whole: QPixmap | None = None
        self.setObjectName("overviewMinimap")
        self.setAccessibleName("Whole network, small")
        self.setToolTip("The whole network; click or drag to go somewhere.")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def set_view(self, layout: Layout, view: View) -> None:
        """Draw `layout` with a frame around what `view` sees."""
        if layout is not self._layout:
            self._whole = None
        self._layout, self._view = layout, view
        height = min(MOST, max(LEAST, round(WIDTH * layout.height / max(1.0, layout.width))))
        self.resize(WIDTH + 2 * MARGIN, height + 2 * MARGIN)
        self.setVisible(not self._is_all_seen())
        self.update()

    def _is_all_seen(self) -> bool:
        assert self._layout is not None
        view, whole = self._view, self._layout
        left, top = view.world(QPointF(0, 0))
        right, bottom = view.world(QPointF(view.width, view.height))
        return left <= 2 and top <= 2 and right >= whole.width - 2 and bottom >= whole.height - 2

    def _scale(self) -> tuple[float, float]:
        assert self._layout is not None
        return (self.width() - 2 * MARGIN) / self._layout.width, (self.height() - 2 * MARGIN) / self._layout.height

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._layout is None:
            return
        if self._whole is None or self._whole.deviceIndependentSize().toSize() != self.size():
            self._whole = self._painted(self._layout)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._whole)
        across, down = self._scale()
        left, top = self._view.world(QPointF(0, 0))
        right, bottom = self._view.world(QPointF(self._view.width, self._view.height))
        frame = QRectF(
            QPointF(MARGIN + left * across, MARGIN + top * down),
            QPointF(MARGIN + right * across, MARGIN + bottom * down),
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.current().accent), 2))
        painter.drawRect(frame.intersected(QRectF(self.rect()).adjusted(1, 1, -2, -2)))

    def _painted(self, layout: Layout) -> QPixmap:
        """All columns in the colours of their families; thousands of them need painting only once."""
        colours, ratio = theme.current(), self.devicePixelRatioF()
        whole = QPixmap(max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
        whole.setDevicePixelRatio(ratio)
        painter = QPainter(whole)
        whole.fill(QColor(colours.sunken))
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        across, down = self._scale()
        fills = {family: QColor(colour) for family, colour in colours.kinds.items()}
        for column in layout.columns:
            box = column.box
            width, height = max(1.0, box.width * across), max(1.0, box.height * down)
            place = QRectF(MARGIN + box.x * across, MARGIN + box.y * down, width, height)
            painter.fillRect(place, fills.get(column.families[0], fills["other"]))
        painter.end()
        return whole

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._whole = None
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())

    def _go(self, place: QPointF) -> None:
        if self._layout is not None:
            across, down = self._scale()
            self.moved.emit((place.x() - MARGIN) / across, (place.y() - MARGIN) / down)
