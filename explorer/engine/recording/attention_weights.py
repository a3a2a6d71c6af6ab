"""How much each query of an attention took of each key, where PyTorch's own function keeps that to itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from explorer.engine.recording.call import Call

MOST_CELLS = 4_000_000
"""Weights of one call; more are not worked out: they take four bytes each, and as long as the call itself."""


@torch.no_grad()
def attention_weights(call: Call, example: int = 0) -> Tensor | None:
    """(heads, queries, keys) of one example; None of a call that is no attention, was given what is no longer kept, or
    has more than `MOST_CELLS`."""
    worked_out = _WORKED_OUT.get(call.kind)
    if worked_out is None:
        return None
    try:
        found = worked_out(call.arguments, example)
    except (RuntimeError, TypeError, ValueError, AttributeError):
        return None  # a call that has its output can do without them
    return found


def _scaled_dot_product(given: Mapping[str, Any], example: int) -> Tensor | None:
    """softmax(scale · query · keyᵀ + mask), of query (…, heads, L, E) and key (…, heads, S, E)."""
    query, key = (_of_example(given[name], example) for name in ("query", "key"))
    if given.get("enable_gqa"):
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    if query.shape[:-1].numel() * key.shape[-2] > MOST_CELLS:
        return None
    scale = given.get("scale")
    scores = query @ key.transpose(-2, -1) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if given.get("is_causal"):
        scores = scores.masked_fill(~torch.ones_like(scores, dtype=torch.bool).tril(), -torch.inf)
    mask = given.get("attn_mask")
    if mask is not None:
        own = _of_example(mask, example) if mask.dim() == 4 and len(mask) > 1 else mask
        scores = scores.masked_fill(~own, -torch.inf) if own.dtype is torch.bool else scores + own
    return _as_heads(torch.softmax(scores, -1).nan_to_num())


def _multi_head(given: Mapping[str, Any], example: int) -> Tensor | None:
    """What the function itself gives where it is asked for the weights, of query (L, N, E) and key (S, N, E)."""
    query, key, heads = given["query"], given["key"], given["num_heads"]
    if query.dim() == 3 and heads * query.shape[0] * key.shape[0] > MOST_CELLS:
        return None
    asked = {**given, "need_weights": True, "average_attn_weights": False, "training": False}
    _, found = functional.multi_head_attention_forward(**asked)
    assert found is not None
    return _as_heads(found[example] if found.dim() == 4 else found)


def _of_example(tensor: Tensor, example: int) -> Tensor:
    return tensor[example if len(tensor) > 1 else 0] if tensor.dim() == 4 else tensor


def _as_heads(weights: Tensor) -> Tensor:
    return weights.reshape(-1, *weights.shape[-2:])


_WORKED_OUT: Mapping[str, Callable[[Mapping[str, Any], int], Tensor | None]] = {
    "scaled_dot_product_attention": _scaled_dot_product,
    "multi_head_attention_forward": _multi_head,
}
