"""Numbers as labelled bars about a zero line; only the rows in sight are made, for there may be millions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.focus_ring import FocusRing
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import hovered, number, plural
from explorer.ui.common.tips import Tipped, TipsInArea

ROW = 22
LABEL_WIDTH, VALUE_WIDTH, MARGIN = 110, 76, 12
TOP = MARGIN // 2
PICTURE_HEIGHT = ROW - 4
Order = range | np.ndarray


@dataclass(frozen=True)
class RowPictures:
    """A picture between the name and the number of each row: `of` gives that of an index, at most `width` wide."""

    of: Callable[[int], QImage]
    width: int


class ValueBars(TipsInArea, QAbstractScrollArea):
    """Emits `hovered` (an index or None) and `chosen` (an index). It scrolls by rows: Qt cannot count the pixels."""

    hovered = Signal(object)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, label_width: int = LABEL_WIDTH) -> None:
        super().__init__(parent)
        self._label_width = label_width
        self._pictures: RowPictures | None = None
        self._values = np.zeros(0, np.float32)
        self._names: Sequence[str] = ()
        self._amount = 0
        self._order: Order = range(0)
        self._ends = (0.0, 1.0)
        self._selected: int | None = None
        self._under: int | None = None
        self.setFrameShape(self.Shape.NoFrame)
        self.setAccessibleName("Values of the layer")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)

    # --- what it shows ---

    def show_values(
        self,
        values: np.ndarray,
        names: Sequence[str],
        order: Order,
        *,
        ends: tuple[float, float],
        amount: int | None = None,
    ) -> None:
        """Show `values` (features,) beside their `names`, in the `order` of their indices, on bars between `ends`.

        `amount` is how many there are, as it is said.
        """
        self._values, self._names, self._order = values, names, order
        self._amount = len(names) if amount is None else amount
        low, high = min(ends[0], 0.0), max(ends[1], 0.0)
        self._ends = (low, high if high > low else low + 1)
        self._fit_scroll_bar()
        self._tell()
        self.viewport().update()

    def set_pictures(self, pictures: RowPictures | None) -> None:
        """Show a picture in each row."""
        self._pictures = pictures
        self.viewport().update()

    def set_selected(self, index: int | None) -> None:
        """Mark one value and bring it into view."""
        if index == self._selected:
            return
        self._selected = index
        self._tell()
        self.viewport().update()
        self._bring_into_view(self._row_of(index))

    def _bring_into_view(self, at: int | None) -> None:
        if at is None:
            return
        bar, whole = self.verticalScrollBar(), self._rows_in_sight()
        if not bar.value() <= at < bar.value() + whole:
            bar.setValue(at if at < bar.value() else at - whole + 1)

    def _tell(self) -> None:
        at = self._selected
        is_there = at is not None and 0 <= at < len(self._names)
        tell(self, self._words(at) if at is not None and is_there else plural(self._amount, "number"))

    def _words(self, index: int) -> str:
        return f"{self._names[index]}: {hovered(float(self._values[index]))}"

    def row_rect(self, at: int) -> QRectF:
        """The pixels of a row of the viewport."""
        return QRectF(0, TOP + (at - self.verticalScrollBar().value()) * ROW, self.viewport().width(), ROW)

    def chosen_point(self) -> QPointF | None:
        """The middle of the marked value's row in pixels of the viewport; None where none is."""
        at = self._row_of(self._selected)
        return None if at is None else self.row_rect(at).center()

    def _row_of(self, index: int | None) -> int | None:
        if index is None or isinstance(self._order, range):
            return index if index is not None and index in self._order else None
        places = np.flatnonzero(self._order == index).tolist()
        return places[0] if places else None

    def _rows_in_sight(self) -> int:
        return max(1, (self.viewport().height() - TOP) // ROW)

    def _fit_scroll_bar(self) -> None:
        whole = self._rows_in_sight()
        self.verticalScrollBar().setPageStep(whole)
        self.verticalScrollBar().setRange(0, max(0, len(self._order) - whole))

    # --- Qt's events ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        at = self._row_of(self._selected)
        was_in_sight = at is not None and self.row_rect(at).bottom() <= event.oldSize().height()
        self._fit_scroll_bar()
        if was_in_sight:  # what is told of the chosen number takes room from the bars
            self._bring_into_view(at)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.index_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def _point(self, index: int | None) -> None:
        if index != self._under:
            self._under = index
            self.hovered.emit(index)
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.index_at(event.position().y())
        if index is not None:
            self.chosen.emit(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the press chose; what lies behind is not to hear of it

    def index_at(self, y: float) -> int | None:
        """The number whose row lies at a height of the viewport."""
        at = int((y - TOP) // ROW) + self.verticalScrollBar().value()
        return int(self._order[at]) if y >= TOP and at < len(self._order) else None

    def explained_at(self, point: QPoint) -> Tipped | None:
        """The name of a row, which is cut where there is no room, and its number with every digit."""
        index = self.index_at(point.y())
        if index is None:
            return None
        row = QRectF(0, point.y() - (point.y() - TOP) % ROW, self.viewport().width(), ROW)
        return self._words(index), row

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last, page = len(self._order) - 1, self._rows_in_sight()
        moves = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -last,
            Qt.Key.Key_End: last,
        }
        step = moves.get(Qt.Key(event.key()))
        if step is None or last < 0:
            super().keyPressEvent(event)
            return
        present = self._row_of(self._selected)
        at = max(step, 0) if present is None and abs(step) > 1 else 0 if present is None else present + step
        self.chosen.emit(int(self._order[min(max(at, 0), last)]))

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = self.verticalScrollBar().value()
        for at in range(first, min(len(self._order), first + event.rect().bottom() // ROW + 1)):
            self._paint_row(painter, self.row_rect(at), int(self._order[at]))

    def _paint_row(self, painter: QPainter, row: QRectF, index: int) -> None:
        colours = theme.current()
        if index in (self._selected, self._under):
            painter.fillRect(row, QColor(colours.selection if index == self._selected else colours.sunken))
        value = float(self._values[index])
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self.font())
        painter.setPen(QColor(colours.text))
        label = elided(self._names[index], painter.fontMetrics(), self._label_width)
        painter.drawText(QRectF(MARGIN, row.top(), self._label_width, ROW), middle, label)
        left = self._paint_picture(painter, row, MARGIN + self._label_width, index)
        painter.setFont(theme.number_font())
        numbers = QRectF(left, row.top(), VALUE_WIDTH, ROW)
        painter.drawText(numbers, middle | Qt.AlignmentFlag.AlignRight, number(value))
        if np.isfinite(value):
            self._paint_bar(painter, row, numbers.right() + MARGIN, value)

    def _paint_picture(self, painter: QPainter, row: QRectF, left: float, index: int) -> float:
        """The row's picture with sharp cells, as high as there is room; where what follows begins."""
        if self._pictures is None:
            return left
        image = self._pictures.of(index)
        if not image.isNull():
            scale = min(PICTURE_HEIGHT / image.height(), self._pictures.width / image.width())
            height = image.height() * scale
            painter.drawImage(QRectF(left, row.center().y() - height / 2, image.width() * scale, height), image)
        return left + self._pictures.width

    def _paint_bar(self, painter: QPainter, row: QRectF, left: float, value: float) -> None:
        colours, (low, high) = theme.current(), self._ends
        track = QRectF(left, row.top() + 6, max(20.0, row.width() - left - MARGIN), ROW - 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.sunken))
        painter.drawRoundedRect(track, 3, 3)
        zero = track.left() + track.width() * -low / (high - low)
        end = track.left() + track.width() * (value - low) / (high - low)
        painter.setBrush(QColor(colours.of_sign(value)))
        painter.drawRoundedRect(QRectF(min(zero, end), track.top(), max(abs(end - zero), 1.0), track.height()), 3, 3)
