"""How a run stands: whether it can go on as a document would have it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from explorer.data import open_data
from explorer.data.augment import Flip
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.network import Network
from explorer.session.begun import Begun
from explorer.session.document import Document
from explorer.session.subjects.editable_network import EditableNetwork
from explorer.session.train_state import Training

NETWORK = Network.parse("3x8x8 flatten linear(2)")
DOCUMENT = Document(EditableNetwork(NETWORK, (1, 2)), data="textures", mean=(0.5,), std=(0.2,))
DATA = open_data("points:moons")
PAUSED = Training("paused", 1, begun=Begun(DOCUMENT, DOCUMENT, (1, 2), DATA))


@pytest.mark.parametrize(
    "change",
    [
        {"augmentations": (Flip(),)},
        {"data": "digits"},
        {"fit": "pad"},
        {"mean": ()},
        {"std": (0.1,)},
        {"hyperparameters": Hyperparameters(batch_size=7)},
        {"hyperparameters": Hyperparameters(seed=1)},
    ],
    ids=str,
)
def test_a_run_cannot_take_up_other_data_or_settings_on_its_way(change: dict[str, Any]) -> None:
    assert not PAUSED.goes_on_with(replace(DOCUMENT, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"hyperparameters": Hyperparameters(learning_rate=0.5)},
        {"subject": EditableNetwork(NETWORK, (3, 4))},  # those of its layers while they learn
        {"title": "Another"},
        {"path": Path("other.json")},
    ],
    ids=str,
)
def test_it_goes_on_with_another_rate_or_name(change: dict[str, Any]) -> None:
    assert PAUSED.goes_on_with(replace(DOCUMENT, **change))


def test_before_there_is_a_run_none_goes_on() -> None:
    assert not Training().goes_on_with(DOCUMENT)
