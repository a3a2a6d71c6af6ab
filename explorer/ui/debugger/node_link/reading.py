"""Reads a timeline of a small fully connected network as columns: inputs, hidden units, outputs, targets, loss."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING

from explorer.session.row_names import RESHAPING, is_function
from explorer.ui.debugger.node_link.structure import Line, NodeColumn, NodeLink, Weights

if TYPE_CHECKING:
    from explorer.session.timeline import Timeline, TimelineStep

MOST_NEURONS = 48
MOST_EDGES = 200
TALLEST_COLUMN = 16
"""Each neuron of a column this tall still has a line of text in a drawing 330 px high."""

MINUS_GRADIENT = "−∂E/∂"


def drawable(timeline: Timeline) -> bool:
    """Whether the network is a chain of linear calls and functions of single numbers, small enough to draw each one."""
    calls = _forward(timeline)
    linear = [step for step in calls if step.kind == "linear"]
    if not linear or not _is_chain(timeline, calls) or len({step.layer for step in linear}) < len(linear):
        return False
    sizes = [(timeline.tensors(step.index).by_name["input"].values.shape[-1], *_units(step)) for step in linear]
    neurons = sizes[0][0] + sum(units for _, units in sizes)
    tallest = max(max(pair) for pair in sizes)
    edges = sum(inputs * units for inputs, units in sizes)
    return neurons <= MOST_NEURONS and edges <= MOST_EDGES and tallest <= TALLEST_COLUMN


def _is_chain(timeline: Timeline, calls: list[TimelineStep]) -> bool:
    """Each call reads the one before, on vectors; the loss reads the last."""
    before = "input"
    for number, step in enumerate(calls):
        is_vector = len(step.asked["output"]) == 2
        if not _is_of_neurons(step.kind) or step.parents != (before,) or not is_vector:
            return False
        if number == 0 and not _starts_with_numbers(timeline, step):
            return False
        before = step.call
    loss = next((step for step in timeline.steps if step.phase == "loss"), None)
    return loss is None or (loss.parents == (before,) and _target_fits(timeline, loss))


def _is_of_neurons(kind: str) -> bool:
    """Whether such a call can be drawn as neurons: it weights them, takes each by itself, or all of a vector."""
    return kind in RESHAPING or kind == "linear" or is_function(kind)


def _starts_with_numbers(timeline: Timeline, step: TimelineStep) -> bool:
    shape = timeline.tensors(step.index).by_name["input"].values.shape
    return len(shape) == 2 or (step.kind in RESHAPING and prod(shape[1:]) == step.asked["output"][1])


def _target_fits(timeline: Timeline, loss: TimelineStep) -> bool:
    given = timeline.tensors(loss.index).by_name
    output, target = given["input"].values, given["target"].values
    return target.shape == output.shape or target.shape == output.shape[:1]


def _forward(timeline: Timeline) -> list[TimelineStep]:
    return [step for step in timeline.steps if step.phase == "forward"]


def _units(step: TimelineStep) -> tuple[int, ...]:
    return step.asked["output"][1:]


def drawing_of(timeline: Timeline) -> NodeLink:
    """The drawing of a timeline that is `drawable`."""
    calls = _forward(timeline)
    groups = list(_grouped(calls))
    columns = [_input_column(timeline, calls[0], groups[0])]
    for number, group in enumerate(groups[1:], start=1):
        columns.append(_neurons(timeline, group, is_last=number == len(groups) - 1))
    shape = timeline.tensors(calls[0].index).by_name["input"].values.shape[1:]
    loss = next((step for step in timeline.steps if step.phase == "loss"), None)
    if loss is None:
        return NodeLink(tuple(columns), shape)
    target = timeline.tensors(loss.index).by_name["target"].values
    size = columns[-1].size
    columns.append(NodeColumn("target", "target", size, (Line("d", loss.index, "target", is_given=True),)))
    title = loss.kind.replace("_", " ")
    columns.append(NodeColumn("loss", title, 1, (Line("E", loss.index, "output"),), steps=(loss.index,)))
    return NodeLink(tuple(columns), shape, has_class_target=target.ndim == 1 and size > 1)


def _grouped(calls: list[TimelineStep]) -> Iterator[list[TimelineStep]]:
    """What works on the input, then each linear call with what works on its output."""
    group: list[TimelineStep] = []
    for call in calls:
        if call.kind == "linear":
            yield group
            group = []
        group.append(call)
    yield group


def _input_column(timeline: Timeline, first: TimelineStep, group: list[TimelineStep]) -> NodeColumn:
    size = prod(timeline.tensors(first.index).by_name["input"].values.shape[1:])
    given = Line("x", first.index, "input", is_given=True)
    lines = (given, *_activation_lines(group, "z"))
    symbols = _symbols(group, f"{MINUS_GRADIENT}x", "z")
    names = ["input", *(call.call for call in group)]
    gradients = _gradients(timeline, [None, *group], symbols)
    steps = tuple(call.index for call in group)
    return NodeColumn("input", " · ".join(names), size, lines, gradients, steps=steps)


def _neurons(timeline: Timeline, group: list[TimelineStep], *, is_last: bool) -> NodeColumn:
    linear, after = group[0], group[1:]
    summed, given, delta = ("a", "y", "Δ") if is_last else ("u", "z", "δ")
    activated = _activation_lines(after, given)
    first = Line(summed if activated else f"{summed}={given}", linear.index, "output")
    symbols = _symbols(after, delta, given)
    return NodeColumn(
        role="output" if is_last else "hidden",
        title=" · ".join(call.call for call in group),
        size=_units(linear)[0],
        lines=(first, *activated),
        gradients=_gradients(timeline, list(group), symbols),
        weights=_weights(timeline, linear),
        steps=tuple(call.index for call in group),
    )


def _activation_lines(calls: list[TimelineStep], last: str) -> tuple[Line, ...]:
    """A line for each function applied, the last of them called `last`, the others by what they are."""
    found = [call for call in calls if is_function(call.kind)]
    names = [*(call.kind for call in found[:-1]), last]
    return tuple(Line(name, call.index, "output") for name, call in zip(names, found, strict=False))


def _symbols(calls: list[TimelineStep], first: str, last: str) -> list[str]:
    """What minus the gradient is called for the column's first number and for each call's output.

    Reshaping changes nothing about it.
    """
    names = {line.step: line.symbol for line in _activation_lines(calls, last)}
    symbols = [first]
    for call in calls:
        symbols.append(f"{MINUS_GRADIENT}{names[call.index]}" if call.index in names else symbols[-1])
    return symbols


def _gradients(timeline: Timeline, calls: list[TimelineStep | None], symbols: list[str]) -> tuple[Line, ...]:
    """Minus the gradient of each call's output, in the order in which they are made; None stands for the input."""
    lines = []
    for call, symbol in reversed(list(zip(calls, symbols, strict=True))):
        name = "input" if call is None else call.call
        maker = next((s for s in timeline.steps if s.phase == "backward" and s.parents == (name,)), None)
        if maker is not None and "input" in maker.asked:
            lines.append(Line(symbol, maker.index, "grad_input", sign=-1))
    return tuple(lines)


def _weights(timeline: Timeline, linear: TimelineStep) -> Weights:
    updates = {
        step.asked_first: step.index for step in timeline.steps if step.phase == "update" and step.call == linear.call
    }
    return Weights(
        layer=linear.layer,
        forward=linear.index,
        backward=timeline.find("backward", linear.call),
        weight_update=updates.get("weight"),
        bias_update=updates.get("bias"),
        has_bias="bias" in timeline.tensors(linear.index).by_name,
    )
