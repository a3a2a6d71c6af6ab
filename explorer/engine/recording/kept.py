"""The tensors of a recording: which call made each, how many bytes they take, and what to give up when too many."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Mapping
from math import prod
from types import MappingProxyType
from typing import Any

import torch

from explorer.engine.errors import EngineError
from explorer.engine.recording.tree import leaves, map_tree

INPUT = -1  # the maker of what the model was given
NESTED = (
    "A nested tensor holds examples of different sizes, which no map can show: "
    "give the model one example, or a padded batch (torch.nested.to_padded_tensor)."
)
META = (
    "A tensor on the meta device has a shape but no numbers, which no map can show: "
    "leave it on the device of the input."
)
NOBODY = -2  # the maker of weights, constants and whatever came about unseen
CHANGED = -1  # the version of a tensor that was written into since it was recorded


class Storage:
    """A piece of memory and everything recorded in it; `counted` once its bytes are in the budget."""

    __slots__ = ("bytes", "counted", "foreign", "kept")

    def __init__(self, size: int, *, foreign: bool) -> None:
        self.bytes = size
        self.counted = False
        self.foreign = foreign  # a weight's, an input's or a constant's
        self.kept: list[Kept] = []


class Kept:
    """One tensor of a recording, or the memory of one that was dropped."""

    __slots__ = (
        "_numbers",
        "alias_of",
        "alive",
        "dtype",
        "maker",
        "origin",
        "owner",
        "requires_grad",
        "shape",
        "tensor",
        "version",
    )

    def __init__(self, tensor: torch.Tensor, maker: int) -> None:
        if tensor.is_nested:
            raise EngineError(NESTED)
        if tensor.is_meta:
            raise EngineError(META)
        self.tensor: torch.Tensor | None = tensor
        self.alive: weakref.ref[torch.Tensor] | None = None  # set when the tensor is dropped
        self.alias_of: Kept | None = None  # whose numbers it has, under another name that no call gave
        self.maker = maker  # index of the call it last came out of
        self.origin = maker  # index of the call that first made it
        self.owner = ""  # the path of the weight or buffer that it is, or the name of an input beside the first
        self.shape = tuple(tensor.shape)
        self.dtype = tensor.dtype
        self.requires_grad = tensor.requires_grad
        self.version = version_of(tensor)
        self._numbers: tuple[torch.Tensor, torch.Tensor] | None = None

    def was_written(self) -> None:
        """A write is part of what it stands for now: zeros that a gradient was written into require one, and an axis
        may have been added."""
        if self.tensor is not None:
            self.shape = tuple(self.tensor.shape)
            self.version = version_of(self.tensor)
            self.requires_grad = self.tensor.requires_grad

    def copy(self) -> None:
        """Copy the present numbers, so that nothing written into the recorded tensor changes them."""
        if self.tensor is not None:
            is_unchanged = self.version == version_of(self.tensor)
            self.tensor = self.tensor.detach().clone()
            self.version = version_of(self.tensor) if is_unchanged else CHANGED

    @property
    def bytes(self) -> int:
        """Bytes of the numbers themselves, whether or not their memory is shared."""
        return prod(self.shape) * self.dtype.itemsize

    @property
    def numbers(self) -> torch.Tensor | None:
        """The tensor as it is read, without the way back: always the same object; None for one that was dropped."""
        if self.tensor is None or not self.tensor.requires_grad:
            return self.tensor
        if self._numbers is None or self._numbers[0] is not self.tensor:
            self._numbers = (self.tensor, self.tensor.detach())
        return self._numbers[1]

    @property
    def read_as(self) -> tuple[torch.Tensor, ...]:
        """The objects that stand for it; none for one that was dropped."""
        numbers = self.numbers
        return () if self.tensor is None or numbers is None else (self.tensor, numbers)

    def let_go_of_history(self) -> None:
        """Keep the same numbers, which count their changes as before, but nothing of what they were made from."""
        # A view may come by a history late, and must not be asked for it where its base was written into since.
        if self.tensor is not None and (self.tensor._is_view() or not self.tensor.is_leaf):
            self.tensor = _alone(self.tensor)

    def __getstate__(self) -> dict[str, Any]:
        """A copied tensor has no way back and begins to count its changes anew, and nobody holds what was dropped.

        Whether it requires a gradient stays: PyTorch runs some functions differently where one is required.
        """
        is_unchanged = self.tensor is None or self.version == version_of(self.tensor)
        state = {name: getattr(self, name) for name in self.__slots__} | {"alive": None, "_numbers": None}
        tensor = None if self.tensor is None else _alone(self.tensor)
        return state | {"tensor": tensor, "version": None if is_unchanged else CHANGED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)
        if self.tensor is not None and self.version is None:
            self.version = version_of(self.tensor)

    def is_of(self, tensor: torch.Tensor) -> bool:
        return self.tensor is tensor or (self.tensor is None and self.alive is not None and self.alive() is tensor)


def _alone(tensor: torch.Tensor) -> torch.Tensor:
    """The same numbers without what they were made from; whether they require a gradient stays."""
    return tensor.detach().requires_grad_() if tensor.requires_grad else tensor


def version_of(tensor: torch.Tensor) -> int | None:
    """How often a tensor was written into; None where PyTorch does not count, as in inference mode."""
    try:
        return tensor._version
    except RuntimeError:
        return None


def storage_address(tensor: torch.Tensor) -> int:
    """Where a tensor's numbers lie: equal for all views of the same numbers. Unique as long as both are alive."""
    return _memory_of(tensor)[0]


