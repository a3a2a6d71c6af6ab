"""Names and modules that are imported when they are first asked for, since what they bring along takes time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of `package`: `homes` says of each name which module it lives in, or is."""

    def asked_for(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(home)
        return module if home == f"{package}.{name}" else getattr(module, name)

    return asked_for


class LateModule:
    """Stands for the module `name`, imported when something of it is first used.

    For what runs again and again, in every step of a run, say: an import in a function takes 15 µs each time, even
    where the module is already there.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, wanted: str) -> Any:
        found = getattr(import_module(self._name), wanted)
        setattr(self, wanted, found)
        return found
