"""How a recording's calls are pickled and copied: PyTorch's functions by the names under which they are found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from types import MethodType
from typing import Any

import torch
from torch import nn
from torch.overrides import get_overridable_functions

from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import loss_named
from explorer.engine.errors import EngineError

Function = Callable[..., Any]

_PLACES = ("nn.functional", "", "functional", "Tensor", "special", "fft", "linalg", "nn.init")


class Portable:
    """A function on its way into a pickle; a deep copy takes it as it is."""

    def __init__(self, function: Function) -> None:
        self.function = function

    @property
    def spelled(self) -> str:
        """The name under which it is found again: "torch nn.functional.relu", "loss mse", "identity"; "lost Name" for
        one that is not."""
        function = self.function
        if isinstance(function, Lost):
            return f"lost {function.__name__}"
        if isinstance(function, MethodType) and type(function.__self__) is nn.Identity:
            return "identity"
        if isinstance(function, MethodType) and isinstance(function.__self__, Loss):
            return f"loss {function.__self__.name}"
        path = _path(function)
        return f"torch {path}" if path else f"lost {_name(function)}"

    @classmethod
    def read(cls, spelled: str) -> Portable:
        """The function of that spelling, of a file that anybody may have made: nothing but what works on tensors."""
        home, _, name = spelled.partition(" ")
        if home == "identity":
            return cls(nn.Identity().forward)
        if home == "loss":
            return _loss(name)
        found = attrgetter(name)(torch) if home == "torch" and name in _safe_paths() else None
        return _lost(name) if found is None else cls(found)

    def __deepcopy__(self, memo: dict[int, Any]) -> Portable:
        return self

    def __reduce__(self) -> tuple[Function, tuple[Any, ...]]:
        function = self.function
        if isinstance(function, MethodType) and type(function.__self__) is nn.Identity:
            return Portable, (function,)
        return Portable.read_trusted, (self.spelled,)

    @classmethod
    def read_trusted(cls, spelled: str) -> Portable:
        """The function of that spelling, out of a pickle, which could run code by itself."""
        home, _, name = spelled.partition(" ")
        return cls(attrgetter(name)(torch)) if home == "torch" else cls.read(spelled)


class Lost:
    """Stands for a function that cannot be found by a name: of scripted code, or of a module of a person's own."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise EngineError(f"A recording out of a file does not hold the code of {self.__name__}: record it again.")


def _loss(name: str) -> Portable:
    return Portable(loss_named(name).compute)


def _lost(name: str) -> Portable:
    return Portable(Lost(name))


def _name(function: Function) -> str:
    owner = getattr(function, "__self__", None)
    return type(owner).__name__ if isinstance(owner, nn.Module) else str(getattr(function, "__name__", "a function"))


def _path(function: Function) -> str:
    """Where a function is found from `torch` on: "nn.functional.relu", a property's read "Tensor.T.__get__"; "" where
    nowhere."""
    if getattr(function, "__name__", "") == "__get__":
        name = getattr(getattr(function, "__self__", None), "__name__", "")
        return f"Tensor.{name}.__get__" if name else ""
    path, found = _paths().get(id(function), ("", None))
    return path if found is function else ""


@lru_cache(maxsize=1)
def _safe_paths() -> frozenset[str]:
    """Of the functions that PyTorch lets a tensor take part in, and of what is read of one: none opens a file."""
    by_home = get_overridable_functions()
    functions = {id(function) for functions in by_home.values() for function in functions}
    named = {path for path, function in _paths().values() if id(function) in functions}
    return frozenset(named | {f"Tensor.{name}.__get__" for name in dir(torch.Tensor) if not name.startswith("__")})


@lru_cache(maxsize=1)
def _paths() -> Mapping[int, tuple[str, Function]]:
    """By identity, with the function itself; the first of several places counts."""
    found: dict[int, tuple[str, Function]] = {}
    for place in _PLACES:
        home = attrgetter(place)(torch) if place else torch
        known = ((name, getattr(home, name, None)) for name in dir(home))
        for name, value in ((name, value) for name, value in known if callable(value)):
            found.setdefault(id(value), (f"{place}.{name}" if place else name, value))
    return found
