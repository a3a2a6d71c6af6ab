"""The lecture's step of backpropagation on the 2-2-2 network: every number of the slides comes out of a real step.

The slides write Δ and δ for the negative gradients with respect to what a unit adds up.
"""

from __future__ import annotations

from itertools import product

import pytest
import torch

import explorer

LEARNING_RATE = 0.1
TARGET = torch.tensor([[1.0, 0.0]])
INPUT = torch.tensor([[0.0, 1.0]])


@pytest.fixture
def step() -> object:
    model = explorer.load("two-two-two").model
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    return model, explorer.record(model, INPUT, target=TARGET, loss="half_squared_error", optimizer=optimizer)


def _numbers(tensor: torch.Tensor) -> list[float]:
    return [round(value, 6) for value in tensor.detach().reshape(-1).tolist()]


def test_forward_u_z_and_y(step) -> None:
    _, recording = step
    assert _numbers(recording["linear1"].output) == [1, 2]
    assert _numbers(recording["identity1"].output) == [1, 2]
    assert _numbers(recording["identity2"].output) == [2, 2]


def test_backward_delta_is_the_negative_gradient(step) -> None:
    _, recording = step
    assert _numbers(-recording["linear2"].grad_output) == [-1, -2]
    assert _numbers(-recording["linear1"].grad_output) == [1, -2]


def test_new_weights_and_biases_and_the_outputs_after_the_step(step) -> None:
    model, _ = step
    assert _numbers(model.linear1.weight) == [-1, 0.1, 0, 0.8]
    assert _numbers(model.linear1.bias) == [1.1, 0.8]
    assert _numbers(model.linear2.weight) == [0.9, -0.2, -1.2, 0.6]
    assert _numbers(model.linear2.bias) == [0.9, 0.8]
    again = explorer.record(model, INPUT)
    assert _numbers(again["identity1"].output) == [1.2, 1.6]
    assert _numbers(again["identity2"].output) == [1.66, 0.32]


def test_every_number_of_the_step_has_its_written_line(step) -> None:
    _, recording = step
    lines = [
        str(explorer.explain(recording, entry, cell, of=of))
        for entry in recording.steps
        for of, shape in entry.shapes.items()
        for cell in product(*map(range, shape))
    ]
    print("\n".join(lines))
    assert all("=" in line for line in lines)
    assert any(line.endswith("= 2") for line in lines)
    assert any("0.8" in line for line in lines)
    errors = [
        explorer.explain(recording, entry, (0,) * len(shape), of=of).error
        for entry in recording.steps
        for of, shape in entry.shapes.items()
    ]
    assert max(errors) < 1e-6
