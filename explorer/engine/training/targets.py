"""What a network should give: from a class, numbers or nothing at all to the target that a loss takes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from explorer.amounts import plural
from explorer.arithmetic.loss import Loss
from explorer.engine.errors import EngineError

Wanted = int | tuple[float, ...] | None
"""A class index, the numbers of an output, or None for what suggests itself."""


def as_numbers(classes: torch.Tensor, outputs: torch.Tensor) -> torch.Tensor:
    """Class numbers (n,) as numbers of the outputs' shape (n, …): a 1 at the class and zeros at the others.

    A single neuron should give the class itself, 0 or 1.
    """
    if outputs[0].numel() == 1:
        return classes.to(outputs.dtype).view(outputs.shape)
    return functional.one_hot(classes, outputs.shape[1]).to(outputs.dtype).view(outputs.shape)


def smoothed(classes: torch.Tensor, outputs: torch.Tensor, smoothing: float) -> torch.Tensor:
    """Class numbers (n,) as the probabilities (n, classes) that the cross entropy with label smoothing compares with.

    Each class gets its part of `smoothing`, and the right one the rest as well (Szegedy et al., arXiv:1512.00567).
    """
    return as_numbers(classes, outputs) * (1 - smoothing) + smoothing / outputs.shape[1]


def target_for(loss: Loss, outputs: torch.Tensor, wanted: Sequence[Wanted]) -> torch.Tensor:
    """The target of a batch: (N,) class indices or numbers of the outputs' shape, one entry of `wanted` an example.

    Where nothing is wanted a target suggests itself: the class the network finds most likely, for plain numbers a 1
    at the first output and zeros at the others, for maps zeros everywhere.
    Raises EngineError with a sentence if something wanted does not fit the outputs.
    """
    _check_examples(outputs, len(wanted))
    if loss.targets == "classes" and all(not isinstance(entry, tuple) for entry in wanted):
        classes = [_class(row, entry) for row, entry in zip(outputs, wanted, strict=True)]
        return torch.tensor(classes, device=outputs.device)
    rows = [_numbers(loss, row, entry) for row, entry in zip(outputs, wanted, strict=True)]
    return torch.stack(rows).to(outputs.device)


def _check_examples(outputs: torch.Tensor, examples: int) -> None:
    found = len(outputs) if outputs.dim() else 0
    if found != examples:
        given = f"an output of shape {tuple(outputs.shape)}" if found else "a single number"
        raise EngineError(f"A loss compares the output of each example of the batch, but the model gives {given}.")


def _class(row: torch.Tensor, wanted: Wanted) -> int:
    if row.dim() != 1:
        raise EngineError(f"Classes need one number a class, but the output is {tuple(row.shape)}.")
    return int(row.argmax()) if wanted is None else _inside(row, wanted)


def _inside(row: torch.Tensor, wanted: Wanted) -> int:
    assert isinstance(wanted, int)
    if not 0 <= wanted < row.numel():
        raise EngineError(
            f"There is no class {wanted}: the network has {plural(row.numel(), 'output')}, counted from 0."
        )
    return wanted


def _numbers(loss: Loss, row: torch.Tensor, wanted: Wanted) -> torch.Tensor:
    if isinstance(wanted, tuple):
        if len(wanted) != row.numel():
            raise EngineError(f"The target has {plural(len(wanted), 'number')}, but the network gives {row.numel()}.")
        return torch.tensor(wanted, dtype=row.dtype).reshape(row.shape)
    if row.dim() != 1:
        return torch.zeros(row.shape, dtype=row.dtype)
    number = _suggested(loss, row) if wanted is None else wanted if row.numel() == 1 else _inside(row, wanted)
    return as_numbers(torch.tensor([number]), row.unsqueeze(0))[0]


def _suggested(loss: Loss, row: torch.Tensor) -> int:
    """What the network says; for plain numbers a 1 at the only neuron, or at the first of several."""
    if row.numel() == 1:
        return int(row.item() > loss.threshold) if loss.targets == "probabilities" else 1
    return 0 if loss.targets == "numbers" else int(row.argmax())
