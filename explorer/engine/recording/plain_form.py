"""Values of a recording in JSON and tensors, and back: a closed list of kinds, so that reading a file runs no code."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from explorer.engine.arrays import dense
from explorer.engine.errors import OutOfMemoryError, RecordError
from explorer.engine.random_state import RandomState
from explorer.engine.recording.call import Call
from explorer.engine.recording.kept import Kept
from explorer.engine.recording.pickled import Portable
from explorer.engine.recording.tree import PLAIN
from explorer.engine.recording.update import Update

_ERRORS = (RecordError, OutOfMemoryError)


class _Simple(NamedTuple):
    """A kind of value that one JSON value stands for."""

    kind: type
    written: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _of_torch(kind: type) -> Callable[[str], Any]:
    def found(name: str) -> Any:
        value = getattr(torch, name, None)
        if not isinstance(value, kind):
            raise ValueError(f"{name} is no {kind.__name__}")
        return value

    return found


def _name(value: Any) -> str:
    return str(value).removeprefix("torch.")


_SIMPLE = {
    "complex": _Simple(complex, lambda value: [value.real, value.imag], lambda parts: complex(*parts)),
    "dtype": _Simple(torch.dtype, _name, _of_torch(torch.dtype)),
    "layout": _Simple(torch.layout, _name, _of_torch(torch.layout)),
    "memory_format": _Simple(torch.memory_format, _name, _of_torch(torch.memory_format)),
    "device": _Simple(torch.device, str, torch.device),
    "ellipsis": _Simple(type(...), lambda value: None, lambda nothing: ...),
    "range": _Simple(range, lambda value: [value.start, value.stop, value.step], lambda parts: range(*parts)),
    "size": _Simple(torch.Size, list, torch.Size),
    "function": _Simple(Portable, lambda value: value.spelled, Portable.read),
}


class Writer:
    """Makes values plain. Tensors, calls and what is kept of tensors are written once, wherever they stand."""

    def __init__(self) -> None:
        self.tensors: dict[str, torch.Tensor] = {}
        self.tables: dict[str, list[Any]] = {"calls": [], "kept": []}
        self._places: dict[int, tuple[Any, int]] = {}  # by identity, with what stands there: identities are used again

    def written(self, value: Any) -> Any:
        if type(value) in PLAIN:
            return value
        if type(value) is list:
            return [self.written(item) for item in value]
        for name, simple in _SIMPLE.items():
            if isinstance(value, simple.kind):
                return {name: simple.written(value)}
        return self._with_parts(value)

    def _with_parts(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor):
            return {"tensor": self._tensor(value)}
        if isinstance(value, Kept):
            return {"kept": self._row("kept", value, value.__getstate__)}
        if isinstance(value, Call):
            return {"calls": self._row("calls", value, value.__getstate__)}
        if isinstance(value, slice):
            return {"slice": self.written([value.start, value.stop, value.step])}
        if isinstance(value, (Update, RandomState)):
            return {type(value).__name__: self._fields(value)}
        if isinstance(value, RecordError):
            told = [type(value).__name__, str(value), value.call, value.input_shapes, value.details]
            return {"error": self.written(told)}
        return self._container(value)

    def _container(self, value: Any) -> Any:
        if isinstance(value, tuple) and hasattr(value, "_asdict"):
            return {"named": [type(value).__name__, self.written(dict(value._asdict()))]}
        if isinstance(value, (tuple, list)):
            return {"tuple": [self.written(item) for item in value]}
        if isinstance(value, Mapping):
            return {"dict": [[self.written(key), self.written(item)] for key, item in value.items()]}
        if is_dataclass(value) and not isinstance(value, type):
            return self._fields(value)
        number = next((kind for kind in (bool, int, float, str) if isinstance(value, kind)), None)
        if number is not None:  # one with a class of its own
            return number(value)
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufc":
            return self.written(value.tolist())
        return repr(value)  # what no call can be worked out again with: a generator of random numbers, a module

    def _fields(self, value: Any) -> Any:
        return self.written({each.name: getattr(value, each.name) for each in fields(value)})

    def _row(self, table: str, value: Any, state: Callable[[], Mapping[str, Any]]) -> int:
        known = self._places.get(id(value))
        if known is not None:
            return known[1]
        rows = self.tables[table]
        self._places[id(value)] = (value, len(rows))
        rows.append(None)
        place = len(rows) - 1
        rows[place] = {name: self.written(item) for name, item in state().items()}
        return place

    def _tensor(self, tensor: torch.Tensor) -> Any:
        """Its name among the tensors, and what a file does not say of it."""
        known = self._places.get(id(tensor))
        place = len(self.tensors) if known is None else known[1]
        if known is None:
            self._places[id(tensor)] = (tensor, place)
            self.tensors[str(place)] = _laid_out(tensor)
        return [place, tensor.is_complex(), tensor.requires_grad]


class Reader:
    """Makes of plain values what they were. Raises ValueError, KeyError and the like for what no Writer wrote."""

    def __init__(self, tensors: Mapping[str, torch.Tensor], tables: Mapping[str, list[Any]]) -> None:
        self._tensors = tensors
        self._made: dict[tuple[int, bool], torch.Tensor] = {}
        self._calls = [Call.__new__(Call) for _ in tables["calls"]]
        self._kept = [Kept.__new__(Kept) for _ in tables["kept"]]
        self._kinds: dict[str, Callable[[Any], Any]] = {
            "tensor": self._tensor,
            "calls": self._calls.__getitem__,
            "kept": self._kept.__getitem__,
            "slice": lambda parts: slice(*self.read(parts)),
            "Update": lambda plain: Update(**self.read(plain)),
            "RandomState": lambda plain: RandomState(**self.read(plain)),
            "error": self._error,
            "named": self._named,
            "tuple": lambda items: tuple(self.read(items)),
            "dict": lambda pairs: {self.read(key): self.read(item) for key, item in pairs},
        }
        for kept, state in zip(self._kept, tables["kept"], strict=True):
            kept.__setstate__({name: self.read(item) for name, item in state.items()})
        for call, state in zip(self._calls, tables["calls"], strict=True):
            call.__setstate__({name: self.read(item) for name, item in state.items()})

    def read(self, plain: Any) -> Any:
        if isinstance(plain, list):
            return [self.read(item) for item in plain]
        if not isinstance(plain, dict):
            return plain
        ((kind, inside),) = plain.items()
        if kind in _SIMPLE:
            return _SIMPLE[kind].read(inside)
        return self._kinds[kind](inside)

    def _tensor(self, told: list[Any]) -> torch.Tensor:
        place, is_complex, requires_grad = told
        if (place, requires_grad) not in self._made:
            found = self._tensors[str(place)]
            whole = torch.view_as_complex(found) if is_complex else found
            self._made[place, requires_grad] = whole.requires_grad_() if requires_grad else whole
        return self._made[place, requires_grad]

    def _error(self, told: list[Any]) -> RecordError:
        name, message, call, shapes, details = self.read(told)
        kind = next(kind for kind in _ERRORS if kind.__name__ == name)
        return kind.again(message, call=call, input_shapes=shapes, details=details)

    def _named(self, parts: list[Any]) -> Any:
        name, items = parts[0], self.read(parts[1])
        return namedtuple(name, list(items))(**items)


def _laid_out(tensor: torch.Tensor) -> torch.Tensor:
    """The numbers as a file holds them: all of them, one after the other, on the CPU, complex ones as pairs."""
    plain = dense(tensor)
    if plain.is_complex():
        plain = torch.view_as_real(plain.resolve_conj())
    return plain.resolve_neg().to("cpu", copy=True).contiguous()
