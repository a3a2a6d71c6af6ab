"""Numbers drawn at random from every step of a recorded training step explain themselves as PyTorch computed them."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from torch import nn

import explorer
from explorer.engine import EngineError
from tests.ui.fakes import make_picture

CELLS_A_STEP = 12
TOLERANCE = 1e-4  # of the sum of the terms' magnitudes, in float32


def _optimizer(name: str, model: nn.Module) -> torch.optim.Optimizer:
    return {
        "sgd": lambda: torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3),
        "adam": lambda: torch.optim.Adam(model.parameters(), lr=1e-3),
    }[name]()


def _recorded(name: str, optimizer: str, *, train: bool) -> Any:
    loaded = explorer.load(name)
    x = loaded.prepare(make_picture(4))
    classes = len(loaded.classes)
    is_one_neuron = loaded.network.shapes()[-1] == (1,)
    target = torch.tensor([[0.25]]) if is_one_neuron else torch.tensor([classes - 2])
    loss = "bce" if is_one_neuron else "cross_entropy"
    made = _optimizer(optimizer, loaded.model)
    recording = None
    for _ in range(2):  # in the second step momentum and Adam's state are there already
        recording = explorer.record(loaded.model, x, target=target, loss=loss, optimizer=made, train=train)
    return recording


def _rounding_size(step: Any) -> float:
    """A loss's terms are differences of logits, in float32: what they were rounded at is the size of the logits."""
    return float(step.call.arguments["input"].detach().abs().max()) if step.kind == "loss" else 1e-30


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("name", ["cifar10", "lecture", "one-neuron"])
def test_cells_of_every_step_explain_themselves(name: str, optimizer: str, train: bool) -> None:
    recording = _recorded(name, optimizer, train=train)
    rng = random.Random(0)
    tried, worst = 0, 0.0
    for step in recording.steps:
        for of, shape in step.shapes.items():
            for _ in range(CELLS_A_STEP):
                cell = tuple(rng.randrange(size) for size in shape)
                explained = explorer.explain(recording, step, cell, of=of)
                size = max(explained.magnitude, abs(explained.computed), _rounding_size(step))
                assert explained.error <= TOLERANCE * size, f"{step.kind} {step.call.name} {of}{cell}: {explained}"
                worst = max(worst, explained.error / size)
                tried += 1
    print(f"{name}, {optimizer}: {tried} cells tried, worst error {worst:.1e} of the terms")
    assert tried > 100


def test_a_written_line_is_what_str_gives() -> None:
    recording = _recorded("lecture", "sgd", train=False)
    explained = explorer.explain(recording, "conv1", (0, 3, 10, 12))
    assert len(explained.terms) == 75 + 1
    assert str(explained) == explained.written
    assert explained.terms[0].source[0][0] in ("input", "weight")


@pytest.mark.parametrize(
    ("cell", "of", "words"),
    [((0, 99, 0, 0), "output", "no cell"), ((0, 0), "output", "no cell"), ((0, 0, 0, 0), "weight", "output")],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(cell: tuple[int, ...], of: str, words: str) -> None:
    recording = _recorded("lecture", "sgd", train=False)
    with pytest.raises(EngineError, match=words):
        explorer.explain(recording, recording.steps[0], cell, of=of)


def test_a_kind_without_arithmetic_says_so() -> None:
    class Odd(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.fft.fft(x).real

    recording = explorer.record(Odd(), torch.randn(1, 4))
    with pytest.raises(EngineError, match="no arithmetic"):
        explorer.explain(recording, recording.steps[0], (0, 0))
