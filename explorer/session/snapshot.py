"""What crosses from the worker to the window: a recording's values as read-only numpy arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.amounts import VEILED
from explorer.arithmetic.cells import subscript
from explorer.arithmetic.losses import loss_named, suggested_loss
from explorer.arithmetic.operation import Index
from explorer.arithmetic.probabilities import sigmoid, softmax
from explorer.network import Network
from explorer.network.receptive_field import ReceptiveFields
from explorer.session.asked_sizes import Axes, covered_shape, stand_in
from explorer.session.batch_axis import has_batch_axis
from explorer.session.cell import Cell, has_places, is_index, maps_shape, same_cell
from explorer.session.channel_facts import ChannelFacts, Look, facts_of, moments
from explorer.session.class_picture import ClassPicture
from explorer.session.explained import Explained
from explorer.session.found_boxes import FoundBoxes
from explorer.session.parameter import Parameter
from explorer.session.part import Part
from explorer.session.ranges import finite_range
from explorer.session.row_names import GIVEN, HIDDEN, MADE, row_letters, row_names
from explorer.session.veil import NO_VEIL, Covered, Veil, told_by, with_veil

if TYPE_CHECKING:
    from explorer.engine.model.workbench import Parameters
    from explorer.engine.recording.call import Call
    from explorer.engine.recording.recording import Recording
    from explorer.engine.recording.taken import Taken

INPUT = "input"
MOST_RANKED = 1000
REAL_PART = ", real part"  # what is said of the kind of a call that gave complex numbers


@dataclass(frozen=True, eq=False)
class LayerActivation:
    """One layer's output for one example of the batch, with what is known of how it was made; all of an output whose
    first axis is not the batch.

    `values` is float32, (C, H, W) or (features,), read-only; of a volume (C, D, H, W) the slices (C·D, H, W), those of
    a channel one after the other. `output_shape` is that of the whole output, the batch among its axes, which is
    (1, *values.shape) where nothing else is said. `weight` is (out, in, kh, kw) or (out, in). `low` and
    `high` span the finite values; `seconds` and `output_bytes` are those of the call. `letter` is that of the numbers
    of a row.
    """

    name: str
    kind: str
    family: str
    parents: tuple[str, ...]
    values: np.ndarray
    weight: np.ndarray | None = None
    bias: np.ndarray | None = None
    seconds: float = 0.0
    output_bytes: int = 0
    multiply_adds: int = 0
    source: str = ""
    output_shape: tuple[int, ...] | None = None
    letter: str = HIDDEN
    covered_axes: Axes = frozenset()  # sizes that are not to be seen
    example: int = 0  # of the batch
    taken: Taken | None = None  # where plain PyTorch hands it out
    parameters: tuple[Parameter, ...] = ()  # all that its call was given, of a person's own model
    attention: np.ndarray | None = None  # what an attention keeps to itself: its weights, (heads, queries, keys)

    @property
    def volume(self) -> tuple[int, ...]:
        """Sizes of one example whose maps are slices of a volume; () for maps and numbers, which say their own."""
        whole = self.whole_shape
        own = whole if self._is_whole and whole[:1] != (1,) else whole[1:]
        return own if len(own) > 3 else ()

    @property
    def slices(self) -> int:
        """How many of its maps lie behind each other in one channel: the depth of a volume, else 1."""
        return prod(self.volume[1:-2])

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of what `values` holds, as PyTorch has them; "?" for those that are asked for."""
        return covered_shape(self.volume or self.values.shape, self.covered_axes)

    def as_part(self) -> Part:
        """What is known of it without its values; its parameters are those that its call was given."""
        parameters = sum(array.size for array in (self.weight, self.bias) if array is not None)
        return Part(self.name, self.kind, self.family, self.shape, self.parents, parameters)

    def under(self, cells: frozenset[Index], axes: Axes = frozenset()) -> LayerActivation:
        """The same with "?" in the place of `cells` of the output, and of its sizes along `axes`: one cell stands for
        them."""
        if axes and not self.volume and max(axes) < self.values.ndim:
            values = stand_in(self.values.shape, axes)
            return replace(self, values=values, covered_axes=axes, output_shape=None)
        places = [self.place(Cell(self.name, index)) for index in cells]
        covered = with_veil(self.values, [place for place in places if place is not None])
        return self if covered is self.values and not axes else replace(self, values=covered, covered_axes=axes)

    def map_name(self, index: int) -> str:
        """Which of its maps the one at `index` is: "channel 2", of a volume "channel 2, slice 5", of a row "y₂"."""
        if self.values.ndim == 1:
            return subscript(self.letter, index)
        channel, _, slices = self.map_label(index).partition(":")
        return f"channel {channel}, slice {slices}" if slices else f"channel {channel}"

    def map_label(self, index: int) -> str:
        """The same in short: "2", "2:5"."""
        places = np.unravel_index(index, self.volume[:-2]) if self.volume else (index,)
        return ":".join(str(place) for place in places)

    def cell(self, channel: int, row: int | None = None, column: int | None = None) -> Cell | None:
        """The output's cell that lies there in `values`; None for a whole map, and for what lies outside."""
        place = (channel, row, column)[: self.values.ndim]
        if None in place or not has_places(place, self.values.shape):
            return None
        index: Index = tuple(at for at in place if at is not None)
        if self._is_whole:
            return Cell(self.name, same_cell(index, self.values.shape, self.whole_shape))
        return Cell(self.name, (self.example, *same_cell(index, self.values.shape, self.whole_shape[1:])))

    def place(self, cell: Cell) -> tuple[int, ...] | None:
        """Where in `values` a cell lies, (channel, row, column) or (index,); None for one that is not among them."""
        whole = self.whole_shape
        if (cell.call, cell.of) != (self.name, "output") or not is_index(cell.index, whole):
            return None
        if self._is_whole:
            return same_cell(cell.index, whole, self.values.shape)
        is_other = cell.index[0] != self.example
        return None if is_other else same_cell(cell.index[1:], whole[1:], self.values.shape)

    @property
    def _is_whole(self) -> bool:
        """Whether `values` are all that there is: of the only example, or of an output without a batch axis."""
        return self.values.size == prod(self.whole_shape)

    @property
    def whole_shape(self) -> tuple[int, ...]:
        """Sizes of the whole output, the batch among its axes."""
        return (1, *self.values.shape) if self.output_shape is None else self.output_shape

    @cached_property
    def _by_channel(self) -> np.ndarray:
        return self.values.reshape(self.values.shape[0], -1)

    @cached_property
    def _ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Minimum and maximum of each channel, (C,) each; NaN where one of its cells is."""
        if self.values.ndim == 1 or not self.values.size:
            numbers = self.values.reshape(-1) if self.values.size else np.zeros(len(self.values), np.float32)
            return numbers, numbers
        return np.asarray(self._by_channel.min(axis=1)), np.asarray(self._by_channel.max(axis=1))

    @cached_property
    def _range(self) -> tuple[float, float]:
        if self.values.size == 0:
            return 0.0, 0.0
        low, high = float(self._ends[0].min()), float(self._ends[1].max())
        return (low, high) if np.isfinite(low) and np.isfinite(high) else finite_range(self.values)

    def read_through(self) -> None:
        """Work out what every view asks for, here where there is time for it, not in the window's thread."""
        _ = self._range, self.dead, self.channel_ranges
        if self.weight is not None:
            finite_range(self.weight)

    @cached_property
    def channel_ranges(self) -> tuple[np.ndarray, np.ndarray]:
        """Smallest and largest finite value of each channel, (C,) each; 0 and 1 where there is none."""
        lows, highs = (ends.copy() for ends in self._ends)
        for channel in np.flatnonzero(~(np.isfinite(lows) & np.isfinite(highs))).tolist():
            finite = self._by_channel[channel][np.isfinite(self._by_channel[channel])]
            lows[channel], highs[channel] = (finite.min(), finite.max()) if finite.size else (0, 1)
        return lows, highs

    @property
    def low(self) -> float:
        """The smallest finite value of the layer."""
        return self._range[0]

    @property
    def high(self) -> float:
        """The largest finite value of the layer."""
        return self._range[1]

    @cached_property
    def _orders(self) -> dict[str, np.ndarray]:
        return {"index": np.arange(len(self.values))}

    @cached_property
    def _facts(self) -> dict[int, ChannelFacts]:
        return {}

    def order_by(self, statistic: str, look: Look = lambda: None) -> np.ndarray:
        """The channels by "index", or with the largest first by their mean, maximum, variance or activity; (C,).

        How active a channel is tells its cell that is furthest from zero. Remembered.
        """
        if statistic not in self._orders:
            found = self._statistic(statistic, look)
            self._orders[statistic] = np.argsort(-np.nan_to_num(found), kind="stable")
        return self._orders[statistic]

    def knows_order(self, statistic: str) -> bool:
        """Whether `order_by` is worked out already."""
        return statistic in self._orders

    def facts_of(self, channel: int, look: Look = lambda: None) -> ChannelFacts:
        """What is told of a map as a whole. Remembered."""
        if channel not in self._facts:
            self._facts[channel] = facts_of(self.values[channel], look)
        return self._facts[channel]

    def knows_facts(self, channel: int) -> bool:
        """Whether `facts_of` a channel are worked out already."""
        return channel in self._facts

    def _statistic(self, name: str, look: Look) -> np.ndarray:
        if name == "maximum":
            return self._ends[1]
        if name == "activity":
            return np.asarray(np.maximum(-self._ends[0], self._ends[1]))
        place = ("mean", "variance").index(name)
        return np.array([moments(cells, look)[place] for cells in self.values])

    @cached_property
    def dead(self) -> np.ndarray:
        """Which maps belong to a channel that is zero in every cell, (C,) bool; of a volume in each of its slices."""
        zero = np.asarray((self._ends[0] == 0) & (self._ends[1] == 0))
        return zero if self.slices == 1 else np.repeat(zero.reshape(-1, self.slices).all(axis=1), self.slices)


