"""A person's own model that is a plain chain becomes a network that can be edited, with the weights that it has."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.session import Session, Verb
from tests.ui.fakes import values_of, wait_until_shown


def chain() -> nn.Sequential:
    body = nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(body, nn.Flatten(), nn.Linear(27, 4)).eval()


def test_it_gives_the_same_numbers_and_can_be_edited(qtbot: QtBot, session: Session) -> None:
    model, x = chain(), torch.randn(1, 2, 6, 6)
    model[0][1].running_mean.fill_(0.25)  # type: ignore[index, union-attr, operator]
    session.files.adopt(model, x, "mine")
    wait_until_shown(qtbot, session)
    assert not session.state.subject.can(Verb.EDIT)
    session.files.take_over()
    qtbot.waitUntil(lambda: session.state.subject.can(Verb.EDIT))
    wait_until_shown(qtbot, session)
    assert session.state.network is not None
    assert [layer.kind for layer in session.state.network.layers] == [
        *("Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", "Flatten", "Linear")
    ]
    last = session.state.network.names[-1]
    np.testing.assert_allclose(values_of(session, last), model(x)[0].detach(), rtol=1e-5, atol=1e-6)
    assert session.state.title == "mine"
    session.editing.rename_layer(last, "answers")
    assert session.state.network.names[-1] == "answers"
    assert session.state.files.unsaved


class Branched(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + x


@pytest.mark.parametrize(
    ("model", "told"),
    [(Branched(), "Only an nn.Sequential"), (nn.Sequential(nn.Linear(4, 4), nn.Hardshrink()), "1 is a Hardshrink")],
)
def test_what_is_no_chain_of_known_layers_stays_and_is_told(
    qtbot: QtBot, session: Session, model: nn.Module, told: str
) -> None:
    session.files.adopt(model, torch.randn(1, 4), "mine")
    wait_until_shown(qtbot, session)
    document = session.state.document
    session.files.take_over()
    qtbot.waitUntil(lambda: told in session.state.status.notice)
    assert session.state.document is document
