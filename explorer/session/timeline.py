"""A recorded training step as the window reads it: its steps, their tensors as numpy, and any cell's arithmetic.

The recording was made on a copy of the model that nobody changes afterwards, so that it can be read from the window's
thread without asking the worker: moving the cursor costs no pass and waits for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from explorer.amounts import VEILED
from explorer.arithmetic.operation import Index
from explorer.session.asked_sizes import AskedSizes, Axes, covered_shape, drawn_shape
from explorer.session.batch_axis import WITHOUT_BATCH, is_of_batch
from explorer.session.cell import Cell
from explorer.session.explained import Explained, Explainer
from explorer.session.ranges import finite_range
from explorer.session.step_tensors import (
    AFTER,
    CHANGE,
    LearnedTensors,
    StepTensors,
    Tensor,
    gradient_of,
    read_only,
    root_mean_square,
    tensors_of,
)
from explorer.session.veil import KEPT_ASKED, NO_VEIL, WAITS, CellRange, Covered, Veil, handed_back, told_by

if TYPE_CHECKING:
    from explorer.engine.explaining.breakpoints import Hit
    from explorer.engine.explaining.finite_difference import Reading
    from explorer.engine.recording.recording import Recording, Step

Shape = tuple[int, ...]

PHASES = ("forward", "loss", "backward", "update")
FEW_NEURONS = 96
OF_ONE_PLACE = ("linear", "conv1d", "conv2d")
"""Kinds whose parameters' gradients are sums over examples and places: of one of each they have one term."""

LARGE = 300_000  # cells; fewer are read in less than a frame


@dataclass(frozen=True)
class TimelineStep:
    """One entry of the timeline.

    `phase` is one of PHASES; `call` the call's name ("conv2", "layer1.0.add", "loss"); `kind` what it does ("conv2d",
    the loss's or the optimizer's name); `layer` where it belongs in the window: a layer's name, the call's own for a
    person's own model, "" for the loss. `asked` holds the shapes of the tensors whose cells explain themselves,
    `titles` what the tensors that the call was given are called: the calls that made them, weights and buffers.
    """

    index: int
    phase: str
    call: str
    kind: str
    layer: str
    family: str
    asked: Mapping[str, Shape]
    parameter: str = ""
    source: str = ""
    parents: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    output_bytes: int = 0
    multiply_adds: int = 0
    batch_size: int = 1
    covered_axes: Axes = frozenset()  # sizes of its output that are not to be seen
    is_frozen: bool = False  # it has weights, and none of them learns

    @property
    def sizes(self) -> Shape:
        """Sizes of its output as they are written."""
        return covered_shape(self.asked["output"], self.covered_axes)

    @property
    def asked_first(self) -> str:
        """The tensor that is looked at first: the output, the gradient of the input, the parameter."""
        return next(iter(self.asked))

    def has_batch(self, of: str) -> bool:
        """Whether the first axis of the tensor `of` is the batch."""
        return self.phase != "update" and is_of_batch(of, self.asked[of], self.batch_size)


