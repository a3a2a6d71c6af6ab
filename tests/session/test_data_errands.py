"""Opening data and feeding them, as errands do it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from explorer.engine.training.distributed import ALONE
from explorer.network import Network
from explorer.session.begun import learning_from
from explorer.session.data_errands import OpenData, ReadBatch
from explorer.session.document import Document
from explorer.session.fault import Fault
from explorer.session.lanes import Watch
from explorer.session.opened import Opened
from explorer.session.subjects.editable_network import EditableNetwork
from explorer.training_job import prepared
from explorer.training_options import parser

DATA = "points:moons"
PICTURES = 3000


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


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("text", ["3x8x8 flatten linear(2)", "3x6x6 flatten linear(2)"], ids=["own size", "fitted"])
def test_a_network_without_a_scale_is_fed_by_the_same_one_as_on_the_command_line(
    tmp_path: Path, channels: int, text: str
) -> None:
    """Of more pictures than either reads, which grow lighter."""
    lightness = np.linspace(0, 200, PICTURES).astype(np.uint8)[:, None, None, None]
    pixels = lightness + np.random.default_rng(0).integers(0, 50, (PICTURES, 8, 8, channels), np.uint8)
    np.savez(tmp_path / "data.npz", x=pixels, y=np.arange(PICTURES) % 2)
    (tmp_path / "net.txt").write_text(text)
    opened = OpenData(str(tmp_path / "data.npz")).run(Watch("Opening"))
    assert isinstance(opened, Opened)
    learning = learning_from(Document(EditableNetwork.fresh(Network.parse(text))), opened, opened.data)
    command = [str(tmp_path / "net.txt"), "--data", str(tmp_path / "data.npz"), "--out", str(tmp_path / "run")]
    job = prepared(parser().parse_args(command), ALONE)
    assert (learning.mean, learning.std) == (job.learning.mean, job.learning.std)
    assert len(learning.mean) == len(learning.std) == 3