@dataclass(frozen=True, eq=False)
class Prediction:
    """What the network says: `values` (K,) beside `names`. `title` tells how they came about."""

    names: Sequence[str]
    values: np.ndarray
    is_probability: bool
    title: str

    @cached_property
    def surest(self) -> np.ndarray:
        """Indices of the largest values, the largest first: all, or where there are very many, `MOST_RANKED`."""
        values = np.nan_to_num(self.values)
        if values.size <= MOST_RANKED:
            return np.argsort(-values, kind="stable")
        largest = np.sort(np.argpartition(-values, MOST_RANKED)[:MOST_RANKED])
        return largest[np.argsort(-values[largest], kind="stable")]

    def covered(self) -> Prediction:
        """The same with "?" in the place of every answer, which stand in their own order: the surest would tell."""
        return replace(self, values=np.full(self.values.shape, VEILED))

    def read_through(self) -> None:
        """Work out what the window asks for, where there is time to read each number."""
        _ = self.surest, finite_range(self.values)


@dataclass(frozen=True, eq=False)
class Activations:
    """All layers of one pass, the fed input first; `failed` is the call that ended it, where no layer stands for it."""

    layers: tuple[LayerActivation, ...]
    failed: Part | None = None
    prediction: Prediction | None = None
    class_picture: ClassPicture | None = None
    boxes: FoundBoxes | None = None
    fields: ReceptiveFields | None = None
    seconds: float = 0.0
    explained: Explained | None = None  # the cell that was looked at when the pass was run
    veil: Veil = NO_VEIL
    bare: Activations | None = None  # what lies under the veil

    @property
    def uncovered(self) -> Activations:
        """These without the veil: what the worker knows them by."""
        return self.bare or self

    def covered_by(self, veil: Veil) -> Covered:
        """The cells of outputs that `veil` lies over, by the layer."""
        shapes = {each.name: each.whole_shape for each in self.layers}
        calls = [(each.name, each.kind, each.parents) for each in self.layers]
        return told_by(veil.of_outputs(shapes), calls, shapes)

    def axes_under(self, veil: Veil) -> Mapping[str, Axes]:
        """Along which axes the sizes of outputs are asked for, by the layer."""
        return veil.sizes.axes((each.name, each.kind, each.parents, len(each.shape)) for each in self.layers)

    def under(self, veil: Veil) -> Activations:
        """These with "?" in the place of what is asked for."""
        bare = self.uncovered
        if not veil:
            return bare
        cells = bare.covered_by(veil)
        axes = bare.axes_under(veil)
        none: frozenset[Any] = frozenset()
        layers = tuple(layer.under(cells.get(layer.name, none), axes.get(layer.name, none)) for layer in bare.layers)
        prediction, last = bare.prediction, bare.layers[-1].name
        if prediction is not None and (veil.prediction or last in cells):
            prediction = prediction.covered()
        areas = None if veil.prediction or veil.sizes.runs or last in cells else bare.class_picture
        if veil.sizes.runs:
            layers, prediction = layers[:1], None
        explained = None if bare.explained is None else bare.explained.under(veil, cells, frozenset(axes))
        failed = None if veil.sizes.runs else bare.failed
        return replace(
            bare,
            layers=layers,
            failed=failed,
            prediction=prediction,
            class_picture=areas,
            boxes=None,
            explained=explained,
            veil=veil,
            bare=bare,
        )

    @cached_property
    def by_name(self) -> Mapping[str, LayerActivation]:
        """The layers by name, "input" among them."""
        return MappingProxyType({layer.name: layer for layer in self.layers})

    def place(self, cell: Cell) -> tuple[int, ...] | None:
        """Where a cell lies in the `values` of its layer; None for one that is not among these."""
        entry = self.by_name.get(cell.call)
        return None if entry is None else entry.place(cell)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What ran, as far as can be told of it by its calls, and the call that failed."""
        ran = tuple(layer.as_part() for layer in self.layers)
        return ran if self.failed is None or self.failed.name in self.by_name else (*ran, self.failed)


def of_example(output: Any, batch: int = 1, example: int = 0) -> Any:
    """What a call gave for one of `batch` examples: without the batch axis, or its number where each has one.

    All that it gave where its first axis is not the batch.
    """
    if has_batch_axis(tuple(output.shape), batch):
        return output[example]
    return output[example : example + 1] if output.dim() == 1 and len(output) == batch else output


def as_maps(output: Any, batch: int = 1, example: int = 0) -> np.ndarray | None:
    """An example of a call's output as read-only (C, H, W) or (features,); None if it holds no numbers.
    An output whose first axis is not that of `batch` examples is there whole.

    A sequence (L, D) becomes one map; of more than three axes the slices are put in a row. Of complex numbers it is
    the real part.
    """
    from explorer.engine.arrays import array

    if output.numel() == 0:
        return None
    return _shaped_as_maps(array(of_example(output, batch, example)).astype(np.float32, copy=False))


def _shaped_as_maps(values: np.ndarray) -> np.ndarray:
    maps = values.reshape(maps_shape(values.shape))
    maps.flags.writeable = False
    return maps


def input_activation(values: np.ndarray) -> LayerActivation:
    """The fed input as the first entry."""
    maps = _shaped_as_maps(values.view())
    return LayerActivation(INPUT, INPUT, INPUT, (), maps, output_shape=(1, *values.shape), letter=GIVEN)


def layer_activations(
    network: Network, recording: Recording, parameters: Callable[[str], Parameters], example: int = 0
) -> Iterable[LayerActivation]:
    """One entry for each layer of `network` that ran: the output of the last call inside it.

    `parameters` is a function from a layer's name to its (weight, bias) arrays.
    """
    for layer in network.layers:
        call = last_call(recording, layer.name)
        values = None if call is None else as_maps(output_of(recording, call), recording.batch_size, example)
        if call is None or values is None:
            continue
        yield _activation(call, values, layer.name, layer.family, network.inputs(layer.name), parameters(layer.name))


def lettered(layers: Sequence[LayerActivation]) -> tuple[LayerActivation, ...]:
    """The same, each with the letter of its numbers."""
    letters = row_letters((layer.name, layer.kind, layer.parents) for layer in layers)
    return tuple(replace(layer, letter=letters[layer.name]) for layer in layers)


def last_call(recording: Recording, layer: str) -> Call | None:
    """The call that gave the layer's output: the last one made inside it."""
    return next((call for call in reversed(recording.calls) if call.module == layer), None)


