"""Opening data and feeding them, as the runner's thread does it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.network import Network
from explorer.session.data_worker import Opened, one_batch, open_chosen
from explorer.session.state import Document, new_ids

DATA = "points:moons"


def _open(name: str) -> tuple[str, Any]:
    ((kind, content),) = open_chosen(name, lambda _progress: None, lambda: False)
    return kind, content


@pytest.fixture
def opened() -> Opened:
    kind, content = _open(DATA)
    assert kind == "data"
    assert isinstance(content, Opened)
    return content


def test_data_are_opened_under_the_name_they_were_asked_by(opened: Opened) -> None:
    assert opened.name == DATA
    assert opened.data.sample_shape == (2,)


def test_only_pictures_have_a_scale(opened: Opened) -> None:
    assert (opened.mean, opened.std) == ((), ())


def test_data_that_do_not_open_say_why() -> None:
    kind, content = _open("points:nowhere")
    assert kind == "no data"
    assert content[0] == "points:nowhere"
    assert content[1].endswith(".")


def test_the_batches_of_an_epoch_hold_every_example_once(opened: Opened) -> None:
    document = Document(Network.parse("2 linear(2)"), new_ids(1))
    train = opened.data.train
    rows = []
    for number in range(-(-len(train) // document.hyperparameters.batch_size)):
        ((_, (_, examples)),) = one_batch(document, opened.data, number)
        rows += [(*example.values.tolist(), example.target) for example in examples]
    inputs, labels = train.inputs(np.arange(len(train))), train.labels
    whole = [(*values.tolist(), int(label)) for values, label in zip(inputs, labels, strict=True)]
    assert sorted(rows) == sorted(whole)
