"""Edits of the network, and undoing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from explorer.arithmetic.operation import Index
from explorer.network import Layer, Network, Problem, Shape
from explorer.session import edits
from explorer.session.document import Document
from explorer.session.features.selecting import Selecting
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.subject import Verb
from explorer.session.switched_off import SWITCH_OFF, channel_blocks
from explorer.session.typed_over import block_words


class Editing:
    """Changes the network. What cannot be done leaves everything as it is and says why in the notice."""

    def __init__(self, store: Store, selection: Selecting) -> None:
        self._store, self._selection = store, selection

    @property
    def is_possible(self) -> bool:
        """Whether there is a network to edit; a person's own model is only looked at."""
        return self._store.state.subject.can(Verb.EDIT)

    def insert_layer(self, index: int, layer: Layer) -> None:
        """Put `layer` in at `index` and select it."""
        if self._store.edit(f"add {layer.kind}", edits.insert, index, layer):
            names = self._network().names
            self._selection.select(layer=names[max(0, min(index, len(names) - 1))])

    def remove_layer(self, name: str) -> None:
        """Take the layer `name` out; the one that takes its place is selected."""
        at = self._place(name)
        if self._store.edit(f"remove {name}", edits.remove, name):
            names = self._network().names
            self._selection.select(layer=names[min(at, len(names) - 1)] if names else "input")

    def remove_layers(self, names: Sequence[str]) -> None:
        """Take several layers out in one step."""
        if len(names) == 1:
            self.remove_layer(names[0])
        elif names:
            self._store.edit(f"remove {len(names)} layers", edits.remove_all, names)

    def replace_layer(self, name: str, layer: Layer, merge: bool = False) -> None:
        """Give the layer `name` other settings; with `merge`, changes in a row are one entry of undo."""
        key = f"replace {name} {_changed_settings(self._store.state.layer(name), layer)}" if merge else None
        self._store.edit(f"change {name}", edits.exchange, name, layer, merge_key=key)

    def rename_layer(self, name: str, new: str) -> None:
        """Call the layer `name` `new`."""
        selected = self._store.state.selection
        with self._store.gathered():  # a form that lost its layer for a moment would lose the focus
            is_renamed = name != new and self._store.edit(f"rename {name} to {new}", edits.rename, name, new)
            if is_renamed and selected.layer == name:
                self._store.set(replace(selected, layer=new))

    def move_layer(self, name: str, index: int) -> None:
        """Move the layer `name` to place `index`."""
        if index != self._place(name):
            self._store.edit(f"move {name}", edits.move, name, index)

    def duplicate_layer(self, name: str) -> None:
        """Put a copy of the layer `name` after it and select the copy."""
        at = self._place(name)
        if self._store.edit(f"duplicate {name}", edits.duplicate, name):
            self._selection.select(layer=self._network().names[at + 1])

    def paste_layers(self, text: str, index: int) -> None:
        """Put in the layers written in text notation."""
        self._store.edit("paste layers", edits.paste, text.strip(), index)

    def apply_fix(self, problem: Problem) -> None:
        """Take the problem's proposed network."""
        label = problem.fix.label if problem.fix else "fix"
        self._store.edit(f"fix {problem.layer}: {label}", edits.fix, problem)

    def set_input_shape(self, shape: Shape) -> None:
        """Let the network take inputs of `shape`."""
        self._store.edit("change input size", edits.reshape_input, shape, merge_key="input size")

    def set_cell(self, name: str, cell: Index, value: float) -> None:
        """Type over one number of the parameter or buffer `name` ("conv1.weight"); undo brings the old one back."""
        self.set_cells(name, cell, np.full((1,) * len(cell), value))

    def set_cells(self, name: str, start: Index, values: np.ndarray, *, merge: str | None = None) -> None:
        """Type over a block of a parameter or buffer, from cell `start` on; `values` has as many axes as it.

        With the same `merge` in a row it is one entry of undo, of which the last one counts.
        """
        if not self._store.may(Verb.CHANGE_WEIGHTS):
            return
        numbers = np.array(values, np.float32)
        numbers.flags.writeable = False
        history, state = self._store.history, self._store.state
        before = history.document_before
        if before is not None and merge is not None and merge == history.merge_key:
            # The numbers on the way are nowhere looked back at: what was typed last stands on those from before.
            base, known = before, False
        else:
            base, known = state.document, _is_known(state)
        label = f"{name.replace('.', ' ', 1)} {block_words(start, numbers)}"
        self._store.edit(label, lambda _present: edits.type_over(base, name, start, numbers, known), merge_key=merge)

    def switch_off(self, layer: str, channel: int) -> None:
        """Let a channel of `layer` be 0 wherever it is read: its filter and bias, or its scale and shift, become 0."""
        entry = self._store.state.entry(layer)
        blocks = channel_blocks(entry, channel)
        if entry is None or not blocks or not self._store.may(Verb.CHANGE_WEIGHTS):
            return
        known = _is_known(self._store.state)

        def without(document: Document) -> Document:
            for at, (name, start, zeros) in enumerate(blocks):
                document = edits.type_over(document, name, start, zeros, known and at == 0)
            return document

        self._store.edit(f"{SWITCH_OFF} {entry.map_name(channel)} of {layer}", without)

    def reset_weights(self) -> None:
        """Give every layer fresh weights."""
        if self._store.may(Verb.CHANGE_WEIGHTS):
            self._store.edit("reset weights", edits.forget_weights)

    def undo(self) -> None:
        """Go back to the document before the last change."""
        self._store.undo()

    def redo(self) -> None:
        """Do again what undo took back."""
        self._store.redo()

    def _network(self) -> Network:
        return self._store.state.subject.edited

    def _place(self, name: str) -> int:
        names = self._store.state.subject.names
        return names.index(name) if name in names else 0


def _is_known(state: State) -> bool:
    """Whether the worker has answered with the weights of the present document."""
    return state.maps.shown is not None and state.maps.shown.document is state.document


def _changed_settings(old: Layer | None, new: Layer) -> str:
    """The names of the settings in which two layers differ, so that dragging one slider after another is two steps."""
    if type(old) is not type(new):
        return "kind"
    return " ".join(field.name for field in fields(new) if getattr(old, field.name) != getattr(new, field.name))
