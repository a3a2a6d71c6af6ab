"""The node-link drawing without a window: what is drawn, where, what stands there, and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.session.cursor import Cursor, at
from explorer.session.timeline import Timeline
from explorer.ui.common.box import Box
from explorer.ui.debugger.node_link import (
    Bias,
    Edge,
    Item,
    Node,
    NodeLink,
    ask,
    describe,
    drawable,
    drawing_of,
    fan,
    least_height,
    positions,
    shown,
)
from explorer.ui.debugger.node_link.layout import CHARACTER, STYLES, Style
from explorer.ui.debugger.node_link.shown import ShownNumbers
from explorer.ui.debugger.node_link.structure import Line, NodeColumn, Weights, spelled
from explorer.ui.debugger.node_link.walking import neighbour

PHASES = ("forward", "loss", "backward", "update")


def record(model: Any, x: torch.Tensor, target: torch.Tensor, loss: str, **chosen: Any) -> Timeline:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, **chosen)
    recording = explorer.record(model, x, target=target, loss=loss, optimizer=optimizer)
    return Timeline(recording, loss=loss, optimizer="SGD", learning_rate=0.1, target=target.numpy())


def parsed(text: str, target: torch.Tensor, loss: str = "half_squared_error", **chosen: Any) -> Timeline:
    network = explorer.Network.parse(text)
    torch.manual_seed(3)
    x = torch.randn(len(target), *network.input_shape)
    return record(network.build(seed=1), x, target, loss, **chosen)


def lecture(model: Any = None) -> Timeline:
    """The lecture's network on its input and target."""
    model = model or explorer.load("two-two-two").model
    return record(model, torch.tensor([[0.0, 1.0]]), torch.tensor([[1.0, 0.0]]), "half_squared_error")


def drawing_at(timeline: Timeline, phase: str, call: str) -> ShownNumbers:
    step = timeline.find(phase, call)
    assert step is not None
    return shown(drawing_of(timeline), timeline, at(timeline, step))


def texts(drawing: ShownNumbers, column: int, symbol: str) -> list[str]:
    """What stands beside a symbol in each node of a column, from top to bottom."""
    nodes = sorted(item for item in drawing.written if isinstance(item, Node) and item.column == column)
    lines = [[line.number for line in drawing.written[node] if line.symbol.startswith(symbol)] for node in nodes]
    return [found[0] for found in lines if found]


def weights(drawing: ShownNumbers, column: int) -> list[list[str]]:
    """The texts on the edges into a column, a row for each neuron."""
    edges = sorted(item for item in drawing.written if isinstance(item, Edge) and item.column == column)
    rows = sorted({edge.unit for edge in edges})
    return [[drawing.written[edge][0].text for edge in edges if edge.unit == row] for row in rows]


def biases(drawing: ShownNumbers, column: int) -> list[str]:
    found = sorted(item for item in drawing.written if isinstance(item, Bias) and item.column == column)
    return [drawing.written[bias][0].text for bias in found]


# --- the lecture's example ---


def test_every_number_of_the_lecture_appears_at_its_moment() -> None:
    timeline = lecture()
    drawing = drawing_at(timeline, "forward", "linear1")
    assert texts(drawing, 0, "x") == ["0", "1.000"]
    assert texts(drawing, 3, "d") == ["1.000", "0"]
    assert weights(drawing, 1) == [["−1.000", "0"], ["0", "1.000"]]
    assert weights(drawing, 2) == [["1.000", "0"], ["−1.000", "1.000"]]
    assert biases(drawing, 1) == biases(drawing, 2) == ["1.000", "1.000"]
    assert texts(drawing, 1, "u") == ["1.000", "2.000"]
    assert texts(drawing, 1, "z") == ["–", "–"]
    assert texts(drawing_at(timeline, "forward", "identity1"), 1, "z") == ["1.000", "2.000"]
    assert texts(drawing_at(timeline, "forward", "linear2"), 2, "a") == ["2.000", "2.000"]
    assert texts(drawing_at(timeline, "forward", "identity2"), 2, "y") == ["2.000", "2.000"]
    assert texts(drawing_at(timeline, "forward", "identity2"), 4, "E") == ["–"]
    assert texts(drawing_at(timeline, "loss", "loss"), 4, "E") == ["2.500"]
    assert texts(drawing_at(timeline, "loss", "loss"), 2, "Δ") == ["–", "–"]
    assert texts(drawing_at(timeline, "backward", "identity2"), 2, "Δ") == ["−1.000", "−2.000"]
    assert texts(drawing_at(timeline, "backward", "identity2"), 1, "δ") == ["–", "–"]
    assert texts(drawing_at(timeline, "backward", "linear2"), 1, "−∂E/∂z") == ["1.000", "−2.000"]
    assert texts(drawing_at(timeline, "backward", "identity1"), 1, "δ") == ["1.000", "−2.000"]


