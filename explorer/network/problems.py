"""What is wrong with a network, layer by layer, and what would mend it. Nothing here raises."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from explorer.amounts import memory_text
from explorer.network.conforming import conforming_convolution
from explorer.network.layer import Layer, Repair, ShapeError
from explorer.network.layers import Add
from explorer.network.names import INPUT, free_name, is_reserved
from explorer.network.shape import BYTES_PER_VALUE, Shape, cells

if TYPE_CHECKING:
    from explorer.network.network import Network

LARGEST_INPUT_BYTES = 64 * 1024**2
"""2,300 × 2,300 pixels in colour: more is not shown without waiting."""

LARGEST_BYTES = 2 * 1024**3
"""More than this, in parameters or in one activation, is refused before memory is asked for."""

LOOKED_AT = 10_000
"""How many layers are looked at for what a remark's fix would break; after that many, further remarks have no fix."""


@dataclass(frozen=True)
class Fix:
    """A change that mends a problem: other layers in the place of one. Applying it means going on with `network`."""

    label: str
    broken: "Network"
    index: int
    layers: tuple[Layer, ...]

    @cached_property
    def network(self) -> "Network":
        """Made when it is asked for: few of thousands of faults are mended."""
        mended, before = self.broken.with_layers_at(self.index, self.layers), self.broken.layers[self.index].name
        is_renamed = len(self.layers) == 1 and before not in mended.names
        return mended.taking({before: self.layers[0].name}) if is_renamed else mended


@dataclass(frozen=True)
class Problem:
    """A fault of one layer (or of the "input"), in a sentence with the numbers."""

    layer: str
    message: str
    fix: Fix | None
    severity: Literal["error", "remark"]


@dataclass(frozen=True)
class Analysis:
    """What is known of each layer without running anything."""

    shapes: tuple[Shape | None, ...]
    inputs: tuple[tuple[str, ...], ...]
    input_shapes: tuple[tuple[Shape | None, ...], ...]
    problems: tuple[Problem, ...]
    runnable: int


def analyse(network: "Network") -> Analysis:
    """Works through the layers in order; a layer behind a faulty one has no shape and no problem of its own."""
    return _Pass(network).run()


