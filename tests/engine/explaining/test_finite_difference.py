"""Finite differences against autograd in float64, for every kind of call that is explained and some that are not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import explorer
from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.arithmetic.operations import OPERATIONS
from explorer.engine import EngineError
from explorer.engine.explaining.finite_difference import Reading, finite_difference
from explorer.engine.recording.recording import Recording
from tests.engine.explaining.one_call import CALLS, recorded


def _cell(shape: tuple[int, ...], seed: int) -> tuple[int, ...]:
    rng = random.Random(seed)
    return tuple(rng.randrange(size) for size in shape)


def _assert_reads(reading: Reading, tolerance: float = 1e-6) -> None:
    assert reading.expected is not None
    assert abs(reading.value - reading.expected) <= tolerance * max(1.0, abs(reading.expected)), reading
    assert "bend" not in reading.what
    assert reading.what.endswith(".")
    assert "-" not in reading.what


@settings(max_examples=5, deadline=None)
@pytest.mark.parametrize("kind", CALLS)
@given(seed=st.integers(0, 2**20))
def test_a_reading_is_what_autograd_computes_in_float64(kind: str, seed: int) -> None:
    recording = recorded(kind, seed)
    steps = [step for step in recording.steps if step.kind in ("forward", "backward") and step.call.name != "loss"]
    assert any(step.call.kind == kind for step in steps)
    for step in steps:
        for of, shape in step.shapes.items():
            if not of.endswith("_after"):  # kept for later passes: nothing of this one depends on it
                _assert_reads(finite_difference(recording, step, _cell(shape, seed), of=of))


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([loss.name for loss in LOSSES]), st.integers(0, 2**20))
def test_a_losss_own_reading_is_what_autograd_computes(loss: str, seed: int) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid()).double()
    is_of_classes = loss_named(loss).targets == "classes"
    target = torch.randint(4, (2,)) if is_of_classes else torch.rand(2, 4, dtype=torch.float64)
    recording = explorer.record(model, torch.randn(2, 3, dtype=torch.float64), target=target, loss=loss)
    for step in recording.steps:
        if step.call is recording.loss_call:
            (of, shape), *_ = step.shapes.items()
            reading = finite_difference(recording, step, _cell(shape, seed), of=of)
            _assert_reads(reading)
            assert "the loss by" in reading.what


def test_every_operation_is_read() -> None:
    read = {*CALLS, *(kind for loss in LOSSES for kind in loss.kinds)}
    missing = [operation.kinds for operation in (*OPERATIONS, *LOSSES) if not set(operation.kinds) & read]
    assert not missing, (
        f"{missing} has no entry in EXPLAINED of tests/engine/explaining/one_call.py: add what PyTorch has for it"
    )


@pytest.mark.parametrize("kind", ["conv2d", "batch_norm", "dropout"])
def test_a_recording_in_float32_is_read_in_float64(kind: str) -> None:
    recording = recorded(kind, 3, torch.float32)
    step = next(step for step in recording.steps if step.kind == "backward" and step.call.kind == kind)
    for of, shape in step.shapes.items():
        _assert_reads(finite_difference(recording, step, _cell(shape, 1), of=of), tolerance=1e-4)


def _step(recording: Recording, kind: str, call: str) -> Any:
    return next(step for step in recording.steps if (step.kind, step.call.name) == (kind, call))


def _recorded_relu(values: list[float]) -> Recording:
    x = torch.tensor([values], requires_grad=True)
    return explorer.record(nn.Sequential(nn.ReLU()), x, target=torch.full_like(x, -1), loss="half_squared_error")


def test_a_relu_at_zero_has_a_bend_and_both_sides_are_said() -> None:
    recording = _recorded_relu([0.0, 2.0])
    reading = finite_difference(recording, _step(recording, "backward", "0"), (0, 0), of="input")
    assert reading.expected == 0
    assert reading.value == pytest.approx(0.5)
    assert reading.what.endswith("There is a bend here: upwards it is 1, downwards 0.")


def test_a_bend_nearby_is_not_a_bend_here() -> None:
    recording = _recorded_relu([3e-7, 2.0])
    reading = finite_difference(recording, _step(recording, "backward", "0"), (0, 0), of="input")
    assert reading.value == pytest.approx(1, rel=1e-5)
    assert reading.step_size == pytest.approx(1e-8)
    assert "bend" not in reading.what


def test_a_tie_of_max_pooling_is_a_bend() -> None:
    x = torch.ones(1, 1, 2, 2, requires_grad=True)
    model = nn.Sequential(nn.MaxPool2d(2))
    recording = explorer.record(model, x, target=torch.zeros(1, 1, 1, 1), loss="half_squared_error")
    reading = finite_difference(recording, _step(recording, "backward", "0"), (0, 0, 1, 1), of="input")
    assert "bend here: upwards it is 1, downwards 0" in reading.what


def test_the_lowest_point_of_a_parabola_is_no_bend() -> None:
    class Square(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * x

    x = torch.zeros(1, 2, requires_grad=True)
    recording = explorer.record(Square(), x, target=torch.ones(1, 2), loss="mbe")
    reading = finite_difference(recording, recording.steps[0], (0, 0))
    assert reading.value == reading.expected == 0
    assert "bend" not in reading.what


def test_what_is_said_names_the_number_that_moves_and_the_one_that_follows() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 2))
    model[0].weight.data.copy_(torch.tensor([[0.5, -3.0], [1.0, 1.0]]))
    x = torch.tensor([[0.25, 1.0]])
    recording = explorer.record(model, x, target=torch.zeros(1, 2), loss="half_squared_error")
    assert finite_difference(recording, "0", (0, 0)).what == (
        "Moving input[0, 1] by ±1e−6 changes output[0, 0] by −6e−6, −3 for each unit. "
        "No other number given to 0 moves it more."
    )
    back = finite_difference(recording, _step(recording, "backward", "0"), (1, 0), of="weight")
    assert back.what.startswith("Moving weight[1, 0] by ±1e−6 changes the loss through this call by ")
    loss = finite_difference(recording, _step(recording, "backward", "loss"), (0, 1), of="input")
    assert loss.what.startswith("Moving input[0, 1] by ±")
    assert " changes the loss by " in loss.what


class Chooses(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5, 3)

    def forward(self, index: torch.Tensor) -> torch.Tensor:
        return self.embedding(index) * (index.unsqueeze(-1) > 1)


def test_whole_numbers_and_updates_are_refused_in_a_sentence() -> None:
    model = Chooses()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recording = explorer.record(model, torch.tensor([1, 4]), target=torch.zeros(2, 3), loss="mse", optimizer=optimizer)
    with pytest.raises(EngineError, match="whole numbers or yes and no"):
        finite_difference(recording, _step(recording, "forward", "gt"), (0, 0))
    with pytest.raises(EngineError, match="arithmetic alone"):
        finite_difference(recording, recording.steps[-1], (0, 0), of="weight")
    with pytest.raises(EngineError, match="not a cell of output"):
        finite_difference(recording, "embedding", (0, 9))
    reading = finite_difference(recording, "embedding", (1, 2))
    assert "weight[4, 2]" in reading.what
    assert reading.value == pytest.approx(1)


def test_a_random_call_that_overflows_in_float32_is_not_said_to_draw_other_numbers() -> None:
    x = torch.full((1, 8), 3e38, requires_grad=True)
    recording = explorer.record(Of(lambda x: F.dropout(x, 0.5, training=True)), x)
    assert recording["dropout"].output.isinf().any()
    place = int(recording["dropout"].output[0].isinf().nonzero()[0, 0])
    assert finite_difference(recording, "dropout", (0, place)).value == pytest.approx(2)


def test_numbers_that_float64_draws_otherwise_are_refused_for_that() -> None:
    torch.manual_seed(0)
    recording = explorer.record(Of(lambda x: x * torch.rand_like(x)), torch.ones(1, 8, requires_grad=True))
    with pytest.raises(EngineError, match=r"^rand_like draws random numbers that cannot be drawn again in float64\.$"):
        finite_difference(recording, "rand_like", (0, 3))


def test_a_reading_leaves_the_recording_and_the_random_numbers_alone() -> None:
    recording = recorded("dropout", 5)
    outputs = [call.output.clone() for call in recording.calls]
    before = torch.get_rng_state()
    for step in recording.steps:
        for of, shape in step.shapes.items():
            finite_difference(recording, step, _cell(shape, 0), of=of)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(call.output, output) for call, output in zip(recording.calls, outputs, strict=True))


class Of(nn.Module):
    """A function of the input, which is smooth at the numbers given."""

    def __init__(self, function: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.function(x)


SMOOTH: dict[str, tuple[Callable[[torch.Tensor], torch.Tensor], list[list[float]]]] = {
    "a constant channel": (
        lambda x: F.batch_norm(x, None, None, training=True),
        [[1.0, 2.0], [1.0, 3.0]],
    ),
    "a constant row": (lambda x: F.layer_norm(x, (3,)), [[100.0, 100.0, 100.0]]),
    "log near 0": (torch.log, [[1e-8, 1.0]]),
    "root near 0": (torch.sqrt, [[1e-9, 1.0]]),
    "ReLU just above 0": (torch.relu, [[1e-9, 1.0]]),
    "a steep exponential": (torch.exp, [[60.0, 1.0]]),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_a_bend_is_claimed_only_where_there_is_one(name: str) -> None:
    function, values = SMOOTH[name]
    x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    recording = explorer.record(Of(function), x, target=torch.full_like(x, -1), loss="mse")
    step = next(step for step in recording.steps if step.kind == "backward" and step.call.name != "loss")
    reading = finite_difference(recording, step, (0, 0), of="input")
    assert "bend" not in reading.what, reading.what
    assert reading.value == pytest.approx(reading.expected, rel=1e-2, abs=1e-6)
