"""Conditions that a recorded step can meet, and the first step of its timeline where it does.

Each is asked of a whole recording, so that the same ones stop a single pass and a training run of thousands. A new one
is a class here and an entry in `BREAKPOINTS`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch

from explorer.arithmetic.numbers import number, percent
from explorer.engine.explaining.explain import outputs_of, shares
from explorer.engine.recording.arguments import tensors_by_name
from explorer.engine.recording.recording import Call, Recording, Step
from explorer.engine.recording.update import Update


@dataclass(frozen=True)
class Hit:
    """Where a condition was met: `step` is an index into `recording.steps`, `call` the name of that step's call."""

    step: int
    sentence: str
    call: str


class Breakpoint(Protocol):
    """A condition; `label` says it in a sentence for a form."""

    @property
    def label(self) -> str: ...

    def check(self, recording: Recording) -> Hit | None:
        """The first step at which the condition is met, if it is."""
        ...


@dataclass(frozen=True)
class NotFinite:
    """The first number that is NaN or infinite: what a call gives, what it passes back, or what an update makes."""

    @property
    def label(self) -> str:
        return "Stop at the first NaN or infinity, and name the call that made it."

    def check(self, recording: Recording) -> Hit | None:
        """Raises EngineError where an output was dropped to save memory and cannot be worked out again."""
        is_bad_back = not all(map(_is_finite, _gradients(recording)))
        for index, step in enumerate(recording.steps):
            if step.kind == "backward" and not is_bad_back:
                continue  # what a call passes back is worked out only where something is to be found
            sentence = _not_finite(recording, step)
            if sentence:
                return Hit(index, sentence, step.call.name)
        return None


@dataclass(frozen=True)
class GradientNorm:
    """A parameter's gradient longer than `limit`: the root of the sum of its squares."""

    limit: float

    @property
    def label(self) -> str:
        return f"Stop where the gradient of a parameter is longer than {_short(self.limit)}."

    def check(self, recording: Recording) -> Hit | None:
        """The step on the way back at which the parameter's last share arrived, as it is whole from there on."""
        norms = {name: _norm(gradient) for name, gradient in recording.parameter_gradients.items()}
        found = [(_last_share(recording, name), name) for name, norm in norms.items() if not norm <= self.limit]
        if not found:
            return None
        step, name = min(found)
        sentence = f"The gradient of {name} is {_short(norms[name])} long, more than {_short(self.limit)}."
        return Hit(step, sentence, recording.steps[step].call.name)


@dataclass(frozen=True)
class UpdateRatio:
    """A parameter changed by more than `limit` of its length: ‖after − before‖ / ‖before‖.

    About 0.001 is healthy; a parameter that was all zeros has no ratio and is left out.
    Source: Karpathy, CS231n notes, Neural Networks Part 3, "Ratio of weights:updates".
    """

    limit: float

    @property
    def label(self) -> str:
        return f"Stop where an update changes a parameter by more than {_short(self.limit)} of its length."

    def check(self, recording: Recording) -> Hit | None:
        for index, step in enumerate(recording.steps):
            ratio = None if step.update is None else _ratio(step.update)
            if step.update is not None and ratio is not None and not ratio <= self.limit:
                sentence = (
                    f"The update changes {step.update.parameter} by {_short(ratio)} of its length, "
                    f"more than {_short(self.limit)}."
                )
                return Hit(index, sentence, step.call.name)
        return None


@dataclass(frozen=True)
class DeadReLUs:
    """More than `percent` of a ReLU's channels, or of its units where there are no maps, are zero in the whole batch.

    A channel (axis 1) is dead if all its cells are 0 in every example: no gradient comes back through it.
    """

    percent: float

    @property
    def label(self) -> str:
        return f"Stop where more than {_short(self.percent)} % of a ReLU's channels or units give nothing but 0."

    def check(self, recording: Recording) -> Hit | None:
        for index, step in enumerate(recording.steps):
            if step.kind == "forward" and step.call.kind == "relu":
                sentence = self._sentence(step.call.name, outputs_of(recording, step.call)[0])
                if sentence:
                    return Hit(index, sentence, step.call.name)
        return None

    def _sentence(self, name: str, output: torch.Tensor) -> str:
        shape = (*output.shape[:2], -1) if output.dim() > 1 and output.numel() else (1, -1, 1)
        units = output.detach().reshape(shape)
        dead = int((units == 0).all(dim=2).all(dim=0).sum())
        count = units.shape[1]
        if not count or 100 * dead / count <= self.percent:
            return ""
        what = "channels" if output.dim() > 2 else "units"
        share = percent(dead / count)
        return f"{dead:,} of {count:,} {what} of {name} are dead ({share}): they give 0 everywhere in this batch."


BREAKPOINTS: tuple[type[Breakpoint], ...] = (NotFinite, GradientNorm, UpdateRatio, DeadReLUs)


def first_hit(recording: Recording, breakpoints: Iterable[Breakpoint]) -> Hit | None:
    """The earliest step at which any of `breakpoints` is met."""
    hits = (breakpoint.check(recording) for breakpoint in breakpoints)
    return min((hit for hit in hits if hit is not None), key=lambda hit: hit.step, default=None)


def _gradients(recording: Recording) -> Iterator[torch.Tensor]:
    """Everything that arrived anywhere on the way back."""
    yield from recording.parameter_gradients.values()
    calls = (*recording.calls, *((recording.loss_call,) if recording.loss_call else ()))
    arrived = (gradient for call in calls for gradient in call.grad_outputs)
    yield from (gradient for gradient in (*arrived, *recording.input_gradients) if gradient is not None)


def _not_finite(recording: Recording, step: Step) -> str:
    """What made a number that is none in this step; "" where all are finite."""
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


def _last_share(recording: Recording, parameter: str) -> int:
    """The step on the way back from which on the parameter's gradient is whole: that of the first call that read it."""
    readers = {update.parameter: update.call for update in recording.updates}
    back = [index for index, step in enumerate(recording.steps) if step.kind == "backward"]
    own = [index for index in back if recording.steps[index].call is readers.get(parameter)]
    owner = parameter.rpartition(".")[0]
    return (own or [index for index in back if recording.steps[index].call.module == owner] or back)[-1]


def _ratio(update: Update) -> float | None:
    before = _norm(update.before)
    return _norm(update.after - update.before) / before if before else None


def _norm(tensor: torch.Tensor) -> float:
    """The root of the sum of the squares, in float64 where the device has it, so that no square overflows."""
    tensor = tensor.detach().cpu() if tensor.device.type == "mps" else tensor.detach()
    return float(torch.linalg.vector_norm(tensor, dtype=torch.complex128 if tensor.is_complex() else torch.float64))


def _numbered(name: str, tensors: list[torch.Tensor]) -> Iterator[tuple[str, torch.Tensor]]:
    return ((name if not place else f"{name}[{place}]", tensor) for place, tensor in enumerate(tensors))


def _first_bad(tensors: dict[str, torch.Tensor]) -> tuple[str, str] | None:
    """The first tensor with a number that is none: its name, and which one, "NaN" before an infinity."""
    for name, tensor in tensors.items():
        if not _is_finite(tensor):
            return name, "NaN" if bool(tensor.isnan().any()) else "infinity"
    return None


def _is_finite(tensor: torch.Tensor) -> bool:
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
    return f"{finite}, the largest {_short(max(sizes))}" if sizes else finite


def _short(value: float) -> str:
    """Three digits and a true minus."""
    return number(value, 3)
