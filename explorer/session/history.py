"""Undo: a list of what was there before each change, with the name of the change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from explorer.session.document import Document
from explorer.session.given import Undoable, Undoables

LIMIT = 500


@dataclass(frozen=True)
class Entry:
    """What a change replaced, to go back (or forward) to, and the label of the change. What it left alone stays."""

    replaced: Undoables
    label: str

    @property
    def document(self) -> Document | None:
        """The document that the change replaced; None where it left the document alone."""
        return next((each for each in self.replaced if isinstance(each, Document)), None)


@dataclass(frozen=True)
class History:
    """What was there before and after the present, nearest last."""

    past: tuple[Entry, ...] = ()
    future: tuple[Entry, ...] = ()
    merge_key: str | None = None

    @property
    def undo_text(self) -> str:
        """The name of what undo would take back; empty if there is nothing."""
        return self.past[-1].label if self.past else ""

    @property
    def redo_text(self) -> str:
        """The name of what redo would do again; empty if there is nothing."""
        return self.future[-1].label if self.future else ""

    @property
    def document_before(self) -> Document | None:
        """The document that the last change replaced; None where it left the document alone, or there was none."""
        return self.past[-1].document if self.past else None

    def changed(self, before: Undoables, after: Undoables, label: str, *, merge_key: str | None = None) -> History:
        """The history after a change from `before` to `after`, each with all that undo could take back.

        Changes in a row with the same `merge_key` are one entry, or none if they end where they began.
        """
        replaced = _differing(before, after)
        if merge_key is None or merge_key != self.merge_key or not self.past:
            return History((*self.past, Entry(replaced, label))[-LIMIT:], (), merge_key)
        *rest, last = self.past
        first = {type(each): each for each in (*replaced, *last.replaced)}
        merged = replace(last, replaced=tuple(first[type(each)] for each in before if type(each) in first))
        is_back = not _differing(merged.replaced, after)
        return History(tuple(rest)) if is_back else History((*rest, merged), (), merge_key)

    def saved_as(self, path: Path, opening: int) -> History:
        """The history with `path` as the file of all documents of that opening."""

        def told(each: Undoable) -> Undoable:
            is_of_file = isinstance(each, Document) and each.opening == opening
            return each.saved_at(path) if isinstance(each, Document) and is_of_file else each

        def with_path(entry: Entry) -> Entry:
            return replace(entry, replaced=tuple(map(told, entry.replaced)))

        return replace(self, past=tuple(map(with_path, self.past)), future=tuple(map(with_path, self.future)))

    def let_go(self) -> History:
        """The history without what was given to a model that cannot be gone back to."""
        past = list(self.past)
        while past and past[-1].document is None:
            past.pop()
        return replace(self, past=tuple(past), merge_key=None)

    def undone(self, after: Undoables, before: Undoables) -> History:
        """The history after the last change was taken back, which led from `after` to `before`."""
        *rest, last = self.past
        return History(tuple(rest), (*self.future, Entry(_differing(after, before), last.label)))

    def redone(self, before: Undoables, after: Undoables) -> History:
        """The history after the change was done again that was taken back last, which led from `before` to `after`."""
        *rest, last = self.future
        return History((*self.past, Entry(_differing(before, after), last.label)), tuple(rest))


def _differing(old: Undoables, new: Undoables) -> Undoables:
    """What of `old` is not the same in `new`; the very same objects are not compared any further."""
    present = {type(each): each for each in new}
    return tuple(each for each in old if present[type(each)] is not each and present[type(each)] != each)
