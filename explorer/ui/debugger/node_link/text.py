"""Numbers of the node-link drawing as text: measured once, drawn narrower where they would not fit."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from explorer.ui.common import theme
from explorer.ui.common.box import Box
from explorer.ui.common.text import number
from explorer.ui.debugger.node_link.shown import UNKNOWN, Written

SMALLEST_STRETCH = 62
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def draw_text(
    painter: QPainter, box: Box, text: str, *, align: Qt.AlignmentFlag, colour: str, share: float | None = None
) -> None:
    """Text in the painter's font, drawn to a `share` of its width; without one as narrow as the box asks.

    The dash of a number that is not there yet is paler.
    """
    font = painter.font()
    share = box.width / advance(text, font) if share is None else share
    if share < 1:
        painter.setFont(_narrowed(font, share))
    pen = QColor(colour)
    pen.setAlphaF(0.6 if text == UNKNOWN else 1.0)
    painter.setPen(pen)
    painter.drawText(rect(box), align | Qt.TextFlag.TextDontClip, text)
    if share < 1:
        painter.setFont(font)


def advance(text: str, font: QFont) -> float:
    """Width of `text` in the number font of the size of `font`, px; at least 1."""
    return _advance(text, font.family(), font.pixelSize())


def label_lines(written: Written, box: Box, font: QFont) -> list[str]:
    """One line, or old above new where the box is high enough; the new one alone where neither fits."""
    if written.old is None or advance(written.text, font) + 4 <= box.width:
        return [written.text]
    new = f"→ {written.number}"
    if advance(new, font) + 2 > box.width:
        new = written.number
    return [number(written.old, 4), new] if box.height >= 26 else [new]


@lru_cache(maxsize=4096)  # the same few symbols and numbers at every move of the cursor
def _advance(text: str, family: str, pixels: int) -> float:
    """Width of `text` in the number font; `family` only tells one font from another."""
    return max(QFontMetricsF(theme.number_font(pixels)).horizontalAdvance(text), 1.0)


def _narrowed(font: QFont, share: float) -> QFont:
    """`font` drawn to a `share` of its width."""
    narrow = QFont(font)
    narrow.setStretch(max(SMALLEST_STRETCH, int(98 * share)))
    return narrow


def rect(box: Box) -> QRectF:
    """A box as Qt has it."""
    return QRectF(box.x, box.y, box.width, box.height)