def test_the_lectures_new_weights_stand_beside_the_old_ones() -> None:
    timeline = lecture()
    end = shown(drawing_of(timeline), timeline, at(timeline, len(timeline.steps) - 1))
    assert weights(end, 1) == [["−1.000 → −1.000", "0 → 0.1000"], ["0 → 0", "1.000 → 0.8000"]]
    assert biases(end, 1) == ["1.000 → 1.100", "1.000 → 0.8000"]
    assert weights(end, 2) == [["1.000 → 0.9000", "0 → −0.2000"], ["−1.000 → −1.200", "1.000 → 0.6000"]]
    assert biases(end, 2) == ["1.000 → 0.9000", "1.000 → 0.8000"]


def test_the_second_pass_of_the_lecture_is_closer_to_the_target() -> None:
    model = explorer.load("two-two-two").model
    lecture(model)  # recording with an optimizer takes the step
    drawing = drawing_at(lecture(model), "forward", "identity2")
    assert texts(drawing, 1, "z") == ["1.200", "1.600"]
    assert texts(drawing, 2, "y") == ["1.660", "0.3200"]


def test_a_node_says_in_words_what_stands_in_it() -> None:
    timeline = lecture()
    drawing, link = drawing_at(timeline, "update", "linear1"), drawing_of(timeline)
    assert describe(link, drawing, Node(1, 0)) == "Neuron 1 of linear1: u₁ = 1.000, z₁ = 1.000, δ₁ = 1.000."
    assert describe(link, drawing, Edge(1, 0, 1)) == "Weight of linear1 to neuron 1 from input 2: 0 → 0.1000."
    assert describe(link, drawing, Bias(2, 1)) == "Bias of linear2, neuron 2: 1.000."
    before = drawing_at(timeline, "forward", "linear1")
    assert describe(link, before, Node(4, 0)) == "Loss: E not there yet."


# --- what can be drawn ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 linear(8) tanh linear(8) tanh linear(2)", True),
        ("3 linear(1) sigmoid", True),
        ("4 linear(3) relu dropout(0.5) linear(2) softmax", True),
        ("1x2x2 flatten linear(2)", True),
        ("2 linear(16) linear(13) linear(2)", False),  # 240 weights
        ("2 linear(17) linear(1)", False),  # a column too tall to write in
        ("2 linear(10) linear(10) linear(10) linear(10) linear(10)", False),  # 52 neurons
        ("2 a=linear(2) relu add(a, relu1)", False),
        ("1x3x3 conv(1, 2) flatten linear(2)", False),
    ],
)
def test_small_chains_of_linear_layers_are_drawn_and_nothing_else(text: str, expected: bool) -> None:
    outputs = explorer.Network.parse(text).shapes()[-1][0]
    assert drawable(parsed(text, torch.zeros(1, outputs))) is expected