class Timeline:
    """The steps of one recorded training step. Everything it hands out is read-only numpy.

    `taken` is how many training steps were taken before this one; `hit` the breakpoint that stopped here, if one did.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        loss: str,
        optimizer: str,
        layers: tuple[str, ...] = (),
        learning_rate: float,
        target: np.ndarray | None = None,
        taken: int = 0,
        hit: Hit | None = None,
    ) -> None:
        self._recording = recording
        self._explainer = Explainer(recording)
        self._engine_steps: tuple[Step, ...] = recording.steps
        self._tensors: dict[int, StepTensors] = {}
        self._magnitudes: dict[int, tuple[float, float | None]] = {}
        self._telling: dict[tuple[int, str, int], tuple[int, ...] | None] = {}
        self.loss_name, self.optimizer, self.learning_rate = loss, optimizer, learning_rate
        self.target = target
        self.loss = recording.loss
        self.taken = taken
        self.hit = hit
        self.batch_size = recording.batch_size
        self._layers = layers
        self.veil, self._bare = NO_VEIL, self
        self._covered: Covered = {}
        self._axes: dict[str, Axes] = {}
        self.steps = self._listed()

    def _listed(self) -> tuple[TimelineStep, ...]:
        from explorer.engine.recording.call_tensors import argument_titles

        recording = self._recording
        titles = {call.name: argument_titles(recording, call) for call in recording.calls_and_loss}
        return tuple(
            _step(index, step, self._layers, titles.get(step.call.name, {}), batch_size=recording.batch_size)
            for index, step in enumerate(self._engine_steps)
        )

    def under(self, veil: Veil) -> Timeline:
        """The same with "?" in the place of what is asked for."""
        bare = self._bare
        if not veil:
            return bare
        covered = copy(bare)
        for remembered in ("has_few_neurons", "_steps_of_layers"):
            covered.__dict__.pop(remembered, None)
        covered.veil, covered._covered, covered._tensors = veil, bare._titles_of(veil), {}
        covered._axes = bare._axes_of(veil.sizes) if veil.sizes.shapes else {}
        covered.steps = tuple(_step_under(step, covered._axes) for step in bare.steps) if covered._axes else bare.steps
        if veil.sizes.runs:
            covered.steps = covered.steps[:1]
        covered.loss = VEILED if veil.loss and bare.loss is not None else bare.loss
        return covered

    def _titles_of(self, veil: Veil) -> Covered:
        """Which cells are asked for, by the title of the tensor that has them wherever it is drawn."""
        found: dict[str, frozenset[Index]] = {"loss": frozenset([()])} if veil.loss else {}
        for asked in veil.cells:
            for tensor in self._tensors_of(asked):
                found[tensor.title] = found.get(tensor.title, frozenset()) | asked.within(tensor.values.shape)
        forward = [step for step in self.steps if step.phase == "forward"]
        shapes = {step.call: step.asked["output"] for step in forward}
        found = dict(told_by(found, [(step.call, step.kind, step.parents) for step in forward], shapes))
        back = [(f"gradient of {step.call}", step.kind, self._gradients_of(step.parents)) for step in forward]
        for step in forward if self.loss is not None else ():  # of a target of 0 it is the number itself
            title = f"gradient of {step.call}"
            found[title] = found.get(title, frozenset()) | found.get(step.call, frozenset())
        found = dict(handed_back(found, back))
        for step in forward:
            for title, cells in self._told_by_gradient(step, found).items():
                found[title] = found.get(title, frozenset()) | cells
        return {title: cells for title, cells in found.items() if cells}

    def _told_by_gradient(self, step: TimelineStep, covered: Covered) -> Covered:
        """The gradients of a call's parameters that are made of one covered number alone: of one example and one
        place the bias's is that very number, a weight's that number times what came in."""
        arrived, shape = covered.get(f"gradient of {step.call}", frozenset()), step.asked["output"]
        if not arrived or step.kind not in OF_ONE_PLACE or prod(shape) != shape[1] or shape[0] != 1:
            return {}
        filters, given = {cell[1] for cell in arrived}, self.tensors(step.index).by_name
        return {
            f"gradient of {given[name].title}": frozenset(product(filters, *map(range, given[name].values.shape[1:])))
            for name in WITHOUT_BATCH
            if name in given
        }

    def _gradients_of(self, calls: tuple[str, ...]) -> tuple[str, ...]:
        """The titles of the gradients that come back to calls."""
        return tuple(f"gradient of {call}" for call in calls)

    def _tensors_of(self, asked: CellRange) -> Iterator[Tensor]:
        for step in self.steps:
            if asked.call not in (step.call, step.layer):
                continue
            if step.phase == "update":
                if asked.of == f"{step.parameter.rpartition('.')[2]}_{AFTER}":
                    yield self.tensors(step.index).by_name[AFTER]
                continue
            tensor = self.tensors(step.index).by_name.get(asked.of)
            if tensor is not None and step.phase == ("forward" if asked.of == "output" else step.phase):
                yield tensor

    def _axes_of(self, sizes: AskedSizes) -> dict[str, Axes]:
        """By the titles of tensors which of their axes are not to be seen."""
        forward = [step for step in self.steps if step.phase == "forward"]
        outputs = [(each.call, each.kind, each.parents, len(each.asked["output"]) - 1) for each in forward]
        found = {
            call: frozenset(axis + 1 for axis in axes)
            for call, axes in sizes.axes(outputs).items()
            if self.steps[self.find("forward", call) or 0].has_batch("output")
        }
        return {**found, **{f"gradient of {call}": axes for call, axes in found.items()}}

    @property
    def recording(self) -> Recording:
        """The recording itself, for whoever explains with the engine. Never changed."""
        return self._recording

    def tensors(self, step: int) -> StepTensors:
        """What goes in and what comes out of a step."""
        if step not in self._tensors:
            found = tensors_of(self._recording, self._engine_steps[step])
            self._tensors[step] = found.under(self._covered, self._axes)
        return self._tensors[step]

    def asked(self, step: int, of: str) -> Tensor:
        """The tensor whose cells explain themselves: `of` is one of the step's `asked`."""
        entry = self.steps[step]
        name = {"forward": of, "loss": of, "backward": f"grad_{of}", "update": AFTER}[entry.phase]
        return self.tensors(step).by_name[name]

    def learned(self, step: int) -> LearnedTensors:
        """What belongs to the call of a forward step: its output and weight, each with its gradient."""
        entry = self.steps[step]
        forward, arrived = self.tensors(step).by_name, self._engine_steps[step].call.grad_output
        back = self.find("backward", entry.call)
        passed = {} if back is None else self.tensors(back).by_name
        gradient = None if arrived is None else gradient_of(entry.call, arrived, batch_size=self.batch_size)
        gradient = None if gradient is None else gradient.under(self._covered, self._axes)
        return LearnedTensors(forward["output"], gradient, forward.get("weight"), passed.get("grad_weight"))

    def magnitudes(self, step: int) -> tuple[float, float | None]:
        """Root mean square of a forward step's output and of the gradient that arrived at it; None without one."""
        if step not in self._magnitudes:
            arrived = self._engine_steps[step].call.grad_output
            output = root_mean_square(self._bare.tensors(step).by_name["output"].values)
            self._magnitudes[step] = output, None if arrived is None else root_mean_square(read_only(arrived))
        made, back = self._magnitudes[step]
        call = self.steps[step].call  # of one number it would be that number
        covered = VEILED if call in self._covered else made
        return covered, VEILED if back is not None and f"gradient of {call}" in self._covered else back

    def telling_cell(self, step: int, of: str, example: int = 0) -> tuple[int, ...] | None:
        """The cell to explain first: the one of the largest magnitude in the example; None for an empty tensor."""
        key = step, of, example
        if key not in self._telling:
            self._telling[key] = self._largest_cell(step, of, example)
        return self._telling[key]

    def _largest_cell(self, step: int, of: str, example: int) -> tuple[int, ...] | None:
        values = self.asked(step, of).values
        if not values.size:
            return None
        has_batch = self.steps[step].has_batch(of)
        part = values[min(example, len(values) - 1)] if has_batch else values
        if self.steps[step].phase == "update":
            part = self.tensors(step).by_name[CHANGE].values
        place = int(np.argmax(np.nan_to_num(np.abs(part), nan=np.inf)))
        found = tuple(int(index) for index in np.unravel_index(place, part.shape))
        return (min(example, len(values) - 1), *found) if has_batch else found

    def explain(self, step: int, of: str, index: Index | None) -> Explained:
        """The arithmetic of a cell of `of`, beside what PyTorch computed; `index` is None where there is none."""
        cell = None if index is None else Cell(self.steps[step].call, index, of)
        explained = self._explainer.explain(self._engine_steps[step], cell)
        if self._adds_up_what_is_asked(self.steps[step]):
            return replace(explained, explanation=None, message=WAITS)
        if not self.veil or index is None:
            return explained
        covered, tensors = self._covered, self.tensors(step).by_name
        if explained.explanation is not None and self._may_not_tell(step):
            return replace(explained, explanation=None, message=WAITS)
        read = {name: covered[tensor.title] for name, tensor in tensors.items() if tensor.title in covered}
        return explained.without(read, is_asked=index in covered.get(self.asked(step, of).title, ()))

    def _adds_up_what_is_asked(self, entry: TimelineStep) -> bool:
        """Whether the lines of an update begin with the sum that a veil lies over."""
        is_weight = entry.phase == "update" and entry.parameter.endswith(".weight")
        return is_weight and any(each.of == KEPT_ASKED and each.call == entry.layer for each in self.veil.cells)

    def _may_not_tell(self, step: int) -> bool:
        """Whether a step reads a tensor whose sizes are not to be seen, or it is asked for how it goes."""
        tensors = self.tensors(step)
        is_asked = self.steps[step].phase == "forward" and self.steps[step].call in self.veil.arithmetic
        return is_asked or any(each.title in self._axes for each in (*tensors.given, *tensors.beside))

    def lecture_line(self, step: int, of: str, index: Index) -> str:
        """The same number in the letters of a lecture on neurons: u, z, Δ, δ, w; "" where they are too many."""
        from explorer.engine.errors import EngineError

        if self.has_few_neurons and not self._covered:
            try:
                return self._in_letters(self.steps[step], Cell(self.steps[step].call, index, of))
            except EngineError:
                return ""  # the delta rule is told of layers of neurons only
        return ""

    @cached_property
    def has_few_neurons(self) -> bool:
        """Whether it is a network of neurons few enough to be drawn and named one by one."""
        outputs = [step.asked["output"] for step in self.steps if step.phase == "forward"]
        is_small = all(len(shape) == 2 for shape in outputs) and sum(shape[-1] for shape in outputs) <= FEW_NEURONS
        return is_small and not self._axes

    def _in_letters(self, entry: TimelineStep, cell: Cell) -> str:
        from explorer.engine.explaining.delta_rule import explain_delta, explain_weight_rule, forward_symbols

        if entry.phase == "forward":
            step = self._engine_steps[entry.index]
            symbols = forward_symbols(self._recording, step.call)
            return str(self._explainer.in_letters(step, cell, symbols).explanation or "") if symbols else ""
        if entry.phase == "update":
            return str(explain_weight_rule(self._recording, entry.parameter, cell.index))
        if entry.phase == "backward" and cell.of == "input":
            made = self.maker(entry.index, "input")
            if made is not None and self.steps[made[0]].kind == "linear":
                return str(explain_delta(self._recording, self.steps[made[0]].call, cell.index))
        return ""

    def losses_beside(self) -> dict[str, float | str]:
        """What every loss says of the same outputs and targets, or why it cannot; {} where there is no loss."""
        from explorer.engine.explaining.losses_beside import losses_beside

        found = losses_beside(self._recording)
        return (
            {name: VEILED if not isinstance(each, str) else each for name, each in found.items()}
            if self.veil.loss
            else found
        )

    def finite_difference(self, step: int, of: str, cell: tuple[int, ...]) -> Reading:
        """A float64 reading of the same number by moving a cell. Raises EngineError where there is none."""
        from explorer.engine.errors import EngineError
        from explorer.engine.explaining.finite_difference import finite_difference

        if cell in self._covered.get(self.asked(step, of).title, ()):
            raise EngineError(WAITS)
        return finite_difference(self._recording, self._engine_steps[step], cell, of=of)

    def work_out_gradients(self, should_stop: Callable[[], bool]) -> None:
        """Work out beforehand what each call passes back, so that no step of the cursor has to wait for it.

        Steps where that is impossible are left out: a model may take a gradient of its own on the way.
        """
        every = self._engine_steps
        self._engine_steps = tuple(step for step in every if should_stop() or self._is_whole(step))
        if len(self._engine_steps) < len(every):
            self.steps = self._listed()

    def read_through(self, should_stop: Callable[[], bool]) -> None:
        """Read every number of the large tensors once, where there is time for it: the window has none."""
        large = {step.call for step in self.steps if any(prod(shape) >= LARGE for shape in step.asked.values())}
        for step in self.steps:
            if step.call not in large or should_stop():
                continue
            for tensor in self.tensors(step.index).by_name.values():
                finite_range(tensor.values)
            for of in step.asked:
                self.telling_cell(step.index, of)
            if step.phase == "forward":
                self.magnitudes(step.index)

    def _is_whole(self, step: Step) -> bool:
        from explorer.engine.errors import EngineError
        from explorer.engine.explaining.explain import shares

        try:
            return step.kind != "backward" or bool(shares(step.call, self._recording))
        except EngineError:
            return False

    def find(self, phase: str, call: str) -> int | None:
        """The place of the step of `phase` at the call named `call`."""
        return next((step.index for step in self.steps if (step.phase, step.call) == (phase, call)), None)

    def step_of(self, layer: str) -> int | None:
        """The place of the forward step that gave a layer's maps: of the last call made inside it."""
        return self._steps_of_layers.get(layer)

    @cached_property
    def _steps_of_layers(self) -> dict[str, int]:
        return {step.layer: step.index for step in self.steps if step.phase == "forward"}

    def maker(self, step: int, tensor: str) -> tuple[int, str] | None:
        """The step, and its tensor, that made a tensor this one reads: where a term's cell can be followed to."""
        entry = self.steps[step]
        if tensor == "grad_output":
            return self._maker_of_gradient(entry)
        if entry.phase == "update":
            return self._step_back_to(entry)
        found = self.tensors(step).by_name.get(tensor)
        place = None if found is None else self.find("forward", found.title)
        return None if place is None else (place, "output")

    def _maker_of_gradient(self, entry: TimelineStep) -> tuple[int, str] | None:
        """The backward step of a call that reads this one's output; the first, where several pass shares back."""
        for step in self.steps:
            if step.phase != "backward" or entry.call not in step.parents:
                continue
            given = self.tensors(step.index).by_name
            of = next((name for name in step.asked if given[name].title == entry.call), None)
            if of is not None:
                return step.index, of
        return None

    def _step_back_to(self, entry: TimelineStep) -> tuple[int, str] | None:
        place = self.find("backward", entry.call)
        of = entry.asked_first
        return (place, of) if place is not None and of in self.steps[place].asked else None


