"""How long a run has been running, and how fast it learns."""

from __future__ import annotations

from collections import deque
from time import monotonic

PACE_WINDOW_S = 2.0


class RunClock:
    """Time spent running, and the pace over the last seconds of learning: those spent judging are left out."""

    def __init__(self) -> None:
        self._before = 0.0
        self._began: float | None = monotonic()
        self._judging_s = 0.0
        self._recent: deque[tuple[float, int]] = deque()

    def start(self) -> None:
        """The run goes on."""
        self._began = monotonic()
        self._recent.clear()

    def stop(self) -> None:
        """The run rests."""
        self._before, self._began = self.seconds, None

    @property
    def seconds(self) -> float:
        """Time spent running, in all, judging included."""
        return self._before + (0.0 if self._began is None else monotonic() - self._began)

    def tick(self, examples: int, at: float, *, judging_s: float = 0.0) -> None:
        """So many examples were seen by `at`, in `monotonic`'s time; `judging_s` of it went by judging since the last.

        What is told only after the run was paused is of no pace.
        """
        if self._began is None or at < self._began:
            return
        self._judging_s += judging_s
        learned_s = at - self._judging_s
        self._recent.append((learned_s, examples))
        while len(self._recent) > 2 and learned_s - self._recent[1][0] > PACE_WINDOW_S:
            self._recent.popleft()

    @property
    def per_second(self) -> float:
        """Examples a second, over the last seconds of learning."""
        if len(self._recent) < 2:
            return 0.0
        (began, before), (ended, after) = self._recent[0], self._recent[-1]
        return (after - before) / max(ended - began, 1e-6)
