"""The session: every verb that the views, the command line and scripts have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.bounds import brief
from explorer.data import Picture, read_sample
from explorer.network import Layer, Network, Problem, Shape
from explorer.network.file_names import is_network, is_weights, other_model
from explorer.network.receptive_field import Field
from explorer.resources import bundled_networks, resource
from explorer.session import editing
from explorer.session.cancelling import PASS, cancelled
from explorer.session.errands import FoundNetwork, MakePicture, ReadNetwork, ReadPicture, ReadWeights
from explorer.session.keeping import Keeping
from explorer.session.selection import Selection
from explorer.session.state import Cell, Document, Fault, has_cell, new_ids
from explorer.session.state_owner import AT_ONCE_S
from explorer.session.worker import OwnModel

if TYPE_CHECKING:
    from explorer.engine.model.weights import State as Weights

START_PICTURE = "cat"
_UNSET: Any = object()


class Session(Keeping):
    """What a person can do. Verbs that cannot be done leave everything as it is and say why in `state.notice`."""

    # --- edits of the network ---

    @property
    def is_editable(self) -> bool:
        """Whether there is a network to edit; a person's own model is only looked at."""
        return self.state.network is not None

    def insert_layer(self, index: int, layer: Layer) -> None:
        """Put `layer` in at `index` and select it."""
        if self._edit(f"add {layer.kind}", editing.insert, index, layer):
            names = self._network().names
            self.select(layer=names[max(0, min(index, len(names) - 1))])

    def remove_layer(self, name: str) -> None:
        """Take the layer `name` out; the one that takes its place is selected."""
        at = self._place(name)
        if self._edit(f"remove {name}", editing.remove, name):
            names = self._network().names
            self.select(layer=names[min(at, len(names) - 1)] if names else "input")

    def remove_layers(self, names: Sequence[str]) -> None:
        """Take several layers out in one step."""
        if len(names) == 1:
            self.remove_layer(names[0])
        elif names:
            self._edit(f"remove {len(names)} layers", editing.remove_all, names)

    def replace_layer(self, name: str, layer: Layer, merge: bool = False) -> None:
        """Give the layer `name` other settings; with `merge`, changes in a row are one entry of undo."""
        key = f"replace {name} {_changed_settings(self.state.layer(name), layer)}" if merge else None
        self._edit(f"change {name}", editing.exchange, name, layer, merge_key=key)

    def rename_layer(self, name: str, new: str) -> None:
        """Call the layer `name` `new`."""
        selected = self.state.selection
        if name != new and self._edit(f"rename {name} to {new}", editing.rename, name, new) and selected.layer == name:
            self._set(selection=replace(selected, layer=new))

    def move_layer(self, name: str, index: int) -> None:
        """Move the layer `name` to place `index`."""
        if index != self._place(name):
            self._edit(f"move {name}", editing.move, name, index)

    def duplicate_layer(self, name: str) -> None:
        """Put a copy of the layer `name` after it and select the copy."""
        at = self._place(name)
        if self._edit(f"duplicate {name}", editing.duplicate, name):
            self.select(layer=self._network().names[at + 1])

    def paste_layers(self, text: str, index: int) -> None:
        """Put in the layers written in text notation."""
        self._edit("paste layers", editing.paste, text.strip(), index)

    def apply_fix(self, problem: Problem) -> None:
        """Take the problem's proposed network."""
        label = problem.fix.label if problem.fix else "fix"
        self._edit(f"fix {problem.layer}: {label}", editing.fix, problem)

    def set_input_shape(self, shape: Shape) -> None:
        """Let the network take inputs of `shape`."""
        self._edit("change input size", editing.reshape_input, shape, merge_key="input size")

    def undo(self) -> None:
        """Go back to the document before the last change."""
        if self._history.past:
            document, self._history = self._history.undone(self.state.document)
            self._show_document(document)

    def redo(self) -> None:
        """Do again what undo took back."""
        if self._history.future:
            document, self._history = self._history.redone(self.state.document)
            self._show_document(document)

    # --- selection ---

    def select(self, *, layer: Any = _UNSET, channel: Any = _UNSET, row: Any = _UNSET, column: Any = _UNSET) -> None:
        """Choose what every view shows; another layer clears channel and cell unless they are given too."""
        given = {"layer": layer, "channel": channel, "row": row, "column": column}
        changes = {name: value for name, value in given.items() if value is not _UNSET}
        start = self.state.selection
        if "layer" in changes and changes["layer"] != start.layer:
            start = Selection()
        self._set(selection=replace(start, **changes))

    def clear_cell(self) -> None:
        """Step back: from the cell to the layer with all its channels."""
        self._set(selection=Selection(self.state.selection.layer))

    def move_cell(self, rows: int, columns: int) -> None:
        """Move the chosen cell, stopping at the edge of its map."""
        chosen = self.state.selection
        entry = self._entry(chosen.layer)
        if entry is None or chosen.row is None or chosen.column is None or entry.values.ndim != 3:
            return
        _, height, width = entry.values.shape
        row = min(max(chosen.row + rows, 0), height - 1)
        self.select(row=row, column=min(max(chosen.column + columns, 0), width - 1))

    def hover(self, cell: Cell | None) -> None:
        """Tell every view which cell the mouse is over; what is no cell of the present maps is none."""
        self._point_at(cell if cell is not None and has_cell(self.state.activations, cell) else None)

    def receptive_field(self, cell: Cell | None) -> Field | None:
        """Which cells of the input `cell` was made from; None where that is not known."""
        entry = self._entry(cell.layer) if cell else None
        activations = self.state.activations
        if cell is None or entry is None or activations is None or activations.fields is None:
            return None
        if not has_cell(activations, cell):
            return None
        if entry.values.ndim == 1:  # a row of numbers lies along the columns
            return activations.fields.field(cell.layer, 0, cell.channel or 0)
        return activations.fields.field(cell.layer, cell.row or 0, cell.column or 0, cell.channel)

    # --- input ---

    def open_picture(self, path: str | Path) -> None:
        """Read the picture at `path` in the background and show it to the network; the last one asked for wins."""
        self._begin(self._pictures, ReadPicture(Path(path)), self._take_read_picture)

    def make_picture(self, name: str, make: Callable[[], Picture]) -> None:
        """Show the network the picture that `make` makes of what was pasted; a small one is there at once."""
        self._begin(self._pictures, MakePicture(name, make), self._take_read_picture)
        self._pictures.wait(AT_ONCE_S)
        self._show_lanes()

    def use_picture(self, picture: Picture) -> None:
        """Show `picture` to the network."""
        self._pictures.drop()  # a file still being read no longer matters
        self._take_picture(picture)

    def use_sample(self, name: str) -> None:
        """Show one of the pictures that come with the program."""
        self.use_picture(read_sample(name))

    def set_fit(self, mode: str) -> None:
        """Choose how a picture is brought to the network's size: crop, pad or stretch."""
        if mode != self.state.fit:
            self._edit(f"fit pictures by {mode}", editing.refit, mode)

    # --- files ---

    def open_path(self, path: str | Path) -> None:
        """Open whatever lies at `path`: a network, weights for the network that is open, or else a picture."""
        path = Path(path)
        if is_network(path):
            self.open_network(path)
        elif is_weights(path):
            self.load_weights(path)
        elif sentence := other_model(path):
            self.say(sentence)
        else:
            self.open_picture(path)

    def open_network(self, name: str | Path) -> None:
        """Open a network file, or one of the networks that come with the program by its name."""
        is_bundled = isinstance(name, str) and name in bundled_networks()
        path = resource("networks", f"{name}.json") if is_bundled else Path(name)
        self._begin(self._networks, ReadNetwork(path), partial(self._take_network, path, is_bundled=is_bundled))
        self._networks.wait(AT_ONCE_S)
        self._show_lanes()

    def _take_network(self, path: Path, found: FoundNetwork | Fault, *, is_bundled: bool) -> None:
        if isinstance(found, Fault):
            self.say(found.message)
            return
        has_file = not is_bundled and not is_weights(path)
        self._replace_document(replace(found.document, path=path if has_file else None))
        self.say(found.remark)
        if not is_bundled:
            self._remember(path)
        if len(self._network().input_shape) == 3 and self.state.picture is None:
            self.use_sample(START_PICTURE)

    def new_network(self, text: str = "3x32x32") -> None:
        """Start an empty network, or the one written in `text`."""
        try:
            network = Network.parse(text)
        except ValueError as error:
            self.say(str(error))
            return
        self._replace_document(Document(network, new_ids(len(network.layers))))

    def adopt(
        self, module: Any, values: np.ndarray, title: str, *, dtype: Any = None, others: np.ndarray | None = None
    ) -> None:
        """Look at a person's own `nn.Module` with an input of its own, without the batch axis.

        `dtype` is the torch type that it takes; without one it is that of `values`. `others` are the further examples
        of the batch that it is fed, (N − 1, …).
        """
        self._own = OwnModel(module, dtype, others)
        self._replace_document(Document(None, title=title), numbers=values)
        if others is not None and len(others):
            fed = f"The model is fed a batch of {len(others) + 1:,}, along the first axis of its input"
            self.say(f"{fed}; the first example is shown.")

    def load_weights(self, path: str | Path) -> None:
        """Put the weights of a PyTorch or safetensors file into the network that is open, if they fit."""
        document, path = self.state.document, Path(path)
        if document.network is None:
            self.say("The weights of a model opened from a program are its own.")
            return
        self._begin(self._weights, ReadWeights(path), partial(self._take_read_weights, document, path))

    def _take_read_weights(self, document: Document, path: Path, read: Weights | Fault) -> None:
        if isinstance(read, Fault):
            self.say(read.message)
            return
        job = lambda worker, _stop: worker.load_weights(document, path, read)  # noqa: E731  # a job is a function of two
        self._submit("weights", job, f"Loading {brief(path.name)}…")

    def save_network(self, path: str | Path, then: Callable[[], None] | None = None) -> None:
        """Write the network and its weights to `path` in the background; the old file stays until the new is whole.

        `then` is called once it is; it is forgotten where it could not be written.
        """
        document, path = self.state.document, Path(path)
        if document.network is None:
            self.say("A model opened from a program is saved by that program.")
            return
        self._then = then
        job = lambda bench, _stop: bench.save(document, path)  # noqa: E731  # a job is a function of two
        self._asked_save = self._submit("save", job, f"Saving {brief(path.name)}…")

    # --- running ---

    def set_mode(self, mode: str) -> None:
        """Run the model in "eval" or "train" mode."""
        self._set(mode=mode)
        self._ask()

    def reset_weights(self) -> None:
        """Give every layer fresh weights."""
        document = self.state.document
        if document.network is None:
            self.say("The weights of a model opened from a program are its own.")
            return
        self._edit("reset weights", editing.forget_weights)

    def cancel(self) -> None:
        """Give up what is being worked on: what is opened, else what is computed, else the file that is written."""
        if self.state.opening is not None:
            self.cancel_opening()
        elif self.state.saving is not None and not self.state.task:
            self.cancel_saving()
        else:
            self.cancel_work()

    def cancel_opening(self) -> None:
        """Give up what is opened, the newest of several; the model works on."""
        lane = self._newest_opening()
        if lane is not None:
            lane.cancel()
            self._show_lanes()

    def cancel_work(self) -> None:
        """Give up what the model is run for. Maps of the last whole pass stay only where a pass itself is given up."""
        is_map_owed = self.state.computing and self.state.task.removesuffix("…") not in ("", PASS)
        notice = cancelled(self.state)
        self._then = None
        self._runner.cancel()
        self._set(computing=False, is_recording_step=False, task="", notice=notice)
        self._cancel_start()
        if is_map_owed:
            self._ask_maps(self._request())


def _changed_settings(old: Layer | None, new: Layer) -> str:
    """The names of the settings in which two layers differ, so that dragging one slider after another is two steps."""
    if type(old) is not type(new):
        return "kind"
    return " ".join(field.name for field in fields(new) if getattr(old, field.name) != getattr(new, field.name))
