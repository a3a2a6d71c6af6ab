"""The session: it owns the state, answers the views' verbs, and asks the runner for what they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.data import Picture, read_sample
from explorer.network import Layer, Network, Problem, Shape
from explorer.network.files import FileError, read_network
from explorer.network.receptive_field import Field
from explorer.resources import bundled_networks, resource
from explorer.session import editing, worker
from explorer.session.history import History
from explorer.session.runner import Failure, Result, Runner
from explorer.session.state import Cell, Document, Fault, Selection, State, new_ids, settled
from explorer.session.worker import Request, Shown, Worker

TICK_MS = 16
RECENT_LIMIT = 10
NETWORK_SUFFIXES = (".json", ".txt")
START_PICTURE = "cat"
_UNSET: Any = object()


class Session(QObject):
    """The one owner of the state. Lives in the window's thread; close it before it goes.

    Verbs that cannot be done leave everything as it is and say why in `state.notice`.
    """

    changed = Signal(object, object)
    hovered = Signal(object)

    def __init__(self, parent: QObject | None = None, *, recent: tuple[Path, ...] = ()) -> None:
        super().__init__(parent)
        self.state = State(recent=recent)
        self._history = History()
        self._saved_document = self.state.document
        self._module: Any = None
        self._device: str | None = None
        self._asked = 0
        self._asked_picture = 0
        self._runner: Runner[Worker] = Runner(Worker)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._drain)

    def close(self) -> bool:
        """Stop and join the worker thread; True if it ended in time."""
        self._timer.stop()
        return self._runner.close()

    # --- edits of the network ---

    @property
    def is_editable(self) -> bool:
        """Whether there is a network to edit; a person's own model is only looked at."""
        return self.state.network is not None

    def insert_layer(self, index: int, layer: Layer) -> None:
        """Put `layer` in at `index` and select it."""
        if self._edit(f"add {layer.kind}", editing.insert, index, layer):
            self.select(layer=self._network().names[index])

    def remove_layer(self, name: str) -> None:
        """Take the layer `name` out; the one that takes its place is selected."""
        at = self._place(name)
        if self._edit(f"remove {name}", editing.remove, name):
            names = self._network().names
            self.select(layer=names[min(at, len(names) - 1)] if names else "input")

    def replace_layer(self, name: str, layer: Layer, merge: bool = False) -> None:
        """Give the layer `name` other settings; with `merge`, changes in a row are one entry of undo."""
        key = f"replace {name}" if merge else None
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

    def _edit(self, label: str, change: Callable[..., Document], *details: Any, merge_key: str | None = None) -> bool:
        before = self.state.document
        try:
            document = change(before, *details)
        except (ValueError, KeyError) as error:
            self.say(str(error.args[0]) if error.args else str(error))
            return False
        if document == before:
            return False
        self._history = self._history.changed(before, label, merge_key=merge_key)
        self._show_document(document)
        return True

    def _show_document(self, document: Document, **changes: Any) -> None:
        numbers = changes.pop("numbers", self.state.numbers)
        shape = document.network.input_shape if document.network else None
        if shape is not None and len(shape) == 1 and (numbers is None or numbers.shape != shape):
            # Not all zeros: a pass through zeros shows nothing but biases.
            numbers = np.linspace(0, 1, shape[0], dtype=np.float32)
        fitted = self.state.fitted if shape is not None and len(shape) == 3 else None
        self._set(
            document=document,
            numbers=numbers,
            fitted=fitted,
            unsaved=document is not self._saved_document,
            undo_text=self._history.undo_text,
            redo_text=self._history.redo_text,
            notice="",
            **changes,
        )
        self._ask()

    def _network(self) -> Network:
        return editing.network_of(self.state.document)

    def _place(self, name: str) -> int:
        network = self.state.network
        return network.index(name) if network and name in network.names else 0

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
        """Tell every view which cell the mouse is over."""
        self.hovered.emit(cell)

    def receptive_field(self, cell: Cell | None) -> Field | None:
        """Which cells of the input `cell` was made from; None where that is not known."""
        entry = self._entry(cell.layer) if cell else None
        activations = self.state.activations
        if cell is None or entry is None or activations is None or activations.fields is None:
            return None
        if entry.values.ndim == 1:  # a row of numbers lies along the columns
            return activations.fields.field(cell.layer, 0, cell.channel or 0)
        return activations.fields.field(cell.layer, cell.row or 0, cell.column or 0, cell.channel)

    def _entry(self, name: str | None) -> Any:
        return self.state.activations.by_name.get(name or "") if self.state.activations else None

    # --- input ---

    def open_picture(self, path: str | Path) -> None:
        """Read the picture at `path` in the background and show it to the network; the last one asked for wins."""
        path = Path(path)
        self._asked_picture = self._submit("picture", lambda _worker, _stop: worker.read(path), f"Opening {path.name}…")

    def use_picture(self, picture: Picture) -> None:
        """Show `picture` to the network."""
        self._asked_picture = self._asked + 1  # a file still being read no longer matters
        self._take_picture(picture)

    def use_sample(self, name: str) -> None:
        """Show one of the pictures that come with the program."""
        self.use_picture(read_sample(name))

    def set_fit(self, mode: str) -> None:
        """Choose how a picture is brought to the network's size: crop, pad or stretch."""
        if mode != self.state.fit:
            self._edit(f"fit pictures by {mode}", editing.refit, mode)

    def set_values(self, values: np.ndarray) -> None:
        """Feed the network with `values` (float32, its input shape) instead of a picture."""
        numbers = np.asarray(values, dtype=np.float32).copy()
        numbers.flags.writeable = False
        self._set(numbers=numbers, picture=None, fitted=None)
        self._ask()

    def _take_picture(self, picture: Picture) -> None:
        network = self.state.network
        if network is not None and len(network.input_shape) != 3:
            self.say("This network takes plain numbers, not pictures: type them into the fields of the input.")
            return
        self._set(picture=picture, numbers=None, notice="")
        if picture.path is not None:
            self._remember(picture.path)
        self._ask()

    # --- files ---

    def open_path(self, path: str | Path) -> None:
        """Open whatever lies at `path`: a network, or else a picture."""
        path = Path(path)
        if path.suffix.lower() in NETWORK_SUFFIXES:
            self.open_network(path)
        elif path.suffix.lower() in (".pt", ".pth", ".safetensors"):
            self.say(f"{path.name} holds weights without a network: open the network's .json file beside it.")
        else:
            self.open_picture(path)

    def open_network(self, name: str | Path) -> None:
        """Open a network file, or one of the networks that come with the program by its name."""
        is_bundled = isinstance(name, str) and name in bundled_networks()
        path = resource("networks", f"{name}.json") if is_bundled else Path(name)
        try:
            document = Document.opened(read_network(path), path)
        except FileError as error:
            self.say(str(error))
            return
        self._replace_document(replace(document, path=None if is_bundled else path))
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

    def adopt(self, module: Any, values: np.ndarray, title: str) -> None:
        """Look at a person's own `nn.Module` with an input of its own, without the batch axis."""
        self._module = module
        self._replace_document(Document(None, title=title), numbers=values)

    def save_network(self, path: str | Path) -> None:
        """Write the network and its weights to `path` in the background; the old file stays until the new is whole."""
        document, path = self.state.document, Path(path)
        if document.network is None:
            self.say("A model opened from a program is saved by that program.")
            return
        self._submit("save", lambda bench, _stop: bench.save(document, path), f"Saving {path.name}…")

    def _replace_document(self, document: Document, **changes: Any) -> None:
        before = self.state.document
        if before.network is not None:
            self._history = self._history.changed(before, f"open {document.title}")
        self._saved_document = document
        first = document.network.names[:1] if document.network else ()
        self._show_document(document, selection=Selection(*first), fault=None, **changes)

    def _remember(self, path: Path) -> None:
        resolved = path.absolute()
        rest = tuple(other for other in self.state.recent if other != resolved)
        self._set(recent=(resolved, *rest)[:RECENT_LIMIT])

    # --- running ---

    def set_device(self, name: str) -> None:
        """Run on another device from now on."""
        self._device = name
        self._ask()

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
        """Give up what is being worked on; the maps of the last whole pass stay."""
        self._runner.cancel()
        self._set(computing=False, task="", notice="Cancelled: the maps are those of the last whole pass.")

    def say(self, notice: str) -> None:
        """Tell the person something in a sentence; "" takes the sentence away."""
        self._set(notice=notice)

    def _ask(self) -> None:
        """Ask for a pass with everything as it is now."""
        state = self.state
        request = Request(state.document, state.picture, state.numbers, self._device, state.mode, self._module)
        if request.picture is None and request.numbers is None:
            return
        self._set(computing=True)
        self._submit("show", lambda bench, stop: bench.show(request, stop), "Running the network…")

    def _submit(self, kind: str, job: Any, task: str) -> int:
        self._asked = self._runner.submit(kind, job)
        self._set(task=task)
        self._timer.start()
        return self._asked

    @Slot()
    def _drain(self) -> None:
        for result in self._runner.drain():
            self._receive(result)
        if not self._runner.is_busy():
            self._timer.stop()
            self._set(computing=False, task="")

    def _receive(self, result: Result) -> None:
        content = result.content
        if isinstance(content, Shown):
            self._take_shown(result.number, content)
        elif isinstance(content, Failure):
            self._set(fault=Fault(str(content.error), details=content.details), notice=str(content.error))
        elif result.kind == "fitted":
            self._take_fitted(*content)  # type: ignore[misc]  # the pair that the worker yields
        elif result.kind == "picture" and result.number == self._asked_picture:
            self.say(content.message) if isinstance(content, Fault) else self._take_picture(content)  # type: ignore[arg-type]
        elif result.kind == "saved":
            self._take_saved(*content)  # type: ignore[misc]

    def _take_fitted(self, request: Request, fitted: Any) -> None:
        if request.picture is self.state.picture and request.document is self.state.document:
            self._set(fitted=fitted)

    def _take_shown(self, number: int, shown: Shown) -> None:
        """Take an answer if it is about the present network; an older picture's maps are shown on the way."""
        request = shown.request
        if request.document is not self.state.document:
            return
        activations = shown.activations and replace(shown.activations, number=number)
        is_newest = request.picture is self.state.picture and request.numbers is self.state.numbers
        self._set(
            activations=activations,
            fitted=shown.fitted if is_newest else self.state.fitted,
            computing=self.state.computing and not is_newest,
            fault=shown.fault,
            device=shown.device,
            devices=shown.devices,
            notice=shown.notice or self.state.notice,
        )

    def _take_saved(self, document: Document, path: Path) -> None:
        present = self.state.document
        self._saved_document = replace(document, path=path)
        if present is document:
            self._set(document=self._saved_document, unsaved=False)
            self._ask()
        self._set(notice=f"Saved as {path.name}.")
        self._remember(path)

    def _set(self, **changes: Any) -> None:
        old = self.state
        new = settled(replace(old, **changes))
        if all(_is_same(getattr(old, name), getattr(new, name)) for name in vars(old)):
            return
        self.state = new
        self.changed.emit(old, new)


def _is_same(old: object, new: object) -> bool:
    """Whether a part of the state stayed: plain values by equality, what holds arrays by identity."""
    return old is new or (isinstance(old, str | bool | tuple | Selection) and old == new)
