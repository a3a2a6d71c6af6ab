"""Examples of a data set as things: what can be done with a picture, a point or a row."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QPointF

from explorer.session import Session
from explorer.ui.common.picture_things import SHOW, drawn, thing_of_picture
from explorer.ui.common.row_things import offer_rows
from explorer.ui.common.text import exact
from explorer.ui.common.things import Thing, offer
from explorer.ui.data.number_table import NumberTable
from explorer.ui.data.picture_grid import PictureGrid
from explorer.ui.data.picture_strip import PictureStrip
from explorer.ui.data.picture_walk import Spot

if TYPE_CHECKING:
    from explorer.ui.data.point_plot import PointPlot


def offer_pictures(grid: PictureGrid, session: Session) -> None:
    """Let the pictures of `grid` be copied, exported and shown to the network; their value is what is said of them."""

    def thing_at(point: QPoint | None) -> Thing | None:
        spot = grid.spot_at(point)
        return None if spot is None else _picture(grid, session, spot)

    offer(grid, session, thing_at, grid.chosen_point)


def _picture(grid: PictureGrid, session: Session, spot: Spot) -> Thing:
    words = grid.told(spot)
    name = words.partition("\n")[0]
    pixels, value, more = grid.pixels(spot), lambda: words.replace("\n", "\t"), ((SHOW, partial(grid.take, spot)),)
    if pixels is None:
        return Thing(name, value=value, more=more)
    return thing_of_picture(session, name, pixels, value=value, more=more)


def offer_strip(strip: PictureStrip, session: Session) -> None:
    """Let the pictures of `strip` be copied and exported."""

    def thing_at(point: QPoint | None) -> Thing | None:
        at = None if point is None else strip.index_at(QPointF(point))
        return None if at is None else thing_of_picture(session, strip.accessibleName(), strip.pixels[at])

    offer(strip, session, thing_at)


def offer_points(plot: PointPlot, session: Session) -> None:
    """Let the coordinates of a point be copied, and the plot as a picture."""

    def thing_at(point: QPoint | None) -> Thing | None:
        at = plot.current if point is None else plot.point_at(QPointF(point))
        if at is None:
            return None
        name = plot.told(at).partition("\n")[0]
        value = "\t".join(exact(float(each)) for each in plot.place_of(at))
        return Thing(name, value=lambda: value, picture=partial(drawn, plot), more=((SHOW, partial(plot.take, at)),))

    offer(plot, session, thing_at, plot.chosen_point)


def offer_number_rows(table: NumberTable, session: Session) -> None:
    """Let a number be copied with all its digits, or a row of them."""

    def value(index: QModelIndex) -> str:
        cells = [index] if index.column() else [table.model().index(index.row(), at) for at in range(table.columns)]
        return "\t".join(map(table.exact_text, cells))

    def more(index: QModelIndex) -> tuple[tuple[str, Callable[[], object]], ...]:
        return ((SHOW, partial(table.chosen.emit, index.row())),)

    offer_rows(table, session, value=value, more=more)
