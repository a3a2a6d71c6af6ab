"""Whatever a person does in whatever order, the document, the cards, the maps and the model agree."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.network import LAYERS, Network
from explorer.session import Session
from tests.ui.fakes import make_session, wait_until_shown

EDITS = 500
CHECK_EVERY = 25
START = "3x12x12 conv(4, 3, padding=1) relu maxpool(2) conv(5, 3) relu flatten linear(6) softmax"
SAFE_WORDS = ("Conv2d", "ReLU", "MaxPool2d", "BatchNorm2d", "Flatten", "Linear", "Dropout", "Tanh", "Identity")


def _edit(session: Session, rng: random.Random) -> None:
    """One random thing that a person may do; refused ones leave everything as it was."""
    network = session.state.network
    assert network is not None
    names, count = network.names, len(network.layers)
    kind = rng.choice(("insert", "remove", "change", "rename", "move", "duplicate", "paste", "fix", "undo", "redo"))
    if kind == "undo":
        session.editing.undo()
    elif kind == "redo":
        session.editing.redo()
    elif kind == "paste":
        session.editing.paste_layers(
            rng.choice(("relu", "conv(3, 3, padding=1) relu", "maxpool(")), rng.randint(0, count)
        )
    elif kind == "insert" or not names:
        layer_type = rng.choice([layer for layer in LAYERS if layer.kind in SAFE_WORDS])
        session.editing.insert_layer(rng.randint(0, count), layer_type())
    elif kind == "fix":
        fixable = [problem for problem in session.state.problems if problem.fix]
        if fixable:
            session.editing.apply_fix(rng.choice(fixable))
    else:
        _edit_one(session, rng, kind, rng.choice(names))


def _edit_one(session: Session, rng: random.Random, kind: str, name: str) -> None:
    network = session.state.network
    assert network is not None
    if kind == "remove" and len(network.layers) > 3:
        session.editing.remove_layer(name)
    elif kind == "rename":
        session.editing.rename_layer(name, f"{name.rstrip('0123456789')}{rng.randint(1, 40)}")
    elif kind == "move":
        session.editing.move_layer(name, rng.randrange(len(network.layers)))
    elif kind == "duplicate" and len(network.layers) < 14:
        session.editing.duplicate_layer(name)
    elif kind == "change":
        other = Network.parse(f"3x12x12 {name}=conv({rng.randint(1, 8)}, {rng.choice((1, 3, 5))}, padding=1)")
        session.editing.replace_layer(name, other.layers[0], merge=rng.random() < 0.5)


def _check(session: Session, qtbot: QtBot) -> None:
    wait_until_shown(qtbot, session)
    state = session.state
    assert state.network is not None
    assert state.maps.activations is not None
    assert state.values is not None
    runnable = state.network.runnable()
    shown = [entry for entry in state.maps.activations.layers if entry.name != "input"]
    assert [entry.name for entry in shown] == list(state.network.names[:runnable])
    assert [entry.values.shape for entry in shown] == list(state.network.shapes()[:runnable])
    assert len(state.document.layer_ids) == len(set(state.document.layer_ids)) == len(state.network.layers)
    _check_against_pytorch(state.network.prefix(runnable), session)


def _check_against_pytorch(network: Network, session: Session) -> None:
    """The maps are what plain PyTorch computes with the weights that are shown."""
    state = session.state
    assert state.maps.activations is not None
    assert state.values is not None
    model = network.build(seed=0).eval()
    weights = {
        f"{entry.name}.{part}": torch.from_numpy(np.array(array))
        for entry in state.maps.activations.layers
        for part, array in (("weight", entry.weight), ("bias", entry.bias))
        if array is not None and entry.family != "normalization"
    }
    model.load_state_dict(weights, strict=False)
    if not network.layers:
        return
    with torch.no_grad():
        output = model(torch.from_numpy(np.array(state.values))[None])[0].numpy()
    np.testing.assert_allclose(state.maps.activations.layers[-1].values, output, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("seed", [0, 1])
def test_random_edits_with_undo_and_redo_leave_everything_in_agreement(seed: int, qtbot: QtBot) -> None:
    rng = random.Random(seed)
    session = make_session(START)
    try:
        for number in range(EDITS):
            _edit(session, rng)
            if number % CHECK_EVERY == 0:
                _check(session, qtbot)
        _check(session, qtbot)
        while session.state.files.undo_text:
            session.editing.undo()
        _check(session, qtbot)
    finally:
        assert session.close()


def test_undoing_a_removal_brings_the_same_weights_back(qtbot: QtBot) -> None:
    session = make_session(START)
    try:
        wait_until_shown(qtbot, session)
        before = session.state.maps.activations
        assert before is not None
        session.editing.remove_layer("conv1")
        wait_until_shown(qtbot, session)
        session.editing.undo()
        wait_until_shown(qtbot, session)
        after = session.state.maps.activations
        assert after is not None
        for name in before.by_name:
            np.testing.assert_array_equal(before.by_name[name].values, after.by_name[name].values)
    finally:
        assert session.close()
