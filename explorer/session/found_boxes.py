"""What a detector found: boxes in the picture that it was fed, each with a class and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_BOXES = 200


@dataclass(frozen=True, eq=False)
class FoundBoxes:
    """`boxes` (n, 4) are left, top, right and bottom in pixels of the input, the surest first; `labels` (n,) and
    `scores` (n,) are None where the model gives none. `names` are those of the classes."""

    boxes: np.ndarray
    labels: np.ndarray | None
    scores: np.ndarray | None
    names: Sequence[str]

    @classmethod
    def of(
        cls, boxes: np.ndarray, labels: np.ndarray | None, scores: np.ndarray | None, names: Sequence[str]
    ) -> FoundBoxes:
        """The surest ones of very many, in that order; as they were given where nobody says how sure it is."""
        order = np.arange(len(boxes)) if scores is None else np.argsort(-np.nan_to_num(scores), kind="stable")
        order = order[:MOST_BOXES]
        taken = [None if each is None else each[order] for each in (labels, scores)]
        return cls(boxes[order].astype(np.float32), taken[0], taken[1], names)

    def kind(self, at: int) -> int:
        """Which class a box is of; 0 where the model tells none."""
        return 0 if self.labels is None else int(self.labels[at])

    def name(self, at: int) -> str:
        """What a box is called: its class by name where it has one, else by its number."""
        if self.labels is None:
            return f"box {at}"
        kind = self.kind(at)
        return self.names[kind] if 0 <= kind < len(self.names) else f"class {kind}"
