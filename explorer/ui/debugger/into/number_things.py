"""The grids and the table of a step's arithmetic as things: their numbers can be copied and written to a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, QPointF

from explorer.session import Session
from explorer.ui.common.number_things import thing_of_numbers
from explorer.ui.common.text import exact
from explorer.ui.common.things import Thing, offer
from explorer.ui.debugger.into.number_grid import NumberGrid
from explorer.ui.debugger.into.term_table import TermTable
from explorer.ui.debugger.into.term_tables import Table


def offer_grid(widget: NumberGrid, *, session: Session, line: Callable[[], str]) -> None:
    """Let a cell of `widget` or all its numbers be copied, also where they are only worked out; `line` makes them."""

    def thing_at(point: QPoint | None) -> Thing | None:
        grid, place = widget.grid, widget.chosen_place() if point is None else widget.place_at(QPointF(point))
        if grid is None:
            return None
        name, values = grid.title, grid.values
        if place is not None:
            if not grid.present[place]:
                return None
            cell = grid.cell(*place)
            name = f"{grid.tensor}[{', '.join(map(str, cell))}]" if cell else f"{name}[{place[0]}, {place[1]}]"
            values = np.asarray(values[place])
        return thing_of_numbers(session, name, values, drawn=grid.values, scale=grid.scale, line=line())

    def chosen_at() -> QPointF | None:
        place = widget.chosen_place()
        return None if place is None else widget.cell_rect(*place).center()

    offer(widget, session, thing_at, chosen_at)


def offer_table(widget: TermTable, *, session: Session, line: Callable[[], str]) -> None:
    """Let a row of `widget` be copied with all digits, or all of them."""

    def chosen() -> int | None:
        row = widget.chosen()
        return row if row is not None or widget.table is None else widget.table.marked

    def thing_at(point: QPoint | None) -> Thing | None:
        table = widget.table
        if table is None:
            return None
        row = chosen() if point is None else widget.row_at(QPointF(point))
        rows = table.order.tolist() if row is None else [row]
        name = "Terms" if row is None else table.labels[row]
        return Thing(name, value=partial(_text, table, rows), picture=lambda: widget.grab().toImage(), line=line())

    def chosen_at() -> QPointF | None:
        row = widget.chosen()
        rect = None if row is None else widget.rect_of(row)
        return None if rect is None else rect.center()

    offer(widget, session, thing_at, chosen_at)


def _text(table: Table, rows: list[int]) -> str:
    """Rows for a spreadsheet: a label, and the numbers that there are."""
    numbers = [[float(column.values[row]) for column in table.columns] for row in rows]
    return "\n".join(
        "\t".join([table.labels[row], *("" if np.isnan(each) else exact(each) for each in own)])
        for row, own in zip(rows, numbers, strict=True)
    )
