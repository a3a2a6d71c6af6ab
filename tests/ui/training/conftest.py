"""What the tests of the strip share: one over a small network with its data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.training.dock import TrainingDock
from tests.ui.fakes import make_actions, make_session
from tests.ui.training.docked import MOONS, WAIT_MS


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(MOONS, picture=False)
    made.input.set_values(np.array([0.3, -0.2], np.float32))
    made.learning.set_hyperparameters(epochs=3, batch_size=50, learning_rate=0.1)
    made.data.use_data("points:moons")
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=WAIT_MS)
    yield made
    assert made.close()


@pytest.fixture
def dock(session: Session, qtbot: QtBot) -> TrainingDock:
    made = TrainingDock(session, make_actions(session))
    made.make_parts()
    qtbot.addWidget(made)
    made.resize(1300, 260)
    made.show()
    return made