def _step_under(step: TimelineStep, axes: Mapping[str, Axes]) -> TimelineStep:
    """The same without the sizes that are asked for, `axes` by the titles of tensors: of each one cell is there."""
    titles = {"output": step.call, **step.titles}
    back = "gradient of " if step.phase == "backward" else ""
    asked = {
        name: drawn_shape(shape, axes.get(f"{back}{titles.get(name, name)}", frozenset()))
        for name, shape in step.asked.items()
    }
    return replace(step, asked=MappingProxyType(asked), covered_axes=axes.get(step.call, frozenset()))


def _step(
    index: int, step: Step, layers: tuple[str, ...], titles: Mapping[str, str], *, batch_size: int
) -> TimelineStep:
    from explorer.arithmetic.families import family_of  # the first paint does not wait for it

    call = step.call
    is_loss = call.name == "loss"
    layer = "" if is_loss else (call.module if call.module in layers else call.name)
    kind = step.update.optimizer if step.update is not None else call.kind
    return TimelineStep(
        index=index,
        phase=step.kind,
        call=call.name,
        kind=kind,
        layer=layer,
        family="output" if is_loss else family_of(call.kind),
        asked=MappingProxyType(dict(step.shapes)),
        parameter=step.update.parameter if step.update is not None else "",
        source=call.source,
        parents=call.parents,
        titles=titles,
        seconds=call.seconds,
        output_bytes=call.output_bytes,
        multiply_adds=call.multiply_adds,
        batch_size=batch_size,
        is_frozen=call.is_frozen,
    )