class _Pass:
    """One walk over the layers."""

    def __init__(self, network: "Network") -> None:
        self.network = network
        self.known: dict[str, Shape | None] = {INPUT: network.input_shape}
        self.problems: list[Problem] = []
        self.remarks: list[tuple[int, int, Iterable[Repair]]] = []  # the problem's place, the layer's, what may mend it
        self.error_count = 0
        self.parameter_bytes = 0

    def run(self) -> Analysis:
        self._check_input()
        shapes: list[Shape | None] = []
        taken: list[tuple[str, ...]] = []
        arriving: list[tuple[Shape | None, ...]] = []
        runnable = 0 if self.problems else len(self.network.layers)
        for index, layer in enumerate(self.network.layers):
            names = layer.inputs or (self._before(index),)
            taken.append(names)
            arriving.append(tuple(self.known.get(name) for name in names))
            before = self.error_count
            shape = self._layer_shape(index, layer, names)
            if shape is None or self.error_count > before:
                runnable = min(runnable, index)
            shapes.append(shape)
            self.known[layer.name] = shape
        self._mend_remarks(shapes)
        return Analysis(tuple(shapes), tuple(taken), tuple(arriving), tuple(self.problems), runnable)

    def _check_input(self) -> None:
        size = BYTES_PER_VALUE * cells(self.network.input_shape)
        if size > LARGEST_INPUT_BYTES:
            most = memory_text(LARGEST_INPUT_BYTES)
            self._error(INPUT, f"The input would take {memory_text(size)}; at most {most} is allowed.")

    def _layer_shape(self, index: int, layer: Layer, names: tuple[str, ...]) -> Shape | None:
        """The layer's output shape, its problems noted on the way; None where it cannot be worked out."""
        self._check_name(index, layer)
        fault = layer.complaint()
        if fault:
            self._shape_error(index, layer, fault)
        if self._check_inputs(index, layer, names) or fault:
            return None
        arriving = [self.known[name] for name in names]
        shapes = [shape for shape in arriving if shape is not None]
        if len(shapes) < len(arriving):
            return None
        return self._checked_output(index, layer, names, shapes)

    def _checked_output(self, index: int, layer: Layer, names: tuple[str, ...], shapes: list[Shape]) -> Shape | None:
        try:
            shape = layer.output_shape(*shapes)
        except ShapeError as error:
            self._error(layer.name, str(error), self._branches_meet(layer, names) or self._fix(index, error.fix))
            return None
        self._check_size(layer, shape, shapes)
        for sentence, repairs in layer.remarks(*shapes):
            self.remarks.append((len(self.problems), index, repairs))
            self.problems.append(Problem(layer.name, sentence, None, "remark"))
        return shape

    def _mend_remarks(self, shapes: list[Shape | None]) -> None:
        """Offers for each remark the first change that breaks nothing behind it, once all shapes are known."""
        walks = iter(range(LOOKED_AT // max(1, len(shapes))))
        for place, index, repairs in self.remarks:
            harmless = (
                repair
                for repair, _ in zip(repairs, walks, strict=False)
                if self._breaks_nothing(index, repair.layers[0], shapes)
            )
            self.problems[place] = replace(self.problems[place], fix=self._fix(index, next(harmless, None)))

    def _breaks_nothing(self, index: int, changed: Layer, shapes: list[Shape | None]) -> bool:
        """Whether every layer that has a shape keeps one, and all stays small enough, with `changed` at `index`."""
        others: dict[str, Shape] = {}  # what gets another shape
        parameter_bytes = self.parameter_bytes
        for place in range(index, len(shapes)):
            layer, shape = self.network.layers[place], shapes[place]
            names = layer.inputs or (self._before(place),)
            if shape is None or not (place == index or others.keys() & names):
                continue
            before = [each for each in map(self.known.get, names) if each is not None]
            if len(before) < len(names):  # two layers of the same name
                return False
            given = [others.get(name, each) for name, each in zip(names, before, strict=True)]
            new = changed if place == index else layer
            made = _output_shape(new, *given)
            if made is None or BYTES_PER_VALUE * cells(made) > LARGEST_BYTES:
                return False
            parameter_bytes += BYTES_PER_VALUE * (new.parameter_count(*given) - layer.parameter_count(*before))
            if made != shape:
                others[layer.name] = made
        return parameter_bytes <= LARGEST_BYTES

    def _before(self, index: int) -> str:
        return self.network.layers[index - 1].name if index else INPUT

    def _check_name(self, index: int, layer: Layer) -> None:
        if is_reserved(layer.name):
            sentence = f"The name {layer.name!r} already means something in PyTorch or Python."
        elif layer.name in self.known:
            sentence = f"Two layers are called {layer.name!r}; every name may occur only once."
        else:
            return
        name = free_name(layer.stem, set(self.network.names))
        self._error(layer.name, sentence, self._fix(index, Repair(f"Call it {name}", (replace(layer, name=name),))))

    def _check_inputs(self, index: int, layer: Layer, names: tuple[str, ...]) -> bool:
        """Notes the first fault in what the layer takes; whether there was one."""
        for name in names:
            if name not in self.known:
                self._unknown_input(index, layer, name)
                return True
        if len(names) < layer.least_inputs:
            sentence = (
                f"{layer.kind} needs at least {layer.least_inputs} inputs by name, as in {layer.word}(conv1, relu2)."
            )
            self._error(layer.name, sentence, self._fix(index, self._second_input(index, layer, names)))
            return True
        if layer.most_inputs is not None and len(names) > layer.most_inputs:
            repair = Repair(f"Take {names[0]} alone", (replace(layer, inputs=names[:1]),))
            self._error(layer.name, f"{layer.kind} takes one input, not {len(names)}.", self._fix(index, repair))
            return True
        return False

    def _unknown_input(self, index: int, layer: Layer, name: str) -> None:
        if name not in self.network.names:
            sentence = f"There is no layer called {name!r} to take from."
        elif name == layer.name:
            sentence = "The layer takes its own output; data would go round in a circle."
        else:
            sentence = f"It takes {name!r}, which comes later; data would go round in a circle."
        self._error(layer.name, sentence, self._rewired(index, layer, name))

    def _rewired(self, index: int, layer: Layer, name: str) -> Fix | None:
        """Take the layer before instead; drop a name that would then occur twice."""
        before = self._before(index)
        inputs = tuple(before if taken == name else taken for taken in layer.inputs)
        repair = Repair(f"Take {before} instead", (replace(layer, inputs=inputs),))
        return self._fix(index, repair)

    def _second_input(self, index: int, layer: Layer, names: tuple[str, ...]) -> Repair | None:
        """The nearest earlier output that the layer can take besides its only input."""
        first = self.known[names[0]]
        if first is None:
            return None
        for name, shape in reversed(self.known.items()):
            if name != names[0] and shape is not None and _output_shape(layer, first, shape) is not None:
                return Repair(f"Take {name} and {names[0]}", (replace(layer, inputs=(name, names[0])),))
        return None

    def _branches_meet(self, layer: Layer, names: tuple[str, ...]) -> Fix | None:
        """For a merge of shapes that differ, the change of a convolution that makes them agree."""
        if layer.most_inputs == 1:
            return None
        change = conforming_convolution(self.network.layers, self.known, names, channels=isinstance(layer, Add))
        if change is None:
            return None
        return Fix(change.label, self.network, change.index, (change.layer,))

    def _check_size(self, layer: Layer, shape: Shape, shapes: list[Shape]) -> None:
        count = layer.parameter_count(*shapes)
        own, output = BYTES_PER_VALUE * count, BYTES_PER_VALUE * cells(shape)
        self.parameter_bytes += own
        limit = f"at most {memory_text(LARGEST_BYTES)} is allowed."
        if own > LARGEST_BYTES:
            self._error(layer.name, f"{count:,} weights would take {memory_text(own)}; {limit}")
        elif self.parameter_bytes > LARGEST_BYTES:
            total = memory_text(self.parameter_bytes)
            self._error(layer.name, f"With this layer all weights together would take {total}; {limit}")
        elif output > LARGEST_BYTES:
            self._error(layer.name, f"Its output would take {memory_text(output)}; {limit}")

    def _shape_error(self, index: int, layer: Layer, error: ShapeError) -> None:
        self._error(layer.name, str(error), self._fix(index, error.fix))

    def _error(self, layer: str, message: str, fix: Fix | None = None) -> None:
        self.problems.append(Problem(layer, message, fix, "error"))
        self.error_count += 1

    def _fix(self, index: int, repair: Repair | None) -> Fix | None:
        if repair is None:
            return None
        return Fix(repair.label, self.network, index, repair.layers)


def _output_shape(layer: Layer, *shapes: Shape) -> Shape | None:
    """None where the layer does not take what arrives."""
    try:
        return layer.output_shape(*shapes)
    except ShapeError:
        return None


def errors(problems: tuple[Problem, ...]) -> Iterator[Problem]:
    """The problems that keep a network from running."""
    return (problem for problem in problems if problem.severity == "error")
