"""What every view shows: the layer, the channel and the cell that are chosen, and the cell under the mouse."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from explorer.network.receptive_field import Field
from explorer.session.cell import Cell
from explorer.session.chosen_before import ChosenBefore
from explorer.session.selection import AsItIs, Selection
from explorer.session.state import State
from explorer.session.store import Store


class Selecting(QObject):
    """Chooses what is shown. `hovered` tells which cell the mouse is over, a cell of the present maps or None."""

    hovered = Signal(object)

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._store = store
        self._hovered: Cell | None = None
        self._before = ChosenBefore()
        store.follow(self._follow)

    def select(
        self,
        *,
        layer: str | AsItIs | None = AsItIs.LEFT,
        channel: int | AsItIs | None = AsItIs.LEFT,
        row: int | AsItIs | None = AsItIs.LEFT,
        column: int | AsItIs | None = AsItIs.LEFT,
    ) -> None:
        """Choose what every view shows. Of another layer it is what was chosen of it last, unless that is given too."""
        start = self._store.state.selection
        if layer is not AsItIs.LEFT and layer != start.layer:
            is_alone = channel is row is column is AsItIs.LEFT
            start = self._before.of(self._store.state.document, layer) if is_alone else Selection(layer)
        self._store.set(
            Selection(
                start.layer,
                start.channel if channel is AsItIs.LEFT else channel,
                start.row if row is AsItIs.LEFT else row,
                start.column if column is AsItIs.LEFT else column,
            )
        )
        self._remember()

    def select_cell(self, cell: Cell) -> None:
        """Choose a cell of the present maps; where it is none of them, the person is told."""
        place = _place(self._store.state, cell)
        if place is None:
            self._store.say(f"This cell of {cell.call} is none of the maps that are shown.")
            return
        channel, row, column = (*place, None, None)[:3]
        self.select(layer=cell.call, channel=channel, row=row, column=column)

    def clear_cell(self) -> None:
        """Step back: from the cell to the layer with all its channels."""
        self._store.set(Selection(self._store.state.selection.layer))

    def move_cell(self, rows: int, columns: int) -> None:
        """Move the chosen cell, stopping at the edge of its map."""
        chosen = self._store.state.selection
        entry = self._store.state.entry(chosen.layer)
        if entry is None or chosen.row is None or chosen.column is None or entry.values.ndim != 3:
            return
        _, height, width = entry.values.shape
        row = min(max(chosen.row + rows, 0), height - 1)
        self.select(row=row, column=min(max(chosen.column + columns, 0), width - 1))

    @property
    def pointed(self) -> Cell | None:
        """The cell that the mouse is over."""
        return self._hovered

    def hover(self, cell: Cell | None) -> None:
        """Tell every view which cell the mouse is over; one that the present maps do not have counts as None."""
        self._point_at(cell if cell is not None and _place(self._store.state, cell) is not None else None)

    def hover_at(self, layer: str, channel: int, row: int | None = None, column: int | None = None) -> None:
        """The same for the cell that lies there in a layer's maps, or for one of its numbers."""
        entry = self._store.state.entry(layer)
        self._point_at(None if entry is None else entry.cell(channel, row, column))

    def receptive_field(self, cell: Cell | None) -> Field | None:
        """Which cells of the input `cell` was made from; None where that is not known."""
        place = None if cell is None else _place(self._store.state, cell)
        fields = self._store.state.maps.activations.fields if self._store.state.maps.activations else None
        if cell is None or place is None or fields is None:
            return None
        # A row of numbers lies along the columns.
        channel, row, column = (None, 0, *place) if len(place) == 1 else place
        found = fields.field(cell.call, row, column, channel)
        is_asked = cell.call in self._store.state.lessons.veil.sizes.fields
        return replace(found, is_asked=True) if found is not None and is_asked else found

    def _remember(self) -> None:
        self._before.keep(self._store.state.document, self._store.state.selection)

    def _follow(self, old: State, new: State) -> None:
        if new.selection != old.selection and new.selection.layer == old.selection.layer:
            self._remember()  # not where the debugger comes to by itself on its way through the layers
        if self._hovered is not None and _place(new, self._hovered) is None:
            self._point_at(None)

    def _point_at(self, cell: Cell | None) -> None:
        self._hovered = cell
        self.hovered.emit(cell)


def _place(state: State, cell: Cell) -> tuple[int, ...] | None:
    """Where a cell lies in the present maps; None where it is not one of them."""
    return None if state.maps.activations is None else state.maps.activations.place(cell)
