"""Why a cell of the maps is what it is: the arithmetic of the one that is chosen."""

from __future__ import annotations

from dataclasses import replace

from explorer.session.cell import Cell
from explorer.session.jobs.passes import ExplainCell
from explorer.session.snapshot import Activations
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.worker.passes import CellExplained


class Explaining:
    """Keeps `state.maps.explained` the arithmetic of the chosen cell of the very maps that are shown, or None.

    New maps bring along that of the cell that was looked at; any other is asked for.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        store.follow(self._follow)

    def _follow(self, old: State, new: State) -> None:
        maps, before, cell = new.maps.activations, _looked_at(old), _looked_at(new)
        if maps is old.maps.activations and cell == before:
            return
        brought = maps.explained if maps is not None else None
        explained = brought if brought is not None and cell is not None and brought.cell == cell else None
        self._store.set(replace(self._store.state.maps, explained=explained))
        if explained is None and (cell is not None or before is not None):
            self._ask(maps, cell)

    def ask_again(self) -> None:
        """Ask for what is still owed: the question may have gone with work that was given up."""
        state = self._store.state
        cell = _looked_at(state)
        if cell is not None and state.maps.explained is None:
            self._ask(state.maps.activations, cell)

    def _ask(self, maps: Activations | None, cell: Cell | None) -> None:
        self._store.ask(ExplainCell(None if maps is None else maps.uncovered, cell), self._take)

    def _take(self, answer: CellExplained) -> None:
        state = self._store.state
        maps = state.maps.activations
        if maps is not None and answer.maps is maps.uncovered and answer.explained.cell == _looked_at(state):
            self._store.set(replace(state.maps, explained=answer.explained))


def _looked_at(state: State) -> Cell | None:
    """The chosen cell; none beside the debugger, which explains by itself and needs the processor for its cursor."""
    return None if state.steps.is_walked else state.chosen_cell
