"""One line over a plot: what each line means, and its value at the crosshair or at its end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.common import theme
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.training.curves.curve import Role, pen_of

HEIGHT = 20
SWATCH, GAP, APART = 20, 5, 14


@dataclass(frozen=True)
class LegendEntry:
    """A line's swatch, its words and its tip; without a role no swatch. `short` is for little room.

    `value` is the number in the words.
    """

    words: str
    role: Role | None = None
    style: int = 0
    tip: str = ""
    short: str = ""
    value: str = ""


class CurveLegend(TipsOfPlaces, QWidget):
    """Entries beside one another; those without room are counted, and the whole stands in the tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[LegendEntry, ...] = ()
        self._fewer: tuple[tuple[LegendEntry, ...], ...] = ()
        self._places: list[tuple[QRectF, LegendEntry]] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.setFont(theme.interface_font())
        self.setAccessibleName("Values of the curves")

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        return self._entries

    def sizeHint(self) -> QSize:
        return QSize(160, HEIGHT)

    def show_entries(self, entries: tuple[LegendEntry, ...], *fewer: tuple[LegendEntry, ...]) -> None:
        """Show `entries`, the most wanted first, or where they have no room the first of `fewer` that has."""
        if (entries, fewer) != (self._entries, self._fewer):
            self._entries, self._fewer = entries, fewer
            self.setAccessibleDescription(", ".join(entry.words for entry in entries))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._places = self.paint_entries(painter, QRectF(self.rect()))

    def paint_entries(self, painter: QPainter, room: QRectF) -> list[tuple[QRectF, LegendEntry]]:
        """Draw what fits into `room`, also for a file; returns where each entry stands."""
        painter.setFont(theme.interface_font())
        metrics = QFontMetricsF(painter.font())
        places: list[tuple[QRectF, LegendEntry]] = []
        left = room.left()
        entries = self._fitting(metrics, room.width())
        for at, entry in enumerate(entries):
            width = _width(entry, metrics)
            rest = f"+{len(entries) - at}"
            is_last = at == len(entries) - 1
            spare = 0 if is_last else APART + metrics.horizontalAdvance(rest)
            if left + width + spare > room.right() and (at or not is_last):
                hidden = LegendEntry(rest, tip="\n".join(each.words for each in entries[at:]))
                places.append((self._paint(painter, hidden, QRectF(left, room.top(), 40, room.height())), hidden))
                break
            place = QRectF(left, room.top(), min(width, room.right() - left), room.height())
            places.append((self._paint(painter, entry, place), entry))
            left += width + APART
        return places

    def _fitting(self, metrics: QFontMetricsF, room: float) -> tuple[LegendEntry, ...]:
        """All entries with their words, or with the short ones where there is too little room, or the fewer ones."""
        short = tuple(replace(entry, words=entry.short or entry.words) for entry in self._entries)
        tries = [self._entries, short, *self._fewer]
        wanted = ([_width(entry, metrics) + APART for entry in each] for each in tries)
        return next(
            (each for each, widths in zip(tries, wanted, strict=True) if sum(widths) - APART <= room), tries[-1]
        )

    def _paint(self, painter: QPainter, entry: LegendEntry, room: QRectF) -> QRectF:
        left = room.left()
        if entry.role is not None:
            painter.setPen(pen_of(entry.role, entry.style))
            middle = room.center().y()
            painter.drawLine(QLineF(QPointF(left, middle), QPointF(left + SWATCH, middle)))
            left += SWATCH + GAP
        painter.setPen(QColor(theme.current().text if entry.role else theme.current().dim))
        words = QRectF(left, room.top(), room.right() - left + 1, room.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, entry.words)
        return room

    def explained_at(self, point: QPoint) -> Tipped | None:
        return next(((entry.tip, place) for place, entry in self._places if place.contains(QPointF(point))), None)


def _width(entry: LegendEntry, metrics: QFontMetricsF) -> float:
    return (SWATCH + GAP if entry.role else 0) + metrics.horizontalAdvance(entry.words)
