"""Undo and redo are laws: whatever was done, undoing all of it gives back the start."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.session.document import Document
from explorer.session.history import History

steps = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=30)


def _perform(done: list[tuple[str, bool]]) -> tuple[list[Document], History]:
    documents, history = [Document(title="0")], History()
    for number, (label, merge) in enumerate(done, start=1):
        documents.append(Document(title=str(number)))
        history = history.changed(*documents[-2:], label, merge_key=label if merge else None)
    return documents, history


@given(steps)
def test_undoing_everything_gives_the_start_and_redoing_everything_the_end(done: list[tuple[str, bool]]) -> None:
    documents, history = _perform(done)
    present = documents[-1]
    while history.past:
        present, history = history.undone(present)
    assert present is documents[0]
    while history.future:
        present, history = history.redone(present)
    assert present is documents[-1]


@given(steps)
def test_undo_then_redo_changes_nothing(done: list[tuple[str, bool]]) -> None:
    documents, history = _perform(done)
    if not history.past:
        return
    present, back = history.undone(documents[-1])
    again, forth = back.redone(present)
    assert again is documents[-1]
    assert (forth.past, forth.future) == (history.past, history.future)


def test_a_slider_drag_is_one_entry() -> None:
    _, history = _perform([("a", True), ("a", True), ("a", True), ("b", True)])
    assert [entry.label for entry in history.past] == ["a", "b"]


def test_a_change_after_undo_forgets_what_was_undone() -> None:
    documents, history = _perform([("a", False), ("b", False)])
    present, history = history.undone(documents[-1])
    assert history.redo_text == "b"
    assert history.changed(present, Document(title="3"), "c").redo_text == ""


def test_changes_in_a_row_that_end_where_they_began_are_no_entry() -> None:
    before, between = Document(title="8"), Document(title="1")
    history = History().changed(before, between, "type", merge_key="type")
    assert history.changed(between, before, "type", merge_key="type") == History()
