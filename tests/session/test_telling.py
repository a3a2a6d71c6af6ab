"""What the person was told is kept, once each, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.session import Fault, Session
from explorer.session.features.telling import MOST_KEPT


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    yield made
    assert made.close()


def _sentences(session: Session) -> list[str]:
    return [told.sentence for told in session.state.status.told]


def test_messages_are_kept_in_their_order_also_after_they_are_put_away(session: Session) -> None:
    for sentence in ("First.", "Second.", "", "First."):
        session.say(sentence)
    assert _sentences(session) == ["First.", "Second.", "First."]
    assert all(told.fault is None for told in session.state.status.told)


def test_a_fault_is_kept_once_with_its_details_whoever_tells_of_it(session: Session) -> None:
    fault = Fault("It went wrong.", details="line 1")
    session.store.set(replace(session.state.maps, fault=fault), replace(session.state.status, notice=fault.message))
    session.say("")
    session.store.set(replace(session.state.maps, fault=Fault("It went wrong.", details="line 1")))
    assert [(told.sentence, told.fault) for told in session.state.status.told] == [("It went wrong.", fault)]


def test_a_fault_behind_another_message_is_kept_too(session: Session) -> None:
    session.say("A word.")
    session.store.set(replace(session.state.maps, fault=Fault("It went wrong.")))
    assert _sentences(session) == ["A word.", "It went wrong."]


def test_the_oldest_go_where_there_are_too_many(session: Session) -> None:
    for at in range(MOST_KEPT + 3):
        session.say(f"Message {at}.")
    assert _sentences(session) == [f"Message {at}." for at in range(3, MOST_KEPT + 3)]


class _Broken(nn.Module):
    """Its second layer expects other channels than the first one gives."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 2, 3), nn.Conv2d(5, 2, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv2(self.conv1(x))


def test_a_step_that_fails_where_the_pass_did_does_not_tell_it_again(session: Session, qtbot: QtBot) -> None:
    session.files.adopt(_Broken(), np.zeros((3, 8, 8), np.float32)[None], "broken")
    qtbot.waitUntil(lambda: session.state.maps.fault is not None)
    fault = session.state.maps.fault
    assert fault is not None
    assert fault.message.startswith("conv2 failed on 1 × 2 × 6 × 6")
    assert session.state.told_at == "conv2"  # which has a card that says it
    assert session.state.message == session.state.pointer == "conv2 cannot run: see its card."
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(lambda: bool(session.state.steps.message) and not session.state.steps.is_recording)
    assert session.state.steps.message == session.state.pointer


def test_a_fault_of_a_layer_is_told_by_its_card_and_pointed_at_from_everywhere_else(
    session: Session, qtbot: QtBot
) -> None:
    session.files.new_network("3x8x8 conv(4, 3) linear(2)")
    assert session.state.told_at == "linear1"
    assert session.state.pointer == "linear1 cannot run: see its card."
    assert session.state.message == ""
    session.files.new_network("3x8x8 conv(4, 3)")
    assert session.state.pointer == ""
    fault = Fault("conv1 failed.", layer="conv1")
    session.store.set(replace(session.state.maps, fault=fault))
    assert session.state.message == session.state.pointer == "conv1 cannot run: see its card."
    assert session.state.fault_told_of(session.state.message) is fault
    session.files.new_network("3x9000x9000 conv(4, 3)")
    assert session.state.pointer == "The input cannot be fed: see its card."
