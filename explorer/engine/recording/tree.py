"""Tensors inside tuples, lists, dictionaries, slices and dataclasses: what models take and give."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

PLAIN = frozenset({int, float, bool, str, type(None)})  # most of what calls are given; recognized at once


def is_plain(value: Any) -> bool:
    """True for a plain value and for a tuple of them, as a stride is; quick, for a pass asks it hundreds of times."""
    kind = type(value)
    return kind in PLAIN or (kind is tuple and PLAIN.issuperset(map(type, value)))


def map_tree(value: Any, leaf: type | tuple[type, ...], change: Callable[[Any], Any]) -> Any:
    """The same structure with `change` applied to every `leaf` in it; other values are kept as they are."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, leaf):
        return change(value)
    if isinstance(value, (list, tuple)):
        if is_plain(value):
            return value
        items = [item if type(item) in PLAIN else map_tree(item, leaf, change) for item in value]
        return _like(value, items)
    if isinstance(value, dict):
        changed = {key: map_tree(item, leaf, change) for key, item in value.items()}
        return changed if type(value) is dict else _like_dict(value, changed)
    if isinstance(value, slice):
        return slice(*(map_tree(item, leaf, change) for item in (value.start, value.stop, value.step)))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _like_dataclass(value, leaf, change)
    return value


def _like(value: Any, items: list[Any]) -> Any:
    """PyTorch's own structures (sizes, return types) take one sequence, a namedtuple takes its fields."""
    if type(value) in (list, tuple):
        return items if isinstance(value, list) else tuple(items)
    if hasattr(value, "_make"):
        return value._make(items)
    return value if all(old is new for old, new in zip(value, items, strict=True)) else type(value)(items)


def _like_dict(value: dict[Any, Any], changed: dict[Any, Any]) -> Any:
    if all(changed[key] is item for key, item in value.items()):
        return value
    try:
        return type(value)(changed)
    except TypeError:  # a dictionary with a constructor of its own
        return changed


def _like_dataclass(value: Any, leaf: type | tuple[type, ...], change: Callable[[Any], Any]) -> Any:
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
    changed = {name: map_tree(item, leaf, change) for name, item in fields.items()}
    return (
        value if all(changed[name] is item for name, item in fields.items()) else dataclasses.replace(value, **changed)
    )


def leaves(value: Any, leaf: type | tuple[type, ...]) -> list[Any]:
    """Every `leaf` in a structure, in order."""
    if isinstance(value, leaf):
        return [value]
    found: list[Any] = []
    _collect(value, leaf, found)
    return found


def _collect(value: Any, leaf: type | tuple[type, ...], found: list[Any]) -> None:
    if type(value) in PLAIN:
        return
    if isinstance(value, leaf):
        found.append(value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            if type(item) not in PLAIN:
                _collect(item, leaf, found)
    elif isinstance(value, dict):
        for item in value.values():
            _collect(item, leaf, found)
    elif isinstance(value, slice):
        _collect((value.start, value.stop, value.step), leaf, found)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            _collect(getattr(value, field.name), leaf, found)
