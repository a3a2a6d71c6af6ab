"""The tensors of a recorded step as the window reads them: read-only numpy, named, with where each comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.amounts import plain_number
from explorer.session.asked_sizes import Axes, covered_shape, stand_in
from explorer.session.batch_axis import WITHOUT_BATCH, is_of_batch
from explorer.session.veil import Covered, with_veil

if TYPE_CHECKING:
    from explorer.engine.recording.call import Call
    from explorer.engine.recording.call_tensors import Given
    from explorer.engine.recording.recording import Recording, Step
    from explorer.engine.recording.update import Update

BEFORE, GRADIENT, KEPT, AFTER, CHANGE = "before", "gradient", "kept gradient", "after", "change"
DIFFERENCE = "difference"


@dataclass(frozen=True, eq=False)
class Tensor:
    """A tensor of a step. `name` is the argument's ("input", "grad_weight"), `title` where it comes from ("relu1").

    `role` chooses its colours: "activation", "weight" or "gradient". `values` is read-only, all of it;
    `has_batch` tells whether its first axis is the batch.
    """

    name: str
    title: str
    values: np.ndarray
    role: str
    has_batch: bool = False
    covered_axes: Axes = frozenset()  # sizes that are not to be seen
    owner: str = ""  # of a weight or buffer its path in the model

    @property
    def sizes(self) -> tuple[int, ...]:
        """Its sizes as they are written."""
        return covered_shape(self.values.shape, self.covered_axes)

    def under(self, covered: Covered, axes: Mapping[str, Axes]) -> Tensor:
        """The same with "?" in the place of its cells and of its sizes along axes that are asked for, by its title."""
        if self.title not in covered and self.title not in axes:
            return self
        own = axes.get(self.title, frozenset())
        values = stand_in(self.values.shape, own) if own else with_veil(self.values, covered.get(self.title, ()))
        return replace(self, values=values, covered_axes=own)

    @property
    def is_signed(self) -> bool:
        """Whether zero is the middle of its colours: of weights and gradients, even if none is negative."""
        return self.role != "activation"


@dataclass(frozen=True, eq=False)
class StepTensors:
    """What goes into a step and what comes out of it, in the order they are drawn.

    `beside` is what it also reads: weights, and on the way back what went in forwards. `settings` are plain arguments:
    stride, padding, a learning rate.
    """

    given: tuple[Tensor, ...]
    beside: tuple[Tensor, ...]
    made: tuple[Tensor, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> Mapping[str, Tensor]:
        """All of them by name."""
        return MappingProxyType({tensor.name: tensor for tensor in (*self.given, *self.beside, *self.made)})

    def under(self, covered: Covered, axes: Mapping[str, Axes]) -> StepTensors:
        """The same with "?" in the place of the cells and of the sizes along axes that are asked for, by the titles of
        the tensors."""
        if not covered and not axes:
            return self
        after = next((covered[each.title] for each in self.made if each.name == AFTER and each.title in covered), None)
        cells = covered if after is None else {**covered, DIFFERENCE: after}

        def each(tensors: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            return tuple(one.under(cells, axes) for one in tensors)

        return StepTensors(each(self.given), each(self.beside), each(self.made), self.settings)


@dataclass(frozen=True, eq=False)
class LearnedTensors:
    """A call's output and weight, each with its gradient; None for what it does not have or did not get."""

    activation: Tensor
    activation_gradient: Tensor | None
    weight: Tensor | None
    weight_gradient: Tensor | None

    def copied(self) -> LearnedTensors:
        """The same with arrays of its own: weights in training change where they lie."""
        own = (None if tensor is None else replace(tensor, values=_frozen(tensor.values.copy())) for tensor in self.all)
        return LearnedTensors(*own)  # type: ignore[arg-type]  # the activation is always there

    @property
    def all(self) -> tuple[Tensor | None, ...]:
        """All four, in the order they are drawn."""
        return self.activation, self.activation_gradient, self.weight, self.weight_gradient


def tensors_of(recording: Recording, step: Step) -> StepTensors:
    """What goes into a step of a recording and what comes out of it."""
    if step.update is not None:
        return _of_update(step)
    from explorer.engine.explaining.explain import outputs_of, shares

    inputs, settings = _inputs(recording, step.call)
    batch = recording.batch_size
    output = _tensor("output", step.call.name, outputs_of(recording, step.call)[0], role="activation", batch_size=batch)
    if step.kind != "backward":
        drawn = tuple(tensor for tensor in inputs if tensor.role != "weight")
        weights = tuple(tensor for tensor in inputs if tensor.role == "weight")
        return StepTensors(drawn, weights, (output, *_left_in_buffers(recording, step.call)), settings)
    passed = shares(step.call, recording)
    titles = {tensor.name: tensor.title for tensor in inputs}
    made = tuple(
        _tensor(
            f"grad_{name}", f"gradient of {titles.get(name, name)}", passed[name], role="gradient", batch_size=batch
        )
        for name in step.shapes
        if name in passed
    )
    return StepTensors(_arrived(step.call, batch), (*inputs, output), made, settings)


