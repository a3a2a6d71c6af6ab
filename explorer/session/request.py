"""What a pass depends on: asked for by what it should show, so that a request that is dropped loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explorer.session.document import Document
from explorer.session.elsewhere import NOTHING_ELSEWHERE

if TYPE_CHECKING:
    import numpy as np

    from explorer.data import Picture
    from explorer.engine.recording.feed import Feed, Place


@dataclass(frozen=True, eq=False)
class Request:
    """All that the maps depend on."""

    document: Document
    picture: Picture | None
    numbers: np.ndarray | None
    device: str | None
    mode: str
    place: Place = (0, 0)
    elsewhere: Mapping[Place, np.ndarray] = field(default_factory=lambda: NOTHING_ELSEWHERE)
    """As in the state of the input."""

    @property
    def can_run(self) -> bool:
        """Whether there is an input that can be brought to the network's size."""
        has_input = self.picture is not None or self.numbers is not None
        return has_input and not self.document.is_input_too_large

    def fed(self, values: np.ndarray) -> np.ndarray | Feed:
        """What the model runs on where `values` are what is looked at: all that a program feeds it, where one does."""
        feed = self.document.subject.feed
        return values if feed is None else feed.replaced({**self.elsewhere, self.place: values})
