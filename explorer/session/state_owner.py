"""The owner of the state: it asks the runner for what the state should show, and takes the answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.bounds import sentence
from explorer.data import Picture
from explorer.network import Network
from explorer.session import editing
from explorer.session.cancelling import cancelled
from explorer.session.cursor import Cursor
from explorer.session.errands import FoundNetwork
from explorer.session.explained import Explained
from explorer.session.failure import Failure
from explorer.session.file_writing import WriteNetwork, Written
from explorer.session.history import History
from explorer.session.lanes import Answer, Errand, Lane
from explorer.session.runner import Result, Runner
from explorer.session.selection import Selection
from explorer.session.snapshot import LayerActivation
from explorer.session.state import Cell, Document, Fault, State, has_cell, settled
from explorer.session.worker import OwnModel, Request, Shown, Worker
from explorer.writing import Stamp, stamp

if TYPE_CHECKING:
    from explorer.engine.model.weights import State as Weights

TICK_MS = 16
RUN_TICK_MS = 48  # while a run goes on and nobody waits for an answer
RECENT_LIMIT = 10
AT_ONCE_S = 0.3  # a small file is read in milliseconds: so long the window waits for it before it goes on without


class StateOwner(QObject):
    """Holds the state, the history and the runner. Lives in the window's thread; close it before it goes.

    `changed(old, new)` tells every view; nothing but `_set` replaces the state. `hovered` tells which cell the mouse is
    over, a cell of the present maps or None.
    """

    changed = Signal(object, object)
    hovered = Signal(object)

    def __init__(self, parent: QObject | None = None, *, recent: tuple[Path, ...] = (), held: bool = False) -> None:
        super().__init__(parent)
        self.state = State(recent=recent)
        self._history = History()
        self._stamps: dict[Path, Stamp | None] = {}  # of the files that were opened or saved
        self._saved: dict[int, tuple[Document, int]] = {}  # what an opening's file holds, after so many steps of a run
        self._then: Callable[[], None] | None = None  # what is to be done once the network is saved
        self._asked_save = 0
        self._own: OwnModel | None = None
        self._device: str | None = None
        self._asked_pass = 0  # the number of the newest request, for what is answered by numbers
        self._covered_picture: Picture | None = None  # what typed numbers stand in for
        self._hovered: Cell | None = None
        self._told: State | None = None  # what the views were told last, while answers are gathered
        self._runner: Runner[Worker] = Runner(Worker, held=held, queued=frozenset({"training"}))
        self._opening: list[Lane[Any]] = []  # those whose work is told of as opened
        self._pictures: Lane[Picture | Fault] = self._opening_lane("picture")
        self._networks: Lane[FoundNetwork | Fault] = self._opening_lane("network")
        self._weights: Lane[Weights | Fault] = self._opening_lane("weights")
        self._save_turn = threading.Lock()
        saves: Lane[Written] = Lane("save", failed=self._take_failure, cancelled=self._tell_unwritten)
        self._saves = self._runner.lanes.add(saves)
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._drain)

    @Slot()
    def start(self) -> None:
        """Let the worker begin, for a session made `held`: importing torch would delay the window's first paint."""
        self._runner.start()

    def close(self) -> bool:
        """Stop and join the worker thread; True if it ended in time."""
        self._timer.stop()
        return self._runner.close()

    def say(self, notice: str) -> None:
        """Tell the person something in a sentence; "" takes the sentence away."""
        self._set(notice=notice)

    @Slot(object)
    def tell(self, mistake: Fault) -> None:
        """Tell of a mistake of the program's own; of one that is being told already nothing more."""
        told = self.state.mistake
        if told is None or (told.message, told.message) != (mistake.message, self.state.notice):
            self._set(mistake=mistake, notice=mistake.message)

    def _edit(self, label: str, change: Callable[..., Document], *details: Any, merge_key: str | None = None) -> bool:
        before = self.state.document
        try:
            document = change(before, *details)
        except (ValueError, KeyError) as error:
            self.say(str(error.args[0]) if error.args else str(error))
            return False
        if document == before:
            return False
        self._history = self._history.changed(before, document, label, merge_key=merge_key)
        self._show_document(document)
        return True

    def _show_document(self, document: Document, **changes: Any) -> None:
        self._set(
            **(self._input_of(document) | changes),
            document=document,
            unsaved=self._is_unsaved(document),
            undo_text=self._history.undo_text,
            redo_text=self._history.redo_text,
            notice="",
        )
        self._ask()

    def _input_of(self, document: Document) -> dict[str, Any]:
        """What `document` is fed from now on: numbers typed for a network of another kind are no input of it."""
        if document.network is None:
            return {"fitted": None}
        if document.is_input_too_large:
            return {"fitted": None, "numbers": None}
        shape, numbers = document.network.input_shape, self.state.numbers
        if numbers is not None and (numbers.shape != shape or numbers.dtype != np.float32):
            numbers = None
        if len(shape) == 1:
            # Not all zeros: a pass through zeros shows nothing but biases.
            start = np.linspace(0, 1, shape[0], dtype=np.float32)
            return {"fitted": None, "numbers": start if numbers is None else numbers}
        picture = self.state.picture or (self._covered_picture if numbers is None else None)
        return {"numbers": numbers, "picture": picture}

    def _replace_document(self, document: Document, *, is_saved: bool = True, **changes: Any) -> None:
        self._networks.drop()  # a file still being read no longer matters
        before = self.state.document
        if before.network is not None:
            self._history = self._history.changed(before, document, f"open {document.title}")
        if is_saved:
            self._saved[document.opening] = document, self._steps_taken(document)
        first = document.network.names[0] if document.network and document.network.names else None
        # A target and a batch were meant for the outputs of the network before.
        afresh = {"selection": Selection(first), "fault": None, "target": None, "batch": (), "is_batch_alone": False}
        self._show_document(document, **afresh, **changes)

    def _is_unsaved(self, document: Document) -> bool:
        """Whether there is something that its file does not hold; a person's own model is its program's to save."""
        if document.network is None:
            return False
        if document.opening not in self._saved:
            return True
        saved, steps = self._saved[document.opening]
        return self._steps_taken(document) != steps or not document.is_saved_as(saved)

    def _steps_taken(self, document: Document) -> int:
        """How many steps of a run changed the weights of `document`; a session that trains knows."""
        return 0

    def _network(self) -> Network:
        return editing.network_of(self.state.document)

    def _place(self, name: str) -> int:
        network = self.state.network
        return network.index(name) if network and name in network.names else 0

    def _entry(self, name: str | None) -> LayerActivation | None:
        return self.state.activations.by_name.get(name or "") if self.state.activations else None

    def was_changed_elsewhere(self, path: Path) -> bool:
        """Whether another program wrote the file at `path` since it was opened or saved here."""
        known = self._stamps.get(path.absolute())
        return known is not None and stamp(path) not in (known, None)

    def _remember(self, path: Path) -> None:
        resolved = path.absolute()
        self._stamps[resolved] = stamp(resolved)
        rest = tuple(other for other in self.state.recent if other != resolved)
        self._set(recent=(resolved, *rest)[:RECENT_LIMIT])

    def _request(self) -> Request:
        state = self.state
        return Request(state.document, state.picture, state.numbers, self._device, state.mode, self._own)

    def _ask(self) -> None:
        """Ask for a pass with everything as it is now, and for what else follows from it."""
        request = self._request()
        has_input = request.picture is not None or request.numbers is not None
        if not has_input or self.state.document.is_input_too_large:
            self._set(activations=None, timeline=None)  # those of another network
            return
        self._ask_maps(request)
        self._ask_step(request)

    def _ask_maps(self, request: Request) -> None:
        self._set(computing=True)
        job = lambda bench, stop: bench.show(request, stop)  # noqa: E731  # a job is a function of two
        self._asked_pass = self._submit("show", job, "Running the network…")

    def _ask_step(self, request: Request) -> None:
        """Ask for what else follows from `request`; a session that can step does."""

    def _submit(self, kind: str, job: Any, task: str) -> int:
        number = self._runner.submit(kind, job)
        self._set(task=task)
        self._timer.start(TICK_MS)
        return number

    def _opening_lane(self, name: str) -> Lane[Any]:
        """A lane whose errand the person is told of as opened, and may give up."""
        return self._add_opening(Lane(name, failed=self._take_failure, cancelled=self._tell_cancelled))

    def _add_opening(self, lane: Lane[Answer]) -> Lane[Answer]:
        self._opening.append(lane)
        return self._runner.lanes.add(lane)

    def _begin(self, lane: Lane[Answer], errand: Errand[Answer], answered: Callable[[Answer], object]) -> None:
        """Start `errand` beside the model's thread; the newest of its lane wins."""
        lane.begin(errand, answered)
        self._show_lanes()
        self._timer.start(TICK_MS)

    def _show_lanes(self) -> None:
        """How far that is which goes on beside the model's thread."""
        newest = self._newest_opening()
        self._set(opening=newest.progress if newest else None)

    def _newest_opening(self) -> Lane[Any] | None:
        return max((lane for lane in self._opening if lane.is_busy), key=lambda lane: lane.begun_s, default=None)

    def _tell_cancelled(self, title: str) -> None:
        self.say(cancelled(replace(self.state, task=title, computing=False)))

    @Slot()
    def _drain(self) -> None:
        with self._gathered():
            for result in self._runner.drain():
                self._receive(result)
            self._runner.lanes.take()
            self._show_lanes()
            self._drained()
            if not self._runner.has_requests():  # a run goes on by itself, which is told of elsewhere
                self._set(computing=False, task="")
        if not self._runner.is_busy():
            self._timer.stop()
        elif self._timer.interval() != RUN_TICK_MS and not self._runner.has_requests():
            self._timer.start(RUN_TICK_MS)

    @contextmanager
    def _gathered(self) -> Iterator[None]:
        """All that is set meanwhile is told as one change: every telling costs all views a look."""
        self._told = self.state
        try:
            yield
        finally:
            told, self._told = self._told, None
            self._tell(told, self.state)

    def _receive(self, result: Result) -> None:
        content = result.content
        if isinstance(content, Shown):
            self._take_shown(result.number, content)
        elif isinstance(content, Failure):
            self._take_failure(content)
            self._then = None if result.number == self._asked_save else self._then
        elif result.kind == "fitted":
            self._take_fitted(*content)  # type: ignore[misc]  # the pair that the worker yields
        elif isinstance(content, Explained):
            self._set(explained=content)
        elif result.kind == "refused":
            self._set(notice=str(content), is_recording_step=False)
        elif result.kind == "weights":
            self._take_weights(*content)  # type: ignore[misc]
        elif result.kind == "not saved":
            self._then = None
            self.say(str(content))
        elif result.kind == "to save":
            self._write(*content)  # type: ignore[misc]
        else:
            self._receive_step(result)

    def _receive_step(self, result: Result) -> None:
        """Take an answer that is about training steps."""

    def _drained(self) -> None:
        """After all answers that waited were taken."""

    def _take_failure(self, failure: Failure) -> None:
        fault = Fault(str(failure.error), details=failure.details)
        self._set(fault=fault, notice=fault.message, is_recording_step=False)

    def _take_read_picture(self, picture: Picture | Fault) -> None:
        self.say(picture.message) if isinstance(picture, Fault) else self._take_picture(picture)

    def _take_picture(self, picture: Picture) -> None:
        network = self.state.network
        if network is None and self._own is not None:
            self.say("This model was opened from a program, which chooses its input.")
            return
        if network is not None and len(network.input_shape) != 3:
            self.say("This network takes plain numbers, not pictures: type them into the fields of the input.")
            return
        self._set(picture=picture, numbers=None, notice="")
        if picture.path is not None:
            self._remember(picture.path)
        self._ask()

    def _take_fitted(self, request: Request, fitted: Any) -> None:
        if request.picture is self.state.picture and request.document is self.state.document:
            self._set(fitted=fitted)

    def _take_shown(self, number: int, shown: Shown) -> None:
        """Take an answer if it is about the present network; an older picture's maps are shown on the way."""
        request = shown.request
        if request.document is not self.state.document:
            return
        activations = shown.activations and replace(shown.activations, number=number)
        is_newest = number == self._asked_pass
        self._set(
            activations=activations,
            fitted=shown.fitted if is_newest else self.state.fitted,
            computing=self.state.computing and not is_newest,
            fault=shown.fault,
            device=shown.device,
            devices=shown.devices,
            notice=shown.notice or self.state.notice,
        )

    def _take_weights(self, before: Document, after: Document, path: Path) -> None:
        if before is not self.state.document:
            self.say(f"The network was changed while {path.name} was read: open it again.")
        elif self._edit(f"load weights from {path.name}", lambda _before: after):
            self._remember(path)

    def _write(self, document: Document, path: Path, write: Callable[[Path], str], steps: int | None) -> None:
        """Write a network beside the model's thread, which copied its weights."""
        answered = partial(self._take_written, document, path, steps=steps)
        self._begin(self._saves, WriteNetwork(path, write, self._save_turn), answered)

    def _take_written(self, document: Document, path: Path, written: Written, *, steps: int | None) -> None:
        if written.is_saved:
            self._take_saved(document, path, steps, written.sentence)
        else:
            self._then = None
            self.say(written.sentence)

    def _tell_unwritten(self, title: str) -> None:
        self._then = None
        self.say(f"Cancelled: {title.removeprefix('Saving ')} was not written.")

    def _take_saved(self, document: Document, path: Path, steps: int | None, told: str) -> None:
        """The file now belongs to all that came of the same opening, also to what undo goes back to.

        steps: those of the run that was learning meanwhile, which went on since. told: how it is called now.
        """
        present = self.state.document
        self._remember(path)
        if path.suffix.lower() == ".txt" and not document.fits_in_text:
            self._then = None
            self.say(f"{path.name} holds the network's text alone: save it as .json to keep its weights and settings.")
            return
        self._saved[document.opening] = document, self._steps_taken(document) if steps is None else steps
        self._history = self._history.saved_as(path, document.opening)
        if present.opening == document.opening and present.path != path:
            self._set(document=replace(present, path=path))
            if self.state.computing or self.state.is_recording_step:
                self._ask()  # what is on the way is an answer about the document under its old name
        self._set(unsaved=self._is_unsaved(present), notice=told)
        then, self._then = self._then, None
        if then is not None:
            then()

    def _set(self, **changes: Any) -> None:
        old = self.state
        if "notice" in changes:
            changes["notice"] = sentence(changes["notice"])
        new = settled(replace(old, **changes))
        if all(_is_same(getattr(old, name), getattr(new, name)) for name in vars(old)):
            return
        self.state = new
        if self._told is None:
            self._tell(old, new)

    def _tell(self, old: State, new: State) -> None:
        if old is new:
            return
        if self._hovered is not None and not has_cell(new.activations, self._hovered):
            self._point_at(None)
        self.changed.emit(old, new)
        # The debugger explains by itself; beside it this would only take the processor from its cursor.
        is_other_cell = old.selection != new.selection or old.activations is not new.activations
        if not new.is_stepping and (is_other_cell or old.is_stepping):
            self._ask_why()

    def _point_at(self, cell: Cell | None) -> None:
        self._hovered = cell
        self.hovered.emit(cell)

    def _ask_why(self) -> None:
        """Ask for the arithmetic of the chosen cell; a whole map is not one number."""
        document, chosen = self.state.document, self.state.selection
        entry = self._entry(chosen.layer)
        if entry is not None and chosen.channel is not None and (chosen.row is not None or entry.values.ndim == 1):
            job = lambda bench, _stop: bench.explain(document, chosen)  # noqa: E731  # a job is a function of two
            self._submit("explain", job, self.state.task)


def _is_same(old: object, new: object) -> bool:
    """Whether a part of the state stayed: plain values by equality, what holds arrays by identity."""
    return old is new or (isinstance(old, str | bool | tuple | Selection | Cursor) and old == new)
