"""How one parameter was changed by an optimizer's step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from explorer.engine.errors import shape_text
from explorer.engine.recording.call import Call


@dataclass(frozen=True, eq=False, repr=False)
class Update:
    """How the optimizer changed one parameter. Tensors are copies; `state` is what the optimizer keeps of it, by name.

    `call` is the first that read the parameter. `arrived` is the gradient of this step, `kept` that of the steps before
    where it was kept, else None; `clipped` is what their sum was multiplied by to shorten it, and `gradient` is what
    came of that, which the optimizer read.
    """

    parameter: str
    call: Call
    before: torch.Tensor
    after: torch.Tensor
    gradient: torch.Tensor
    optimizer: str
    settings: Mapping[str, Any]
    state_before: Mapping[str, Any]
    state_after: Mapping[str, Any]
    clipped: float = 1.0
    arrived: torch.Tensor | None = None
    kept: torch.Tensor | None = None

    def __repr__(self) -> str:
        return f"<Update of {self.parameter} ({shape_text(tuple(self.after.shape))}) by {self.optimizer}>"
