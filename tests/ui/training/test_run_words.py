"""What is said of a run agrees with what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from explorer.data.augment import Brightness, Flip
from explorer.session import Session
from explorer.ui.training.run_words import run_settings, train_word
from tests.ui.fakes import make_session

WAIT_MS = 60_000


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """One step of a run is made, and the run rests."""
    made = make_session("2 linear(8) tanh linear(2)", picture=False)
    made.learning.set_hyperparameters(epochs=3, batch_size=50, learning_rate=0.1)
    made.data.set_augmentations((Flip(),))
    made.data.use_data("points:moons")
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=WAIT_MS)
    assert train_word(made.state) == "Train"
    made.training.train_one_step()
    qtbot.waitUntil(lambda: made.state.training.status == "paused", timeout=WAIT_MS)
    yield made
    assert made.close()


def _there_and_back(session: Session) -> None:
    session.data.set_augmentations((Brightness(),))
    session.data.set_augmentations((Flip(),))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda _session: None, "Go on"),
        (lambda session: session.learning.set_hyperparameters(learning_rate=0.02), "Go on"),
        (_there_and_back, "Go on"),
        (lambda session: session.data.set_augmentations(()), "Fork"),
        (lambda session: session.data.set_augmentations((Flip(0.9),)), "Fork"),
        (lambda session: session.learning.set_hyperparameters(optimizer="Adam"), "Fork"),
        (lambda session: session.input.set_fit("pad"), "Fork"),
    ],
)
def test_the_button_says_what_becomes_of_a_paused_run(
    qtbot: QtBot, session: Session, change: Callable[[Session], None], word: str
) -> None:
    change(session)
    assert session.state.training.status == "paused"
    assert train_word(session.state) == word
    session.training.train()
    assert len(session.state.watching.runs) == (2 if word == "Fork" else 1)
    assert session.state.watching.runs[-1].parent == (1 if word == "Fork" else None)
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=WAIT_MS)
    assert session.state.training.message == ""


def test_a_run_tells_what_its_learning_rate_was_turned_to(qtbot: QtBot, session: Session) -> None:
    (run,) = session.state.watching.runs
    assert "learning rate 0.1, cross entropy, batch 50" in run_settings(run)
    session.learning.set_hyperparameters(learning_rate=0.02)
    assert "turned" not in run_settings(run), "No step was made with it."
    session.training.train_one_step()
    qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=WAIT_MS)
    (run,) = session.state.watching.runs
    assert "learning rate 0.1 changed to 0.02, cross entropy, batch 50" in run_settings(run)
