"""Numbers drawn at random from every step of a recorded training step explain themselves as PyTorch computed them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.arithmetic import Explanation
from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.engine import EngineError
from explorer.engine.recording.arguments import tensors_by_name
from explorer.engine.recording.recording import Recording, Step
from tests.engine.explaining.one_call import EXPLAINED, recorded
from tests.ui.fakes import make_picture

CELLS_A_TENSOR = 20
TOLERANCE = 1e-4  # of the sum of the terms' magnitudes, in float32


def _optimizer(name: str, model: nn.Module) -> torch.optim.Optimizer:
    return {
        "sgd": lambda: torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3),
        "adam": lambda: torch.optim.Adam(model.parameters(), lr=1e-3),
    }[name]()


def _recorded(name: str, optimizer: str, *, train: bool) -> Recording:
    loaded = explorer.load(name)
    x = loaded.prepare(make_picture(4))
    classes = len(loaded.classes)
    is_one_neuron = loaded.network.shapes()[-1] == (1,)
    target = torch.tensor([[0.25]]) if is_one_neuron else torch.tensor([classes - 2])
    loss = "bce" if is_one_neuron else "cross_entropy"
    made = _optimizer(optimizer, loaded.model)
    for _ in range(2):  # in the second step momentum and Adam's state are there already
        recording = explorer.record(loaded.model, x, target=target, loss=loss, optimizer=made, train=train)
    return recording


def _rounding_size(step: Step) -> float:
    """A loss's terms are differences of logits, in float32: what they were rounded at is the size of the logits."""
    return float(step.call.arguments["input"].detach().abs().max()) if step.kind == "loss" else 1e-30


def _shown(recording: Recording, rng: random.Random) -> Iterator[tuple[Step, str, Explanation]]:
    """Some cells of everything that any step of the recording can be asked for, explained."""
    for step in recording.steps:
        for of, shape in step.shapes.items():
            for _ in range(CELLS_A_TENSOR):
                cell = tuple(rng.randrange(size) for size in shape)
                yield step, f"{of}{cell}", explorer.explain(recording, step, cell, of=of)


def test_ten_thousand_cells_of_every_step_explain_themselves() -> None:
    """Of the bundled networks of pictures, in evaluation and training, with momentum and with Adam."""
    rng, tried, worst, kinds = random.Random(0), 0, (0.0, ""), set()
    for name, optimizer, train in product(("cifar10", "lecture", "one-neuron"), ("sgd", "adam"), (False, True)):
        recording = _recorded(name, optimizer, train=train)
        for step, of, explained in _shown(recording, rng):
            size = max(explained.magnitude, abs(explained.computed), _rounding_size(step))
            where = f"{name}, {step.kind} of {step.call.name}, {of}"
            assert explained.error <= TOLERANCE * size, f"{where}: {explained}, PyTorch {explained.computed}"
            worst = max(worst, (explained.error / size, where))
            tried += 1
            kinds.add((step.kind, step.call.kind))
    assert tried >= 10_000
    assert {kind for kind, _ in kinds} == {"forward", "loss", "backward", "update"}
    print(f"{tried:,} cells of {len(kinds)} kinds of steps tried; worst error {worst[0]:.1e} of the terms: {worst[1]}")


def _tensors(step: Step) -> dict[str, np.ndarray]:
    """What a drawing of the step can point at, by name."""
    call = step.call
    tensors = tensors_by_name(call.arguments) | {"output": call.output}
    if call.grad_output is not None:
        tensors["grad_output"] = call.grad_output
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


def _assert_drawable(explained: Explanation, tensors: dict[str, np.ndarray]) -> None:
    """Every factor that has cells has cells of a tensor of the call, and holds what stands there unless it says so."""
    parts = explained.terms.parts
    assert sum(len(part) for part in parts) == len(explained.terms)
    assert all(part.factors for part in parts)
    seen = () if explained.seen is None else (explained.seen,)
    for factor in (*seen, *(factor for part in parts for factor in part.factors)):
        if factor.cells is not None:
            values = tensors[factor.name][tuple(factor.cells.T)]
            assert factor.made or np.array_equal(values, factor.values)
            assert factor.label == (factor.made or factor.name)


@pytest.mark.parametrize("kind", EXPLAINED)
def test_what_stands_in_the_terms_can_be_drawn_over_the_calls_tensors(kind: str) -> None:
    recording, rng = recorded(kind, 0), random.Random(0)
    for step in recording.steps:
        for of, shape in step.shapes.items():
            for _ in range(4):
                cell = tuple(rng.randrange(size) for size in shape)
                _assert_drawable(explorer.explain(recording, step, cell, of=of), _tensors(step))


