"""Whether what a model is given has a batch axis: PyTorch's convolutions and pools take one example without it too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import torch
from torch import nn

from explorer.engine.errors import EngineError
from explorer.engine.recording.recorder import record

_OVER_SPACE = re.compile(r".*(?:[Cc]onv|[Cc]onv_?[Tt]ranspose|[Pp]ool)([123])d")


def lacks_batch_axis(model: nn.Module, x: torch.Tensor) -> bool:
    """Whether the model takes `x` as one example without a batch axis.

    A model that adds an axis itself takes as many axes and is no such case, so the first layer over space is looked
    at as it runs, in a pass that leaves the model as found.
    """
    if not isinstance(model, nn.Module):
        return False
    if not any(x.dim() == axes for axes in _without_batch(type(module).__name__ for module in model.modules())):
        return False
    try:
        with torch.no_grad():
            calls = record(model, x).calls
    except EngineError:
        return False
    over_space = ((call.input_shapes[0], _OVER_SPACE.fullmatch(call.kind)) for call in calls if call.input_shapes)
    return next((len(shape) == x.dim() == int(found[1]) + 1 for shape, found in over_space if found), False)


def _without_batch(names: Iterable[str]) -> Iterator[int]:
    """How many axes an example has for each of the layers over space: channels, and one for each dimension."""
    return (int(found[1]) + 1 for found in map(_OVER_SPACE.fullmatch, names) if found)
