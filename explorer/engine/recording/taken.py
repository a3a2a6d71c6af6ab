"""Where plain PyTorch hands out what a call gave: to a hook of a module, or to who watches the calls of a function."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import torch

HOOKED_FROM = "_call_impl"  # PyTorch's own, which calls a module's hooks; a bare `module.forward(x)` calls none


class Taken(NamedTuple):
    """The run of a module, or of a function, that gave it; `run` counts from 0.

    `module` is the module's path ("" is the model itself), None where no module hands it out. `function` is the
    condition on the function, as Python. `part` is the first tensor among what was given: "output", "output[0]".
    """

    module: str | None
    function: str
    run: int
    part: str


class FunctionRuns:
    """How often each function ran in a pass."""

    def __init__(self) -> None:
        self._runs: Counter[str] = Counter()
        self._last = ""

    def began(self, condition: str) -> None:
        """Another run of the function that `condition` tells."""
        self._runs[condition] += 1
        self._last = condition

    def taken(self, output: Any) -> Taken:
        """What the function that began last gave: nothing, where it writes into its first argument."""
        part = "args[0]" if output is None else part_of(output, lambda _tensor: True)
        return Taken(None, self._last, self._runs[self._last] - 1, part)


def condition_of(function: Callable[..., Any], name: str) -> str:
    """What tells a function from all others while PyTorch's functions are watched; `name` is its own."""
    owner = getattr(function, "__self__", None)
    if name == "__get__":
        return f"function == torch.Tensor.{getattr(owner, '__name__', '')}.__get__"
    return f'getattr(function, "__name__", "") == "{name}"'


def part_of(output: Any, is_meant: Callable[[torch.Tensor], bool]) -> str:
    """How the first tensor that `is_meant` is found in what was given; "" where there is none."""
    return next((path for path, tensor in _walk("output", output) if is_meant(tensor)), "")


def is_hooked() -> bool:
    """Whether whoever called the caller of this calls a module's hooks too."""
    return sys._getframe(2).f_code.co_name == HOOKED_FROM


def _walk(path: str, value: Any) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(f"{path}[{key!r}]", item)
    elif isinstance(value, list | tuple):
        for at, item in enumerate(value):
            yield from _walk(f"{path}[{at}]", item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for each in dataclasses.fields(value):
            yield from _walk(f"{path}.{each.name}", getattr(value, each.name))
