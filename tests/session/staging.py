"""States as a test wants them, part by part."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from explorer.session import State

WHOLE = ("document", "selection", "training")


def with_parts(state: State, **parts: Any) -> State:
    """`state` with other `parts`: whole slices, or what lies in one, by the names they have there."""
    for name, value in parts.items():
        if name in WHOLE:
            state = replace(state, **{name: value})
            continue
        holder = next(each.name for each in fields(State) if each.name not in WHOLE and _has(state, each.name, name))
        state = replace(state, **{holder: replace(getattr(state, holder), **{name: value})})
    return state


def _has(state: State, slice_name: str, part: str) -> bool:
    slice_ = getattr(state, slice_name)
    return is_dataclass(slice_) and part in {each.name for each in fields(slice_)}
