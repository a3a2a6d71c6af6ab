"""The rows that padding made, as PyTorch's transformer encoder gives them in evaluation without gradients: zeros.

There it runs on nested tensors, which hold no padding and which no map can show; while a pass is watched it takes the
way of training, whose numbers differ in these rows alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

Forward = Callable[..., Any]


@contextmanager
def zeros_for_padding(modules: Iterable[nn.Module]) -> Iterator[list[nn.Module]]:
    """While it lasts each encoder among `modules` leaves zeros where its own way of evaluation does.

    Gives those of them that are running so.
    """
    running: list[nn.Module] = []
    encoders = [module for module in modules if isinstance(module, nn.TransformerEncoder) and _is_plain(module)]
    for encoder in encoders:
        encoder.__dict__["forward"] = partial(_run, running, encoder, encoder.forward)
    try:
        yield running
    finally:
        for encoder in encoders:
            del encoder.__dict__["forward"]


def _is_plain(module: nn.TransformerEncoder) -> bool:
    return type(module).forward is nn.TransformerEncoder.forward and "forward" not in module.__dict__


def _run(
    running: list[nn.Module], encoder: nn.TransformerEncoder, forward: Forward, src: Tensor, *args: Any, **kwargs: Any
) -> Any:
    mask, padding = _masks(*args, **kwargs)
    with torch._C.DisableTorchFunction():
        is_nested = mask is None and padding is not None and _would_be_nested(encoder, src, padding)
    if padding is None or not is_nested:
        return forward(src, *args, **kwargs)
    last = encoder.layers[-1]
    own = last.__dict__["forward"]  # the forward of whoever watches
    last.__dict__["forward"] = partial(_without_padding, own, padding)
    running.append(encoder)
    try:
        return forward(src, *args, **kwargs)
    finally:
        running.remove(encoder)
        last.__dict__["forward"] = own


def _masks(
    mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None, is_causal: bool | None = None
) -> tuple[Tensor | None, Tensor | None]:
    return mask, src_key_padding_mask


def _without_padding(forward: Forward, padding: Tensor, *args: Any, **kwargs: Any) -> Any:
    """In a mask of numbers those that are not 0 are padding."""
    where = padding if padding.dtype is torch.bool else padding.ne(0)
    return forward(*args, **kwargs).masked_fill(where.unsqueeze(-1), 0.0)


def _would_be_nested(encoder: nn.TransformerEncoder, src: Tensor, padding: Tensor) -> bool:
    """The conditions of PyTorch's own `forward`, without a watch."""
    if not (torch.backends.mha.get_fastpath_enabled() and getattr(encoder, "use_nested_tensor", False)):
        return False
    if encoder.layers[0].training or src.dim() != 3 or src.is_nested or torch.is_autocast_enabled():
        return False
    kept = padding.logical_not() if padding.dtype is torch.bool else padding.eq(0)
    if getattr(encoder, "mask_check", True) and not torch._nested_tensor_from_mask_left_aligned(src, kept):
        return False
    learned = (src, *encoder.layers[0].parameters())
    return not (torch.is_grad_enabled() and any(tensor.requires_grad for tensor in learned))
