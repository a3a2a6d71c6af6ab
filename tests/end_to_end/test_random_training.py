"""Whatever a person does around a training run in whatever order: nothing hangs, no curve is stale, no thread stays.

EXPLORER_RANDOM_SECONDS=300 lets it go on for five minutes instead of some seconds.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.app import open_window
from explorer.network import Network
from explorer.session import Session
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.tabs import TABS
from tests.ui.fakes import make_picture, wait_until_shown

SECONDS = float(os.environ.get("EXPLORER_RANDOM_SECONDS", "12"))
SEEDS = (0, 1, 2)
CHECK_EVERY = 12
LONGEST_PAUSE_MS = 60
SETTLED_MS = 60_000
CLOSED_S = 5.0
PICTURES = "3x12x12 conv(4, 3, padding=1) relu maxpool(2) flatten linear(3)"
POINTS = "2 linear(8) tanh linear(8) tanh linear(2)"
RATES = (0.001, 0.05, 0.3, 1e30)  # the last one blows up, which must end in a sentence
COMMANDS = ("trainStart", "trainPause", "trainOneStep", "trainOneEpoch", "trainReset", "openBatch", "undo", "redo")


class Person:
    """Sits before a window and does one thing after another, at random."""

    def __init__(self, seed: int, qtbot: QtBot, folder: Path) -> None:
        self.rng, self._qtbot, self._folder = random.Random(seed), qtbot, folder
        self.has_pictures = seed % 2 == 1
        self.done: list[str] = []
        self.window = self._opened()

    @property
    def session(self) -> Session:
        return self.window.session

    def acts(self) -> None:
        """Do one thing, and look at the window for a moment."""
        kind = self.rng.choice((*COMMANDS, "trainStart", "trainStart", *ACTS))
        self.done.append(kind)
        if kind in ACTS:
            ACTS[kind](self)
        else:
            self.window.action(kind).trigger()
        QTest.qWait(self.rng.randint(0, LONGEST_PAUSE_MS))

    # --- what can be done ---

    def edits(self) -> None:
        network = self.session.state.network
        assert network is not None
        if self.rng.random() < 0.5 and len(network.layers) < 9:
            self.session.editing.insert_layer(
                self.rng.randint(1, len(network.layers) - 1), Network.parse("4 tanh").layers[0]
            )
        else:
            extra = [name for name in network.names if name.startswith("tanh")]
            if extra:
                self.session.editing.remove_layer(self.rng.choice(extra))

    def renames(self) -> None:
        self.session.editing.rename_layer("linear1", f"linear{self.rng.randint(1, 3)}1")

    def chooses(self) -> None:
        """Another optimizer: a paused run is forked."""
        self.session.learning.set_hyperparameters(
            optimizer=self.rng.choice(("SGD", "Adam")), batch_size=self.rng.choice((20, 60))
        )

    def turns(self) -> None:
        self.session.learning.set_hyperparameters(learning_rate=self.rng.choice(RATES))

    def feeds(self) -> None:
        """Another picture, or another point."""
        if self.has_pictures:
            self.session.input.use_picture(make_picture(self.rng.randint(0, 9)))
        else:
            self.session.input.set_values(np.array([self.rng.uniform(-1, 1), self.rng.uniform(-1, 1)], np.float32))

    def shows_a_frame(self) -> None:
        film = self.session.state.watching.film
        self.session.watching.show_frame(self.rng.choice((None, 0, self.rng.randrange(len(film) or 1))))

    def looks_elsewhere(self) -> None:
        """Overview, feature maps or the debugger; and another tab below."""
        self.window.show_part(self.rng.choice(TABS).name)
        parts = self.window.training.parts
        if parts is not None:
            tabs = [at for at in range(parts.tabs.count()) if parts.tabs.isTabVisible(at)]
            parts.tabs.setCurrentIndex(self.rng.choice(tabs))

    def steps(self) -> None:
        self.session.steps.step_over(self.rng.choice((1, -1)))

    def selects(self) -> None:
        network = self.session.state.network
        assert network is not None
        self.session.selection.select(layer=self.rng.choice(network.names), channel=0)

    def watches(self) -> None:
        self.session.watching.watch_gradients(self.rng.random() < 0.5)

    def forgets(self) -> None:
        """Take the first run's curves away, unless it is the one that goes on."""
        runs, training = self.session.state.watching.runs, self.session.state.training
        if len(runs) > 3 and runs[0].number != training.run:
            self.session.training.forget_run(runs[0].number)

    def starts_over(self) -> None:
        self._opens_network()

    def opens_another_window(self) -> None:
        """Close this one, whatever goes on in it."""
        if self.rng.random() < 0.3:
            self.closes()
            self.window = self._opened()

    # --- windows ---

    def closes(self) -> None:
        self.session.store.set(
            replace(self.session.state.files, unsaved=False)
        )  # without the question about unsaved changes
        began = time.monotonic()
        self.window.close()
        assert time.monotonic() - began < CLOSED_S
        assert not [thread for thread in threading.enumerate() if thread.name == "explorer-runner"]

    def _opened(self) -> MainWindow:
        self.window = open_window([])
        self._qtbot.addWidget(self.window)
        wait_until_shown(self._qtbot, self.session)
        self._opens_network()
        return self.window

    def _opens_network(self) -> None:
        self.session.files.new_network(PICTURES if self.has_pictures else POINTS)
        self.session.learning.set_hyperparameters(epochs=200, batch_size=20, learning_rate=0.05)
        if not self.has_pictures:
            self.session.input.set_values(np.array([0.3, -0.2], np.float32))
        if self.session.state.data.data_set is None:
            self.session.data.use_data(self._folder / "pictures.npz" if self.has_pictures else "points:moons")


