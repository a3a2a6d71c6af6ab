"""How a step and a cell may be named: all spellings lead to the same number, PyTorch's own."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import explorer
from explorer.engine import EngineError, record
from explorer.engine.explaining.asked import cell_of
from explorer.engine.explaining.finite_difference import finite_difference
from explorer.engine.recording.recording import Recording


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 2))


def picture() -> Tensor:
    return torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def step() -> Recording:
    return record(network(), picture(), target=[0], loss="cross_entropy")


SPELLINGS = {
    "tuple": tuple,
    "list": list,
    "tensor": torch.tensor,
    "array": np.array,
    "small numbers": lambda cell: np.array(cell, dtype=np.int16),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("cell", [(0, 1, 2, 3), (0, 1, -1, -1), (-1, -3, 2, -3)])
def test_a_cell_is_named_in_every_spelling_and_from_the_end(spelling: str, cell: tuple[int, ...]) -> None:
    explained = explorer.explain(step(), "0", SPELLINGS[spelling](cell))
    assert explained.computed == pytest.approx(float(network()[0](picture()).detach()[cell]), rel=1e-6)
    assert explained.error < 1e-5


@given(st.lists(st.integers(1, 4), max_size=4).map(tuple))
@settings(deadline=None)
def test_a_cell_is_one_wherever_numpy_says_so(shape: tuple[int, ...]) -> None:
    numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    for cell in product(*(range(-size - 1, size + 1) for size in shape)):
        try:
            expected = numbers[cell]
        except IndexError:
            with pytest.raises(EngineError, match="not a cell of output"):
                cell_of(cell, shape, "output")
        else:
            found = cell_of(cell, shape, "output")
            assert numbers[found] == expected
            assert all(index >= 0 for index in found)


@pytest.mark.parametrize("asked", ["4", "call"])
@pytest.mark.parametrize(("of", "cell"), [("weight", (1, -1)), ("bias", [0]), ("bias", 1), ("input", (0, 7))])
def test_a_gradient_is_found_on_the_way_back_by_the_calls_name(asked: str, of: str, cell: Any) -> None:
    recording, model = step(), network()
    x = model[:4](picture()).detach().requires_grad_()
    nn.functional.cross_entropy(model[4](x), torch.tensor([0])).backward()
    plain = {"weight": model[4].weight.grad, "bias": model[4].bias.grad, "input": x.grad}[of]
    named = recording["4"] if asked == "call" else asked
    explained = explorer.explain(recording, named, cell, of=of)
    assert explained.computed == pytest.approx(float(plain[tuple(np.atleast_1d(cell))]), rel=1e-5)
    assert explained.error < 1e-6
    moved = finite_difference(recording, named, cell, of=of)
    assert moved.value == pytest.approx(explained.computed, rel=1e-3, abs=1e-7)


def test_the_gradient_of_a_loss_is_found_too() -> None:
    recording = step()
    output = network()(picture()).detach().requires_grad_()
    nn.functional.cross_entropy(output, torch.tensor([0])).backward()
    assert explorer.explain(recording, "loss", (0, 1), of="input").computed == pytest.approx(float(output.grad[0, 1]))


@pytest.mark.parametrize(
    ("made", "name", "of", "told"),
    [
        (lambda: record(network(), picture()), "0", "weight", "record with a loss"),
        (step, "0", "kernel", "can be asked for weight, bias, not for kernel"),
        (lambda: record(network()[:1], picture()[:, :2]), "0", "weight", "the pass ended early"),
        (
            lambda: record(nn.Sequential(nn.Flatten(), nn.Linear(192, 2)), picture(), target=[0], loss="cross_entropy"),
            "0",
            "input",
            "No gradient passed through 0[.]",
        ),
    ],
)
def test_a_gradient_that_is_not_there_is_told_why(made: Any, name: str, of: str, told: str) -> None:
    with pytest.raises(EngineError, match=told):
        explorer.explain(made(), name, (0, 0, 0, 0), of=of)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ((0, 4, 0, 0), r"\(0, 4, 0, 0\) is not a cell of output, whose shape is \(1, 4, 6, 6\)[.]"),
        ((0, 0), "one number for each axis"),
        ((0, 0, 0, 0.5), "whole numbers"),
        ("middle", "whole numbers"),
        (None, "whole numbers"),
    ],
)
def test_what_is_no_cell_is_told_as_it_was_given(cell: Any, told: str) -> None:
    with pytest.raises(EngineError, match=told):
        explorer.explain(step(), "0", cell)


def test_what_was_dropped_is_worked_out_where_it_is_asked_for() -> None:
    model, x = network(), picture()
    recording = record(model, x, budget_bytes=0)
    assert recording.dropped == ("0", "1", "2", "3", "4")
    for call in recording:
        x = model[call.index](x).detach()
        assert torch.equal(call.output, x)
        assert call.output.numpy().shape == call.output_shape
    assert explorer.explain(recording, "4", (0, 1)).computed == float(x[0, 1])
    assert recording.dropped == ("0", "1", "2", "3", "4")


def test_a_dropped_output_without_its_recording_says_so() -> None:
    call = record(network(), picture(), budget_bytes=0)["0"]
    with pytest.raises(EngineError, match="The output of 0 was dropped to save memory"):
        _ = call.output
