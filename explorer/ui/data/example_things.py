"""Examples of a data set as things: what can be done with a picture, a point or a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, QPoint, QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from explorer.session import Session
from explorer.ui.common.images import image_of
from explorer.ui.common.number_things import thing_of_numbers
from explorer.ui.common.row_things import offer_rows
from explorer.ui.common.text import exact
from explorer.ui.common.things import Thing, offer
from explorer.ui.data.number_table import NumberTable
from explorer.ui.data.picture_grid import PictureGrid
from explorer.ui.data.picture_walk import Spot

if TYPE_CHECKING:
    from explorer.ui.data.point_plot import PointPlot

SHOW = "Show it to the network"


def offer_pictures(grid: PictureGrid, session: Session) -> None:
    """Let the pictures of `grid` be copied, exported and shown to the network; their value is what is said of them."""

    def thing_at(point: QPoint | None) -> Thing | None:
        spot = grid.spot_at(point)
        return None if spot is None else _picture(grid, session, spot)

    offer(grid, session, thing_at, grid.chosen_point)


def _picture(grid: PictureGrid, session: Session, spot: Spot) -> Thing:
    words = grid.told(spot)
    name = words.partition("\n")[0]
    said = Thing(name, value=lambda: words.replace("\n", "\t"), more=((SHOW, partial(grid.take, spot)),))
    pixels = grid.pixels(spot)
    if pixels is None:
        return said
    opaque = np.broadcast_to(np.uint8(255), (*pixels.shape[:2], 1))
    colours = np.concatenate([np.broadcast_to(pixels, (*pixels.shape[:2], 3)), opaque], axis=2)
    maps = np.moveaxis(pixels, 2, 0)
    numbers = thing_of_numbers(session, name, maps, drawn=maps, colours=lambda: colours)
    return replace(said, picture=lambda: image_of(colours), export=numbers.export)


def offer_points(plot: PointPlot, session: Session) -> None:
    """Let the coordinates of a point be copied, and the plot as a picture."""

    def thing_at(point: QPoint | None) -> Thing | None:
        at = plot.current if point is None else plot.point_at(QPointF(point))
        if at is None:
            return None
        name = plot.told(at).partition("\n")[0]
        value = "\t".join(exact(float(each)) for each in plot.place_of(at))
        return Thing(name, value=lambda: value, picture=partial(_drawn, plot), more=((SHOW, partial(plot.take, at)),))

    offer(plot, session, thing_at, plot.chosen_point)


def offer_number_rows(table: NumberTable, session: Session) -> None:
    """Let a number be copied with all its digits, or a row of them."""

    def value(index: QModelIndex) -> str:
        cells = [index] if index.column() else [table.model().index(index.row(), at) for at in range(table.columns)]
        return "\t".join(map(table.exact_text, cells))

    def more(index: QModelIndex) -> tuple[tuple[str, Callable[[], object]], ...]:
        return ((SHOW, partial(table.chosen.emit, index.row())),)

    offer_rows(table, session, value=value, more=more)


def _drawn(widget: QWidget) -> QImage:
    return widget.grab().toImage()
