"""Where a step of a lesson wants the person to look: in the maps at once, in the debugger once it is on record."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.arithmetic.operation import Index
from explorer.session.cell import is_index
from explorer.session.cursor import Cursor
from explorer.session.selection import Selection
from explorer.session.shared_place import selection_at
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.veil import PASSING, Veil

if TYPE_CHECKING:
    from explorer.lessons.script import Showing
    from explorer.session.timeline import Timeline


class LessonShowing:
    """Goes to the place that a step shows, as soon as that can be gone to, and keeps what is asked for covered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._wanted: Showing | None = None  # where the debugger is to stand once the step is on record

    def want(self, showing: Showing | None) -> None:
        """Go there as soon as what is set up next is there."""
        self._wanted = showing

    def sum_at(self, showing: Showing | None) -> str:
        """The arithmetic behind the cell that is shown, as it is written; "" where there is none."""
        timeline = self._store.state.steps.timeline
        cursor = None if timeline is None or showing is None else cursor_at(timeline, showing)
        if timeline is None or cursor is None:
            return ""
        return _sum_of(timeline, cursor.step, cursor.of, cursor.cell)

    def go(self) -> None:
        """Stand at what is wanted: in the maps at once, in the debugger as soon as the step is on record."""
        showing, state = self._wanted, self._store.state
        if showing is None:
            return
        layer = showing.call if state.subject.has_part(showing.call, None) else ""
        if showing.phase == "forward" and layer and state.selection.layer != layer:
            self._store.set(Selection(layer))
        timeline = state.steps.timeline
        if timeline is None or state.steps.is_recording:
            self._show_cell(showing, state)
            return
        self._wanted = None
        cursor = cursor_at(timeline, showing)
        if cursor is not None:
            selection = selection_at(self._store.state, timeline, cursor)
            self._store.set(replace(self._store.state.steps, cursor=cursor), selection)

    def _show_cell(self, showing: Showing, state: State) -> None:
        entry = state.entry(showing.call)
        if showing.tensor != "output" or entry is None or entry.values.ndim != len(showing.cell) - 1:
            return
        if not state.steps.is_watched:
            self._wanted = None
        self._store.set(Selection(showing.call, *showing.cell[1:]))

    def cover(self, veil: Veil) -> None:
        """Veil what is asked for in whatever came, and lift the veil over what was covered."""
        maps, steps = self._store.state.maps, self._store.state.steps
        activations = maps.activations
        if activations is not None and activations.veil != veil:
            self._store.set(replace(maps, activations=activations.under(veil)))
        if steps.timeline is not None and steps.timeline.veil != veil:
            message = "" if veil.sizes.runs else steps.message  # it names the layer that does not run
            self._store.set(replace(steps, timeline=steps.timeline.under(veil), message=message))
        maps = self._store.state.maps
        if maps.explained is not None and maps.activations is not None and maps.explained.veil != veil:
            bare = maps.activations.uncovered
            found = maps.explained.under(veil, bare.covered_by(veil), frozenset(bare.axes_under(veil)))
            self._store.set(replace(maps, explained=found))


def _sum_of(timeline: Timeline, step: int, of: str, cell: Index | None) -> str:
    """Of a number that is only handed on the sum from which it comes."""
    explanation = timeline.explain(step, of, cell).explanation
    if explanation is not None:
        return explanation.written
    entry = timeline.steps[step]
    made = timeline.maker(step, "input" if entry.phase == "forward" else "grad_output")
    return _sum_of(timeline, *made, cell) if made is not None and entry.kind in PASSING else ""


def cursor_at(timeline: Timeline, showing: Showing) -> Cursor | None:
    """Where on a timeline stands what is shown; None where it has no such step."""
    found = (
        step
        for step in timeline.steps
        if step.phase == showing.phase
        and showing.call in ("", step.call, step.layer)
        and (not showing.tensor or showing.tensor in step.asked)
    )
    step = next(found, None)
    if step is None:
        return None
    of = showing.tensor or step.asked_first
    is_there = bool(showing.tensor) and is_index(showing.cell, step.asked[of])
    cell = showing.cell if is_there else timeline.telling_cell(step.index, of)
    return Cursor(step.index, of, cell)
