"""The grids and the table of a step's arithmetic as things: their numbers can be copied and written to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, QPointF

from explorer.arithmetic.explanation import plain_number
from explorer.session import Session
from explorer.session.step_code import code_of_cursor, code_of_step
from explorer.ui.common.number_things import asked_at, thing_of_numbers
from explorer.ui.common.picture_things import drawn
from explorer.ui.common.text import exact
from explorer.ui.common.things import Thing, offer
from explorer.ui.debugger.into.channel_strip import ChannelStrip
from explorer.ui.debugger.into.function_plot import FunctionPlot
from explorer.ui.debugger.into.move_note import MoveNote
from explorer.ui.debugger.into.moved_cell import value_words
from explorer.ui.debugger.into.number_grid import NumberGrid
from explorer.ui.debugger.into.term_table import TermTable
from explorer.ui.debugger.into.term_tables import Table


def offer_grid(widget: NumberGrid, *, session: Session, line: Callable[[], str]) -> None:
    """Let a cell of `widget` or all its numbers be copied, also where they are only worked out; `line` makes them."""

    def thing_at(point: QPoint | None) -> Thing | None:
        grid, place = widget.grid, widget.chosen_place() if point is None else widget.place_at(QPointF(point))
        if grid is None:
            return None
        name, values, asked = grid.title, grid.values, None
        if place is not None:
            if not grid.present[place]:
                return None
            cell = grid.cell(*place)
            name = f"{grid.tensor}[{', '.join(map(str, cell))}]" if cell else f"{name}[{place[0]}, {place[1]}]"
            values = np.asarray(values[place])
            asked = (
                None if cell is None else asked_at(session.state, session.state.steps.cursor.step, grid.tensor, cell)
            )
        thing = thing_of_numbers(session, name, values, drawn=grid.values, scale=grid.scale, line=line())
        cell = () if place is None else grid.cell(*place)
        code = "" if cell is None else code_of_step(session.state, session.state.steps.cursor.step, grid.tensor, cell)
        return replace(thing, asked=asked, code=code)

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
        code = code_of_cursor(session.state)
        return Thing(name, value=partial(_text, table, rows), picture=partial(drawn, widget), line=line(), code=code)

    def chosen_at() -> QPointF | None:
        row = widget.chosen()
        rect = None if row is None else widget.rect_of(row)
        return None if rect is None else rect.center()

    offer(widget, session, thing_at, chosen_at)


def offer_curve(widget: FunctionPlot, *, session: Session, line: Callable[[], str]) -> None:
    """Let what the function makes of the cell be copied, and its graph exported: u, z and the slope, a row a place."""

    def thing_at(_point: QPoint | None) -> Thing | None:
        curve = widget.curve
        if curve is None:
            return None
        graph = np.stack([curve.xs, curve.ys, curve.slopes], axis=1)
        numbers = thing_of_numbers(session, f"{curve.name} at u = {plain_number(curve.u)}", graph, line=line())
        code = code_of_cursor(session.state)
        return replace(numbers, value=partial(exact, curve.total), picture=partial(drawn, widget), code=code)

    offer(widget, session, thing_at)


def offer_note(widget: MoveNote, *, session: Session, line: Callable[[], str]) -> None:
    """Let the number that only moves be copied."""

    def thing_at(_point: QPoint | None) -> Thing | None:
        move = widget.move_shown
        if move is None:
            return None
        value, code = partial(exact, move.value), code_of_cursor(session.state)
        return Thing(value_words(move), value=value, picture=partial(drawn, widget), line=line(), code=code)

    offer(widget, session, thing_at)


def offer_channels(widget: ChannelStrip, *, session: Session, line: Callable[[], str]) -> None:
    """Let what a channel adds be copied, and that of all of them exported."""

    def thing_at(point: QPoint | None) -> Thing | None:
        at, totals = widget.at if point is None else widget.index_at(point.x()), widget.totals
        if at is None or at >= len(totals):
            return None
        numbers = thing_of_numbers(
            session, f"what channel {at} adds", np.asarray(totals[at]), drawn=totals, line=line()
        )
        return replace(numbers, picture=partial(drawn, widget))

    offer(widget, session, thing_at)


def _text(table: Table, rows: list[int]) -> str:
    """Rows for a spreadsheet: a label, and the numbers that there are."""
    numbers = [[float(column.values[row]) for column in table.columns] for row in rows]
    return "\n".join(
        "\t".join([table.labels[row], *("" if np.isnan(each) else exact(each) for each in own)])
        for row, own in zip(rows, numbers, strict=True)
    )
