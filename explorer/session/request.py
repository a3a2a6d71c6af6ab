"""What a pass depends on: asked for by what it should show, so that a request that is dropped loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.session.document import Document

if TYPE_CHECKING:
    import numpy as np

    from explorer.data import Picture


@dataclass(frozen=True, eq=False)
class Request:
    """All that the maps depend on."""

    document: Document
    picture: Picture | None
    numbers: np.ndarray | None
    device: str | None
    mode: str

    @property
    def can_run(self) -> bool:
        """Whether there is an input that can be brought to the network's size."""
        has_input = self.picture is not None or self.numbers is not None
        return has_input and not self.document.is_input_too_large

    @property
    def others(self) -> np.ndarray | None:
        """What is fed beside the example that is shown, (N − 1, …)."""
        return self.document.subject.others
