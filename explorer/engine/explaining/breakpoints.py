"""Conditions that a recorded step can meet, and the first step of its timeline where it does.

Each is asked of a whole recording, so that the same ones stop a single pass and a training run of thousands. A new one
is a class here and an entry in `BREAKPOINTS`; its line in the form follows. No torch until one is checked.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from explorer.amounts import chosen_percent, percent, plain_number

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.engine.recording.recording import Recording


@dataclass(frozen=True)
class Hit:
    """Where a condition was met: `step` is an index into `recording.steps`, `call` the name of that step's call."""

    step: int
    sentence: str
    call: str


@dataclass(frozen=True)
class Limit:
    """The number that a condition has: the `field` it stands in, where a form starts, and how high it may go."""

    field: str
    start: float
    high: float
    unit: str = ""


class Breakpoint(ABC):
    """A condition, and what a form says of it: a frozen dataclass, whose one field is that of its `limit_of`."""

    words: ClassVar[str]
    """In a few words, before its limit: "gradient longer than"."""
    tip: ClassVar[str]
    limit_of: ClassVar[Limit | None] = None

    @property
    @abstractmethod
    def label(self) -> str:
        """The condition in a sentence."""

    @abstractmethod
    def check(self, recording: Recording) -> Hit | None:
        """The first step at which the condition is met, if it is."""


@dataclass(frozen=True)
class NotFinite(Breakpoint):
    """The first number that is NaN or infinite: what a call gives, what it passes back, or what an update makes."""

    words = "NaN or infinity"
    tip = "The first number that is not one, with the call that made it."

    @property
    def label(self) -> str:
        return "Stop at the first NaN or infinity, and name the call that made it."

    def check(self, recording: Recording) -> Hit | None:
        """Raises EngineError where an output was dropped to save memory and cannot be worked out again."""
        from explorer.engine.explaining.not_finite import gradients_of, is_finite, what_is_not_finite

        is_bad_back = not all(map(is_finite, gradients_of(recording)))
        for index, step in enumerate(recording.steps):
            if step.kind == "backward" and not is_bad_back:
                continue  # what a call passes back is worked out only where something is to be found
            sentence = what_is_not_finite(recording, step)
            if sentence:
                return Hit(index, sentence, step.call.name)
        return None


@dataclass(frozen=True)
class GradientNorm(Breakpoint):
    """A parameter's gradient longer than `limit`: the root of the sum of its squares."""

    words = "gradient longer than"
    tip = "The root of the sum of the squares of a parameter's gradient."
    limit_of = Limit("limit", 10.0, 1e12)

    limit: float

    @property
    def label(self) -> str:
        return f"Stop where the gradient of a parameter is longer than {_short(self.limit)}."

    def check(self, recording: Recording) -> Hit | None:
        """The step on the way back at which the parameter's last share arrived, as it is whole from there on."""
        from explorer.engine.explaining.lengths import norm

        norms = {name: norm(gradient) for name, gradient in recording.parameter_gradients.items()}
        found = [(_last_share(recording, name), name) for name, length in norms.items() if not length <= self.limit]
        if not found:
            return None
        step, name = min(found)
        sentence = f"The gradient of {name} is {_short(norms[name])} long, more than {_short(self.limit)}."
        return Hit(step, sentence, recording.steps[step].call.name)


@dataclass(frozen=True)
class UpdateRatio(Breakpoint):
    """A parameter changed by more than `limit` of its length: ‖after − before‖ / ‖before‖.

    About 0.001 is healthy; a parameter that was all zeros has no ratio and is left out.
    Source: Karpathy, CS231n notes, Neural Networks Part 3, "Ratio of weights:updates".
    """

    words = "update larger than"
    tip = "How far an update moves a parameter, measured by the parameter's own length. About 0.001 is healthy."
    limit_of = Limit("limit", 0.1, 1e6, "of the weights")

    limit: float

    @property
    def label(self) -> str:
        return f"Stop where an update changes a parameter by more than {_short(self.limit)} of its length."

    def check(self, recording: Recording) -> Hit | None:
        from explorer.engine.explaining.lengths import ratio

        for index, step in enumerate(recording.steps):
            moved = None if step.update is None else ratio(step.update)
            if step.update is not None and moved is not None and not moved <= self.limit:
                sentence = (
                    f"The update changes {step.update.parameter} by {_short(moved)} of its length, "
                    f"more than {_short(self.limit)}."
                )
                return Hit(index, sentence, step.call.name)
        return None


@dataclass(frozen=True)
class DeadReLUs(Breakpoint):
    """More than `percent` of a ReLU's channels, or of its units where there are no maps, are zero in the whole batch.

    A channel (axis 1) is dead if all its cells are 0 in every example: no gradient comes back through it.
    """

    words = "dead ReLUs, more than"
    tip = "Channels or units that give 0 everywhere in the batch: no gradient comes back through them."
    limit_of = Limit("percent", 50.0, 100.0, "%")

    percent: float

    @property
    def label(self) -> str:
        return f"Stop where more than {chosen_percent(self.percent)} of a ReLU's channels or units give nothing but 0."

    def check(self, recording: Recording) -> Hit | None:
        from explorer.engine.explaining.explain import outputs_of

        for index, step in enumerate(recording.steps):
            if step.kind == "forward" and step.call.kind == "relu":
                sentence = self._sentence(step.call.name, outputs_of(recording, step.call)[0])
                if sentence:
                    return Hit(index, sentence, step.call.name)
        return None

    def _sentence(self, name: str, output: Tensor) -> str:
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


def _last_share(recording: Recording, parameter: str) -> int:
    """The step on the way back from which on the parameter's gradient is whole: that of the first call that read it."""
    readers = {update.parameter: update.call for update in recording.updates}
    back = [index for index, step in enumerate(recording.steps) if step.kind == "backward"]
    own = [index for index in back if recording.steps[index].call is readers.get(parameter)]
    owner = parameter.rpartition(".")[0]
    return (own or [index for index in back if recording.steps[index].call.module == owner] or back)[-1]


def _short(value: float) -> str:
    """Three digits and a true minus."""
    return plain_number(value, 3)
