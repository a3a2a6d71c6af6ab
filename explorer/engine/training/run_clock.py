"""How long a run has been running, how fast it learns, and how long it will still take."""

from __future__ import annotations

from collections import deque
from time import monotonic

PACE_WINDOW_S = 2.0
JUDGED_AS_LEARNED = 1 / 3
"""How long judging takes, as a share of learning, until it is measured: a forward pass without the way back."""


class RunClock:
    """Time spent running, the pace over the last seconds of learning, and what is left.

    Both tell learning from judging, which takes its time at the end of an epoch alone.
    judged: how many examples are judged at the end of each epoch.
    """

    def __init__(self, *, epochs: int = 1, judged: int = 0) -> None:
        self._epochs, self._judged = epochs, judged
        self._before = 0.0
        self._began: float | None = monotonic()
        self._judging_s = 0.0
        self._judgings = 0
        self._recent: deque[tuple[float, int]] = deque()
        self._last: tuple[float, int] | None = None  # when the last step since the run went on was done, and examples
        self._learned_s, self._learned = 0.0, 0  # over all steps but the first, which waits for what torch loads late

    def start(self) -> None:
        """The run goes on."""
        self._began = monotonic()
        self._recent.clear()
        self._last = None

    def stop(self) -> None:
        """The run rests."""
        self._before, self._began = self.seconds, None

    @property
    def seconds(self) -> float:
        """Time spent running, in all, judging included."""
        return self._before + (0.0 if self._began is None else monotonic() - self._began)

    def tick(self, examples: int, at: float, *, judging_s: float = 0.0) -> None:
        """`examples` were seen by `at`, in `monotonic`'s time; `judging_s` of the time since the last went to judging.

        What is told only after the run was paused does not count for the pace.
        """
        if self._began is None or at < self._began:
            return
        self._judging_s += judging_s
        self._judgings += judging_s > 0
        learned_s = at - self._judging_s
        if self._last is not None:
            self._learned_s += learned_s - self._last[0]
            self._learned += examples - self._last[1]
        self._last = learned_s, examples
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

    def seconds_left(self, examples: int, progress: float) -> float | None:
        """How long the run will still take once `examples` were seen, the share `progress` of all; None before that
        can be told."""
        if not self._learned or progress <= 0:
            return None
        in_all = examples / progress
        an_example_s = self._learned_s / self._learned
        a_judging_s = self._judging_s / self._judgings if self._judgings else self._estimated_judging_s(an_example_s)
        judgings = self._epochs - int(self._epochs * progress + 1e-9)
        return (in_all - examples) * an_example_s + judgings * a_judging_s

    def _estimated_judging_s(self, an_example_s: float) -> float:
        return self._judged * an_example_s * JUDGED_AS_LEARNED
