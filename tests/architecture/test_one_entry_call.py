"""A kind of call is one class and one entry in OPERATIONS: an activation and a running sum are found everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import product
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from torch import Tensor, nn
from torch.nn import functional

import explorer
from explorer.arithmetic.activation import Activation, Parts, Point
from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, explain_sum
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.operations import OPERATIONS
from explorer.arithmetic.places import factor_at
from explorer.arithmetic.words import DY, KindWords, Told, by_slope
from explorer.arithmetic.written import Exact, Function, Number, Sum, Written
from explorer.engine.explaining.delta_rule import explain_delta
from explorer.session import cursor as moves
from explorer.session.timeline import Timeline
from explorer.ui.common import theme
from explorer.ui.debugger.into.function_curve import FunctionCurve
from explorer.ui.debugger.into.plan import into_plan
from explorer.ui.debugger.into.term_tables import Table
from explorer.ui.debugger.node_link.reading import drawable
from explorer.ui.debugger.stage import StepStage
from explorer.ui.debugger.words import step_words
from tests.architecture.entries import listed
from tests.ui.step_sessions import SteppedSession


class Softplus(Activation):
    """A ReLU whose corner is rounded off."""

    kinds = ("softplus",)
    written = "log(1 + exp(u))"
    slope_written = "σ(u)"
    usual: ClassVar[Mapping[str, Any]] = {"threshold": 20}
    told: ClassVar[Mapping[str, KindWords]] = {
        "softplus": KindWords(
            "Softplus",
            Told("Each number of {input} is bent softly to stay above 0.", "y = log(1 + exp(x))"),
            by_slope("The gradient is multiplied by the sigmoid of each number of {input}.", "σ(x)"),
        ),
    }

    def value(self, point: Point) -> float:
        return float(np.logaddexp(0, point.u))

    def slope(self, point: Point) -> Parts:
        return (float(np.exp(-np.logaddexp(0, -point.u))),)

    def numbers(self, point: Point) -> tuple[Written | None, str]:
        return Function("log", (Sum((Exact(1), Function("exp", (Number(point.u),)))),)), ""


class RunningSum(Operation):
    """output[i] = Σ input[j] over the places j up to i, along an axis of vectors."""

    kinds = ("cumsum",)
    family = "merge"
    place = "torch."
    told: ClassVar[Mapping[str, KindWords]] = {
        "cumsum": KindWords(
            "Running sum",
            Told("Each number of {made} adds up those of {input} from the first to its own.", "y[i] = Σ x[j], j ≤ i"),
            {"": Told("Each number gets the gradients of all sums it is in.", f"∂L/∂x[j] = Σ {DY}[i], i ≥ j")},
        ),
    }

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        return self._summed(call, "output", "input", call.arguments["input"], cell, range(cell[-1] + 1))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        later = range(cell[-1], call.output.shape[-1])
        return self._summed(call, f"grad_{of}", "grad_output", arrived(call), cell, later)

    @staticmethod
    def _summed(
        call: CallValues, name: str, of: str, values: np.ndarray, cell: Index, places: range
    ) -> Explanation:  # fmt: skip
        cells = np.array([(*cell[:-1], index) for index in places], dtype=np.intp)
        rule = f"{symbol(call, name)} = Σ {symbol(call, of)}"
        return explain_sum(rule, (factor_at(of, values, cells),), name=place(call, name, cell))


class Net(nn.Module):
    """Two linear layers with a function between them."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.first, self.second, self.function = nn.Linear(4, 5), nn.Linear(5, 2), function

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.function(self.first(x)))


def running_sum(x: Tensor) -> Tensor:
    return torch.cumsum(x, 1)


TOYS = [(Softplus(), functional.softplus), (RunningSum(), running_sum)]


def listed_alone(toy: Operation) -> AbstractContextManager[tuple[Any, ...]]:
    """Among the others, also where the program has these kinds by now: then in place of what is there."""
    return listed(OPERATIONS, toy, instead_of=[each for each in OPERATIONS if set(each.kinds) & set(toy.kinds)])


