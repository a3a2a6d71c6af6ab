"""A colour and a mark for each class, the same wherever examples are drawn; never told apart by colour alone."""

from __future__ import annotations

from PySide6.QtGui import QColor

from explorer.ui.common import theme

MARKS = ("o", "s", "t", "d", "+", "x", "star", "p")
"""pyqtgraph's names: circle, square, triangle, diamond …"""


def class_colour(place: int) -> QColor:
    """Blue and orange for the first two, the ends of the scale of signed values."""
    colours = theme.current()
    palette = (
        colours.signed_low,
        colours.signed_high,
        colours.phases["update"],
        colours.phases["loss"],
        colours.kinds["activation"],
        colours.warning,
        colours.good,
        colours.dim,
    )
    return QColor(palette[place % len(palette)])


def class_mark(place: int) -> str:
    """The shape of its points."""
    return MARKS[place % len(MARKS)]