def call_activations(
    recording: Recording,
    parameters: Callable[[Call], Parameters],
    example: int = 0,
    *,
    learned: Callable[[Call], tuple[tuple[str, np.ndarray], ...]] = lambda _call: (),
) -> Iterable[LayerActivation]:
    """One entry for each call of a person's own model that gave numbers.

    `parameters` is a function from a call to the (weight, bias) arrays that it was given, `learned` one to all of them
    by their names.
    """
    from explorer.arithmetic.families import family_of  # the first paint does not wait for it

    for call in recording.calls:
        values = as_maps(output_of(recording, call), recording.batch_size, example)
        if values is not None:
            pair = parameters(call) if family_of(call.kind) in ("convolution", "linear") else (None, None)
            made = _activation(call, values, call.name, family_of(call.kind), call.parents, pair)
            own = tuple(Parameter(name, array) for name, array in learned(call))
            yield replace(made, example=example, parameters=own, attention=_attention_of(call, example))


def _attention_of(call: Call, example: int) -> np.ndarray | None:
    """The weights of an attention, read-only float32 (heads, queries, keys); None where there are none."""
    from explorer.engine.arrays import array
    from explorer.engine.recording.attention_weights import attention_weights

    weights = attention_weights(call, example)
    return None if weights is None else _shaped_as_maps(array(weights).astype(np.float32, copy=False))


