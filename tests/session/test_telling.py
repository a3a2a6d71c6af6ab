"""What the person was told is kept, once each, in its order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

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
