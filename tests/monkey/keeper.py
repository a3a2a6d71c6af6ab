"""What must hold whatever the monkey does: nothing raised, nothing warned, nothing hangs, and everything agrees."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import numpy as np
import torch
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QAbstractItemView

from explorer.session import State, Verb
from explorer.session.document import Document
from explorer.session.veil import veiled_in
from explorer.ui.shell.main_window import MainWindow

WARNINGS_OF_THE_SCREEN = ("This plugin does not support", "propagateSizeHints")
LOOK_EVERY_S = 0.05
PAGE_BYTES = 4096
MIB = 2**20


class Keeper:
    """Collects what went wrong as sentences in `faults`."""

    def __init__(self, did: Callable[[], str], hang_s: float, says: Callable[[str], None]) -> None:
        self.faults: list[str] = []
        self._says = says
        self._did = did
        self._hang_s = hang_s
        self._busy_since: tuple[float, float] | None = (
            None  # by the clock, and how long others had the processor by then
        )
        self._is_over = threading.Event()
        self._main = threading.main_thread().native_id
        self._thread = threading.Thread(target=self._watch, name="monkey's watch", daemon=True)

    def begin(self) -> None:
        """Listen to what Python and Qt report from now on, and watch for events that take too long."""
        sys.excepthook = lambda kind, error, trace: self._raised("exception", kind, error, trace)
        threading.excepthook = lambda told: self._raised(
            "exception in a thread", told.exc_type, told.exc_value, told.exc_traceback
        )
        sys.unraisablehook = lambda told: self._raised("unraisable", told.exc_type, told.exc_value, told.exc_traceback)
        qInstallMessageHandler(self._qt_said)
        self._thread.start()

    def end(self) -> None:
        """Listen no more."""
        self._is_over.set()
        self._thread.join()
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
        sys.unraisablehook = sys.__unraisablehook__

    def tell(self, fault: str) -> None:
        """Keep a fault with what was done last."""
        self.faults.append(f"{fault}\n    after: {self._did()}")
        self._says(self.faults[-1])

    def beat(self) -> None:
        """The window's thread is alive; called before each event and when the events are done."""
        self._busy_since = time.monotonic(), _kept_waiting_s(self._main)

    def rest(self) -> None:
        """The window's thread waits on purpose: it is not watched until the next beat."""
        self._busy_since = None

    def _raised(
        self, what: str, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        lines = traceback.format_exception(kind, error, trace)
        self.tell(f"{what}: {''.join(lines)}")

    def _qt_said(self, kind: QtMsgType, _context: object, message: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(words in message for words in WARNINGS_OF_THE_SCREEN):
            self.tell(f"Qt: {message}")

    def _watch(self) -> None:
        told: tuple[float, float] | None = None
        while not self._is_over.wait(LOOK_EVERY_S):
            since = self._busy_since
            if since is not None and since != told and self._busy_s(*since) > self._hang_s:
                told = since
                stack = "".join(traceback.format_stack(sys._current_frames()[threading.main_thread().ident])[-12:])  # type: ignore[index]
                self.tell(f"hang of over {self._hang_s:g} s:\n{stack}")

    def _busy_s(self, since: float, kept_waiting: float) -> float:
        """Seconds that the window's thread has been at one event, without those in which other programs ran."""
        return time.monotonic() - since - (_kept_waiting_s(self._main) - kept_waiting)


def _kept_waiting_s(thread: int | None) -> float:
    """Seconds that a thread could have run and had no processor; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/self/task/{thread}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def resident_mib() -> float:
    """Memory of this process that lies in RAM, in MiB, once garbage and what is free already were given back."""
    gc.collect()
    with suppress(OSError, AttributeError):  # only Linux's library keeps what is free, and gives it back
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / MIB


def disagreements(window: MainWindow) -> list[str]:
    """What in a window that is at rest contradicts something else in it; empty if all agrees."""
    state = window.session.state
    if not state.subject.can(Verb.EDIT):
        return _of_model(window, state)
    if state.network is None:
        return ["the document lost its network"]
    told = [*_of_document(state), *_of_cards(window, ["input", *state.network.names])]
    if state.maps.activations is not None and state.maps.fault is None:
        told += _of_maps(state)
    return told


def _of_model(window: MainWindow, state: State) -> list[str]:
    """Of what can be looked at alone."""
    if not state.subject.is_open:
        return ["the window lost what it shows"]
    names = [part.name for part in state.parts]
    told = [] if state.maps.fault is not None else _of_cards(window, names)
    if state.selection.layer not in (None, "input", *names):
        told.append(f"{state.selection.layer} is selected, which the model has not")
    return told


def _of_document(state: State) -> list[str]:
    network, told = state.network, []
    assert network is not None
    if len(set(state.document.layer_ids)) != len(network.layers):
        told.append(f"{len(network.layers)} layers with ids {state.document.layer_ids}")
    is_asked = state.lessons.veil.sizes.runs  # how far it runs: problems would tell
    if state.problems != (() if is_asked else network.problems()):
        told.append("the problems shown are not the network's")
    if state.selection.layer not in (None, "input", *network.names):
        told.append(f"{state.selection.layer} is selected, which the network has not")
    return told


def _of_cards(window: MainWindow, wanted: list[str]) -> list[str]:
    cards = window.findChild(QAbstractItemView, "layerList")
    if cards is None:
        return ["there is no list of layers"]
    if not cards.isVisible():
        return []  # a hidden view follows when it is shown again
    shown = [cards.model().index(row, 0).data() for row in range(cards.model().rowCount())]
    return [] if shown == wanted else [f"cards {shown} of layers {wanted}"]


def _of_maps(state: State) -> list[str]:
    assert state.network is not None
    assert state.maps.activations is not None
    runnable = state.network.runnable()
    shown = {
        entry.name: entry.values.shape for entry in state.maps.activations.uncovered.layers if entry.name != "input"
    }
    wanted = dict(zip(state.network.names[:runnable], state.network.shapes()[:runnable], strict=True))
    if state.values is None or tuple(state.values.shape) != state.network.input_shape:
        fed = None if state.values is None else state.values.shape
        return [f"an input of {fed} for a network that takes {state.network.input_shape}"] if runnable else []
    return [] if shown == wanted else [f"maps {shown} of layers {wanted}"]


def _are_of_this_input(state: State) -> bool:
    """Whether the maps are no frame of a film, nor of an input before, as they stay where a pass is given up."""
    shown, fed = state.maps.shown, state.input
    if shown is None or shown.picture is not fed.picture or shown.numbers is not fed.numbers:
        return False
    return _rule(shown.document) == _rule(state.document) and state.watching.film_at is None


def _rule(document: Document) -> tuple[object, ...]:
    """By what a picture becomes the input."""
    return document.fit, document.mean, document.std


def differs_from_file(state: State, model: torch.nn.Module) -> list[str]:
    """What the maps on the screen have that `model`, opened from the file just saved, does not compute."""
    if state.maps.activations is None or state.network is None or state.values is None or not state.network.layers:
        return []
    if state.network.runnable() < len(state.network.layers) or state.maps.mode != "eval":
        return []
    if not _are_of_this_input(state):
        return []
    with torch.no_grad():
        computed = model.eval()(torch.from_numpy(np.array(state.values))[None])[0].numpy()
    shown = state.maps.activations.layers[-1].values
    asked = veiled_in(shown)
    if asked.any() and not state.lessons.is_open:
        return ["a “?” stands where no lesson asks"]
    if asked.all() and asked.size:
        return []  # as many cells are drawn as tell nothing, where a size is asked for
    if shown.shape != computed.shape or not np.allclose(
        shown[~asked], computed[~asked], rtol=1e-3, atol=1e-4, equal_nan=True
    ):
        return [f"the saved file computes {computed.ravel()[:4]}, the window shows {shown.ravel()[:4]}"]
    return []