def test_a_layer_that_is_used_twice_is_not_drawn() -> None:
    class Twice(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(self.layer(x))

    recording = explorer.record(Twice(), torch.ones(1, 2), target=torch.ones(1, 2), loss="mse")
    timeline = Timeline(recording, layers=("layer",), loss="mse", optimizer="SGD", learning_rate=0.1)
    assert not drawable(timeline)


def test_a_pass_without_loss_has_no_targets() -> None:
    recording = explorer.record(explorer.Network.parse("2 linear(3) relu").build(seed=0), torch.ones(1, 2))
    timeline = Timeline(recording, loss="", optimizer="", learning_rate=0.0)
    assert drawable(timeline)
    assert [column.role for column in drawing_of(timeline).columns] == ["input", "output"]


def test_without_a_linear_layer_there_is_nothing_to_draw() -> None:
    recording = explorer.record(torch.nn.Tanh(), torch.ones(1, 2))
    assert not drawable(Timeline(recording, loss="", optimizer="", learning_rate=0.0))


def test_a_class_is_drawn_as_one_target_that_is_one() -> None:
    timeline = parsed("2 linear(3)", torch.tensor([2]), "cross_entropy")
    link = drawing_of(timeline)
    assert link.has_class_target
    assert texts(shown(link, timeline, at(timeline, 0)), 2, "d") == ["0", "0", "1.000"]


def test_several_functions_in_a_row_have_a_line_each() -> None:
    timeline = parsed("2 linear(3) relu dropout(0.5) linear(2) softmax", torch.tensor([1]), "cross_entropy")
    columns = drawing_of(timeline).columns
    assert [line.symbol for line in columns[1].lines] == ["u", "relu", "z"]
    assert [line.symbol for line in columns[1].gradients] == ["−∂E/∂z", "−∂E/∂relu", "δ"]
    assert [line.symbol for line in columns[2].lines] == ["a", "y"]


def test_without_a_function_sum_and_output_are_one_number() -> None:
    columns = drawing_of(parsed("2 linear(3) linear(2)", torch.zeros(1, 2))).columns
    assert [line.symbol for column in columns[1:3] for line in column.lines] == ["u=z", "a=y"]
    assert spelled("a=y", 11) == "a₁₂=y₁₂"


# --- numbers against PyTorch ---


@settings(max_examples=12)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=4),
    activation=st.sampled_from(["tanh", "sigmoid", "relu", ""]),
    batch=st.integers(1, 3),
)
def test_deltas_are_minus_the_gradient_of_what_a_neuron_adds_up(sizes: list[int], activation: str, batch: int) -> None:
    text = " ".join([str(sizes[0]), *(f"linear({size}) {activation}" for size in sizes[1:])])
    torch.manual_seed(sum(sizes))
    model = explorer.Network.parse(text).build(seed=4)
    x, target = torch.randn(batch, sizes[0]), torch.randn(batch, sizes[-1])
    sums: list[torch.Tensor] = []
    hooks = [
        module.register_forward_hook(lambda _module, _given, out: (out.retain_grad(), sums.append(out))[0])
        for module in model.modules()
        if isinstance(module, torch.nn.Linear)
    ]
    torch.nn.functional.mse_loss(model(x), target).backward()
    for hook in hooks:
        hook.remove()
    model.zero_grad()
    timeline = record(model, x, target, "mse")
    link, example = drawing_of(timeline), batch - 1
    drawing = shown(link, timeline, at(timeline, len(timeline.steps) - 1, example=example))
    for column, summed in enumerate(sums, start=1):
        assert summed.grad is not None
        for unit in range(summed.shape[1]):
            lines = drawing.written[Node(column, unit)]
            assert lines[0].value == pytest.approx(float(summed.detach()[example, unit]), rel=1e-5, abs=1e-6)
            assert lines[-1].value == pytest.approx(-float(summed.grad[example, unit]), rel=1e-4, abs=1e-7)