ACTS: dict[str, Callable[[Person], None]] = {
    "edit": Person.edits,
    "rename": Person.renames,
    "choose": Person.chooses,
    "turn": Person.turns,
    "feed": Person.feeds,
    "frame": Person.shows_a_frame,
    "look elsewhere": Person.looks_elsewhere,
    "step": Person.steps,
    "select": Person.selects,
    "watch": Person.watches,
    "forget": Person.forgets,
    "start over": Person.starts_over,
    "close": Person.opens_another_window,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixty pictures of three classes, told by their brightest channel."""
    generator, labels = np.random.default_rng(0), np.arange(60) % 3
    pictures = generator.integers(0, 120, (60, 12, 12, 3)).astype(np.uint8)
    pictures[np.arange(60), :, :, labels] += 120
    np.savez(tmp_path / "pictures.npz", images=pictures, labels=labels)
    return tmp_path


@pytest.mark.parametrize("seed", SEEDS)
def test_training_in_random_order_hangs_nowhere_and_leaves_nothing_stale(seed: int, qtbot: QtBot, folder: Path) -> None:
    person = Person(seed, qtbot, folder)
    try:
        deadline, number = time.monotonic() + SECONDS / len(SEEDS), 0
        while time.monotonic() < deadline:
            person.acts()
            _check_running(person)
            number += 1
            if number % CHECK_EVERY == 0:
                _check_at_rest(person, qtbot)
        _check_at_rest(person, qtbot)
    except BaseException:
        print("done before:", " · ".join(person.done[-60:]))
        raise
    finally:
        person.closes()
    assert person.done


def _check_running(person: Person) -> None:
    state = person.session.state
    assert state.maps.fault is None, state.maps.fault
    for run in state.watching.runs:
        assert (np.diff(run.steps) > 0).all(), f"the steps of {run.label} do not rise"
        assert len(run.steps) == len(run.losses) == len(run.rates)
        assert all(figures.step <= run.last_step for figures in run.epochs)


def _check_at_rest(person: Person, qtbot: QtBot) -> None:
    """Paused and quiet, everything agrees."""
    session = person.session
    session.training.pause()
    qtbot.waitUntil(
        lambda: (
            not session.state.maps.computing
            and session.state.data.progress is None
            and not session.store.runner.is_busy()
        ),
        timeout=SETTLED_MS,
    )
    state = session.state
    _check_running(person)
    assert state.training.status != "running"
    run = next((run for run in state.watching.runs if run.number == state.training.run), None)
    if run is not None:
        assert run.last_step == state.training.step
    assert state.maps.activations is not None
    if state.watching.film_at is None:
        _check_shown_weights(person)


def _check_shown_weights(person: Person) -> None:
    """What is on the screen is the network of the document, with weights that are numbers."""
    state = person.session.state
    assert state.maps.activations is not None
    assert state.network is not None
    assert [layer.name for layer in state.maps.activations.layers[1:]] == list(state.network.names)
    weights = [layer.weight for layer in state.maps.activations.layers if layer.weight is not None]
    if not all(np.isfinite(weight).all() for weight in weights):
        told = f"{state.training.message} {state.status.notice}"
        assert "NaN" in told or "infinite" in told or "too large" in told, told