def output_of(recording: Recording, call: Call) -> Any:
    """The tensor that a call gave, the first where it gave several, as an LSTM does."""
    from explorer.engine.explaining.explain import outputs_of

    return outputs_of(recording, call)[0]


def _activation(
    call: Call,
    values: np.ndarray,
    name: str,
    family: str,
    parents: tuple[str, ...],
    parameters: tuple[np.ndarray | None, np.ndarray | None],
) -> LayerActivation:
    return LayerActivation(
        name=name,
        kind=f"{call.kind}{REAL_PART}" if call.gives_complex else call.kind,
        family=family,
        parents=parents,
        values=values,
        weight=parameters[0],
        bias=parameters[1],
        seconds=call.seconds,
        output_bytes=call.output_bytes,
        multiply_adds=call.multiply_adds,
        source=call.source,
        output_shape=call.output_shape,
        taken=call.taken_real if call.gives_complex else call.taken,
    )


def prediction_of(last: LayerActivation, classes: tuple[str, ...], *, loss: str = "") -> Prediction | None:
    """What the last layer says about `classes`; None if it gives maps and not numbers.

    As many numbers as there are classes are read as `loss` reads them, "" being the one that suits them, which the
    title says: through a softmax, each through a sigmoid, or as they are, where the loss compares them with 0 and 1.
    One neuron for two classes gives the probability of the second.
    """
    if last.values.ndim != 1:
        return None
    values = last.values.astype(np.float64)
    names: Sequence[str] = classes if len(classes) == len(values) else row_names(MADE, len(values))
    if last.kind == "softmax":
        return Prediction(names, values, True, last.name)
    if last.kind == "sigmoid":
        return _of_sigmoids(values, names, classes, last.name)
    is_of_two, is_of_classes = len(values) == 1 and len(classes) == 2, names is classes and len(values) > 1
    read_by = loss_named(loss or suggested_loss(last.kind, len(values), len(classes))).reads
    if (is_of_two or is_of_classes) and read_by == "sigmoid":
        return _of_sigmoids(sigmoid(values), names, classes, f"sigmoid of {last.name}")
    if is_of_classes and read_by == "softmax":
        return Prediction(names, softmax(values), True, f"softmax of {last.name}")
    return Prediction(names, values, False, f"output of {last.name}")


def _of_sigmoids(chances: np.ndarray, names: Sequence[str], classes: tuple[str, ...], title: str) -> Prediction:
    if len(chances) == 1 and len(classes) == 2:
        names, chances = classes, np.array([1 - chances[0], chances[0]])
    return Prediction(names, chances, True, title)
