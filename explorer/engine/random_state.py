"""The random numbers of PyTorch, NumPy and Python, saved and put back."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch


@dataclass(frozen=True)
class RandomState:
    """Where every generator stood; `restore` makes the same numbers come again."""

    cpu: torch.Tensor
    devices: tuple[torch.Tensor, ...]
    python: Any = None
    numpy: Any = None

    @classmethod
    def of_torch(cls) -> RandomState:
        return cls(torch.get_rng_state(), _device_states())

    @classmethod
    def of_everything(cls) -> RandomState:
        return cls(torch.get_rng_state(), _device_states(), random.getstate(), np.random.get_state())

    def restore(self) -> None:
        torch.set_rng_state(self.cpu)
        for index, state in enumerate(self.devices):
            _accelerator().set_rng_state(state, index)
        if self.python is not None:
            random.setstate(self.python)
            np.random.set_state(self.numpy)


def _device_states() -> tuple[torch.Tensor, ...]:
    """One state for each device; none on a machine without an accelerator, or where it was not used yet."""
    accelerator = _accelerator()
    if accelerator is None or not getattr(accelerator, "is_initialized", lambda: True)():
        return ()
    return tuple(accelerator.get_rng_state(index) for index in range(torch.accelerator.device_count()))


def _accelerator() -> Any:
    device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return None if device is None else torch.get_device_module(device)
