"""Whether what a model is given has a batch axis: PyTorch's convolutions and pools take one example without it too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import torch
from torch import nn

from explorer.engine.errors import EngineError
from explorer.engine.recording.recorder import record

_LINEAR = "linear"
_OVER_SPACE = re.compile(r".*(?:[Cc]onv|[Cc]onv_?[Tt]ranspose|[Pp]ool)([123])d")


def lacks_batch_axis(model: nn.Module, x: torch.Tensor) -> bool:
    """Whether the model takes `x` as one example without a batch axis.

    A model that adds an axis itself takes as many axes and is no such case, so the first layer over space is looked
    at as it runs, in a pass that leaves the model as found; for a row of numbers the first linear layer.
    """
    if not isinstance(model, nn.Module):
        return False
    names = [type(module).__name__ for module in model.modules()]
    if x.dim() != 1 and not any(x.dim() == axes for axes in _without_batch(names)):
        return False
    try:
        with torch.no_grad():
            calls = record(model, x).calls
    except EngineError:
        return False
    if x.dim() == 1:
        shapes = (call.input_shapes[0] for call in calls if call.kind == _LINEAR)
        return len(next(shapes, ())) == 1
    over_space = ((call.input_shapes[0], _OVER_SPACE.fullmatch(call.kind)) for call in calls if call.input_shapes)
    return next((len(shape) == x.dim() == int(found[1]) + 1 for shape, found in over_space if found), False)


def _without_batch(names: Iterable[str]) -> Iterator[int]:
    """How many axes an example has for each of the layers over space: channels, and one for each dimension."""
    return (int(found[1]) + 1 for found in map(_OVER_SPACE.fullmatch, names) if found)
