"""Weights that wait for their layer: undoing a removal brings the trained ones back."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from torch import Tensor

from explorer.engine.weights import State

BANK_BYTES = 512 * 1024**2

Signature = tuple[tuple[str, tuple[int, ...]], ...]


class WeightBank:
    """Weights of layers that are not in the model at the moment, by layer id and shapes.

    Undoing a removal brings the trained weights back from here. The oldest are given up beyond `limit_bytes`.
    """

    def __init__(self, limit_bytes: int = BANK_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._states: OrderedDict[tuple[int, Signature], State] = OrderedDict()
        self._bytes = 0

    def put(self, layer_id: int, state: Mapping[str, Tensor]) -> None:
        if not state:
            return
        key = (layer_id, _signature(state))
        self._forget(key)
        self._states[key] = dict(state)
        self._bytes += _bytes(state)
        while self._bytes > self._limit_bytes:
            self._forget(next(iter(self._states)))

    def take(self, layer_id: int, expected: Mapping[str, Tensor]) -> State | None:
        """The weights last seen for a layer in these shapes."""
        return self._states.get((layer_id, _signature(expected)))

    def latest(self, layer_id: int) -> State:
        """The weights last seen for a layer in any shapes; empty if there were none."""
        return next((state for key, state in reversed(self._states.items()) if key[0] == layer_id), {})

    def _forget(self, key: tuple[int, Signature]) -> None:
        state = self._states.pop(key, None)
        self._bytes -= _bytes(state) if state else 0


def _signature(state: Mapping[str, Tensor]) -> Signature:
    return tuple(sorted((name, tuple(tensor.shape)) for name, tensor in state.items()))


def _bytes(state: Mapping[str, Tensor]) -> int:
    return sum(tensor.nbytes for tensor in state.values())


def of_layer(state: Mapping[str, Tensor], name: str) -> State:
    """The weights of one layer out of those of a network, under their names in the layer."""
    prefix = f"{name}."
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
