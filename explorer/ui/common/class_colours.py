"""A colour and a mark for each class, the same wherever examples are drawn; never told apart by colour alone."""

from __future__ import annotations

from PySide6.QtGui import QColor

from explorer.ui.common import theme

MARKS = ("o", "s", "t", "d", "+", "x", "star", "p")
"""pyqtgraph's names: circle, square, triangle, diamond …"""
GOLDEN = 0.618034  # the share of a turn by which hues that follow each other stay apart


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


def area_colour(place: int) -> QColor:
    """The colour of a class's areas: that of its points, for as many classes as these are told apart; then further
    hues, far from each other."""
    if place < len(MARKS):
        return class_colour(place)
    return QColor.fromHsvF(place * GOLDEN % 1, 0.55, 0.8)


def area_rgb(place: int) -> tuple[int, int, int]:
    """The same as red, green and blue."""
    colour = area_colour(place)
    return colour.red(), colour.green(), colour.blue()


def class_mark(place: int) -> str:
    """The shape of its points."""
    return MARKS[place % len(MARKS)]
