"""A recording that outlasts its model's present weights: what it read of them becomes its own."""

from __future__ import annotations

from collections.abc import Iterable

from torch import Tensor

from explorer.engine.recording.kept import Kept, storage_address
from explorer.engine.recording.recording import Recording
from explorer.engine.recording.tree import leaves


def freeze(recording: Recording, tensors: Iterable[Tensor]) -> None:
    """Copy what the recording holds of `tensors`, a model's weights and buffers: they may change from now on."""
    changing = {storage_address(tensor) for tensor in tensors}
    for call in recording.calls:
        for kept in leaves((call.kept_args, call.kept_kwargs, call.kept_output, call.written), Kept):
            if kept.tensor is not None and storage_address(kept.tensor) in changing:
                kept.copy()