def _left_in_buffers(recording: Recording, call: Call) -> Iterator[Tensor]:
    """What a call leaves in its buffers: the running statistics of a batch norm in training."""
    from explorer.engine.recording.call_tensors import argument_titles
    from explorer.engine.recording.running import AFTER as WITH_AFTER
    from explorer.engine.recording.running import buffer_shapes, buffers_after

    if not buffer_shapes(call):  # almost always: its arguments are not worked out for nothing
        return
    titles = argument_titles(recording, call)
    for name, values in buffers_after(call, recording.arguments(call)).items():
        yield _tensor(name, f"{titles[name.removesuffix(WITH_AFTER)]} after", values, role="weight")


def _arrived(call: Call, batch_size: int) -> tuple[Tensor, ...]:
    """The gradients that arrived at a call's outputs: "grad_output", and those of further outputs numbered."""
    found = [(place, gradient) for place, gradient in enumerate(call.grad_outputs) if gradient is not None]
    numbers = [f"[{place}]" if len(call.grad_outputs) > 1 else "" for place, _ in found]
    return tuple(
        replace(
            gradient_of(f"{call.name}{number}", gradient, batch_size=batch_size),
            name=f"grad_output{number if at else ''}",
        )
        for at, ((_, gradient), number) in enumerate(zip(found, numbers, strict=True))
    )


def gradient_of(call: str, arrived: Any, *, batch_size: int) -> Tensor:
    """The gradient that arrived at the output of a call."""
    return _tensor("grad_output", f"gradient of {call}", arrived, role="gradient", batch_size=batch_size)


def _tensor(name: str, title: str, values: Any, *, role: str, batch_size: int | None = None) -> Tensor:
    """A tensor of PyTorch's; the real part of complex numbers, as its title says. Without a batch, None."""
    title = f"real part of {title}" if values.is_complex() else title
    has_batch = batch_size is not None and is_of_batch(name, tuple(values.shape), batch_size)
    return Tensor(name, title, read_only(values), role, has_batch)


def _of_update(step: Step) -> StepTensors:
    update = step.update
    assert update is not None
    state = tuple(
        _tensor(name, name.replace("_", " "), value, role="gradient")
        for name, value in update.state_before.items()
        if getattr(value, "shape", None) == update.before.shape
    )
    before = _tensor(BEFORE, f"{update.parameter} before", update.before, role="weight")
    clipped = f", clipped to {plain_number(update.clipped, 3)} of it" if update.clipped < 1 else ""
    gradients = _gradients_of(update, clipped)
    after = _tensor(AFTER, f"{update.parameter} after", update.after, role="weight")
    change = Tensor(CHANGE, DIFFERENCE, _frozen(after.values - before.values), "gradient")
    return StepTensors((before, *gradients), state, (after, change), dict(update.settings))


def _gradients_of(update: Update, clipped: str) -> tuple[Tensor, ...]:
    """What the optimizer read; where gradients of the steps before were kept, that of this step and those."""
    title = f"gradient of {update.parameter}"
    if update.kept is None:
        return (_tensor(GRADIENT, f"{title}{clipped}", update.gradient, role="gradient"),)
    arrived = update.kept * 0 if update.arrived is None else update.arrived
    kept = _tensor(
        KEPT, f"kept {title}{clipped and clipped.replace(' of it', ' of the sum')}", update.kept, role="gradient"
    )
    return _tensor(GRADIENT, title, arrived, role="gradient"), kept


def _inputs(recording: Recording, call: Call) -> tuple[tuple[Tensor, ...], dict[str, Any]]:
    from explorer.engine.recording.call_tensors import given_tensors, plain_arguments

    tensors = tuple(_input(recording, call, given) for given in given_tensors(recording, call))
    return tensors, plain_arguments(call)


def _input(recording: Recording, call: Call, given: Given) -> Tensor:
    from explorer.engine.recording.call_tensors import title

    is_weight = given.name in WITHOUT_BATCH
    of_module = f"{call.module}.{given.name}" if is_weight and call.module else ""
    words = title(recording, given.name, given.maker, given.owner or of_module)
    role = "weight" if is_weight else "activation"
    made = _tensor(given.name, words, given.tensor, role=role, batch_size=recording.batch_size)
    return replace(made, owner=given.owner)


def root_mean_square(values: np.ndarray) -> float:
    """How large the values are on the whole."""
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) if values.size else 0.0


def read_only(tensor: Any) -> np.ndarray:
    """A tensor as numpy; on the CPU without a copy where numpy has its type."""
    from explorer.engine.arrays import array

    return _frozen(array(tensor))


def _frozen(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view
