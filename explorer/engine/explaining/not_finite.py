"""Which step of a recording made the first number that is NaN or infinite, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch

from explorer.arithmetic.explanation import plain_number
from explorer.engine.explaining.explain import outputs_of, shares
from explorer.engine.recording.arguments import tensors_by_name
from explorer.engine.recording.call import Call
from explorer.engine.recording.recording import Recording, Step
from explorer.engine.recording.update import Update


def gradients_of(recording: Recording) -> Iterator[torch.Tensor]:
    """Everything that arrived anywhere on the way back."""
    yield from recording.parameter_gradients.values()
    calls = recording.calls_and_loss
    arrived = (gradient for call in calls for gradient in call.grad_outputs)
    yield from (gradient for gradient in (*arrived, *recording.input_gradients) if gradient is not None)


def what_is_not_finite(recording: Recording, step: Step) -> str:
    """What made the first NaN or infinity in this step; "" where all numbers are finite."""
    if step.update is not None:
        return _bad_update(step.update)
    if step.kind == "backward":
        return _bad_gradient(recording, step.call)
    return _bad_output(recording, step.call)


def _bad_output(recording: Recording, call: Call) -> str:
    bad = _first_bad(dict(_numbered("output", outputs_of(recording, call))))
    if not bad:
        return ""
    given = tensors_by_name(recording.arguments(call))
    before = _first_bad(given)
    if before:
        return f"{call.name} gives {bad[1]}: its {before[0]} already holds {before[1]}."
    return f"{call.name} made the first {bad[1]}: {_largest('its inputs are finite', given)}."


def _bad_gradient(recording: Recording, call: Call) -> str:
    arrived = dict(_numbered("grad_output", [gradient for gradient in call.grad_outputs if gradient is not None]))
    bad = _first_bad(arrived)
    if bad:  # the call is the first whose gradient is looked at: what came before passed nothing bad on
        return f"The gradient that arrives at {call.name} holds {bad[1]}."
    bad = _first_bad(shares(call, recording))
    if not bad:
        return ""
    largest = _largest("what arrives there is finite", arrived)
    return f"{call.name} made the first {bad[1]} on the way back, in the gradient of its {bad[0]}: {largest}."


def _bad_update(update: Update) -> str:
    bad = _first_bad({"": update.after})
    if not bad:
        return ""
    before = _first_bad({"gradient": update.gradient, "value before": update.before})
    if before:
        return f"The update of {update.parameter} gives {bad[1]}: its {before[0]} already holds {before[1]}."
    largest = _largest("the gradient is finite", {"": update.gradient})
    return f"The update of {update.parameter} made the first {bad[1]}: {largest}."


def _numbered(name: str, tensors: list[torch.Tensor]) -> Iterator[tuple[str, torch.Tensor]]:
    return ((name if not place else f"{name}[{place}]", tensor) for place, tensor in enumerate(tensors))


def _first_bad(tensors: dict[str, torch.Tensor]) -> tuple[str, str] | None:
    """The first tensor with a number that is not finite: its name, and which one, "NaN" before an infinity."""
    for name, tensor in tensors.items():
        if not is_finite(tensor):
            return name, "NaN" if bool(tensor.isnan().any()) else "infinity"
    return None


def is_finite(tensor: torch.Tensor) -> bool:
    if not (tensor.is_floating_point() or tensor.is_complex()) or not tensor.numel():
        return True
    if tensor.is_complex():
        return bool(tensor.isfinite().all())
    low, high = torch.aminmax(tensor.detach())  # NaN wins over everything; no mask of the tensor's size is made
    return math.isfinite(low) and math.isfinite(high)


def _largest(finite: str, tensors: dict[str, torch.Tensor]) -> str:
    """ "its inputs are finite, the largest 3.1e38"."""
    filled = [tensor.detach() for tensor in tensors.values() if tensor.numel() and tensor.dtype != torch.bool]
    sizes = [float(tensor.abs().max()) for tensor in filled]
    return f"{finite}, the largest {plain_number(max(sizes), 3)}" if sizes else finite
