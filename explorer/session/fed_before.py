"""What a person fed to networks of other inputs, kept for when one of these inputs is back."""

from __future__ import annotations

from collections.abc import Hashable

from explorer.session.document import Document
from explorer.session.slices import InputState

MOST_KEPT = 8


class FedBefore:
    """The newest few inputs, by the shape that a network takes; an own model, which says no shape, has its own."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, InputState] = {}

    def keep(self, document: Document, fed: InputState) -> None:
        """Keep what `document` is fed with."""
        key = _key(document)
        self._kept.pop(key, None)
        self._kept[key] = fed
        for oldest in list(self._kept)[:-MOST_KEPT]:
            del self._kept[oldest]

    def of(self, document: Document) -> InputState | None:
        """What a document that takes the same was fed with last; None where nothing is known of it."""
        return self._kept.get(_key(document))

    def forget_typed_pictures(self) -> None:
        """A picture was chosen: it is newer than all numbers that were typed in place of one."""
        self._kept = {key: fed for key, fed in self._kept.items() if not (isinstance(key, tuple) and len(key) == 3)}


def is_fed_alike(one: Document, other: Document) -> bool:
    """Whether both take the same."""
    return _key(one) == _key(other)


def _key(document: Document) -> Hashable:
    return document.subject.input_shape or document.opening
