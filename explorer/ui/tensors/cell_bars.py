"""Plain numbers as rows: a name, the number and a bar about zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.amounts import is_fault
from explorer.session.numbered import Numbered
from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.text import number
from explorer.ui.tensors.tiles import Shown

TALLEST, SHORTEST = 24.0, 15.0
INDEX_WIDTH, SIGN_WIDTH = 24.0, 7.0  # of an index or of x₁₂, and of each sign more
NUMBER_WIDTH = 66


@dataclass(frozen=True)
class BarRows:
    """`count` rows of `height` pixels in `area`, with room for a name of `label_width` pixels."""

    area: QRectF
    count: int
    height: float
    label_width: float

    def row(self, at: int) -> QRectF:
        """The pixels of a row."""
        return QRectF(self.area.left(), self.area.top() + at * self.height, self.area.width(), self.height)

    def at(self, point: QPointF) -> int | None:
        """The row under a point."""
        row = int((point.y() - self.area.top()) // self.height)
        return row if self.area.contains(point) and 0 <= row < self.count else None


def bar_rows(shown: Shown, body: QRectF) -> BarRows | None:
    """The rows of a tensor of plain numbers; None where they are too many to be read, or it is not one."""
    count = shown.values.size
    if shown.values.ndim != 1 or count * SHORTEST > body.height():
        return None
    height = min(TALLEST, body.height() / count)
    label_width = _label_width(shown, body)
    return BarRows(QRectF(body.left(), body.top(), body.width(), height * count), count, height, label_width)


def _label_width(shown: Shown, body: QRectF) -> float:
    """Room for an index or a letter with its number, and for words as much as can be spared."""
    if isinstance(shown.names, Numbered) or not shown.names:
        longest = len(shown.names[-1]) if shown.names else 0
        return INDEX_WIDTH + SIGN_WIDTH * max(longest - 3, 0)
    return min(90.0, body.width() * 0.34)


def paint_bars(painter: QPainter, rows: BarRows, shown: Shown) -> None:
    """Names, numbers and bars of all rows."""
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = (min(shown.range[0], 0.0), max(shown.range[1], 0.0))
        for at, value in enumerate(shown.values.tolist()):
            row = rows.row(at)
            label = shown.names[at] if at < len(shown.names) else str(at)
            paint_label(painter, QRectF(row.left() + 2, row.top(), rows.label_width - 6, row.height()), label)
            paint_value(painter, QRectF(row.left() + rows.label_width, row.top(), NUMBER_WIDTH, row.height()), value)
            track = row.adjusted(rows.label_width + NUMBER_WIDTH + 8, 0, -2, 0)
            if not shown.is_plain and track.width() > 12:
                paint_bar(painter, track, value, low=low, high=high)


def paint_label(painter: QPainter, rect: QRectF, label: str) -> None:
    """A name, shortened where it does not fit."""
    painter.setFont(theme.interface_font(12))
    painter.setPen(QColor(theme.current().dim))
    text = elided(label, painter.fontMetrics(), int(rect.width()))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)


def paint_value(painter: QPainter, rect: QRectF, value: float, *, digits: int = 4) -> None:
    """A number, right-aligned."""
    painter.setFont(theme.number_font(12))
    painter.setPen(QColor(theme.current().text))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number(value, digits))


def paint_bar(painter: QPainter, track: QRectF, value: float, *, low: float, high: float) -> None:
    """A bar from zero to `value` on a track that goes from `low` to `high`."""
    colours = theme.current()
    thick = min(10.0, track.height() - 6)
    track = QRectF(track.left(), track.center().y() - thick / 2, track.width(), thick)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.sunken))
    painter.drawRoundedRect(track, 3, 3)
    if is_fault(value):
        painter.setBrush(QColor(colours.error))
        painter.drawRoundedRect(track, 3, 3)
    if not np.isfinite(value):
        return
    span = (high - low) or 1.0
    zero, end = (track.left() + track.width() * (at - low) / span for at in (0.0, value))
    painter.setBrush(QColor(colours.of_sign(value)))
    painter.drawRoundedRect(QRectF(min(zero, end), track.top(), max(abs(end - zero), 1.0), thick), 3, 3)
