"""How long a run has been running, and how fast it goes."""

from __future__ import annotations

from collections import deque
from time import monotonic

PACE_WINDOW_S = 2.0


class RunClock:
    """Time spent running, and the pace over the last seconds."""

    def __init__(self) -> None:
        self._before = 0.0
        self._began: float | None = monotonic()
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
        """Time spent running, in all."""
        return self._before + (0.0 if self._began is None else monotonic() - self._began)

    def tick(self, examples: int) -> None:
        """So many examples were seen by now."""
        now = monotonic()
        self._recent.append((now, examples))
        while len(self._recent) > 2 and now - self._recent[1][0] > PACE_WINDOW_S:
            self._recent.popleft()

    @property
    def per_second(self) -> float:
        """Examples a second, over the last seconds."""
        if len(self._recent) < 2:
            return 0.0
        (began, before), (ended, after) = self._recent[0], self._recent[-1]
        return (after - before) / max(ended - began, 1e-6)
