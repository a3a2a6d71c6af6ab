"""What the symbols and the colours of a node-link drawing mean, in one line below it."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.ui.common import theme
from explorer.ui.common.box import Box
from explorer.ui.common.theme_colours import Theme
from explorer.ui.debugger.node_link import NodeLink
from explorer.ui.debugger.node_link.text import LEFT, rect


def paint_legend(painter: QPainter, box: Box, drawing: NodeLink) -> None:
    """What the symbols and the colours mean, in one line; what does not fit is left out from the end."""
    colours = theme.current()
    painter.setFont(theme.interface_font(11))
    metrics = QFontMetricsF(painter.font())
    x = box.x
    for text, colour in legend(drawing, colours):
        wanted = metrics.horizontalAdvance(text) + (24 if colour else 0)
        if x + wanted > box.right:
            return
        if colour:
            painter.setPen(QPen(QColor(colour), 3))
            painter.drawLine(QPointF(x + 2, box.middle[1]), QPointF(x + 16, box.middle[1]))
        painter.setPen(QColor(colours.dim))
        painter.drawText(rect(Box(x + (22 if colour else 0), box.y, wanted, box.height)), LEFT, text)
        x += wanted + 16


def legend(drawing: NodeLink, colours: Theme) -> list[tuple[str, str]]:
    """The legend's entries, each with the colour of its stroke or ""."""
    roles = {column.role for column in drawing.columns if column.gradients}
    symbols = [("output", "Δ = −∂E/∂a"), ("hidden", "δ = −∂E/∂u")]
    there = [text for role, text in symbols if role in roles]
    said = [(f"{' and '.join(there)}: the negative gradient.", "")] if there else []
    return [
        *said,
        ("weight < 0", colours.signed_low),
        ("> 0", colours.signed_high),
        ("Double-click a number to change it.", ""),
    ]
