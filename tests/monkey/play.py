"""Plays: one event after the other from a timer, so that it goes on inside dialogs; looks for faults in between."""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

import explorer
from explorer.app import application, open_window
from explorer.session import Session, State, Verb
from explorer.session.cancelling import STEPS
from tests.monkey import bag, hand, keeper
from tests.own_home import own_home

EVERY_MS = 8
LOOK_EVERY = 100
SAVE_EVERY = 500
CLOSE_EVERY = 5_000
PATIENCE = 40  # events that a dialog may stay in front
SETTLE_LIMIT_S = 60


@dataclass
class Played:
    """How it went: faults in sentences, memory in MiB at each look after the first tenth."""

    seed: int
    events: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    agreed: int = 0  # times that everything was found to agree

    def as_line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


class Play:
    """One game of a monkey with one seed. `run` gives how it went."""

    def __init__(self, seed: int, events: int, *, hang_s: float, folder: Path, says: Callable[[str], None]) -> None:
        self._rng = random.Random(seed)
        self._events = events
        self._folder = folder
        self._says = says
        self._files = bag.fill(folder)
        self._played = Played(seed)
        self._hand = hand.Hand(self._rng, lambda: self._window, self._files)
        self._keeper = keeper.Keeper(lambda: self._hand.did, hang_s, says)
        self._timer = QTimer(singleShot=True, interval=EVERY_MS)
        self._timer.timeout.connect(self._play_one)
        self._in_front: QWidget | None = None
        self._stayed = 0
        self._last_due: dict[int, int] = {}
        self._answer_file_dialogs()
        self._open()

    def run(self) -> Played:
        """Play to the end, close the window, and look for what it left."""
        self._keeper.begin()
        began = time.monotonic()
        loop = QEventLoop()
        self._done = loop.quit
        self._next()
        loop.exec()
        self._played.seconds = round(time.monotonic() - began, 1)
        self._close()
        self._keeper.end()
        self._played.faults = self._keeper.faults
        return self._played

    # --- one event after the other ---

    def _next(self) -> None:
        self._timer.start()

    def _play_one(self) -> None:
        # The next one is due first: this one may open a dialog, whose own loop it is then played in.
        number = self._played.events = self._played.events + 1
        is_free = QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None
        if number >= self._events and is_free:
            self._done()
            return
        if is_free and self._is_due(number, LOOK_EVERY):
            self._look(number)
        self._next()
        self._keeper.beat()
        if self._has_stayed():
            self._hand.leave_dialog()
        else:
            self._hand.act()
        self._open_if_closed()
        self._keeper.beat()

    def _is_due(self, number: int, every: int) -> bool:
        """Whether `every` events have passed since it was due last; one skipped in a dialog is made up for."""
        due = number // every
        if self._last_due.get(every, 0) == due:
            return False
        self._last_due[every] = due
        return True

    def _has_stayed(self) -> bool:
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        self._stayed = self._stayed + 1 if front is self._in_front and front is not None else 0
        self._in_front = front
        return self._stayed > PATIENCE

    # --- looking ---

    def _look(self, number: int) -> None:
        self._keeper.rest()
        is_settled = self._settled()
        self._open_if_closed()  # it was closed once it was saved, for which was waited just now
        if not (is_settled and self._settled()):
            self._keeper.tell(f"not at rest after {SETTLE_LIMIT_S} s: {_work_of(self._window.session)}")
            return
        told = keeper.disagreements(self._window)
        if self._is_due(number, SAVE_EVERY):
            told += self._saved_and_opened()
        for sentence in told:
            self._keeper.tell(f"disagrees: {sentence}")
        self._played.agreed += not told
        if self._is_due(number, CLOSE_EVERY):
            self._close()
            self._open()
        self._played.memory.append(round(keeper.resident_mib()))
        if number % 1000 < LOOK_EVERY:
            self._says(f"{number} events, {len(self._keeper.faults)} faults, {self._played.memory[-1]} MiB")

    def _settled(self) -> bool:
        """Let a run rest and wait until nothing is worked on."""
        session = self._window.session
        session.training.pause()
        if session.state.status.task.startswith(STEPS):
            session.tasks.cancel()  # up to as many steps as a box was told, with a breakpoint that may never come
        # A question that was on its way comes now: nobody else is here to answer it.
        leave = self._hand.leave_dialog
        return _wait(lambda: not _is_working(session.state), SETTLE_LIMIT_S, meanwhile=leave)

    def _saved_and_opened(self) -> list[str]:
        """Save the document and compare what its file computes with what is on the screen."""
        session, path = self._window.session, self._folder / "kept.json"
        saved = session.state.subject
        if not saved.can(Verb.SAVE):
            return []
        session.files.save_network(path)
        if not self._settled():
            return [f"not saved in {SETTLE_LIMIT_S} s: {_work_of(session)}"]
        if not path.exists():
            return [f"not saved: {session.state.status.notice}"]
        if session.state.subject != saved:
            return []  # what was opened meanwhile took its place
        try:
            return keeper.differs_from_file(session.state, explorer.load(path).model)
        except ValueError as error:
            return [] if session.state.problems else [f"what was saved cannot be opened: {error}"]

    # --- windows and dialogs ---

    def _open(self) -> None:
        """Open a window; what is played while it fills is played in it, not in the one that was closed."""
        networks = [path for path in self._files if path.name.startswith("network")]
        window = self._window = open_window([self._rng.choice(networks)])
        _wait(lambda: window.is_complete or not window.isVisible(), SETTLE_LIMIT_S)

    def _open_if_closed(self) -> None:
        if not self._window.isVisible() and not self._window.isMinimized():
            self._open()

    def _close(self) -> None:
        window, self._in_front = self._window, None
        session = window.session
        if not session.close():
            self._keeper.tell("its threads did not end in time")
        window.hide()
        window.deleteLater()
        _wait(lambda: False, 0.2)
        left = [thread.name for thread in threading.enumerate() if thread.name.startswith("explorer")]
        if left:
            self._keeper.tell(f"threads left: {left}")

    def _answer_file_dialogs(self) -> None:
        """Qt's own file dialogs would wander over the disk: a file of the bag is chosen at once, or none."""

        def opened(*_arguments: object, **_named: object) -> tuple[str, str]:
            return (str(self._rng.choice(self._files)), "") if self._rng.random() < 0.8 else ("", "")

        def saved(_parent: object, _title: str, _name: str, kinds: str, *_further: object) -> tuple[str, str]:
            path = str(bag.any_name(self._rng, self._folder)) if self._rng.random() < 0.8 else ""
            return path, self._rng.choice(kinds.split(";;"))

        QFileDialog.getOpenFileName = opened  # type: ignore[method-assign]
        QFileDialog.getSaveFileName = saved  # type: ignore[method-assign,assignment]
        QFileDialog.getExistingDirectory = lambda *_arguments, **_named: opened()[0]  # type: ignore[method-assign]


