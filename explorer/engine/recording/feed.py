"""What a model is called with: tensors in whatever structure, of which one example of one is looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import signature
from typing import Any

import numpy as np
import torch
from torch import nn

from explorer.engine.arrays import array, dense
from explorer.engine.recording.as_tensors import as_tensors
from explorer.engine.recording.batch_axis import lacks_batch_axis
from explorer.engine.recording.recorder import as_arguments
from explorer.engine.recording.tree import PLAIN, leaves, map_tree
from explorer.network.names import INPUT

Place = tuple[int, int]
"""Which of its tensors, and which example of that."""
BATCH, CHANNELS = "N", "C"


@dataclass(frozen=True, eq=False)
class Feed:
    """What a model is called with, as `record` takes it, and what its tensors are called, in their order.

    `batch_size` examples lie along the first axis of each tensor that has the batch. `layout` names the axes of the
    first tensor, as "NHWC"; "" where its channels come first. What is complex, nested or empty is fed as it is, and is
    none of the tensors that are looked at; `every` has the names of these too. `is_one` tells that one example came,
    without a batch axis.
    """

    given: Any
    names: tuple[str, ...]
    batch_size: int
    layout: str = ""
    is_one: bool = False
    every: tuple[str, ...] = ()
    _shown: dict[Place, np.ndarray[Any, Any]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, given: Any, model: nn.Module, *, names: Sequence[str] = (), layout: str = "") -> Feed:
        """What `given` feeds to `model`: a tensor, an array, a tuple of arguments, or a dictionary of named ones.

        Raises TypeError where nothing in it can be looked at, ValueError for names and axes that do not fit.
        """
        given = as_tensors(dict(given) if isinstance(given, Mapping) else given, model)
        found = [(name, tensor) for name, tensor in _named(given, model) if not why_not_shown(tensor)]
        if not found:
            tensors = [tensor for _, tensor in _named(given, model)]
            raise TypeError(why_not_shown(tensors[0]) if tensors else _no_tensor(given))
        if names and len(names) != len(found):
            raise ValueError(f"The window was given {len(names)} names for {len(found)} inputs.")
        first = found[0][1]
        if layout and not is_layout(layout, first.dim()):
            raise ValueError(
                f"The layout {layout!r} does not name the axes of an input of {first.dim()}: "
                "write a letter for each, N for the batch and C for the channels, as in NHWC."
            )
        every = tuple(name for name, _ in _named(given, model))
        own = tuple(names) or tuple(name for name, _ in found)
        is_one = BATCH not in layout if layout else given is first and lacks_batch_axis(model, first)
        if not is_one:
            return cls(given, own, len(first), layout, every=every)
        given = map_tree(given, torch.Tensor, lambda each: each[None] if each is first else each)
        return cls(given, own, 1, BATCH + layout if layout else "", is_one=True, every=every)

    @property
    def tensors(self) -> list[torch.Tensor]:
        """Those that can be looked at."""
        return [tensor for tensor in _tensors(self.given) if not why_not_shown(tensor)]

    def called(self, looked_at: int) -> dict[int, str]:
        """What each tensor is called while one of them is looked at, which is the input, by its place among them."""
        return {at: f"{INPUT}.{name}" for at, name in enumerate(self.names) if at != looked_at} | {looked_at: INPUT}

    def input_names(self, looked_at: int) -> tuple[str, ...]:
        """The same for `record`, for every tensor that is given; "" for the input."""
        called, names = self.called(looked_at), {}
        for at, tensor in enumerate(self.tensors):
            names[id(tensor)] = "" if at == looked_at else called[at]
        for name, tensor in zip(self.every, _tensors(self.given), strict=True):
            names.setdefault(id(tensor), f"{INPUT}.{name}")
        args = as_arguments(self.given)
        return tuple(names[id(tensor)] for tensor in leaves(args, torch.Tensor))

    def has_batch(self, tensor: torch.Tensor) -> bool:
        """Whether its first axis is the batch."""
        return tensor.dim() > 0 and len(tensor) == self.batch_size

    def numbers(self, place: Place) -> np.ndarray[Any, Any]:
        """One example of a tensor, without the batch axis and with its channels first; always the same array."""
        if place not in self._shown:
            at, example = place
            tensor = self.tensors[at]
            numbers = array(self._example_of(tensor, example))
            self._shown[place] = numbers.transpose(self._order(at)) if self._order(at) else numbers
        return self._shown[place]

    def replaced(self, changes: Mapping[Place, np.ndarray[Any, Any]]) -> Feed:
        """The same with other numbers in the place of some examples.

        Numbers of another size than an example of the only tensor are fed by themselves, as a batch of one.
        """
        own = {place: values for place, values in changes.items() if values is not self._shown.get(place)}
        if not own:
            return self
        alone = next((values for place, values in own.items() if self._is_of_another_size(place, values)), None)
        if alone is not None:
            tensor = self.tensors[0]
            return self._with(tensor, _like(alone, tensor)[None], 1)
        written: dict[int, torch.Tensor] = {}
        for (at, example), values in own.items():
            tensor, order = self.tensors[at], self._order(at)
            numbers = values.transpose(np.argsort(order)) if order else values
            into = written.setdefault(id(tensor), dense(tensor).clone())
            self._example_of(into, example).copy_(_like(numbers, tensor))
        given = map_tree(self.given, torch.Tensor, lambda each: written.get(id(each), each))
        return replace(self, given=given)

    def with_examples(self, examples: Iterable[np.ndarray[Any, Any]]) -> Feed:
        """The same with further examples behind those of its only tensor."""
        tensor, order = self.tensors[0], self._order(0)
        more = [_like(each.transpose(np.argsort(order)) if order else each, tensor)[None] for each in examples]
        if not more or len(self.names) > 1:
            return self
        whole = torch.cat([tensor, *more])
        return self._with(tensor, whole, len(whole))

    def on(self, device: torch.device) -> Feed:
        """A copy on a device, which a model may write into."""
        copies: dict[int, torch.Tensor] = {}  # what stands at two places is one tensor there too

        def copied(tensor: torch.Tensor) -> torch.Tensor:
            return copies.setdefault(id(tensor), tensor.detach().to(device, copy=True))

        return replace(self, given=map_tree(self.given, torch.Tensor, copied))

    def _with(self, tensor: torch.Tensor, other: torch.Tensor, batch_size: int) -> Feed:
        """The same with another tensor in the place of one of its own."""
        given = map_tree(self.given, torch.Tensor, lambda each: other if each is tensor else each)
        return replace(self, given=given, batch_size=batch_size)

    def _example_of(self, tensor: torch.Tensor, example: int) -> torch.Tensor:
        """A view of it that has an axis: of one number for each example it is a row of one."""
        if not self.has_batch(tensor):
            return tensor
        return tensor[example] if tensor.dim() > 1 else tensor[example : example + 1]

    def _is_of_another_size(self, place: Place, values: np.ndarray[Any, Any]) -> bool:
        return len(self.names) == 1 and values.shape != self.numbers(place).shape

    def _order(self, at: int) -> tuple[int, ...]:
        """The axes of an example of a tensor with its channels first; () where they are."""
        own = self.layout.replace(BATCH, "") if at == 0 else ""
        place = own.find(CHANNELS)
        return () if place < 1 else (place, *(axis for axis in range(len(own)) if axis != place))


def is_layout(layout: str, axes: int) -> bool:
    """Whether it has a letter for each of so many axes, the batch first where it has one."""
    return len(layout) == axes == len(set(layout)) and layout.isupper() and layout.find(BATCH) < 1


def why_not_shown(tensor: torch.Tensor) -> str:
    """Why a tensor cannot be looked at, in a sentence; "" where it can."""
    if tensor.is_nested:
        return "The window feeds a model a tensor of one shape, not a nested one: pad it."
    if tensor.is_complex():
        return "The window feeds a model real numbers, not complex ones: wrap the model (view_as_complex)."
    if tensor.is_meta:
        return "The window feeds a model numbers, but a tensor on the meta device has none."
    if tensor.dim() == 0 or tensor.numel() == 0:
        return f"The window shows an example of a batch, but a tensor of {tuple(tensor.shape)} has none."
    return ""


def _no_tensor(given: Any) -> str:
    return f"The window feeds a model tensors, but there are none in this {type(given).__name__}."


def _like(values: np.ndarray[Any, Any], tensor: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(np.array(values)).to(tensor.device, tensor.dtype)


def _tensors(value: Any) -> list[torch.Tensor]:
    """Each once, though it may stand at several places."""
    return list({id(tensor): tensor for _, tensor in _walk("", value)}.values())


def _named(given: Any, model: nn.Module) -> list[tuple[str, torch.Tensor]]:
    """Its tensors, each with the name of the argument, entry or field that it is."""
    if isinstance(given, dict):
        pairs = [(str(name), value) for name, value in given.items()]
    elif type(given) in (tuple, list):
        known = _arguments(model)
        pairs = [(known[at] if at < len(known) else str(at), value) for at, value in enumerate(given)]
    else:
        pairs = [(next(iter(_arguments(model)), "input"), given)]
    found: dict[int, tuple[str, torch.Tensor]] = {}
    for name, value in pairs:
        for path, tensor in _walk(name, value):
            found.setdefault(id(tensor), (path, tensor))
    return list(found.values())


def _walk(name: str, value: Any) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield name, value
    elif type(value) not in PLAIN:
        for part, item in _parts(value):
            yield from _walk(f"{name}.{part}" if name else part, item)


def _parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(str(key), item) for key, item in value.items()]
    if hasattr(value, "_asdict"):
        return list(value._asdict().items())
    if isinstance(value, (list, tuple)):
        return [(str(at), item) for at, item in enumerate(value)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(each.name, getattr(value, each.name)) for each in dataclasses.fields(value)]
    return []


def _arguments(model: nn.Module) -> list[str]:
    """What the model's forward calls its arguments; nothing where it does not say."""
    try:
        parameters = signature(model.forward).parameters.values()
    except (TypeError, ValueError):
        return []
    return [each.name for each in parameters if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
