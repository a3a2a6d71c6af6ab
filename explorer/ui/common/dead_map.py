"""How a map looks that is zero in every cell: sunken and crossed out, not merely empty."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui.common import theme

DEAD = "dead: zero in every cell"


def paint_dead(painter: QPainter, places: Sequence[QRectF]) -> None:
    """Each map of zeros in its place; the lines are a pixel wide at any zoom."""
    if not places:
        return
    colours = theme.current()
    for place in places:
        painter.fillRect(place, QColor(colours.sunken))
    pen = QPen(QColor(colours.border), 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLines([QLineF(place.bottomLeft(), place.topRight()) for place in places])
