"""What tensor views and grids paint alike: titles, frames, numbers in cells, the range of a scale."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui.common import theme
from explorer.ui.common.colour import lookup_table
from explorer.ui.common.eliding import fitting
from explorer.ui.common.images import image_of
from explorer.ui.common.text import number
from explorer.ui.tensors.cell_numbers import Writing
from explorer.ui.tensors.tiles import Shown

SMALLEST_FRAME = 6.0
RANGE_BAR, SHORTEST_BAR = 56, 14


def paint_frame(painter: QPainter, rect: QRectF, colour: str) -> None:
    """An outline that is seen on any colour: never smaller than six pixels, with a thin line of the pane around it."""
    short = max(0.0, (SMALLEST_FRAME - rect.width()) / 2), max(0.0, (SMALLEST_FRAME - rect.height()) / 2)
    rect = rect.adjusted(-short[0], -short[1], short[0], short[1])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(QColor(theme.current().pane), 4)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawRect(rect)
    pen.setColor(QColor(colour))
    pen.setWidth(2)
    painter.setPen(pen)
    painter.drawRect(rect)


def paint_title(painter: QPainter, rect: QRectF, title: str, facts: str, is_asked: bool = False) -> None:
    """A title in semibold, dim facts beside it if they fit; the title of the asked one in the accent colour."""
    colours = theme.current()
    painter.setFont(theme.interface_font(13, semibold=True))
    metrics = painter.fontMetrics()
    text = fitting(ways_of(title), metrics, int(rect.width()))
    painter.setPen(QColor(colours.accent if is_asked else colours.text))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)
    left = metrics.horizontalAdvance(text) + 8
    painter.setFont(theme.interface_font(11))
    painter.setPen(QColor(colours.dim))
    room = rect.adjusted(left, 1, 0, 1)
    if painter.fontMetrics().horizontalAdvance(facts) <= room.width():
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, facts)


def ways_of(title: str) -> tuple[str, ...]:
    """A tensor's title, and the one for little room: there the end of its path tells it from those beside it.

    Of "gradient of linear1.weight" and "gradient of linear1.bias" the same was left, "gradient of linear1.…".
    """
    before, space, path = title.rpartition(" ")
    last = path.rpartition(".")[2]
    return (title, f"{before}{space}{last}") if last[:1].isalpha() and last != path else (title,)


def paint_number(painter: QPainter, rect: QRectF, value: float, writing: Writing, ink: str) -> None:
    """A number in the middle of its cell, in the painter's font (`set_number_font`)."""
    painter.setPen(QColor(ink))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, writing.text(value))


def set_number_font(painter: QPainter, writing: Writing | None) -> None:
    """Let `painter` write numbers in cells, once for all of a grid."""
    if writing is not None:
        painter.setFont(theme.number_font(writing.pixels))


def _end(value: float) -> str:
    """The end of a scale: "3" rather than "3.00"."""
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def paint_range(painter: QPainter, rect: QRectF, shown: Shown) -> None:
    """A small colour bar between the ends of its scale; where no cell is finite, a sentence that says so."""
    if shown.is_plain:
        return
    if shown.is_nowhere_finite:
        paint_note(painter, rect, "No cell is finite.")
        return
    painter.setFont(theme.number_font(10))
    painter.setPen(QColor(theme.current().dim))
    low, high = _end(shown.scale.low), _end(shown.scale.high)
    width = painter.fontMetrics().horizontalAdvance(low)
    room = rect.width() - width - painter.fontMetrics().horizontalAdvance(high) - 14
    if room < SHORTEST_BAR:
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, f"± {high}" if shown.scale.signed else f"to {high}")
        return
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, low)
    bar = QRectF(rect.left() + width + 6, rect.center().y() - 3, min(RANGE_BAR, room), 7)
    painter.drawText(rect.adjusted(width + bar.width() + 12, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, high)
    painter.drawImage(bar, image_of(lookup_table(shown.scale.signed)[None]))
    painter.setPen(QPen(QColor(theme.current().border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(bar)


def paint_lone_number(painter: QPainter, rect: QRectF, shown: Shown) -> None:
    painter.setPen(QColor(theme.current().text))
    painter.setFont(theme.number_font(22))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, number(float(shown.values), 5))


def paint_note(painter: QPainter, rect: QRectF, *ways: str, is_strong: bool = False) -> None:
    """The first of `ways` to say it that there is room for, the longest being first."""
    painter.setFont(theme.number_font(11) if is_strong else theme.interface_font(11))
    metrics = painter.fontMetrics()
    text = next((way for way in ways if metrics.horizontalAdvance(way) <= rect.width()), ways[-1])
    painter.setPen(QColor(theme.current().text if is_strong else theme.current().dim))
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
