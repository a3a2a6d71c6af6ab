"""Recorded calls that run again: to bring back what was dropped, to draw the same random numbers."""

from __future__ import annotations

from typing import Any

import torch

from explorer.engine.errors import EngineError
from explorer.engine.random_state import RandomState
from explorer.engine.recording.call import Call
from explorer.engine.recording.kept import Kept, version_of
from explorer.engine.recording.tree import leaves, map_tree


class Recomputation:
    """Runs dropped calls again, from the nearest tensors that were kept. Each runs at most once."""

    def __init__(self, calls: tuple[Call, ...]) -> None:
        self._calls = calls
        self._found: dict[int, torch.Tensor] = {}  # by id of the Kept

    def output(self, call: Call) -> Any:
        if call.is_dropped:
            self._run(call)
        return map_tree(call.kept_output, Kept, self.tensor)

    def given(self, call: Call) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What a call was given by position and by name."""
        args, kwargs = map_tree((call.kept_args, call.kept_kwargs), Kept, self.tensor)
        return args, kwargs

    def tensor(self, kept: Kept) -> torch.Tensor:
        if kept.tensor is not None:
            if kept.version != version_of(kept.tensor):
                raise EngineError("This cannot be worked out again: a weight or an input was changed since.")
            return kept.tensor
        if kept.alias_of is not None:
            return self.tensor(kept.alias_of).detach()
        if id(kept) not in self._found:
            if not 0 <= kept.origin < len(self._calls):
                raise EngineError("This cannot be worked out: what it was made from was dropped to save memory.")
            self._run(self._calls[kept.origin])
        return self._found[id(kept)]

    def _run(self, call: Call) -> None:
        args, kwargs = self.given(call)
        if call.written:
            args, kwargs = map_tree((args, kwargs), torch.Tensor, torch.clone)
        kept = leaves(call.kept_output, Kept)
        try:
            output = rerun(call, args, kwargs)
        except RuntimeError as error:  # a gradient taken inside the model, whose graph is gone
            reason = str(error).strip().split("\n")[0].rstrip(".")
            raise EngineError(f"{call.name} cannot be worked out again: {reason}.") from error
        for place, tensor in zip(kept, leaves(output, torch.Tensor), strict=True):
            self._found.setdefault(id(place), tensor)


def rerun(call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a call gives on other tensors, with the random numbers it had."""
    if call.random_state is None:
        output = call.function(*args, **kwargs)
    else:
        output = _with_random_numbers_of(call, args, kwargs)
    return args[0] if output is None else output  # x[0] = 1 returns nothing, what it made is x


def _with_random_numbers_of(call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    assert call.random_state is not None
    now = RandomState.of_torch()
    call.random_state.restore()
    try:
        return call.function(*args, **kwargs)
    finally:
        now.restore()


def dropout_mask(call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> torch.Tensor | None:
    """True where a dropout in training kept a cell: those that pass when all inputs are 1. None for other calls.

    The output alone does not tell: an input of 0 stays 0, kept or dropped.
    """
    if call.random_state is None or call.kind not in _DROPOUTS:
        return None
    ones = map_tree((args, kwargs), torch.Tensor, torch.ones_like)
    came_through: torch.Tensor = rerun(call, *ones) != 0
    return came_through


_DROPOUTS = frozenset({"dropout", "dropout1d", "dropout2d", "dropout3d"})
