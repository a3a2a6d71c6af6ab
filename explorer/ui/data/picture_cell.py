"""How a picture grid paints a group's heading, a picture, its caption and the frame around it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.data.picture_captions import caption_lines, shortened
from explorer.ui.data.picture_lines import HEAD_WIDTH, Group

CAPTION_LINES = 2
BAR_HEIGHT = 4
HEAD_LINE = 18


def caption_font() -> QFont:
    """The font of captions."""
    return theme.interface_font(12)


def paint_head(painter: QPainter, place: QRect, group: Group) -> None:
    """The group's title and facts under each other from `place` on, and the bar of its share."""
    if not group.title:
        return
    colours = theme.current()
    for text, font, colour in (
        (group.title, theme.interface_font(semibold=True), colours.text),
        (group.facts, theme.interface_font(12), colours.dim),
    ):
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = elided(text, painter.fontMetrics(), place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        place = place.translated(0, HEAD_LINE)
    if group.share is not None:
        _paint_bar(painter, QRectF(place.left(), place.top() + 4, place.width() - 8, BAR_HEIGHT), group.share)


def head_at(left: int, top: int) -> QRect:
    """Where the first line of a heading stands."""
    return QRect(left, top, HEAD_WIDTH, HEAD_LINE)


def _paint_bar(painter: QPainter, track: QRectF, share: float) -> None:
    colours = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for width, colour in ((track.width(), colours.sunken), (track.width() * share, colours.accent)):
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(track.left(), track.top(), width, BAR_HEIGHT), 2, 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_picture(painter: QPainter, room: QRectF, found: QImage | str | None) -> None:
    """A picture; an empty field while it is not read, with a cross where it cannot be."""
    colours = theme.current()
    if isinstance(found, QImage):
        painter.drawImage(room, found)  # not smoothed: its cells stay sharp
        return
    painter.fillRect(room, QColor(colours.sunken))
    if isinstance(found, str):
        painter.setFont(theme.interface_font(12))
        painter.setPen(QColor(colours.error))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "×")


def paint_caption(painter: QPainter, cell: QRect, caption: str) -> None:
    """At the foot of its cell."""
    painter.setFont(caption_font())
    painter.setPen(QColor(theme.current().text))
    metrics = painter.fontMetrics()
    top = cell.bottom() + 1 - CAPTION_LINES * metrics.lineSpacing()
    for text in caption_lines(caption):
        place = QRect(cell.left(), top, cell.width(), metrics.lineSpacing())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shortened(text, metrics, cell.width()))
        top += metrics.lineSpacing()


def paint_frame(painter: QPainter, room: QRectF, pen: QPen) -> None:
    """A line around a picture."""
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(room.adjusted(-1, -1, 1, 1))
