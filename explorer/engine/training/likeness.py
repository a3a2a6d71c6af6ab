"""Whether what a checkpoint holds is of the kinds that a run writes: PyTorch would find out in the middle of a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from explorer.engine.training.checkpoint import CheckpointError

_COUNTS = ("step", "epoch", "position", "batch_size", "best_epoch", "last_epoch", "_step_count")
_OF_MACHINE = "random_state"  # a row with as many parts as there are devices


def require_like(found: object, own: object, name: str = "content") -> None:
    """Raises CheckpointError, naming the part, unless `found` has the parts of `own`, each of its kind and shape.

    What is None in `own` may be anything in `found`, which may hold more besides; another version of PyTorch knows
    other choices, so what is None or False may be missing.
    """
    unlike = next(_unlike(found, own, name), None)
    if unlike is not None:
        raise CheckpointError(
            f"The checkpoint is damaged, or is not a checkpoint: its {unlike} is missing or of another kind."
        )


def _unlike(found: object, own: object, name: str) -> Iterator[str]:
    """The names of the parts of `found` that are not as those of `own`."""
    if own is None:
        return
    if isinstance(own, Mapping) and isinstance(found, Mapping):
        for key, value in own.items():
            if key in found:
                yield from _unlike(found[key], value, str(key))
            elif value is not None and value is not False:
                yield str(key)
    elif isinstance(own, list | tuple) and isinstance(found, list | tuple):
        if len(found) != len(own) and (name != _OF_MACHINE or not found):
            yield name
        for one, value in zip(found, own, strict=False):
            yield from _unlike(one, value, name)
    elif not _is_like(found, own, name):
        yield name


def _is_like(found: object, own: object, name: str) -> bool:
    """Numbers may change type between int and float, but counts are whole."""
    if isinstance(own, Tensor) and isinstance(found, Tensor):
        return found.shape == own.shape and found.is_floating_point() == own.is_floating_point()
    if isinstance(own, bool) or not isinstance(own, int | float):
        return type(found) is type(own)
    return type(found) is int or (type(found) is float and name not in _COUNTS)


def require_begun(state: Mapping[str, Any]) -> None:
    """Raises CheckpointError where what is asked for before a run goes on is missing."""
    own: dict[str, Any] = {"step": 0, "settings": {}, "optimizer": {"param_groups": [{"lr": 0.0}]}}
    if state.get("line") is not None:
        own["line"] = {}
    if state.get("schedule") is not None:
        own["schedule"] = {"base_lrs": [0.0], "last_epoch": 0}
    require_like(state, own)


def require_weights(found: object, own: Mapping[str, Tensor]) -> None:
    """Raises CheckpointError where the weights are another network's."""
    if any(_unlike(found, own, "weights")):
        raise CheckpointError("The checkpoint is from another network: its weights do not fit this one.")


def require_random(*states: Tensor) -> None:
    """Raises CheckpointError where one is not a state that a generator of random numbers can have."""
    try:
        for state in states:
            torch.Generator().set_state(state)
    except (RuntimeError, TypeError) as error:
        raise CheckpointError(
            "The checkpoint is damaged, or is not a checkpoint: its random state is not one."
        ) from error


def require_of_optimizer(state: Mapping[str, Any], optimizer: Optimizer) -> None:
    """Raises CheckpointError unless `state` keeps of each weight what `optimizer` remembers of one.

    A weight that nothing is kept of, since it never had a gradient, begins anew.
    """
    remembered = [_remembered(type(optimizer), group) for group in optimizer.param_groups for _ in group["params"]]
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    for number, (weight, parts) in enumerate(zip(weights, remembered, strict=True)):
        if number in state["state"]:
            own = {name: weight if value.dim() else value for name, value in parts.items()}
            require_like(state["state"][number], own, "optimizer")


def _remembered(kind: type[Optimizer], group: Mapping[str, Any]) -> dict[str, Tensor]:
    """What such an optimizer keeps for a weight of one number after a step."""
    weight = torch.zeros(1, requires_grad=True)
    weight.grad = torch.zeros(1)
    make: Any = kind  # each takes the weights alone: their choices are in the group
    twin = make([{**group, "params": [weight]}])
    twin.step()
    return {name: value for name, value in twin.state[weight].items() if isinstance(value, Tensor)}
