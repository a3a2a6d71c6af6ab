"""The store: whom it tells of a change, and until when."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from explorer.session.selection import Selection
from explorer.session.state import State
from explorer.session.store import Store


def test_a_closed_store_changes_without_telling_anybody() -> None:
    store = Store()
    told: list[str] = []
    store.changed.connect(lambda _old, new: told.append(new.status.notice))
    store.say("before")
    assert store.close()
    store.say("after")  # as a view does that loses the mouse while the window is taken apart
    assert told == ["before"]
    assert store.state.status.notice == "after"


def test_what_is_asked_for_where_nothing_is_ends_at_once(qapp: QCoreApplication) -> None:
    """A follower that asks again for a layer that is not there would otherwise be told of it again, without end."""
    store, asked = Store(), []

    def ask_again(_old: State, _new: State) -> None:
        asked.append("gone")
        assert len(asked) < 10
        store.set(Selection("gone"))

    store.follow(ask_again)
    store.say("Something else.")
    assert len(asked) == 1
    assert store.state.selection == Selection()
    store.close()
