"""A view is told of what it shows, when it changed and while it is seen; a paced one a few times a second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.session import Session, State
from explorer.ui.common.following_view import REDRAW_MS, FollowingView


class Notices(FollowingView, QWidget):
    """Remembers what it was told."""

    shows = ("status.notice",)

    def __init__(self, session: Session, *, draws_now: bool = True) -> None:
        super().__init__(session)
        self.told: list[tuple[str | None, str]] = []
        self.follow_session(draws_now=draws_now)

    def show_changes(self, old: State | None, new: State) -> None:
        self.told.append((None if old is None else old.status.notice, new.status.notice))


class Unseen(Notices):
    follows_hidden = True


class Paced(FollowingView, QWidget):
    shows = ("status.notice",)
    is_paced = True

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.drawn: list[str] = []
        self.follow_session()

    def redraw(self) -> None:
        self.drawn.append(self._session.state.status.notice)


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session()
    yield made
    assert made.close()


def _change_another_part(session: Session) -> None:
    session.store.set(replace(session.state.maps, computing=not session.state.maps.computing))


def test_a_view_is_told_of_what_it_shows_and_of_nothing_else(qtbot: QtBot, session: Session) -> None:
    view = Notices(session)
    qtbot.addWidget(view)
    view.show()
    session.say("one")
    _change_another_part(session)
    session.say("two")
    assert view.told == [(None, ""), ("", "one"), ("one", "two")]


def test_a_hidden_view_waits_and_draws_everything_anew_when_it_is_shown(qtbot: QtBot, session: Session) -> None:
    view = Notices(session)
    qtbot.addWidget(view)
    session.say("one")
    session.say("two")
    assert view.told == [(None, "")]
    view.show()
    assert view.told == [(None, ""), (None, "two")]
    view.hide()
    _change_another_part(session)
    view.show()
    assert len(view.told) == 2


def test_a_view_may_wait_with_its_first_drawing_until_it_is_seen(qtbot: QtBot, session: Session) -> None:
    view = Notices(session, draws_now=False)
    qtbot.addWidget(view)
    assert view.told == []
    view.show()
    assert view.told == [(None, "")]


def test_one_that_hides_itself_is_told_while_it_is_hidden(qtbot: QtBot, session: Session) -> None:
    view = Unseen(session)
    qtbot.addWidget(view)
    session.say("one")
    assert view.told == [(None, ""), ("", "one")]


def test_a_paced_view_draws_once_for_many_changes_and_not_while_it_is_hidden(qtbot: QtBot, session: Session) -> None:
    view = Paced(session)
    qtbot.addWidget(view)
    session.say("hidden")
    qtbot.wait(2 * REDRAW_MS)
    assert view.drawn == []
    view.show()
    assert view.drawn == ["hidden"]
    for notice in ("one", "two", "three"):
        session.say(notice)
    assert view.is_due
    assert view.drawn == ["hidden"]
    qtbot.waitUntil(lambda: not view.is_due)
    assert view.drawn == ["hidden", "three"]


def test_a_view_that_is_gone_is_told_nothing(qtbot: QtBot, session: Session) -> None:
    view = Notices(session)
    view.show()
    told = view.told
    view.deleteLater()
    qtbot.waitUntil(lambda: not _is_alive(view))
    session.say("one")
    assert told == [(None, "")]


def _is_alive(view: QWidget) -> bool:
    from shiboken6 import isValid

    return bool(isValid(view))
