"""Why a cell is what it is: the arithmetic of the one that is chosen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from explorer.session.explained import Explained
from explorer.session.jobs.passes import ExplainCell
from explorer.session.state import State
from explorer.session.store import Store


class Explaining(QObject):
    """Asks for the arithmetic of the chosen cell whenever another one is chosen or computed anew."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store
        store.changed.connect(self._show_state)

    @Slot(object, object)
    def _show_state(self, old: State, new: State) -> None:
        # The debugger explains by itself; beside it this would only take the processor from its cursor.
        is_other_cell = old.selection != new.selection or old.maps.activations is not new.maps.activations
        if not new.steps.is_watched and (is_other_cell or old.steps.is_watched):
            self._ask()

    def _ask(self) -> None:
        """Ask for the arithmetic of the chosen cell; a whole map is not one number."""
        state = self._store.state
        chosen, entry = state.selection, state.entry(state.selection.layer)
        if entry is not None and chosen.channel is not None and (chosen.row is not None or entry.values.ndim == 1):
            self._store.ask(ExplainCell(state.document, chosen), self._take)

    def _take(self, explained: Explained) -> None:
        self._store.set(replace(self._store.state.maps, explained=explained))
