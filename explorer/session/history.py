"""Undo: a list of documents with the name of what led from one to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from explorer.session.document import Document

LIMIT = 500


@dataclass(frozen=True)
class Entry:
    """A document to go back (or forward) to, and the label of the change between it and the present one."""

    document: Document
    label: str


@dataclass(frozen=True)
class History:
    """The documents before and after the present one, nearest last."""

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

    def changed(self, before: Document, after: Document, label: str, *, merge_key: str | None = None) -> History:
        """The history after a change from `before` to `after`.

        Changes in a row with the same `merge_key` are one entry, or none if they end where they began.
        """
        if merge_key is not None and merge_key == self.merge_key and self.past:
            is_back = after == self.past[-1].document
            return History(self.past[:-1]) if is_back else replace(self, future=())
        return History((*self.past, Entry(before, label))[-LIMIT:], (), merge_key)

    def saved_as(self, path: Path, opening: int) -> History:
        """The history with `path` as the file of all documents of that opening."""

        def told(entry: Entry) -> Entry:
            document = entry.document
            return replace(entry, document=replace(document, path=path)) if document.opening == opening else entry

        return replace(self, past=tuple(map(told, self.past)), future=tuple(map(told, self.future)))

    def undone(self, present: Document) -> tuple[Document, History]:
        """The document before `present`, and the history seen from there."""
        *rest, last = self.past
        return last.document, History(tuple(rest), (*self.future, Entry(present, last.label)))

    def redone(self, present: Document) -> tuple[Document, History]:
        """The document that undo went back from, and the history seen from there."""
        *rest, last = self.future
        return last.document, History((*self.past, Entry(present, last.label)), tuple(rest))
