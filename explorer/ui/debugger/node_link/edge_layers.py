"""The lines of weights between two columns as a picture: many smooth thick lines take longer to paint than a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from explorer.amounts import is_fault
from explorer.ui.common import theme
from explorer.ui.debugger.node_link.segment import Segment

THINNEST, THICKEST = 0.8, 4.0
HAIR = 1.0
"""Lines of fans are this thin except for the strongest: Qt paints them three times faster, and more can be seen."""
FAINTEST = 0.4


@dataclass(frozen=True)
class Stroke:
    """A weight's line; `value` chooses the colour, `share` (0 to 1, of the largest weight) thickness and strength."""

    line: Segment
    value: float
    share: float
    is_fan: bool = False

    @property
    def width(self) -> float:
        """Thickness, px."""
        if self.is_fan:
            return HAIR + max(0.0, self.share - 0.5) * 2
        return THINNEST + (THICKEST - THINNEST) * self.share

    def paint(self, painter: QPainter) -> None:
        """Draw it, blue below zero and orange above, as on every signed scale of the program."""
        colours = theme.current()
        by_sign = colours.signed_high if self.value > 0 else colours.signed_low
        is_signed = isfinite(self.value) and self.value != 0
        colour = QColor(colours.error if is_fault(self.value) else by_sign if is_signed else colours.dim)
        colour.setAlphaF(FAINTEST + (1 - FAINTEST) * self.share)
        painter.setPen(QPen(colour, self.width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(self.line.x0, self.line.y0), QPointF(self.line.x1, self.line.y1))


class EdgeLayers:
    """One picture for each gap, painted anew only when a weight, the size or the theme changes."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[object, QPixmap]] = {}

    def picture(self, gap: int, strokes: Sequence[Stroke], *, height: float, ratio: float) -> QPixmap:
        """The strokes of a gap on nothing; its left edge is where they begin. `ratio` is device pixels a pixel."""
        key = (tuple(strokes), height, ratio, theme.current().name)
        if gap not in self._kept or self._kept[gap][0] != key:
            self._kept[gap] = key, _painted(strokes, height, ratio)
        return self._kept[gap][1]


def _painted(strokes: Sequence[Stroke], height: float, ratio: float) -> QPixmap:
    left, right = strokes[0].line.x0, strokes[0].line.x1
    picture = QPixmap(max(1, round((right - left) * ratio)), max(1, round(height * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-left, 0)
    for stroke in strokes:
        stroke.paint(painter)
    painter.end()
    return picture
