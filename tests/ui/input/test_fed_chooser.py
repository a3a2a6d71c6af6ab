"""Which input and which example is looked at is chosen above the input, and every view goes along."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.session import Session
from explorer.session.own_document import own_document
from explorer.ui.input.view import InputView
from tests.ui.fakes import make_actions, wait_until_shown

IMAGE, FACTS = torch.randn(3, 3, 6, 6), torch.randn(3, 5)


class Two(nn.Module):
    """A picture and a row of facts."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.linear = nn.Conv2d(3, 4, 3), nn.Linear(5, 4)

    def forward(self, image: Tensor, facts: Tensor) -> Tensor:
        return self.conv(image).mean((2, 3)) + self.linear(facts)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    yield made
    assert made.close()


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> InputView:
    made = InputView(session, make_actions(session))
    qtbot.addWidget(made)
    made.show()
    return made


def look(qtbot: QtBot, session: Session, model: nn.Module, *given: Tensor) -> None:
    session.files.look_at(own_document(model, given))
    wait_until_shown(qtbot, session)


def test_another_example_is_typed_and_the_debugger_goes_along(qtbot: QtBot, session: Session, view: InputView) -> None:
    look(qtbot, session, Two(), IMAGE, FACTS)
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(lambda: session.state.steps.timeline is not None, timeout=60_000)
    box = view.fed.example
    assert (box.isVisible(), box.text()) == (True, "Example 0 of 0–2")
    QTest.keyClick(box, Qt.Key.Key_Up)
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert session.state.input.place == (0, 2)
    np.testing.assert_array_equal(session.state.values, IMAGE[2])
    qtbot.waitUntil(lambda: not session.state.steps.is_recording, timeout=60_000)
    assert session.state.steps.cursor.example == 2


def test_another_input_is_chosen_by_its_name(qtbot: QtBot, session: Session, view: InputView) -> None:
    look(qtbot, session, Two(), IMAGE, FACTS)
    assert [view.fed.input.itemText(at) for at in range(view.fed.input.count())] == ["image", "facts"]
    QTest.keyClick(view.fed.input, Qt.Key.Key_Down)
    assert session.state.input.place == (1, 0)
    np.testing.assert_array_equal(session.state.values, FACTS[0])
    assert view.pages.currentWidget() is view.numbers


def test_it_takes_room_only_where_there_is_something_to_choose(qtbot: QtBot, session: Session, view: InputView) -> None:
    look(qtbot, session, nn.Linear(5, 2), FACTS[:1])
    assert not view.fed.isVisible()
    look(qtbot, session, nn.Linear(5, 2), FACTS)
    assert view.fed.isVisible()
    assert not view.fed.input.isVisible()
