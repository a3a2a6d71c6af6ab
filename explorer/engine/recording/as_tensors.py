"""What a model is given, with arrays of numpy's as tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from explorer.engine.errors import EngineError
from explorer.engine.recording.tree import leaves, map_tree


def as_tensors(given: Any, model: nn.Module) -> Any:
    """The same with arrays as tensors: fractions in the type of the model's weights, other numbers as they are.

    Raises EngineError for an array of anything but numbers.
    """
    if not leaves(given, np.ndarray):
        return given
    own = next((weight.dtype for weight in model.parameters() if weight.is_floating_point()), torch.float32)

    def tensor(numbers: np.ndarray[Any, Any]) -> torch.Tensor:
        if numbers.dtype.kind not in "biufc":
            raise EngineError(f"A model takes numbers, but this array is of the type {numbers.dtype}.")
        made = torch.from_numpy(np.array(numbers))
        return made.to(own) if made.is_floating_point() else made

    return map_tree(given, np.ndarray, tensor)
