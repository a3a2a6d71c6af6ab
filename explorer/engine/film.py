"""The film of a run: what the probe looked like at some steps, kept within a bound of memory. No torch."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

Content = TypeVar("Content")

BUDGET_BYTES = 256 * 1024**2


@dataclass(frozen=True, eq=False)
class Frame(Generic[Content]):
    """What was seen after `step`; `size` in bytes."""

    step: int
    content: Content
    size: int


class Film(Generic[Content]):
    """Frames in the order of their steps, evenly spread over the run however long it gets.

    Where the budget is used up every second frame goes, and later ones are taken half as often. The first and the
    newest stay, even if they alone are too large.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._frames: list[Frame[Content]] = []
        self._spacing = 0

    @property
    def frames(self) -> tuple[Frame[Content], ...]:
        return tuple(self._frames)

    @property
    def bytes(self) -> int:
        return sum(frame.size for frame in self._frames)

    def add(self, step: int, content: Content, size: int) -> None:
        """Keep what was seen after `step`; frames of this step and later ones are from before a rewind and go."""
        self.cut(step)
        frames = self._frames
        if len(frames) > 2 and frames[-1].step - frames[-2].step < self._spacing:
            frames.pop()  # it was only the newest
        frames.append(Frame(step, content, size))
        while len(self._frames) > 2 and self.bytes > self._budget:
            self._thin()

    def at(self, step: int) -> Frame[Content] | None:
        """The last frame up to `step`, or the first one there is."""
        if not self._frames:
            return None
        index = bisect_right(self._frames, step, key=lambda frame: frame.step)
        return self._frames[max(0, index - 1)]

    def cut(self, step: int) -> None:
        """Forget `step` and what came after it."""
        while self._frames and self._frames[-1].step >= step:
            self._frames.pop()

    def _thin(self) -> None:
        kept = self._frames[:-1:2]
        self._frames[:] = [*kept, self._frames[-1]]
        gaps = [later.step - earlier.step for earlier, later in pairwise(kept)]
        self._spacing = max([self._spacing, *(gaps[-1:])])
