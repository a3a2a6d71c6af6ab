"""Whether the network knows what it is shown: told once it has learned from the data that are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

import explorer
from explorer.data import picture_from_array
from explorer.session import Session
from tests.session.test_comparing import TEXT, pictures
from tests.ui.fakes import make_session, wait_until_shown


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    made = make_session(TEXT)
    made.learning.set_hyperparameters(batch_size=20, learning_rate=0.1, epochs=5)
    made.data.use_data(pictures(tmp_path / "sides.npz"))
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=60_000)
    yield made
    assert made.close()


def learn(session: Session, qtbot: QtBot) -> None:
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)


def show(session: Session, qtbot: QtBot, pixels: np.ndarray) -> None:
    session.input.use_picture(picture_from_array(pixels, "shown"))
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=60_000)
    assert session.state.maps.familiarity is not None


def test_a_training_picture_is_known_and_its_own_nearest(session: Session, qtbot: QtBot) -> None:
    learn(session, qtbot)
    data = session.state.data.data_set
    assert data is not None
    show(session, qtbot, data.train.inputs([5])[0])
    told = session.state.maps.familiarity
    assert not told.is_unknown
    assert told.names[0] == data.train.name_of(5)
    assert told.labels[0] == data.classes[data.train.labels[5]]
    np.testing.assert_array_equal(told.pictures[0], data.train.inputs([5])[0])


def test_before_it_has_learned_nothing_is_told(session: Session, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.state.maps.computing, timeout=60_000)
    assert session.state.document.has_fresh_weights
    assert session.state.maps.familiarity is None


def test_a_run_that_goes_on_takes_the_remark_away(session: Session, qtbot: QtBot) -> None:
    learn(session, qtbot)
    qtbot.waitUntil(lambda: session.state.maps.familiarity is not None, timeout=60_000)
    session.learning.set_hyperparameters(epochs=100_000)
    session.training.train()
    assert session.state.maps.familiarity is None
    session.training.pause()
    qtbot.waitUntil(lambda: session.state.maps.familiarity is not None, timeout=60_000)


def test_a_second_run_trains_what_the_window_shows_and_the_file_keeps(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    """What was asked of the network before a run took the run's layers from it: its learning was lost."""
    learn(session, qtbot)
    data = session.state.data.data_set
    assert data is not None
    show(session, qtbot, data.train.inputs([5])[0])
    first = prediction(session)
    learn(session, qtbot)
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=60_000)
    second = prediction(session)
    assert not np.allclose(second, first)
    session.files.save_network(tmp_path / "twice.json")
    qtbot.waitUntil(lambda: session.state.status.saving is None and not session.state.files.unsaved, timeout=60_000)
    loaded = explorer.load(str(tmp_path / "twice.json"))
    expected = loaded.model(torch.tensor(session.state.values).unsqueeze(0))[0].softmax(dim=0)
    np.testing.assert_allclose(second, expected.detach(), rtol=1e-4, atol=1e-6)


def test_another_network_of_the_same_layers_knows_its_own_examples(session: Session, qtbot: QtBot) -> None:
    learn(session, qtbot)
    qtbot.waitUntil(lambda: session.state.maps.familiarity is not None, timeout=60_000)
    network = session.state.network
    assert network is not None
    session.editing.replace_layer("conv2", replace(network.layer("conv2"), out_channels=3))
    qtbot.waitUntil(
        lambda: session.state.maps.familiarity is not None and not session.store.runner.is_busy(), timeout=60_000
    )
    assert session.state.status.mistake is None


@pytest.fixture
def bundled(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Session]:
    made = Session()
    made.files.open_network(request.param)
    wait_until_shown(qtbot, made)
    qtbot.waitUntil(lambda: made.state.maps.familiarity is not None, timeout=60_000)
    yield made
    assert made.close()


TRAINED = ("cifar10", "lecture", "one-neuron")


@pytest.mark.parametrize("bundled", TRAINED, indirect=True)
def test_a_network_that_came_along_knows_what_it_learned_from_before_data_are_open(
    bundled: Session, qtbot: QtBot
) -> None:
    assert bundled.state.data.data_set is None
    assert bundled.state.input.picture is not None
    assert bundled.state.input.picture.name == "Cat"
    assert not bundled.state.maps.familiarity.is_unknown
    show(bundled, qtbot, np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8))
    told = bundled.state.maps.familiarity
    assert told.is_unknown
    assert len(told.labels) == 3
    assert set(told.labels) <= set(bundled.state.classes)
    assert told.pictures is None


@pytest.mark.parametrize("bundled", ["lecture"], indirect=True)
def test_what_it_knows_holds_for_its_own_weights_alone_also_through_undo(bundled: Session, qtbot: QtBot) -> None:
    network = bundled.state.network
    assert network is not None
    bundled.editing.replace_layer("conv1", replace(network.layer("conv1"), padding=1))
    assert bundled.state.maps.familiarity is None
    bundled.editing.undo()
    qtbot.waitUntil(lambda: bundled.state.maps.familiarity is not None, timeout=60_000)
    bundled.editing.reset_weights()
    assert bundled.state.maps.familiarity is None


def test_a_network_that_was_not_trained_knows_nothing(qtbot: QtBot) -> None:
    made = Session()
    made.files.open_network("two-two-two")
    qtbot.waitUntil(lambda: made.state.network is not None and not made.store.runner.is_busy(), timeout=60_000)
    qtbot.waitUntil(lambda: made.state.maps.activations is not None, timeout=60_000)
    assert made.state.maps.familiarity is None
    assert made.close()


def prediction(session: Session) -> np.ndarray:
    assert session.state.prediction is not None
    return np.array(session.state.prediction.values)
