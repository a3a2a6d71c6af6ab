"""What a network of two inputs says over a part of the plane: the picture of its decisions."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.arithmetic.losses import loss_named
from explorer.engine.random_state import RandomState
from explorer.engine.training.certainty import class_probabilities
from explorer.engine.training.examples import Scaled
from explorer.engine.training.metrics import device_of, dtype_of, evaluating

POINTS_AT_ONCE = 8192


def outputs_over(
    model: nn.Module, fed: Scaled, area: tuple[float, float, float, float], *, columns: int, rows: int
) -> Tensor:
    """What `model` gives at the middles of `rows` × `columns` equal cells of `area` (left, right, bottom, top).

    fed: how points are brought to what the network is fed, as in training.
    Returns (rows, columns, outputs) float32 on the CPU, the lowest row first. The model runs in evaluation mode and is
    left as found: modes, weights and random numbers.
    """
    points = plane_points(area, columns=columns, rows=rows)
    device, dtype = device_of(model), dtype_of(model)
    outside = RandomState.of_torch()
    try:
        with evaluating(model), torch.no_grad():
            parts = [
                model(fed.prepared(part.to(device)).to(dtype)).flatten(1).float().cpu()
                for part in torch.split(points, POINTS_AT_ONCE)
            ]
    finally:
        outside.restore()
    return torch.cat(parts).view(rows, columns, -1)


def plane_points(area: tuple[float, float, float, float], *, columns: int, rows: int) -> Tensor:
    """The middles (rows · columns, 2) of the cells of `area`, row after row from below."""
    left, right, bottom, top = area
    x = left + (torch.arange(columns) + 0.5) * ((right - left) / columns)
    y = bottom + (torch.arange(rows) + 0.5) * ((top - bottom) / rows)
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1).reshape(-1, 2)


def class_shares(outputs: Tensor, *, loss: str, last_kind: str) -> Tensor:
    """What the network gives each class, from its outputs (…, K), or (…, 1) for the second of two; the sum is 1.

    Read as training reads them: the largest share belongs to the class that it would count as guessed.
    loss: the name of the loss that it learns with; last_kind: of its last layer, "sigmoid", "softmax" or another.
    """
    shares = class_probabilities(outputs, loss_named(loss).reads, last_kind=last_kind)
    # Where no class got anything, all get the same.
    return (shares + 1e-9) / (shares + 1e-9).sum(-1, keepdim=True)
