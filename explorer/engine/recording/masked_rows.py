"""Rows of an attention whose every column is masked: PyTorch has no one answer for them.

Asked for no weights it leaves zeros there; its faster way, which it takes in evaluation without gradients and never
while a pass is watched, leaves NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor


def may_differ(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    """Whether a call is such an attention, whose rows on record are zeros and may be NaN without the watch."""
    if function is not F.multi_head_attention_forward or kwargs.get("need_weights", True) or kwargs.get("training"):
        return False
    is_learning = torch.is_grad_enabled() and any(
        isinstance(each, Tensor) and each.requires_grad for each in (*args, *kwargs.values())
    )
    heads = args[4] if len(args) > 4 else kwargs["num_heads"]
    return not is_learning and _masks_a_row(kwargs.get("attn_mask"), kwargs.get("key_padding_mask"), heads)


def _masks_a_row(mask: Tensor | None, padding: Tensor | None, heads: int) -> bool:
    """`mask` is (L, S) or (N · heads, L, S), `padding` (N, S) or (S,); both of booleans, or of numbers with −∞."""
    with torch._C.DisableTorchFunction():
        masked = torch.zeros((), dtype=torch.bool) if mask is None else _masked(mask)
        if padding is not None:
            padded = _masked(padding).unsqueeze(-2)
            masked = masked | (padded.repeat_interleave(heads, 0) if masked.dim() == 3 else padded)
        return masked.dim() > 0 and bool(masked.all(-1).any())


def _masked(mask: Tensor) -> Tensor:
    return mask if mask.dtype is torch.bool else mask.isneginf()
