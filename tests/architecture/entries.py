"""Adds an entry to one of the program's tables for the length of a test, as if it had been written there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from explorer.arithmetic.operations import operation_for


@contextmanager
def listed(table: tuple[Any, ...], entry: Any) -> Iterator[tuple[Any, ...]]:
    """`table` with `entry` at its end, under every name that a module of the program has for it.

    What a module makes of the table while it is imported does not follow: a table is asked, not copied.
    """
    longer = (*table, entry)
    _put(table, longer)
    try:
        yield longer
    finally:
        _put(longer, table)


def _put(old: tuple[Any, ...], new: tuple[Any, ...]) -> None:
    """Also in modules that were imported for the first time meanwhile."""
    for module in _modules():
        for name, value in list(vars(module).items()):
            if value is old:
                setattr(module, name, new)
    operation_for.cache_clear()


def _modules() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name.split(".")[0] == "explorer"]
