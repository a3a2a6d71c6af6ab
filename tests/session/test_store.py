"""The store: whom it tells of a change, and until when."""

from __future__ import annotations

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
