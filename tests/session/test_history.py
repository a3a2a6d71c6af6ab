"""Undo and redo are laws: whatever was done, undoing all of it gives back the start."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.session.document import Document
from explorer.session.given import Examples, Stops, Undoable, Undoables
from explorer.session.history import Entry, History

steps = st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.sampled_from([Document, Examples])), max_size=30)
Step = tuple[str, bool, type[Undoable]]


def _after(present: Undoables, number: int, kind: type[Undoable]) -> Undoables:
    """`present` with another document, or with another target."""
    document, examples, stops = present
    if kind is Document:
        return Document(title=str(number)), examples, stops
    return document, Examples(number), stops


def _perform(done: list[Step]) -> tuple[list[Undoables], History]:
    states: list[Undoables] = [(Document(title="0"), Examples(), Stops())]
    history = History()
    for number, (label, merge, kind) in enumerate(done, start=1):
        states.append(_after(states[-1], number, kind))
        history = history.changed(*states[-2:], label, merge_key=label if merge else None)
    return states, history


def _at(present: Undoables, entry: Entry) -> Undoables:
    """`present` with what `entry` holds."""
    held = {type(each): each for each in entry.replaced}
    return tuple(held.get(type(each), each) for each in present)


def _undone(present: Undoables, history: History) -> tuple[Undoables, History]:
    before = _at(present, history.past[-1])
    return before, history.undone(present, before)


def _redone(present: Undoables, history: History) -> tuple[Undoables, History]:
    after = _at(present, history.future[-1])
    return after, history.redone(present, after)


@given(steps)
def test_undoing_everything_gives_the_start_and_redoing_everything_the_end(done: list[Step]) -> None:
    states, history = _perform(done)
    present = states[-1]
    while history.past:
        present, history = _undone(present, history)
    assert present == states[0]
    while history.future:
        present, history = _redone(present, history)
    assert present == states[-1]


@given(steps)
def test_undo_then_redo_changes_nothing(done: list[Step]) -> None:
    states, history = _perform(done)
    if not history.past:
        return
    again, forth = _redone(*_undone(states[-1], history))
    assert again == states[-1]
    assert (forth.past, forth.future) == (history.past, history.future)


def test_a_slider_drag_is_one_entry() -> None:
    _, history = _perform([("a", True, Document), ("a", True, Document), ("a", True, Document), ("b", True, Document)])
    assert [entry.label for entry in history.past] == ["a", "b"]


def test_an_entry_holds_what_was_replaced_and_nothing_else() -> None:
    states, history = _perform([("a", False, Document), ("b", False, Examples), ("c", True, Document)])
    assert [entry.replaced for entry in history.past] == [(states[0][0],), (states[1][1],), (states[2][0],)]
    states, history = _perform([("a", True, Document), ("a", True, Examples)])
    assert [entry.replaced for entry in history.past] == [states[0][:2]]


def test_a_change_after_undo_forgets_what_was_undone() -> None:
    states, history = _perform([("a", False, Document), ("b", False, Document)])
    present, history = _undone(states[-1], history)
    assert history.redo_text == "b"
    assert history.changed(present, _after(present, 3, Document), "c").redo_text == ""


def test_changes_in_a_row_that_end_where_they_began_are_no_entry() -> None:
    before, between = (Document(title="8"),), (Document(title="1"),)
    history = History().changed(before, between, "type", merge_key="type")
    assert history.changed(between, before, "type", merge_key="type") == History()


def test_what_was_given_to_a_model_that_is_let_go_is_forgotten_and_no_document() -> None:
    states, history = _perform([("a", False, Document), ("b", False, Examples), ("c", False, Examples)])
    assert history.let_go().past == history.past[:1]
    assert history.let_go().past[0].document is states[0][0]
