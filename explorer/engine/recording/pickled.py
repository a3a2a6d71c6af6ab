"""How a recording's calls are pickled and copied: PyTorch's functions by the names under which they are found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import attrgetter
from types import MethodType
from typing import Any

import torch
from torch import nn

from explorer.arithmetic.loss import Loss
from explorer.arithmetic.losses import loss_named
from explorer.engine.errors import EngineError

Function = Callable[..., Any]

_PLACES = ("nn.functional", "", "functional", "Tensor", "special", "fft", "linalg", "nn.init")


class Portable:
    """A function on its way into a pickle; a deep copy takes it as it is."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def __deepcopy__(self, memo: dict[int, Any]) -> Portable:
        return self

    def __reduce__(self) -> tuple[Function, tuple[Any, ...]]:
        function = self.function
        if isinstance(function, MethodType) and type(function.__self__) is nn.Identity:
            return Portable, (function,)
        if isinstance(function, MethodType) and isinstance(function.__self__, Loss):
            return _loss, (function.__self__.name,)
        path = _path(function)
        return (_of_torch, (path,)) if path else (_lost, (_name(function),))


class Lost:
    """Stands for a function that cannot be found by a name: of scripted code, or of a module of a person's own."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise EngineError(f"A recording out of a file does not hold the code of {self.__name__}: record it again.")


def _of_torch(path: str) -> Portable:
    return Portable(attrgetter(path)(torch))


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
def _paths() -> Mapping[int, tuple[str, Function]]:
    """By identity, with the function itself; the first of several places counts."""
    found: dict[int, tuple[str, Function]] = {}
    for place in _PLACES:
        home = attrgetter(place)(torch) if place else torch
        known = ((name, getattr(home, name, None)) for name in dir(home))
        for name, value in ((name, value) for name, value in known if callable(value)):
            found.setdefault(id(value), (f"{place}.{name}" if place else name, value))
    return found
