"""Calls that only move cells, held against PyTorch: drawn shapes and settings, forwards and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812 (its usual name)

import explorer
from explorer.arithmetic.moves import Move
from explorer.arithmetic.operation import CallValues
from tests.arithmetic.calls import as_numpy, assert_backward, assert_forward, computed, normal

SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)
SEEDS = st.integers(0, 10_000)
Shape = tuple[int, ...]


def _axis(data: st.DataObject, shape: Shape) -> int:
    return data.draw(st.integers(-len(shape), len(shape) - 1))


def _permuted(data: st.DataObject, shape: Shape) -> dict[str, Any]:
    return {"dims": tuple(data.draw(st.permutations(range(len(shape)))))}


def _rolled(data: st.DataObject, shape: Shape) -> dict[str, Any]:
    axes = data.draw(st.lists(st.integers(0, len(shape) - 1), unique=True, min_size=1))
    return {"shifts": tuple(data.draw(st.integers(-5, 5)) for _ in axes), "dims": tuple(axes)}


def _gathered(data: st.DataObject, shape: Shape) -> dict[str, Any]:
    dim = _axis(data, shape)
    sizes = [data.draw(st.integers(1, size)) for size in shape]
    sizes[dim] = data.draw(st.integers(1, 5))
    seed = data.draw(SEEDS)
    index = np.random.default_rng(seed).integers(shape[dim], size=sizes)
    return {"dim": dim, "index": torch.from_numpy(index)}


def _padded(data: st.DataObject, shape: Shape) -> dict[str, Any]:
    pairs = data.draw(st.integers(1, len(shape)))
    sizes = [data.draw(st.integers(1 - shape[-1 - at // 2] if at % 2 else 0, 3)) for at in range(2 * pairs)]
    return {"pad": tuple(sizes), "mode": "constant", "value": 1.5}


DRAWN: dict[str, tuple[Callable[..., Any], Callable[[st.DataObject, Shape], dict[str, Any]]]] = {
    "permute": (torch.permute, _permuted),
    "transpose": (torch.transpose, lambda data, shape: {"dim0": _axis(data, shape), "dim1": _axis(data, shape)}),
    "movedim": (
        torch.movedim,
        lambda data, shape: {"source": _axis(data, shape), "destination": _axis(data, shape)},
    ),
    "roll": (torch.roll, _rolled),
    "gather": (torch.gather, _gathered),
    "pad": (F.pad, _padded),
    "tile": (
        torch.tile,
        lambda data, _shape: {"dims": tuple(data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=5)))},
    ),
    "repeat_interleave": (
        torch.repeat_interleave,
        lambda data, shape: {"repeats": data.draw(st.integers(1, 3)), "dim": _axis(data, shape)},
    ),
}


@pytest.mark.parametrize("kind", DRAWN)
@settings(deadline=None, max_examples=40)
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_every_cell_comes_from_where_pytorch_takes_it(kind: str, data: st.DataObject, shape: Shape, seed: int) -> None:
    function, draw = DRAWN[kind]
    x = normal(shape, torch.float64, seed)
    call = computed(kind, function, {"input": x, **draw(data, shape)})
    assert_forward(Move(), call, torch.float64, seed)
    assert_backward(Move(), call, "input", x.grad, torch.float64, seed)


@settings(deadline=None, max_examples=40)
@given(data=st.data(), shape=SHAPES, seed=SEEDS)
def test_all_pieces_of_a_split_send_their_gradients_back(data: st.DataObject, shape: Shape, seed: int) -> None:
    x = normal(shape, torch.float64, seed)
    dim, size = _axis(data, shape), data.draw(st.integers(1, 5))
    pieces = torch.split(x, size, dim)
    gradients = [normal(tuple(piece.shape), torch.float64, seed + at).detach() for at, piece in enumerate(pieces)]
    torch.autograd.backward(pieces, gradients)
    arguments = {"input": as_numpy(x), "split_size_or_sections": size, "dim": dim}
    arrived = tuple(gradient.numpy() for gradient in gradients)
    call = CallValues("split", arguments, as_numpy(pieces[0]), arrived[0], grad_outputs=arrived)
    assert_forward(Move(), call, torch.float64, seed)
    assert_backward(Move(), call, "input", x.grad, torch.float64, seed)


def test_what_was_not_taken_says_so() -> None:
    x = normal((1, 3), torch.float64)
    call = computed("getitem", lambda input, index: input[index], {"input": x, "index": (slice(None), 1)})
    assert (
        str(Move().backward(call, "input", (0, 2))) == "grad_input[0, 2] = 0, as no cell of the output is a copy of it"
    )
    padded = computed("pad", F.pad, {"input": x, "pad": (1, 0), "value": 2.0})
    assert str(Move().forward(padded, (0, 0))) == "output[0, 0] = 2, as it is padding"


def test_an_assignment_takes_from_what_stood_there_and_from_what_was_assigned() -> None:
    model = nn.Linear(3, 2).double()

    class Assigned(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = model

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            made = x + self.linear.bias.sum()
            made[:, 1:] = self.linear(x)
            made[made > 1] = 0.5
            made[0] = made[1, 2]
            return made

    recording = explorer.record(
        Assigned(), normal((4, 3), torch.float64), target=0, loss=lambda output, _: output.square().sum()
    )
    steps = [step for step in recording.steps if step.update is None and step.call.kind == "setitem"]
    assert len(steps) == 6
    for step in steps:
        for of, shape in step.shapes.items():
            for cell in np.ndindex(*shape):
                assert explorer.explain(recording, step, cell, of=of).error < 1e-12


def test_an_index_that_stands_for_padding_sends_nothing_back() -> None:
    weight = normal((4, 3), torch.float64)
    arguments = {"input": torch.tensor([[1, 3, 1, 0]]), "weight": weight, "padding_idx": -3}
    call = computed("embedding", F.embedding, arguments)
    assert_forward(Move(), call, torch.float64)
    assert_backward(Move(), call, "weight", weight.grad, torch.float64)
    assert Move().backward(call, "weight", (1, 0)).total == 0