@pytest.mark.parametrize("loss", [loss.name for loss in LOSSES])
def test_what_stands_in_a_losss_terms_can_be_drawn_too(loss: str) -> None:
    torch.manual_seed(0)
    x = torch.rand(2, 3, requires_grad=True)
    target = torch.tensor([2, 0]) if loss_named(loss).targets == "classes" else torch.rand(2, 3)
    recording = explorer.record(nn.Identity(), x, target=target, loss=loss)
    for step in recording.steps[1:3]:
        for of, shape in step.shapes.items():
            cell = tuple(0 for _ in shape)
            _assert_drawable(explorer.explain(recording, step, cell, of=of), _tensors(step))


def test_a_cross_entropy_shows_all_the_scores_that_it_looked_at() -> None:
    x, target = torch.tensor([[1.0, 2.0, 3.0], [0.5, 0.0, -1.0]], requires_grad=True), torch.tensor([2, 0])
    recording = explorer.record(nn.Identity(), x, target=target, loss="cross_entropy")
    whole = explorer.explain(recording, recording.steps[1], ())
    assert len(whole.terms) == 2
    assert whole.seen.values.tolist() == [1, 2, 3, 0.5, 0, -1]
    row = explorer.explain(recording, recording.steps[2], (1, 2), of="input").seen
    assert row.cells.tolist() == [[1, 0], [1, 1], [1, 2]]


def test_the_slope_of_an_activation_was_looked_up_at_its_input() -> None:
    recording = recorded("relu", 0)
    step = next(step for step in recording.steps if (step.kind, step.call.kind) == ("backward", "relu"))
    seen = explorer.explain(recording, step, (1, 2), of="input").seen
    assert (seen.name, seen.cells.tolist()) == ("input", [[1, 2]])


def test_a_written_line_is_what_str_gives() -> None:
    recording = _recorded("lecture", "sgd", train=False)
    explained = explorer.explain(recording, "conv1", (0, 3, 10, 12))
    assert len(explained.terms) == 75 + 1
    assert str(explained) == explained.written
    assert explained.terms[0].source[0][0] in ("input", "weight")


@pytest.mark.parametrize(
    ("cell", "of", "words"),
    [((0, 99, 0, 0), "output", "not a cell"), ((0, 0), "output", "not a cell"), ((0, 0, 0, 0), "weight", "output")],
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


def test_the_loss_of_a_single_number_explains_itself() -> None:
    class Mean(torch.nn.Linear):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return super().forward(x).mean()

    recording = explorer.record(Mean(3, 2), torch.randn(2, 3), target=torch.tensor(0.5), loss="mse")
    step = next(step for step in recording.steps if step.kind == "loss")
    why = explorer.explain(recording, step, ())
    assert why.total == pytest.approx(recording.loss, rel=1e-6)


def test_a_sum_that_spreads_a_cell_over_a_map_explains_itself_both_ways() -> None:
    network = explorer.Network.parse("2x4x4 a=conv(3, 3, padding=1) b=adaptiveavgpool(1) c=add(a, b) flatten linear(2)")
    recording = explorer.record(network.build(seed=0), torch.randn(2, 2, 4, 4), target=[0, 1], loss="cross_entropy")
    assert explorer.explain(recording, "c", (1, 2, 3, 0)).error < 1e-6
    back = next(step for step in recording.steps if step.kind == "backward" and step.call.name == "c")
    for of, cell in (("input", (1, 2, 3, 0)), ("other", (1, 2, 0, 0))):
        explanation = explorer.explain(recording, back, cell, of=of)
        assert explanation.error < 1e-6
        assert len(explanation.terms.values) == (16 if of == "other" else 1)


def test_a_recording_is_gone_through_and_asked_as_people_do_in_a_notebook() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
    recording = explorer.record(model, torch.randn(1, 3, 8, 8))
    assert [call.name for call in recording] == ["0", "1", "2", "3"]
    assert recording[-1] is recording["3"]
    assert recording[:2] == recording.calls[:2]
    expected = explorer.explain(recording, "0", (0, 1, 2, 3)).total
    for step, cell in (
        ("0", [0, 1, 2, 3]),
        (recording["0"], np.array([0, 1, 2, 3])),
        ("0", torch.tensor([0, 1, 2, 3])),
    ):
        assert explorer.explain(recording, step, cell).total == expected  # type: ignore[arg-type]
    for cell in (1, (0, 1, -7, -1), "here", (0, 0.5, 0, 0)):
        with pytest.raises(EngineError, match="cell"):
            explorer.explain(recording, "0", cell)  # type: ignore[arg-type]


def test_what_is_no_model_and_a_pass_that_failed_at_once_say_so() -> None:
    with pytest.raises(EngineError, match="needs a model"):
        explorer.record(lambda x: x, torch.ones(1))  # type: ignore[arg-type]
    failed = explorer.record(nn.Conv2d(3, 4, 3), torch.randn(1, 1, 8, 8))
    with pytest.raises(KeyError, match="the pass ended early"):
        failed["4"]