def _work_of(session: Session) -> str:
    """What is told of the work, and of which network: is it slow, forgotten, or asked for again and again?"""
    state, is_asked, busy = session.state, session.store.runner.has_requests(), _stacks()
    _wait(lambda: False, 1.0)
    is_asked_anew = session.state.maps.asked is not state.maps.asked
    text = state.network.text() if state.network is not None else ""
    told = f"{state.status}, {state.training.status}, computing={state.maps.computing}, {is_asked=}, {is_asked_anew=}"
    return f"{told}, a second later {session.state.status.task!r}, {text}{busy}"


def _stacks() -> str:
    """Where the program's own threads are."""
    frames = sys._current_frames()
    own = [thread for thread in threading.enumerate() if thread.name.startswith("explorer") and thread.ident in frames]
    return "".join(
        f"\n{thread.name}:\n{''.join(traceback.format_stack(frames[thread.ident])[-12:])}"
        for thread in own
        if thread.ident is not None
    )


def _is_working(state: State) -> bool:
    status = state.status
    return bool(state.maps.computing or status.task or status.saving or status.opening)


def _wait(is_there: Callable[[], bool], limit_s: float, *, meanwhile: Callable[[], object] = lambda: None) -> bool:
    """Run the event loop until `is_there` holds, doing `meanwhile` again and again; whether it did in time."""
    loop, end = QEventLoop(), time.monotonic() + limit_s
    timer = QTimer(interval=10)
    timer.timeout.connect(meanwhile)
    timer.timeout.connect(lambda: loop.quit() if is_there() or time.monotonic() > end else None)
    timer.start()
    while not is_there() and time.monotonic() < end:
        loop.exec()  # what held when it was told to end may not hold once that which was due by then is done
    timer.stop()
    return is_there()


def play(seed: int, events: int, *, hang_s: float, says: Callable[[str], None] = lambda _line: None) -> Played:
    """Play in a home of its own, without a way out of this machine."""
    with own_home() as home:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            os.environ[name] = "http://127.0.0.1:9"
        folder = Path(home, "files")
        folder.mkdir()
        os.chdir(folder)
        application()
        return Play(seed, events, hang_s=hang_s, folder=folder, says=says).run()
