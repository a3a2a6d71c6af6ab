"""A training loop that goes on does not spoil what was recorded before."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.engine import EngineError, record
from explorer.engine.recording.recording import Recording
from tests.named_models import ResNet18


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))


def pictures() -> Tensor:
    return torch.randn(3, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def go_on(model: nn.Module, make: Callable[..., torch.optim.Optimizer]) -> None:
    """Two steps of a person's own loop."""
    optimizer = make(model.parameters(), lr=0.1)
    model.train()
    for _ in range(2):
        optimizer.zero_grad(set_to_none=False)
        nn.functional.cross_entropy(model(pictures()), torch.tensor([0, 1, 1])).backward()
        optimizer.step()


def lines(recording: Recording) -> list[str]:
    """Everything that each step can be asked for, at one cell."""
    return [
        str(explorer.explain(recording, step, (0,) * len(shape), of=of))
        for step in recording.steps
        for of, shape in step.shapes.items()
    ]


@pytest.mark.parametrize("make", [torch.optim.SGD, torch.optim.Adam])
@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("asked", [{}, {"target": [0, 1, 1], "loss": "cross_entropy"}])
def test_steps_of_a_later_loop_change_no_explanation(make: Any, train: bool, asked: dict[str, Any]) -> None:
    model = network()
    recording, alike = (record(model, pictures(), train=train, **asked) for _ in range(2))
    before = lines(alike)
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    go_on(model, make)
    assert not torch.equal(model[0].weight, weights["0.weight"])
    assert lines(recording) == before
    assert torch.equal(recording["0"].arguments["weight"], weights["0.weight"])
    for step in recording.steps:
        for of, shape in step.shapes.items():
            why = explorer.explain(recording, step, (0,) * len(shape), of=of)
            assert why.error <= 1e-5 * max(why.magnitude, 1)


def test_what_was_dropped_is_worked_out_with_the_weights_of_then() -> None:
    model = network().eval()
    plain = model(pictures()).detach()
    recording = record(model, pictures(), budget_bytes=0)
    go_on(model, torch.optim.SGD)
    assert torch.equal(recording["4"].output, plain)


def test_each_of_several_recordings_keeps_its_own_weights() -> None:
    model = network().eval()
    kept, expected = [], []
    for _ in range(3):
        kept.append(record(model, pictures()))
        expected.append(model[0].weight.detach().clone())
        go_on(model, torch.optim.SGD)
        model.eval()
    for recording, weight in zip(kept, expected, strict=True):
        assert torch.equal(recording["0"].arguments["weight"], weight)
        assert explorer.explain(recording, "0", (0, 0, 0, 0)).error < 1e-5


def test_an_optimizer_of_other_weights_copies_none() -> None:
    model, other = network(), network()
    recording = record(model, pictures())
    go_on(other, torch.optim.SGD)
    weight = recording["0"].arguments["weight"]
    assert weight.data_ptr() == model[0].weight.data_ptr()
    go_on(model, torch.optim.SGD)
    assert recording["0"].arguments["weight"].data_ptr() != model[0].weight.data_ptr()


def test_a_recording_that_nobody_holds_is_gone_before_a_step() -> None:
    model = network()
    gone = weakref.ref(record(model, pictures()))
    gc.collect()
    assert gone() is None
    go_on(model, torch.optim.SGD)


def test_one_thread_may_train_while_another_records() -> None:
    looked_at, trained = network().eval(), network()
    stop = Event()

    def train() -> int:
        steps = 0
        while not stop.is_set():
            go_on(trained, torch.optim.SGD)
            steps += 2
        return steps

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(train)
        kept = [record(looked_at, pictures()) for _ in range(150)]
        stop.set()
        assert running.result() > 0
    go_on(looked_at, torch.optim.SGD)
    assert len({str(explorer.explain(recording, "0", (0, 0, 0, 0))) for recording in kept}) == 1


def test_the_recordings_own_step_leaves_older_ones_whole() -> None:
    model = ResNet18().eval()
    x, target = torch.randn(2, 3, 32, 32), torch.tensor([1, 2])
    older = record(model, x)
    before = str(explorer.explain(older, "fc", (0, 3)))
    record(model, x, target=target, loss="cross_entropy", optimizer=torch.optim.SGD(model.parameters(), 0.5))
    assert str(explorer.explain(older, "fc", (0, 3))) == before


def test_weights_that_are_written_by_hand_are_still_told_as_changed() -> None:
    model = network().eval()
    recording = record(model, pictures())
    with torch.no_grad():
        model[0].weight.add_(1)
    with pytest.raises(EngineError, match="was changed since"):
        explorer.explain(recording, "0", (0, 0, 0, 0))
