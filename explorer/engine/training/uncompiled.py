"""Optimizers that do not wait for a compiler that nobody called.

`torch.optim` wraps the methods of an optimizer so that `torch.compile` leaves them alone, and for that imports the
compiler, `torch._dynamo` with sympy and 800 further modules, when the first optimizer is made and again in a step.
Measured in the window with torch 2.13 on two cores: from Train to the first step 1.34 s with it, 0.12 s without, and
108 MiB less. Importing it while nobody trains does not help: the window stood still for up to 0.17 s.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import unwrap
from typing import Any

import torch
from torch.optim import Optimizer

METHODS = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")
WRAPPERS = (
    "_disable_dynamo.<locals>.inner",
    "_use_grad_for_differentiable.<locals>._use_grad",
    "Optimizer.profile_hook_step.<locals>.wrapper",  # Optimizer itself puts it around the step of every class
)
"""The torch wrappers that may come off. One with another name in a newer torch stays, and brings the compiler."""


@cache
def uncompiled(kind: type[Optimizer]) -> type[Optimizer]:
    """`kind` under its own name and with its own arithmetic, for steps outside `torch.compile`.

    A class beside torch's own, which stay as they are for a model that somebody does compile.
    """
    methods = {name: _bare(getattr(kind, name)) for name in METHODS}
    return type(kind.__name__, (kind,), {**methods, "step": _step_of(kind)})


def _bare(method: Callable[..., Any]) -> Callable[..., Any]:
    bare: Callable[..., Any] = unwrap(method, stop=lambda each: _name_of(each) not in WRAPPERS)
    return bare


def _name_of(function: Any) -> object:
    """What its code is called: a wrapper goes by the name of what it wraps."""
    return getattr(getattr(function, "__code__", None), "co_qualname", None)


def _step_of(kind: type[Optimizer]) -> Callable[..., Any]:
    step = _bare(kind.step)

    def uncompiled_step(self: Optimizer, closure: Any = None) -> Any:
        """What torch's wrapper does beside calling the compiler: gradients are on only where they are asked for."""
        with torch.set_grad_enabled(self.defaults.get("differentiable", False)):
            return step(self, closure)

    return uncompiled_step
