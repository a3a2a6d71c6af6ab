"""What files hold of the networks that were opened and saved."""

from __future__ import annotations

from dataclasses import replace

from explorer.session.document import Document
from explorer.session.features.origins import Origins
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.subject import Verb


class Saved:
    """Tells in `state.files.unsaved` whether there is something that the document's file does not hold."""

    def __init__(self, store: Store, origins: Origins) -> None:
        self._store, self._origins = store, origins
        self._files: dict[
            int, tuple[Document, int]
        ] = {}  # what the file of an opening holds, and after how many steps of a run
        self._steps = 0  # how many the present weights had taken when it was told
        store.follow(self._follow)
        store.on_look(self._look)

    def tell(self, document: Document, steps: int | None = None) -> None:
        """A file holds `document` now, as it was after `steps` steps of a run; without a number, as it is now."""
        self._files[document.opening] = document, self._steps_of(document) if steps is None else steps
        self._show()

    def _follow(self, old: State, new: State) -> None:
        if new.document is not old.document:
            self._show()

    def _look(self) -> None:
        """A run goes on."""
        if self._steps_of(self._store.state.document) != self._steps:
            self._show()

    def _show(self) -> None:
        document = self._store.state.document
        self._steps = self._steps_of(document)
        self._store.set(replace(self._store.state.files, unsaved=self._is_unsaved(document)))

    def _is_unsaved(self, document: Document) -> bool:
        """A person's own model is its program's to save."""
        if not document.subject.can(Verb.SAVE):
            return False
        saved, steps = self._files.get(document.opening, (None, 0))
        return saved is None or self._steps_of(document) != steps or not document.is_saved_as(saved)

    def _steps_of(self, document: Document) -> int:
        return self._origins.taken(document.layer_ids)
