"""The parameters of a person's own model: which a call was given, their norm and histogram, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.engine.recording import owned
from explorer.session import LayerActivation, Session
from explorer.session.parameter import BINS, Parameter
from explorer.ui.common import theme
from explorer.ui.common.text import number
from explorer.ui.editor.layer_facts import LayerFacts
from tests.ui.fakes import wait_until_shown

Ran = Callable[[nn.Module, Tensor], Session]


@pytest.fixture
def ran(qtbot: QtBot) -> Iterator[Ran]:
    """A session whose model ran on a tensor; every one is closed afterwards."""
    sessions = []

    def make(model: nn.Module, x: Tensor) -> Session:
        session = Session()
        sessions.append(session)
        session.files.adopt(model.eval(), x, "mine")
        wait_until_shown(qtbot, session)
        return session

    yield make
    for session in sessions:
        assert session.close()


def entry(session: Session, name: str) -> LayerActivation:
    found = session.state.entry(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.Conv2d(3, 4, 3), (1, 3, 8, 8)),
        (nn.BatchNorm2d(3), (1, 3, 8, 8)),
        (nn.LayerNorm(8), (1, 3, 8)),
        (nn.PReLU(), (1, 3, 8)),
        (nn.LSTM(8, 5, batch_first=True), (1, 3, 8)),
    ],
    ids=["convolution", "batch norm", "layer norm", "PReLU", "LSTM"],
)
def test_a_call_has_the_parameters_of_its_module(ran: Ran, layer: nn.Module, shape: tuple[int, ...]) -> None:
    session = ran(nn.Sequential(layer), torch.randn(*shape))
    expected = dict(layer.state_dict(prefix="0."))
    found = {each.name: each for each in entry(session, "0").parameters}
    assert set(found) == {name for name in expected if not name.endswith("num_batches_tracked")}
    for name, parameter in found.items():
        np.testing.assert_array_equal(parameter.values, expected[name].numpy())
        torch.testing.assert_close(parameter.norm, float(torch.linalg.vector_norm(expected[name].double())))


def test_what_a_call_made_is_none_of_them(ran: Ran) -> None:
    session = ran(nn.Sequential(nn.Linear(4, 3), nn.ReLU()), torch.randn(1, 4))
    assert entry(session, "1").parameters == ()
    assert entry(session, "input").parameters == ()


def test_very_large_ones_are_left_out(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owned, "MOST_NUMBERS", 11)
    session = ran(nn.Sequential(nn.Linear(4, 3)), torch.randn(1, 4))
    assert [each.name for each in entry(session, "0").parameters] == ["0.bias"]


def test_the_histogram_counts_what_pytorch_counts() -> None:
    values = torch.randn(5000, generator=torch.Generator().manual_seed(0))
    parameter = Parameter("net.weight", values.numpy())
    expected = torch.histogram(values, BINS, range=(float(values.min()), float(values.max())))[0]
    assert parameter.histogram.sum() == 5000
    assert np.abs(parameter.histogram - expected.numpy()).sum() <= 4  # of two precisions at the edges
    assert Parameter("net.bias", np.full(7, 3, np.float32)).histogram.tolist() == [7]
    faulty = Parameter("net.bias", np.array([0, np.nan, 1], np.float32))
    assert faulty.histogram.sum() == 2


def test_they_stand_under_the_facts_of_the_call_what_is_learned_first(ran: Ran, qtbot: QtBot) -> None:
    theme.apply(QApplication.instance(), "light")  # type: ignore[arg-type]  # there is one
    session = ran(nn.Sequential(nn.BatchNorm2d(3)), torch.randn(1, 3, 4, 4))
    facts = LayerFacts()
    qtbot.addWidget(facts)
    facts.resize(280, 700)
    facts.show()
    facts.show_call(entry(session, "0"), ((3, 4, 4),))
    shown = [each for each in facts.parameters.histograms if each.isVisible()]
    told = [each.accessibleName() for each in shown]
    assert [words.partition(",")[0] for words in told] == ["0.weight", "0.bias", "0.running_mean", "0.running_var"]
    assert told[0] == f"0.weight, 3: 3 numbers from 1.0000 to 1.0000, norm {number(3**0.5, 5)}"
    facts.show_call(entry(session, "input"), ())
    assert not facts.parameters.isVisible()
