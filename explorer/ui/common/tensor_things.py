"""What lies where in a drawn tensor, as things that something can be done with: its cells and all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, cast

import numpy as np
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QWidget

from explorer.arithmetic.operation import Index
from explorer.session import Session
from explorer.ui.common.colour import Scale
from explorer.ui.common.number_things import asked_number, thing_of_numbers
from explorer.ui.common.things import Thing, offer

Find = Callable[[], object] | None


class Drawn(Protocol):
    """The part of a tensor that is drawn: cell (*prefix, *place) of the whole is `values[place]`."""

    name: str
    title: str
    facts: str
    values: np.ndarray
    scale: Scale
    prefix: Index


class DrawnTensor(Protocol):
    """The view that draws it, a widget."""

    shown: Drawn | None

    def cell_at(self, point: QPointF) -> Index | None:
        """The whole cell under a point of the widget."""

    def point_of(self, cell: Index) -> QPointF | None:
        """The middle of a whole cell in the widget."""

    def chosen(self) -> Index | None:
        """The whole cell that is chosen, if it is drawn."""


def nowhere(_cell: Index | None) -> Find:
    """For a tensor that the debugger itself draws: it stands there."""
    return None


def offer_tensor(
    widget: QWidget,
    session: Session,
    *,
    line: Callable[[], str] = str,
    code: Callable[[str, Index], str] = lambda _name, _cell: "",
    find: Callable[[Index | None], Find] = nowhere,
) -> None:
    """Let the cells of a `DrawnTensor` be copied and exported; `line` makes them in PyTorch.

    `code` takes out of the model a cell of the tensor of that name, or all cells that begin with these indices; `find`
    leads the debugger to one.
    """
    view = cast(DrawnTensor, widget)

    def thing_at(point: QPoint | None) -> Thing | None:
        shown = view.shown
        if shown is None or not shown.values.size:
            return None
        cell = view.chosen() if point is None else view.cell_at(QPointF(point))
        values, name = shown.values, " · ".join(filter(None, (shown.title, shown.facts)))
        if cell is not None:
            values = np.asarray(shown.values[cell[len(shown.prefix) :]])
            name = f"{shown.title}[{', '.join(map(str, cell))}]" if cell else shown.title
        drawn = shown.values if shown.values.ndim > 1 else None
        thing = thing_of_numbers(session, name, values, drawn=drawn, scale=shown.scale, line=line(), find=find(cell))
        thing = replace(thing, code=code(shown.name, shown.prefix if cell is None else cell))
        return thing if cell is None else replace(thing, asked=asked_number(session.state, shown.title, cell, values))

    def chosen_at() -> QPointF | None:
        cell = view.chosen()
        return None if cell is None else view.point_of(cell)

    offer(widget, session, thing_at, chosen_at)
