"""Weights from a file into the network that is open: they fit, or they are refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.session import Session
from tests.ui.fakes import make_session, wait_until_shown

TEXT = "3x16x16 conv(4, 3) batchnorm relu flatten linear(5)"


def _sequential(seed: int, channels: int = 4) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, channels, 3), nn.BatchNorm2d(channels), nn.ReLU(), nn.Flatten(), nn.Linear(channels * 14 * 14, 5)
    )


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(TEXT)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def _output(session: Session) -> np.ndarray:
    assert session.state.maps.activations is not None
    return session.state.maps.activations.layers[-1].values


def test_numbered_weights_of_a_sequential_fit_by_their_order(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    model = _sequential(3).eval()
    path = tmp_path / "mine.pt"
    torch.save(model.state_dict(), path)
    before = _output(session)
    session.open_path(path)
    qtbot.waitUntil(lambda: session.state.files.undo_text == "load weights from mine.pt", timeout=20_000)
    wait_until_shown(qtbot, session)
    with torch.no_grad():
        expected = model(torch.from_numpy(np.array(session.state.values))[None])[0].numpy()
    np.testing.assert_allclose(_output(session), expected, rtol=1e-4, atol=1e-5)
    session.editing.undo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(_output(session), before)


def test_weights_that_do_not_fit_change_nothing(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "wide.pt"
    torch.save(_sequential(0, channels=6).state_dict(), path)
    document = session.state.document
    session.open_path(path)
    qtbot.waitUntil(lambda: bool(session.state.status.notice), timeout=20_000)
    assert "wide.pt" in session.state.status.notice
    assert session.state.status.notice.endswith(".")
    assert session.state.document is document


def test_a_pickled_model_is_not_run(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "model.pt"
    torch.save(_sequential(0), path)
    session.open_path(path)
    qtbot.waitUntil(lambda: bool(session.state.status.notice), timeout=20_000)
    assert "state_dict" in session.state.status.notice
