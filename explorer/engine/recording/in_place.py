"""When a call that writes into its input may run as one that makes a new tensor, which spares a copy of the input."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

import torch

from explorer.engine.recording.kept import is_alone
from explorer.engine.recording.tree import PLAIN, is_plain, leaves, map_tree

_STRUCTURES = frozenset({list, dict, tuple})


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


class Replaced:
    """Tensors whose change in place was made out of place, each with the tensor that holds its value now.

    A model may go on with either name of it: whatever it passes to a call or gives back is exchanged.
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[torch.Tensor], torch.Tensor]] = {}

    def put(self, old: torch.Tensor, new: torch.Tensor) -> None:
        key, entries = id(old), self._entries
        entries[key] = (weakref.ref(old, lambda _: entries.pop(key, None)), new)

    def has_any_of(self, values: Iterable[Any]) -> bool:
        """A quick look, since hardly any call asks for one; also True for structures that hold other tensors."""
        entries = self._entries
        if not entries:
            return False
        for value in values:
            kind = type(value)
            if kind in PLAIN:
                continue
            if id(value) in entries or (kind in _STRUCTURES and not is_plain(value) and leaves(value, torch.Tensor)):
                return True
        return False

    def current(self, value: Any) -> Any:
        """The value with every replaced tensor in it exchanged."""
        return map_tree(value, torch.Tensor, self._current) if self._entries else value

    def _current(self, tensor: torch.Tensor) -> torch.Tensor:
        entry = self._entries.get(id(tensor))
        return tensor if entry is None or entry[0]() is not tensor else self._current(entry[1])

    def clear(self) -> None:
        self._entries.clear()
