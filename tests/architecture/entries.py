"""Adds an entry to one of the program's tables for the length of a test, as if it had been written there."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from explorer.arithmetic.operations import operation_for


@contextmanager
def listed(table: tuple[Any, ...], entry: Any, *, instead_of: Container[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """`table` with `entry` at its end, under every name that a module of the program has for it.

    What a module makes of the table while it is imported does not follow: a table is asked, not copied.
    """
    changed = (*(each for each in table if each not in instead_of), entry)
    _put(table, changed)
    try:
        yield changed
    finally:
        _put(changed, table)


def _put(old: tuple[Any, ...], new: tuple[Any, ...]) -> None:
    """Also in modules that were imported for the first time meanwhile."""
    for module in _modules():
        for name, value in list(vars(module).items()):
            if value is old:
                setattr(module, name, new)
    operation_for.cache_clear()


def _modules() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name.split(".")[0] == "explorer"]
