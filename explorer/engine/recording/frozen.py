"""A recording that outlasts its model's present weights: what it read of them becomes its own."""

from __future__ import annotations

from collections.abc import Iterable
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_pre_hook

from explorer.engine.recording.kept import Kept, storage_address
from explorer.engine.recording.recording import Recording
from explorer.engine.recording.tree import leaves

# The weights that recordings share with their models, by identity; they live as long as the recording holds them.
_sharing: WeakKeyDictionary[Recording, frozenset[int]] = WeakKeyDictionary()
_lock = RLock()  # one thread may train while another records


def freeze(recording: Recording, tensors: Iterable[Tensor]) -> None:
    """Copy what the recording holds of `tensors`, a model's weights and buffers: they may change from now on."""
    frozen = [*tensors]
    changing = {storage_address(tensor) for tensor in frozen}
    for call in recording.calls:
        for kept in leaves((call.kept_args, call.kept_kwargs, call.kept_output, call.written), Kept):
            if kept.tensor is not None and storage_address(kept.tensor) in changing:
                kept.copy()
    with _lock:
        _share(recording, _sharing.get(recording, frozenset()).difference(map(id, frozen)))


def freeze_before_steps(recording: Recording, weights: Iterable[Tensor]) -> None:
    """Freeze the recording when an optimizer is about to step, whoever calls it: until then it shares `weights`."""
    _share(recording, frozenset(map(id, weights)))


def _share(recording: Recording, weights: frozenset[int]) -> None:
    with _lock:
        if weights:
            _sharing[recording] = weights
        else:
            _sharing.pop(recording, None)


def _before_a_step(optimizer: Optimizer, args: Any, kwargs: Any) -> None:
    if not _sharing:
        return
    stepping = {id(weight): weight for group in optimizer.param_groups for weight in group["params"]}
    with _lock:
        sharing = [*_sharing.items()]
    for recording, shared in sharing:
        touched = shared.intersection(stepping)
        if touched:
            freeze(recording, [stepping[each] for each in touched])


register_optimizer_step_pre_hook(_before_a_step)
