"""What files hold of the networks that were opened and saved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from explorer.session.document import Document
from explorer.session.features.origins import Origins
from explorer.session.slices import InputState
from explorer.session.state import State
from explorer.session.store import Store
from explorer.session.subjects.subject import Verb
from explorer.session.typed_input import is_held, typed_in


@dataclass(frozen=True, eq=False)
class _Held:
    """What a file holds: a document, its weights after so many steps of a run, and what was typed to be fed."""

    document: Document
    steps: int
    typed: np.ndarray | None


class Saved:
    """Tells in `state.files.unsaved` whether there is something that the document's file does not hold."""

    def __init__(self, store: Store, origins: Origins) -> None:
        self._store, self._origins = store, origins
        self._files: dict[int, _Held] = {}  # by opening
        self._steps = 0  # how many the present weights had taken when it was told
        store.follow(self._follow)
        store.on_look(self._look)

    def tell(self, document: Document, steps: int | None = None, given: InputState | None = None) -> None:
        """A file holds `document` now, as it was after `steps` steps of a run, fed with what is `given`.

        Without a number as it is now, and without an input as what it is fed now.
        """
        typed = typed_in(self._store.state.input if given is None else given)
        taken = self._steps_of(document) if steps is None else steps
        self._files[document.opening] = _Held(document, taken, typed)
        self._show()

    def _follow(self, old: State, new: State) -> None:
        if new.document is not old.document or new.input.numbers is not old.input.numbers:
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
        held = self._files.get(document.opening)
        if held is None or self._steps_of(document) != held.steps or not document.is_saved_as(held.document):
            return True
        return not is_held(self._store.state.input, held.typed)

    def _steps_of(self, document: Document) -> int:
        return self._origins.taken(document.layer_ids)
