"""Times of calls: by the clock on the CPU, by events on an accelerator, which goes on working after a call returned."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch


class Clock:
    """`now` before and after a call, `add` both, `seconds` of all when everything is done."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._uses_events = device.type in ("cuda", "xpu")
        self._times: list[tuple[Any, Any]] = []
        self.now: Callable[[], Any] = self._event if self._uses_events else perf_counter

    def add(self, start: Any, stop: Any) -> None:
        self._times.append((start, stop))

    def _event(self) -> Any:
        event = torch.Event(self._device, enable_timing=True)
        event.record()
        return event

    def seconds(self) -> tuple[float, ...]:
        if not self._uses_events:
            return tuple(stop - start for start, stop in self._times)
        torch.accelerator.synchronize(self._device)
        return tuple(start.elapsed_time(stop) / 1000 for start, stop in self._times)
