"""What a call was given, by name, in whichever of PyTorch's spellings it was called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from explorer.engine.recording.signatures import spellings


def named_arguments(
    kind: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """`{"input": …, "kernel_size": 2, "stride": 2, …}`; `argument_0` and so on where nobody knows the names.

    `out`, the tensor that the result is written into, is among them where it was given.
    """
    written = {"out": kwargs["out"]} if kwargs.get("out") is not None else {}
    kwargs = {name: value for name, value in kwargs.items() if name != "out"}
    known = spellings(kind, function)
    for given in (args, _gathered(args)):
        for spelling in known:
            bound = spelling.bind(given, kwargs)
            if bound is not None:
                return bound | written
    return {f"argument_{place}": value for place, value in enumerate(args)} | kwargs | written


def tensors_by_name(named: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Tensors among named arguments; those inside a list (`cat`) are numbered: "tensors[0]"."""
    found: dict[str, torch.Tensor] = {}
    for name, value in named.items():
        if isinstance(value, torch.Tensor):
            found[name] = value
        elif isinstance(value, (list, tuple)):
            found |= {f"{name}[{at}]": item for at, item in enumerate(value) if isinstance(item, torch.Tensor)}
    return found


def _gathered(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """The sizes or axes that a method takes one by one, `x.view(2, 3)`, as the tuple they stand for."""
    return (args[0], args[1:]) if len(args) > 1 and all(isinstance(size, int) for size in args[1:]) else args
