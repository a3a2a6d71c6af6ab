"""A loss of a person's own: a function, a module, or what the model itself gives as its loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from explorer.engine.errors import EngineError, shape_text
from explorer.engine.recording.tree import leaves

OUTPUT = "output"
_NAME = "loss"  # what a model calls its own, where nothing else was asked for
_NEEDS = "a way back starts from one number"

Measure = Callable[[Any], Callable[[], Any]]


def is_own(loss: Any) -> bool:
    """Whether a loss is one of a person's own, not one by its name in `explorer.arithmetic.losses`."""
    return not isinstance(loss, str) or loss == OUTPUT or loss.startswith(f"{OUTPUT}.")


def measure_of(loss: Any, target: Any) -> Measure:
    """What runs for the value, when the model's outputs are there. Raises EngineError for what cannot be a loss."""
    if isinstance(loss, str):
        if target is not None:
            raise EngineError("The model works its loss out itself: give it the target with its input, as it takes it.")
        wanted = loss.removeprefix(OUTPUT).removeprefix(".")
        return lambda outputs: lambda: _entry(outputs, wanted or _NAME, is_asked=bool(wanted))
    if isinstance(loss, type):
        raise EngineError(f"The loss is the class {loss.__name__}: make one of it, {loss.__name__}(…).")
    if not callable(loss):
        raise EngineError(
            f"A loss is a name, a function of the outputs and the target, or {OUTPUT!r}, not a {type(loss).__name__}."
        )

    def measure(outputs: Any) -> Callable[[], Any]:
        given = (outputs,) if target is None else (outputs, _beside(target, outputs))
        return lambda: loss(*given)

    return measure


def checked_value(value: Any) -> torch.Tensor:
    """The value of a loss. Raises EngineError with a sentence if no way back can start from it."""
    if not isinstance(value, torch.Tensor):
        raise EngineError(f"The loss gives a {type(value).__name__}, but {_NEEDS} that is a tensor.")
    if value.numel() != 1:
        shape = shape_text(tuple(value.shape))
        raise EngineError(f"The loss gives {shape} numbers, but {_NEEDS}: take their mean or their sum.")
    if not value.is_floating_point():
        kind = str(value.dtype).removeprefix("torch.")
        raise EngineError(f"The loss is a number of the type {kind}, but {_NEEDS} with a fraction.")
    return value


@contextmanager
def gradients_left_as_they_are(loss: Any) -> Iterator[None]:
    """What a loss learns itself is no part of the model, and no gradient is left there."""
    parameters = [*loss.parameters()] if isinstance(loss, nn.Module) else []
    found = [parameter.grad for parameter in parameters]
    for parameter in parameters:
        parameter.grad = None
    try:
        yield
    finally:
        for parameter, gradient in zip(parameters, found, strict=True):
            parameter.grad = gradient


def _beside(target: Any, outputs: Any) -> Any:
    """The target on the device of the outputs; what is no table of numbers stays as it is."""
    given = leaves(outputs, torch.Tensor)
    device = given[0].device if given else None
    try:
        return torch.as_tensor(target, device=device).detach()
    except (TypeError, ValueError, RuntimeError):
        return target


def _entry(outputs: Any, name: str, *, is_asked: bool) -> Any:
    """What a model gives as `name`: an entry of a dictionary, an attribute, a place in a tuple; or all of it."""
    named = _named(outputs)
    if name in named:
        return named[name]
    if isinstance(outputs, torch.Tensor) and not is_asked:
        return outputs
    known = ", ".join(map(str, named)) or f"a {type(outputs).__name__}"
    raise EngineError(
        f"The model gives no {name!r}, but {known}: choose one, loss='{OUTPUT}.NAME', or give a function of the "
        "outputs that is the loss."
    )


def _named(outputs: Any) -> Mapping[str, Any]:
    if isinstance(outputs, Mapping):
        return {str(key): value for key, value in outputs.items()}
    if hasattr(outputs, "_asdict"):
        return dict(outputs._asdict())
    if isinstance(outputs, (list, tuple)):
        return {str(place): value for place, value in enumerate(outputs)}
    return {} if isinstance(outputs, torch.Tensor) else dict(getattr(outputs, "__dict__", {}))
