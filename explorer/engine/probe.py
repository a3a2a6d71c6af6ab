"""The probe: one picture kept while a network learns, passed through it now and then to see what became of it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from torch import nn

from explorer.engine.health import Pace
from explorer.engine.recorder import record
from explorer.engine.recording import Recording

PER_SECOND = 15
SHARE = 0.08
"""Of the run's time, so that with what showing takes it stays below a tenth."""


def probe(
    model: nn.Module,
    x: Any,
    *,
    target: Any = None,
    loss: str | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Recording:
    """What `model` makes of the probe `x` between two steps of its run: a recording in evaluation mode.

    With a `target` and a `loss` by name also the gradients of every call and parameter. The run goes on as if nobody
    had looked: mode, averages, gradients and random numbers are left as found.
    """
    return record(model, x, target=target, loss=loss, should_stop=should_stop, train=False)


class Probe:
    """A probe with its pace: `look` between any two steps, and get a recording when it is time for one."""

    def __init__(
        self,
        x: Any,
        *,
        target: Any = None,
        loss: str | None = None,
        per_second: float = PER_SECOND,
        share: float = SHARE,
    ) -> None:
        self.x, self.target, self.loss = x, target, loss
        self.pace = Pace(per_second, share)
        self._began = 0.0

    def look(self, model: nn.Module, *, at_once: bool = False) -> Recording | None:
        """A recording, or None where the last is too recent or cost too much. `at_once` does not ask for the time.

        What is done with the recording counts too, if `shown` is called after it.
        """
        if not at_once and not self.pace.is_due():
            return None
        self._began = monotonic()
        recording = probe(model, self.x, target=self.target, loss=self.loss)
        self.pace.took(self._began)
        return recording

    def shown(self) -> None:
        """The recording's maps are copied out now; the time that took belongs to the probe."""
        self.pace.took(self._began)