@pytest.fixture(params=TOYS, ids=["activation", "sum"])
def toy(request: pytest.FixtureRequest) -> Iterator[tuple[Operation, Callable[[Tensor], Tensor]]]:
    with listed_alone(request.param[0]):
        yield request.param


def timeline_with(function: Callable[[Tensor], Tensor]) -> Timeline:
    model = Net(function)
    x, target = torch.randn(2, 4, generator=torch.Generator().manual_seed(2)), torch.zeros(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recording = explorer.record(model, x, target=target, loss="half_squared_error", optimizer=optimizer)
    return Timeline(recording, loss="half_squared_error", optimizer="SGD", learning_rate=0.1)


def test_each_of_its_cells_is_explained_as_pytorch_computed_it(
    toy: tuple[Operation, Callable[[Tensor], Tensor]],
) -> None:
    operation, function = toy
    model = Net(function).double()
    recording = explorer.record(model, torch.randn(2, 4).double(), target=torch.zeros(2, 2).double(), loss="mse")
    steps = [step for step in recording.steps if step.call.kind in operation.kinds]
    assert [step.kind for step in steps] == ["forward", "backward"]
    for step in steps:
        for of, shape in step.shapes.items():
            for cell in product(*(range(size) for size in shape)):
                explained = explorer.explain(recording, step, cell, of=of)
                assert explained.error is not None
                assert explained.error < 1e-12


def test_its_steps_have_their_sentences_and_a_line_that_does_the_same(
    toy: tuple[Operation, Callable[[Tensor], Tensor]],
) -> None:
    operation, function = toy
    timeline, kind = timeline_with(function), operation.kinds[0]
    told = operation.told[kind]
    forward, backward = (step for step in timeline.steps if step.kind == kind)
    tensors = timeline.tensors(forward.index)
    words = step_words(forward, tensors)
    assert words.title == told.title
    assert words.sentence == told.forward.sentence.format(made=forward.call, input="first")
    assert words.formula == told.forward.formula
    assert words.source == {"softplus": "F.softplus(first)", "cumsum": "torch.cumsum(first, dim=1)"}[kind]
    names = {"F": functional, "torch": torch, "first": torch.tensor(tensors.by_name["input"].values)}
    computed = eval(words.source, names)  # the line is what is tested
    np.testing.assert_allclose(computed.numpy(), tensors.by_name["output"].values, rtol=1e-6)
    back = step_words(backward, timeline.tensors(backward.index))
    assert back.sentence == told.backward[""].sentence.format(input="first")
    assert forward.family == operation.family


def test_it_is_drawn_in_the_debugger(
    toy: tuple[Operation, Callable[[Tensor], Tensor]], qtbot: QtBot, qapp: QApplication
) -> None:
    operation, function = toy
    timeline = timeline_with(function)
    theme.apply(qapp, "light")
    session = SteppedSession(timeline)
    stage = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(stage)
    stage.resize(860, 330)
    stage.show()
    for step in (step for step in timeline.steps if step.kind in operation.kinds):
        inside = replace(moves.into(timeline, moves.at(timeline, step.index)), cell=(0, 2))
        middle = into_plan(timeline, inside, ()).middle
        assert isinstance(middle, FunctionCurve if isinstance(operation, Activation) else Table)
        session.go(step.phase, step.call, inside=True)
    assert not stage.grab().isNull()
    stage.hide()


def test_an_activation_is_one_for_the_delta_rule_and_for_the_drawing_of_neurons() -> None:
    with listed_alone(Softplus()):
        timeline = timeline_with(functional.softplus)
        assert drawable(timeline)
        model = Net(functional.softplus)
        recording = explorer.record(model, torch.randn(1, 4), target=torch.zeros(1, 2), loss="half_squared_error")
        explained = explain_delta(recording, "first", (0, 3))
        assert explained.error is not None
        assert explained.error < 1e-6
