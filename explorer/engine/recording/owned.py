"""The weights and buffers of modules that a call was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from explorer.engine.recording.kept import Kept
from explorer.engine.recording.tree import leaves

if TYPE_CHECKING:
    from explorer.engine.recording.call import Call

MOST_NUMBERS = 4_000_000
"""Of one tensor; larger ones are tables of words and the like, whose copy would take longer than the pass."""


def owned_tensors(call: Call) -> dict[str, Tensor]:
    """By their dotted names in the model; without what a call made, what the model was given, and very large ones."""
    found: dict[str, Tensor] = {}
    for kept in leaves((call.kept_args, call.kept_kwargs), Kept):
        is_owned = bool(kept.owner) and call.maker_of(kept) is None
        if is_owned and kept.tensor is not None and kept.tensor.numel() <= MOST_NUMBERS:
            found[kept.owner] = kept.tensor
    return found
