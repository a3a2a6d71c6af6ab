"""Opening data and feeding them, as errands do it."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.network import Network
from explorer.session.data_errands import OpenData, ReadBatch
from explorer.session.document import Document
from explorer.session.fault import Fault
from explorer.session.lanes import Watch
from explorer.session.opened import Opened
from explorer.session.subjects.editable_network import EditableNetwork

DATA = "points:moons"


@pytest.fixture
def opened() -> Opened:
    answer = OpenData(DATA).run(Watch("Opening"))
    assert isinstance(answer, Opened)
    return answer


def test_data_are_opened_under_the_name_they_were_asked_by(opened: Opened) -> None:
    assert opened.name == DATA
    assert opened.data.sample_shape == (2,)


def test_only_pictures_have_a_scale(opened: Opened) -> None:
    assert (opened.mean, opened.std) == ((), ())


def test_data_that_do_not_open_say_why() -> None:
    answer = OpenData("points:nowhere").run(Watch("Opening"))
    assert isinstance(answer, Fault)
    assert answer.message.endswith(".")


def test_the_batches_of_an_epoch_hold_every_example_once(opened: Opened) -> None:
    document = Document(EditableNetwork.fresh(Network.parse("2 linear(2)")))
    train = opened.data.train
    rows = []
    for number in range(-(-len(train) // document.hyperparameters.batch_size)):
        examples = ReadBatch(document, opened.data, number).run(Watch("Reading"))
        rows += [(*example.values.tolist(), example.target) for example in examples]
    inputs, labels = train.inputs(np.arange(len(train))), train.labels
    whole = [(*values.tolist(), int(label)) for values, label in zip(inputs, labels, strict=True)]
    assert sorted(rows) == sorted(whole)
