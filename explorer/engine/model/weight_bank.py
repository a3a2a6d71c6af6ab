"""Weights that wait for their layer: undoing a removal brings the trained ones back."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from explorer.amounts import memory_text
from explorer.engine.model.weights import State

BANK_BYTES = 512 * 1024**2

Signature = tuple[tuple[str, tuple[int, ...]], ...]
Key = tuple[int, Signature]


class WeightBank:
    """Weights of layers that are not in the model at the moment, by layer id and shapes.

    Undoing a removal brings the trained weights back from here. Beyond `limit_bytes` the oldest of those that only undo
    needs are given up, and `take_notes` tells of it; never those that are to be shown next, nor those that were shown
    last: one change can be taken back whatever memory its weights take.
    """

    def __init__(self, limit_bytes: int = BANK_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._states: OrderedDict[Key, State] = OrderedDict()
        self._given_up: set[Key] = set()
        self._came: frozenset[int] = frozenset()
        self._left: frozenset[int] = frozenset()
        self._held_back: frozenset[int] = frozenset()
        self._notes: list[str] = []
        self._anew: tuple[str, ...] = ()
        self._missed: tuple[str, ...] = ()

    def put(self, state: Mapping[str, Tensor], names: Sequence[str], layer_ids: Sequence[int]) -> None:
        """Weights that came for layers of these names, under these ids, to be shown next."""
        self._came = frozenset(layer_ids)
        for layer_id, name in zip(layer_ids, names, strict=True):
            self._put(layer_id, of_layer(state, name))

    def deposit(self, model: nn.Module, layer_ids: Sequence[int], *, as_copies: bool = False) -> None:
        """The weights that a model had until now; copies if it goes on to be used."""
        self._left = frozenset(layer_ids)
        for layer_id, module in zip(layer_ids, model.children(), strict=False):
            state = module.state_dict()
            self._put(layer_id, {name: value.clone() for name, value in state.items()} if as_copies else state)

    def keep(self, model: nn.Module, layer_ids: Sequence[int]) -> None:
        """The weights of a model that was never shown, and is used no more, as far as the limit goes."""
        for layer_id, module in zip(layer_ids, model.children(), strict=False):
            self._put(layer_id, module.state_dict())

    def fill(self, model: nn.Module, names: Sequence[str], layer_ids: Sequence[int]) -> None:
        """Bring the weights last seen for each layer, in the same shapes, into a model that is shown from now on."""
        found, missed, anew = [], [], []
        known = {layer_id for layer_id, _ in self._states}
        for layer_id, name, module in zip(layer_ids, names, model.children(), strict=False):
            expected = module.state_dict()
            key = (layer_id, _signature(expected))
            if key in self._states:
                module.load_state_dict(self._states[key])
                found.append(key)
            elif key in self._given_up:
                missed.append(name)
            elif expected and layer_id in known:
                anew.append(name)
        self._anew, self._missed = tuple(anew), tuple(missed)
        for key in found:  # all of them are in the model by now
            del self._states[key]
        self._came = frozenset()
        if missed:
            self._notes.append(f"Fresh weights were made for {', '.join(missed)}: the old ones were no longer kept.")

    def hold_back(self, layer_ids: Sequence[int]) -> None:
        """Give up nothing of these layers until others are held back."""
        self._held_back = frozenset(layer_ids)

    @property
    def missed(self) -> tuple[str, ...]:
        """The layers that the last `fill` left with fresh weights, as theirs were given up."""
        return self._missed

    def latest(self, layer_id: int) -> State:
        """The weights last seen for a layer in any shapes; empty if there were none."""
        return next((state for key, state in reversed(self._states.items()) if key[0] == layer_id), {})

    def give_up(self, shown: Sequence[int]) -> None:
        """Let the oldest go beyond the limit, but none of the layers that are `shown`."""
        needed = self._came.union(self._left, self._held_back, shown)
        others = [key for key in self._states if key[0] not in needed]
        too_many = sum(_bytes(self._states[key]) for key in others) - self._limit_bytes
        if too_many <= 0:
            return
        for key in others:
            too_many -= _bytes(self._states.pop(key))
            self._given_up.add(key)
            if too_many <= 0:
                break
        self._notes.append(
            f"Undo keeps {memory_text(self._limit_bytes)} of weights: "
            "the oldest were given up; layers that come back from there get fresh ones."
        )

    def take_anew(self) -> tuple[str, ...]:
        """The layers that the last `fill` left with fresh weights, as theirs had other shapes; told once."""
        anew, self._anew = self._anew, ()
        return anew

    def take_notes(self) -> str:
        """What has happened since this was last asked for, in sentences; "" where there is nothing to tell."""
        notes, self._notes = self._notes, []
        return " ".join(dict.fromkeys(notes))

    def _put(self, layer_id: int, state: State) -> None:
        if state:
            key = (layer_id, _signature(state))
            self._states.pop(key, None)
            self._states[key] = state
            self._given_up.discard(key)


def _signature(state: Mapping[str, Tensor]) -> Signature:
    return tuple(sorted((name, tuple(tensor.shape)) for name, tensor in state.items()))


def _bytes(state: Mapping[str, Tensor]) -> int:
    return sum(tensor.nbytes for tensor in state.values())


def of_layer(state: Mapping[str, Tensor], name: str) -> State:
    """The weights of one layer out of those of a network, under their names in the layer."""
    prefix = f"{name}."
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
