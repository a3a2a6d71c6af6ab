"""When a call that writes into its input may run as one that makes a new tensor, which spares a copy of the input."""

from __future__ import annotations

from typing import Any

import torch

from explorer.engine.kept import is_alone


def may_run_out_of_place(target: torch.Tensor) -> bool:
    """Only where nothing else sees the memory, and PyTorch would have allowed the write."""
    if target.is_leaf and target.requires_grad and torch.is_grad_enabled():
        return False
    if target.is_inference() and not torch.is_inference_mode_enabled():
        return False
    return is_alone(target)


def keeps_its_type(target: torch.Tensor, args: tuple[Any, ...]) -> bool:
    """Whether target + other has the type and shape of target, as target += other always has."""
    others = [other for other in args[1:] if isinstance(other, (torch.Tensor, int, float, complex))]
    return target.is_floating_point() and all(
        torch.result_type(target, other) == target.dtype and _fits(other, target) for other in others
    )


def _fits(other: torch.Tensor | complex, target: torch.Tensor) -> bool:
    """Whether `other` broadcasts to the shape of target."""
    if not isinstance(other, torch.Tensor):
        return True
    sizes = zip(reversed(other.shape), reversed(target.shape), strict=False)
    return other.dim() <= target.dim() and all(size in (1, whole) for size, whole in sizes)