CASES = {
    "lecture": lecture,
    "two hidden layers": lambda: parsed(
        "2 linear(4) tanh linear(3) tanh linear(2)", torch.tensor([1, 0]), "cross_entropy", momentum=0.9
    ),
    "one neuron": lambda: parsed("3 linear(1) sigmoid", torch.tensor([[1.0]]), "bce"),
    "after dropout": lambda: parsed("3 linear(4) relu dropout(0.4) linear(2)", torch.zeros(1, 2), "mse"),
    "flattened": lambda: parsed("1x2x2 flatten linear(3) sigmoid linear(2)", torch.zeros(1, 2), "mse"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_click_asks_for_is_the_number_that_stands_there(name: str) -> None:
    timeline = CASES[name]()
    link, asked = drawing_of(timeline), 0
    for step in range(len(timeline.steps)):
        cursor = at(timeline, step)
        for item in (*link.nodes, *link.biases, *link.edges):
            found = ask(link, timeline, cursor, item)
            if found is None:
                assert link.columns[item.column].role == "input"
                continue
            explanation = timeline.explain(found.step, found.of, found.cell).explanation
            assert explanation is not None
            then = Cursor(found.step, found.of, found.cell, example=cursor.example)
            expected = _standing(link, timeline, then, item)
            if expected is not None:
                asked += 1
                assert abs(float(explanation.computed)) == pytest.approx(abs(expected), rel=1e-5, abs=1e-7)
    assert asked > 20


def _standing(link: NodeLink, timeline: Timeline, cursor: Cursor, item: Item) -> float | None:
    """The number made at the cursor in an item, or in the node that its cell belongs to."""
    drawing = shown(link, timeline, cursor)
    entry = timeline.steps[cursor.step]
    if drawing.chosen is None or (entry.phase == "backward" and cursor.of in ("weight", "bias")):
        return None
    lines = [line for line in drawing.written[drawing.chosen] if line.is_now]
    return lines[-1].value if lines else None


@pytest.mark.parametrize("phase", ["forward", "backward", "update"])
def test_a_click_stays_in_the_phase_of_the_cursor(phase: str) -> None:
    timeline = lecture()
    link = drawing_of(timeline)
    cursor = at(timeline, next(step.index for step in timeline.steps if step.phase == phase))
    for item in (Node(1, 0), Node(2, 1), *link.edges, *link.biases):
        found = ask(link, timeline, cursor, item)
        assert found is not None
        assert timeline.steps[found.step].phase == phase


def test_a_click_on_a_line_of_a_node_asks_for_that_line() -> None:
    timeline = lecture()
    link, cursor = drawing_of(timeline), at(timeline, 0)
    found = [ask(link, timeline, cursor, Node(1, 0), line=line) for line in (0, 1)]
    assert [each and timeline.steps[each.step].call for each in found] == ["linear1", "identity1"]


def test_an_edge_asks_for_its_sum_its_gradient_and_its_update() -> None:
    timeline = lecture()
    link, edge = drawing_of(timeline), Edge(2, 1, 0)
    asks = {}
    for phase in ("forward", "backward", "update"):
        cursor = at(timeline, next(step.index for step in timeline.steps if step.phase == phase))
        asks[phase] = ask(link, timeline, cursor, edge)
    assert [(each.of, each.cell) for each in asks.values() if each is not None] == [
        ("output", (0, 1)),
        ("weight", (1, 0)),
        ("weight", (1, 0)),
    ]


def test_a_frozen_weight_has_no_gradient_to_ask_for() -> None:
    model = explorer.load("two-two-two").model
    weight = next(parameter for name, parameter in model.named_parameters() if name == "linear2.weight")
    weight.requires_grad_(False)
    recording = explorer.record(model, torch.ones(1, 2), target=torch.ones(1, 2), loss="mse")
    timeline = Timeline(recording, loss="mse", optimizer="", learning_rate=0.0)
    link = drawing_of(timeline)
    cursor = at(timeline, len(timeline.steps) - 1)
    asks = [ask(link, timeline, cursor, edge) for edge in (Edge(1, 0, 1), Edge(2, 0, 1))]
    assert [each and (timeline.steps[each.step].phase, each.of) for each in asks] == [
        ("backward", "weight"),
        ("forward", "output"),
    ]


# --- inside a step ---


def test_inside_a_step_the_cells_appear_one_by_one() -> None:
    timeline = lecture()
    link = drawing_of(timeline)
    first = shown(link, timeline, Cursor(0, "output", (0, 0), is_inside=True))
    assert texts(first, 1, "u") == ["1.000", "–"]
    assert first.chosen == Node(1, 0)
    assert first.current == {Node(1, 0), Bias(1, 0), Edge(1, 0, 0), Edge(1, 0, 1)}
    update = timeline.find("update", "linear1")
    assert update is not None
    third = shown(link, timeline, Cursor(update, "weight", (1, 0), is_inside=True))
    assert weights(third, 1) == [["−1.000 → −1.000", "0 → 0.1000"], ["0 → 0", "1.000"]]


def test_arrows_run_forwards_and_then_against_the_flow() -> None:
    timeline = lecture()
    assert drawing_at(timeline, "forward", "linear2").flow == 1
    assert drawing_at(timeline, "loss", "loss").loss_flow == 1
    assert drawing_at(timeline, "backward", "loss").loss_flow == -1
    assert drawing_at(timeline, "backward", "linear2").flow == -1
    assert drawing_at(timeline, "backward", "linear1").flow == 0  # nothing is passed on to the input
    assert drawing_at(timeline, "update", "linear1").flow == 0


@pytest.mark.parametrize("name", CASES)
def test_every_step_lights_up_what_it_works_on(name: str) -> None:
    timeline = CASES[name]()
    link = drawing_of(timeline)
    for step in timeline.steps:
        drawing = shown(link, timeline, at(timeline, step.index))
        assert drawing.current
        assert drawing.chosen in drawing.current
        assert drawing.phase == step.phase


# --- layout ---


def sized(sizes: Sequence[int], has_activation: bool = True) -> NodeLink:
    """A drawing of these sizes, as far as the layout looks at it."""
    lines = (Line("u", 0, "output"), Line("z", 1, "output"))[: 1 + has_activation]
    gradients = (Line("−∂E/∂z", 3, "grad_input"), Line("δ", 4, "grad_input"))
    made = Weights("linear", 0, 5, 6, 7, has_bias=True)
    columns = [NodeColumn("input", "input", sizes[0], (Line("x", 0, "input", is_given=True),))]
    columns += [NodeColumn("hidden", "linear", size, lines, gradients, made) for size in sizes[1:]]
    columns.append(NodeColumn("target", "target", sizes[-1], (Line("d", 2, "target", is_given=True),)))
    columns.append(NodeColumn("loss", "loss", 1, (Line("E", 2, "output"),)))
    return NodeLink(tuple(columns), (sizes[0],))


small_networks = st.lists(st.integers(1, 16), min_size=2, max_size=4).filter(
    lambda sizes: sum(sizes) <= 48 and sum(a * b for a, b in pairwise(sizes)) <= 200
)
widths, heights = st.floats(480, 1800), st.floats(180, 900)


def overlapping(boxes: Sequence[Box]) -> list[tuple[Box, Box]]:
    return [(one, other) for one, other in combinations(boxes, 2) if one.overlaps(other)]


@given(sizes=small_networks, has_activation=st.booleans(), width=widths, height=heights)
def test_nothing_overlaps_and_nothing_is_outside(
    sizes: list[int], has_activation: bool, width: float, height: float
) -> None:
    link = sized(sizes, has_activation)
    places = positions(link, width, height)
    lines = [box for bias, box in places.biases.items() if places.styles[bias.column].has_bias_line]
    boxes = [*places.nodes.values(), *places.labels.values(), *lines]
    assert not overlapping(boxes)
    inside = Box(-1e-6, -1e-6, width + 2e-6, height + 2e-6)
    assert all(box.inside(inside) for box in (*boxes, *places.titles))
    assert not overlapping(places.titles)


@given(sizes=small_networks, width=widths, height=heights, chosen=st.randoms(use_true_random=False))
def test_labels_of_a_fan_keep_off_nodes_and_each_other(
    sizes: list[int], width: float, height: float, chosen: Any
) -> None:
    link = sized(sizes)
    places = positions(link, width, height)
    item = chosen.choice((*link.nodes, *link.edges))
    boxes = [*fan(link, places, item).values()]
    assert not overlapping(boxes)
    assert not [(box, node) for box in boxes for node in places.nodes.values() if box.overlaps(node)]


@pytest.mark.parametrize("style", [style for style in STYLES if style.name != "dot"], ids=lambda style: style.name)
def test_a_symbol_and_its_number_are_hardly_squeezed(style: Style) -> None:
    """In slim boxes "−∂E/∂y" and its number were drawn to two thirds of their width."""
    columns = drawing_of(lecture()).columns
    assert any("−∂E/∂y" in line.symbol for column in columns for line in column.gradients)
    for column in columns:
        lines = (*column.lines, *column.gradients) if style.is_stacked else column.lines
        longest = max(len(spelled(line.symbol, column.size - 1)) for line in lines)
        room = style.width(column) - 2 * style.inset
        assert room >= 0.8 * (longest + len(" −0.123")) * style.text * CHARACTER


def test_every_weight_of_the_lectures_network_is_labelled_at_once() -> None:
    link = drawing_of(lecture())
    for width, height in ((860, 330), (850, 205), (560, 230), (1500, 700)):
        assert set(positions(link, width, height).labels) == set(link.edges)


@pytest.mark.parametrize("width", [675, 700, 860])
def test_the_least_height_has_room_for_every_weight_and_bias(width: int) -> None:
    link = drawing_of(lecture())
    height = least_height(link, width)
    assert height is not None
    assert height <= 200
    places = positions(link, width, height)
    assert set(places.labels) == set(link.edges)
    assert all(places.styles[bias.column].has_bias_line for bias in link.biases)
    lower = positions(link, width, height - 20)
    assert set(lower.labels) != set(link.edges) or not all(
        lower.styles[bias.column].has_bias_line for bias in link.biases
    )


def test_what_is_not_written_in_any_low_room_asks_for_none() -> None:
    link = drawing_of(parsed("2 linear(8) tanh linear(8) tanh linear(2)", torch.zeros(1, 2)))
    assert least_height(link, 675) is None


def test_a_fan_has_a_label_for_every_weight_of_its_node() -> None:
    link = drawing_of(parsed("2 linear(8) tanh linear(8) tanh linear(2)", torch.zeros(1, 2)))
    places = positions(link, 860, 330)
    into = {edge for edge in link.edges if (edge.column, edge.unit) == (2, 3)}
    out = {edge for edge in link.edges if (edge.column, edge.source) == (3, 3)}
    assert not into & set(places.labels)
    assert set(fan(link, places, Node(2, 3))) | set(places.labels) >= into | out


def test_the_layout_knows_only_sizes() -> None:
    first, second = lecture(), lecture()
    assert positions(drawing_of(first), 860, 330) == positions(drawing_of(second), 860, 330)
    edited = parsed("2 linear(2) identity linear(2) identity", torch.tensor([[5.0, -7.0]]))
    assert positions(drawing_of(edited), 860, 330) == positions(drawing_of(first), 860, 330)


@given(sizes=small_networks, width=widths, height=heights)
def test_what_is_drawn_is_found_under_the_mouse(sizes: list[int], width: float, height: float) -> None:
    link = sized(sizes)
    places = positions(link, width, height)
    for item, box in (*places.nodes.items(), *places.labels.items()):
        x, y = box.middle
        assert places.item_at(x + min(4.0, box.width / 4), y) == item
    assert places.item_at(-40, -40) is None


# --- keyboard ---


@pytest.mark.parametrize("sizes", [(2, 2, 2), (3, 1), (2, 5, 3, 2)])
def test_the_arrow_keys_reach_everything(sizes: tuple[int, ...]) -> None:
    link = sized(sizes)
    places = positions(link, 860, 330)
    seen: set[Item] = {link.nodes[0]}
    waiting = [link.nodes[0]]
    while waiting:
        item = waiting.pop()
        near = [neighbour(link, places, item, right=step) for step in (-1, 1)]
        near += [neighbour(link, places, item, down=step) for step in (-1, 1)]
        waiting += [each for each in near if each not in seen]
        seen.update(near)
    assert seen == {*link.nodes, *link.biases, *link.edges}


def test_right_goes_along_a_weight_and_left_comes_back() -> None:
    link = drawing_of(lecture())
    places = positions(link, 860, 330)
    edge = neighbour(link, places, Node(0, 0), right=1)
    assert edge == Edge(1, 0, 0)
    assert neighbour(link, places, edge, right=1) == Node(1, 0)
    assert neighbour(link, places, edge, right=-1) == Node(0, 0)
    assert neighbour(link, places, Node(0, 0), right=-1) == Node(0, 0)
    assert neighbour(link, places, Node(1, 0), down=1) == Bias(1, 0)
    assert neighbour(link, places, Node(2, 1), right=1) == Node(3, 1)


def test_an_example_of_the_batch_shows_its_own_numbers() -> None:
    timeline = CASES["two hidden layers"]()
    link = drawing_of(timeline)
    given_values = timeline.tensors(0).by_name["input"].values
    for example in (0, 1):
        drawing = shown(link, timeline, replace(at(timeline, 0), example=example))
        found = [drawing.written[Node(0, unit)][0].value for unit in range(2)]
        assert np.allclose(np.array(found, float), given_values[example])