def _memory_of(tensor: torch.Tensor) -> tuple[int, int]:
    """Address and bytes of the whole memory that a tensor is a view of."""
    try:
        storage = tensor.untyped_storage()
        return storage.data_ptr() or -id(tensor), storage.nbytes()
    except (NotImplementedError, RuntimeError):  # sparse tensors and functional wrappers have none
        return -id(tensor), tensor.numel() * tensor.element_size()


_NOT_COUNTED = Storage(0, foreign=True)


class Shelf:
    """All tensors of a recording, found by identity and by the memory they share, within a budget in bytes.

    Only what calls made is counted and dropped: weights and inputs belong to the model and to whoever called it.
    """

    def __init__(
        self,
        budget_bytes: int,
        addresses: Mapping[int, int] = MappingProxyType({}),
        paths: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        """`addresses`: where the model's own tensors lie, by identity. They are many, and seldom written into.

        `paths`: what they are called, by identity.
        """
        self.budget_bytes = budget_bytes
        self._addresses = addresses
        self._paths = paths
        self._foreign = frozenset(addresses.values())
        self.bytes = 0
        self._by_identity: dict[int, Kept] = {}
        self._by_storage: dict[int, Storage] = {}

    def find(self, tensor: torch.Tensor) -> Kept | None:
        kept = self._by_identity.get(id(tensor))
        return kept if kept is not None and (kept.tensor is tensor or kept.is_of(tensor)) else None

    def keep(self, tensor: torch.Tensor, maker: int) -> Kept:
        """Puts a tensor on the shelf under the call that made it; one that passes through a call unchanged is moved."""
        kept = self.find(tensor)
        if kept is not None:
            kept.maker = maker
            return kept
        kept, storage = self._add(tensor, maker)
        if maker >= 0:
            self._count(storage)
        return kept

    def read(self, tensor: torch.Tensor) -> Kept:
        """A tensor that a call takes; one that came about unseen is put on the shelf as nobody's."""
        return self.find(tensor) or self._add(tensor, NOBODY)[0]

    def keep_alias(self, tensor: torch.Tensor, source: torch.Tensor) -> None:
        """The numbers of `source` under another name, as `x.data` gives them; zeros_like(x) gives other numbers."""
        known = self.find(source)
        if known is None or known.maker < 0 or self.find(tensor) is not None:
            return
        if storage_address(tensor) == storage_address(source) and tensor.shape == source.shape:
            kept = self.read(tensor)
            kept.maker, kept.alias_of = known.maker, known

    @property
    def owned(self) -> list[torch.Tensor]:
        """The model's own tensors among those recorded."""
        kept = (kept.tensor for kept in self._by_identity.values())
        return [tensor for tensor in kept if tensor is not None and id(tensor) in self._addresses]

    def copy_all_of(self, tensors: Iterable[torch.Tensor]) -> None:
        """Copy what is recorded of the memory of some of the model's own tensors."""
        addresses = {self._addresses[id(tensor)] for tensor in tensors}
        for kept in self._by_identity.values() if addresses else ():
            if kept.tensor is not None and self._address_of(kept.tensor) in addresses:
                kept.copy()

    def _address_of(self, tensor: torch.Tensor) -> int:
        return self._addresses.get(id(tensor)) or storage_address(tensor)

    def let_go_of_histories(self, outputs: Any) -> Any:
        """What was recorded stays, and the graph that a gradient would flow back through goes; gives `outputs`, what
        the model gave, as they are read from now on."""
        found = {id(tensor): self.find(tensor) for tensor in leaves(outputs, torch.Tensor)}
        for kept in self._by_identity.values():
            kept.let_go_of_history()
        return map_tree(outputs, torch.Tensor, lambda tensor: _read(tensor, found[id(tensor)]))

    def _add(self, tensor: torch.Tensor, maker: int) -> tuple[Kept, Storage]:
        kept = self._by_identity[id(tensor)] = Kept(tensor, maker)
        if id(tensor) in self._addresses:
            kept.owner = self._paths.get(id(tensor), "")
            return kept, _NOT_COUNTED
        address, size = _memory_of(tensor)
        storage = self._by_storage.get(address)
        if storage is None:
            storage = self._by_storage[address] = Storage(size, foreign=address in self._foreign)
        storage.kept.append(kept)
        storage.foreign = storage.foreign or maker < 0
        return kept, storage

    def _count(self, storage: Storage) -> None:
        if storage.counted or storage.foreign:
            return  # a view of something counted before, or of a weight or an input
        storage.counted = True
        self.bytes += storage.bytes
        while self.bytes > self.budget_bytes and self._drop_largest():
            pass

    def _drop_largest(self) -> bool:
        counted = [(storage.bytes, address) for address, storage in self._by_storage.items() if storage.counted]
        if not counted:
            return False
        size, address = max(counted)
        for kept in self._by_storage.pop(address).kept:
            if kept.tensor is not None:
                kept.alive = weakref.ref(kept.tensor)
                kept.tensor = None
        self.bytes -= size
        return size > 0

    def preserve(self, tensor: torch.Tensor, writer: int) -> list[Kept]:
        """Called before `writer` writes into a tensor: what was recorded of its memory moves to a copy.

        Returns the live tensors, the written one and its views, which are known from here on as the writer's.
        """
        address = storage_address(tensor)
        storage = self._by_storage.pop(address, None)
        recorded = [*(storage.kept if storage else ()), *self._owned_at(address)]
        live = [kept.tensor for kept in recorded if kept.tensor is not None] + self._dropped_at(address)
        self._move_to_copy(recorded, storage or Storage(0, foreign=True))
        for alias in live:
            self._by_identity.pop(id(alias), None)
        written = [self._add(alias, writer) for alias in live]
        has_other_views = any(alias is not tensor for alias in live)  # no call alone could work those out again
        if live and writer >= 0 and not has_other_views and all(kept.origin >= 0 for kept in recorded):
            self._count(written[0][1])
        return [kept for kept, _ in written]

    def _dropped_at(self, address: int) -> list[torch.Tensor]:
        """Tensors that the recording gave up but the model still holds, in the memory at an address."""
        alive = (kept.alive() for kept in self._by_identity.values() if kept.tensor is None and kept.alive is not None)
        return [tensor for tensor in alive if tensor is not None and storage_address(tensor) == address]

    def _owned_at(self, address: int) -> list[Kept]:
        """The model's own tensors among those recorded, in the memory at an address."""
        if address not in self._foreign:
            return []
        owned = (kept for kept in self._by_identity.values() if kept.tensor is not None)
        return [kept for kept in owned if self._addresses.get(id(kept.tensor)) == address]

    def _move_to_copy(self, recorded: list[Kept], storage: Storage) -> None:
        copies: list[torch.Tensor] = []
        for kept in recorded:
            if kept.tensor is not None:
                kept.tensor = _copied(kept.tensor, copies)
                kept.version = version_of(kept.tensor)
        for whole in copies:
            self._by_storage[storage_address(whole)] = storage


def _read(tensor: torch.Tensor, kept: Kept | None) -> torch.Tensor:
    numbers = None if kept is None else kept.numbers
    return tensor.detach() if numbers is None else numbers


def _copied(tensor: torch.Tensor, copies: list[torch.Tensor]) -> torch.Tensor:
    """The same view into a copy of the memory, which is made once for all views."""
    plain = tensor.detach()
    if plain.is_conj() or plain.is_neg():
        return plain.clone()
    try:
        if not copies:
            memory = plain.untyped_storage().clone()  # type: ignore[no-untyped-call]
            copies.append(plain.new_empty(0).set_(memory))
        return plain.new_empty(0).set_(copies[0].untyped_storage(), plain.storage_offset(), plain.shape, plain.stride())
    except (NotImplementedError, RuntimeError):
        return plain.clone()


def is_alone(tensor: torch.Tensor) -> bool:
    """True if no other tensor, seen or unseen, shares this one's memory."""
    try:
        return _holders(tensor) == _HOLDERS_WHEN_ALONE
    except (AttributeError, NotImplementedError, RuntimeError):  # not in this PyTorch, or no such memory
        return False


def _holders(tensor: torch.Tensor) -> int:
    return int(torch._C._storage_Use_Count(tensor.untyped_storage()._cdata))


try:
    _HOLDERS_WHEN_ALONE = _holders(torch.empty(1))
except AttributeError:  # a private function: without it every in-place call costs a copy, nothing else changes
    _HOLDERS_WHEN_ALONE = -1
