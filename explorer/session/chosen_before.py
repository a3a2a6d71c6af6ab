"""What a person chose last of layers that are not the chosen one, kept for when they come back to it."""

from __future__ import annotations

from explorer.session.document import Document
from explorer.session.selection import Selection

MOST_KEPT = 512


class ChosenBefore:
    """The newest choices, one of each layer of each document; None stands for no layer."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str | None], Selection] = {}

    def keep(self, document: Document, chosen: Selection) -> None:
        """Keep what is chosen of a layer of `document`."""
        key = document.opening, chosen.layer
        self._kept.pop(key, None)
        self._kept[key] = chosen
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]

    def of(self, document: Document, layer: str | None) -> Selection:
        """What was chosen last of `layer`; the layer alone where nothing is known of it."""
        return self._kept.get((document.opening, layer), Selection(layer))
