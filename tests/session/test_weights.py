"""Weights from a file into the network that is open: they fit, or they are refused in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.engine.model import workbench
from explorer.engine.model.weight_bank import WeightBank
from explorer.network.layers.conv import Conv2d
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


@pytest.mark.parametrize(("name", "save"), [("mine.pt", torch.save), ("mine.safetensors", safetensors.torch.save_file)])
def test_numbered_weights_of_a_sequential_fit_by_their_order(
    session: Session, tmp_path: Path, qtbot: QtBot, name: str, save: Callable[..., None]
) -> None:
    model = _sequential(3).eval()
    path = tmp_path / name
    save(model.state_dict(), path)
    before = _output(session)
    session.open_path(path)
    qtbot.waitUntil(lambda: session.state.files.undo_text == f"load weights from {name}", timeout=20_000)
    wait_until_shown(qtbot, session)
    with torch.no_grad():
        expected = model(torch.from_numpy(np.array(session.state.values))[None])[0].numpy()
    np.testing.assert_allclose(_output(session), expected, rtol=1e-4, atol=1e-5)
    session.editing.undo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(_output(session), before)


@pytest.mark.parametrize("name", ["net.ckpt", "net.bin", "net.pth.tar", "NET.PTH", "net.safetensors.bin"])
@pytest.mark.parametrize("table", ["", "state_dict", "model_state_dict", "model", "net"])
def test_weights_are_opened_whatever_their_ending_and_under_whatever_name_a_checkpoint_keeps_them(
    session: Session, tmp_path: Path, qtbot: QtBot, name: str, table: str
) -> None:
    state = {f"module.{key}": value for key, value in _sequential(3).state_dict().items()}
    torch.save({table: state, "epoch": 3} if table else state, tmp_path / name)
    session.open_path(tmp_path / name)
    qtbot.waitUntil(lambda: session.state.files.undo_text == f"load weights from {name}", timeout=20_000)
    assert session.state.status.notice == f"The weights of {name} are loaded."


def test_weights_that_do_not_fit_change_nothing(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "wide.pt"
    torch.save(_sequential(0, channels=6).state_dict(), path)
    document = session.state.document
    session.open_path(path)
    qtbot.waitUntil(lambda: bool(session.state.status.notice), timeout=20_000)
    assert session.state.status.notice == (
        "The weights in wide.pt do not fit: 0.weight is 6 × 3 × 3 × 3 there, but conv1.weight needs 4 × 3 × 3 × 3."
        " To open a model of your own, drop these weights together with the .py file of its class."
    )
    assert session.state.document is document


def test_a_pickled_model_is_not_run(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "model.pt"
    torch.save(_sequential(0), path)
    session.open_path(path)
    qtbot.waitUntil(lambda: bool(session.state.status.notice), timeout=20_000)
    assert "state_dict" in session.state.status.notice


@pytest.fixture
def session_that_keeps_little(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """One whose undo keeps a thousand bytes of weights: any network has more, as VGG-11 has more than 512 MiB."""
    monkeypatch.setattr(workbench, "WeightBank", lambda _limit_bytes: WeightBank(1000))
    made = make_session(TEXT)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def test_weights_larger_than_what_undo_keeps_stay_those_of_the_document(
    session_that_keeps_little: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    session, model, path = session_that_keeps_little, _sequential(3).eval(), tmp_path / "mine.pt"
    torch.save(model.state_dict(), path)
    with torch.no_grad():
        expected = model(torch.from_numpy(np.array(session.state.values))[None])[0].numpy()

    def assert_kept() -> None:
        wait_until_shown(qtbot, session)
        np.testing.assert_allclose(_output(session), expected, rtol=1e-4, atol=1e-5)
        assert "resh weights" not in session.state.status.notice

    session.open_path(path)
    qtbot.waitUntil(lambda: session.state.files.undo_text == "load weights from mine.pt")
    assert_kept()
    session.editing.rename_layer("relu1", "middle")
    assert_kept()
    session.files.save_network(tmp_path / "mine.json")
    qtbot.waitUntil(lambda: not session.state.files.unsaved)
    saved = session.state.document
    session.open_path(tmp_path / "mine.json")
    qtbot.waitUntil(lambda: session.state.document is not saved)
    assert_kept()


def test_weights_that_undo_gives_up_are_told_of_before_it_is_asked_for_them(
    session_that_keeps_little: Session, qtbot: QtBot
) -> None:
    session = session_that_keeps_little
    session.editing.set_cell("conv1.bias", (0,), 5.0)  # no weights that fresh ones could be equal to
    wait_until_shown(qtbot, session)
    typed = _output(session)
    for _ in range(2):
        session.editing.reset_weights()
        wait_until_shown(qtbot, session)
    assert session.state.status.notice.startswith("Undo keeps 1,000 bytes of weights: the oldest were given up")
    for _ in range(2):
        session.editing.undo()
        wait_until_shown(qtbot, session)
    assert session.state.status.notice.startswith("Fresh weights were made for conv1")
    assert not np.array_equal(_output(session), typed)


def test_another_number_of_filters_says_which_layers_start_anew_and_nothing_where_all_weights_are_as_built(
    qtbot: QtBot,
) -> None:
    session = make_session("3x16x16 conv(4, 3) batchnorm relu conv(6, 3) relu flatten linear(5)")
    wait_until_shown(qtbot, session)

    def filters(count: int) -> str:
        layer = session.state.subject.layer("conv1")
        assert isinstance(layer, Conv2d)
        session.editing.replace_layer("conv1", replace(layer, out_channels=count))
        wait_until_shown(qtbot, session)
        return session.state.status.notice

    assert filters(5) == ""
    weights = replace(session.state.document, has_fresh_weights=False)
    session.store.edit("as after a run", lambda _before: weights)  # on the same model: it told then what was before
    wait_until_shown(qtbot, session)
    assert session.state.status.notice == ""
    session.editing.undo()
    wait_until_shown(qtbot, session)
    session.editing.set_cell("linear1.bias", (0,), 5.0)
    wait_until_shown(qtbot, session)
    assert filters(3) == (
        "conv1, bn1 and conv2 start from fresh weights, as the shapes changed; undo brings the trained ones back."
    )
    session.editing.undo()
    wait_until_shown(qtbot, session)
    assert session.state.status.notice == ""
    assert session.close()


def test_weights_are_taken_too_where_data_were_chosen_while_they_were_read(qtbot: QtBot, tmp_path: Path) -> None:
    session = make_session("2 linear(3)")
    wait_until_shown(qtbot, session)
    path = tmp_path / "weights.pt"
    torch.save({"0.weight": torch.ones(3, 2), "0.bias": torch.zeros(3)}, path)
    session.files.load_weights(path)
    session.store.edit("choose data", lambda before: replace(before, data="points:blobs", classes=("a", "b", "c")))
    qtbot.waitUntil(lambda: session.state.status.notice == "The weights of weights.pt are loaded.", timeout=60_000)
    assert session.state.document.data == "points:blobs"
    assert session.state.classes == ("a", "b", "c")
    assert not session.state.document.has_fresh_weights
    assert session.close()
