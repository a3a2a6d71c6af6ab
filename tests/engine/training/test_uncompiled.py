"""Optimizers without the compiler: what is imported for them, and that they are torch's own in all else."""

from __future__ import annotations

import subprocess
import sys
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer.arithmetic.updates import UPDATES
from explorer.engine.training.hyperparameters import SCHEDULES, Hyperparameters, make_optimizer
from explorer.engine.training.uncompiled import uncompiled
from tests.by_hand import ByHand

STEPS = 4
SETTINGS: ByHand[st.SearchStrategy[dict[str, Any]]] = ByHand(
    "SETTINGS of tests/engine/training/test_uncompiled.py",
    {
        "SGD": st.fixed_dictionaries({"momentum": st.floats(0, 0.9), "nesterov": st.just(False)}),
        "Adam": st.fixed_dictionaries({"betas": st.tuples(st.floats(0, 0.99), st.floats(0, 0.999))}),
        "AdamW": st.fixed_dictionaries({"betas": st.tuples(st.floats(0, 0.99), st.floats(0, 0.999))}),
        "RMSprop": st.fixed_dictionaries({"alpha": st.floats(0.5, 0.99), "momentum": st.floats(0, 0.9)}),
    },
)


def test_steps_of_no_optimizer_wait_for_the_compiler_whatever_the_schedule() -> None:
    """All in one process; the first line that names the compiler is of the one that waits for it."""
    code = """
import sys, torch
from itertools import product
from explorer.arithmetic.updates import UPDATES
from explorer.engine.training.hyperparameters import SCHEDULES, Hyperparameters, make_optimizer
from explorer.engine.training.schedules import make_schedule
for name, shape in product((update.name for update in UPDATES), SCHEDULES):
    model = torch.nn.Linear(3, 2)
    optimizer = make_optimizer(Hyperparameters(optimizer=name, momentum=0.9, nesterov=True), model.parameters())
    schedule = make_schedule(shape, optimizer, 10)
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.ones(1, 3)).sum().backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
    optimizer.load_state_dict(optimizer.state_dict())
    print(name, shape, [name for name in ("torch._dynamo", "sympy") if name in sys.modules])
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    expected = [f"{update.name} {shape} []" for update in UPDATES for shape in SCHEDULES]
    assert told.stdout.splitlines() == expected


def test_a_whole_run_with_checkpoints_and_validation_does_not_wait_for_it_either(tmp_path: Path) -> None:
    network = tmp_path / "net.txt"
    network.write_text("2 linear(8) tanh linear(2)")
    options = ["train", str(network), "--data", "points:moons", "--epochs", "1", "--out", str(tmp_path / "run")]
    code = f"import sys; from explorer.cli import run; run({options!r}); assert 'torch._dynamo' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120, check=True)
    assert (tmp_path / "run" / "metrics.jsonl").exists()


def test_a_step_on_record_and_what_each_call_passes_back_do_not_wait_for_it_either() -> None:
    code = """
import sys, torch, explorer
from explorer.engine.explaining.explain import shares
built = explorer.Network.parse("2 linear(3) relu linear(2) softmax").build()
found = explorer.record(built, torch.ones(1, 2), target=torch.ones(1, 2), loss="mse")
assert all(shares(call, found) for call in found.calls)
assert not [name for name in ("torch._dynamo", "sympy") if name in sys.modules]
"""
    subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120, check=True)


@pytest.mark.parametrize("name", [update.name for update in UPDATES])
@given(draw=st.data(), rate=st.floats(1e-4, 0.5), decay=st.floats(0, 0.1))
def test_it_learns_bit_for_bit_as_torchs_own(name: str, draw: st.DataObject, rate: float, decay: float) -> None:
    numbers = draw.draw(SETTINGS[name])
    chosen = Hyperparameters(optimizer=name, learning_rate=rate, weight_decay=decay, **numbers)
    own, ours = _model(), _model()
    _learn(own, getattr(torch.optim, name)(own.parameters(), lr=rate, weight_decay=decay, **numbers))
    _learn(ours, make_optimizer(chosen, ours.parameters()))
    for expected, found in zip(own.parameters(), ours.parameters(), strict=True):
        assert torch.equal(expected, found)


def _model() -> nn.Linear:
    model = nn.Linear(3, 2)
    with torch.no_grad():
        for at, parameter in enumerate(model.parameters()):
            parameter.copy_(torch.linspace(-1, 1 + at, parameter.numel()).reshape(parameter.shape))
    return model


def _learn(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    inputs = torch.linspace(-2, 3, 12).reshape(4, 3)
    for _ in range(STEPS):
        optimizer.zero_grad()
        model(inputs).square().mean().backward()
        optimizer.step()


def test_torchs_own_classes_stay_as_they_are() -> None:
    before = dict(vars(torch.optim.SGD))
    kind = uncompiled(torch.optim.SGD)
    kind([torch.zeros(1, requires_grad=True)], lr=0.1)
    assert issubclass(kind, torch.optim.SGD)
    assert kind.__name__ == "SGD"
    assert dict(vars(torch.optim.SGD)) == before


def test_a_wrapper_it_does_not_know_stays_on() -> None:
    called = []

    class Own(torch.optim.SGD):
        @wraps(torch.optim.SGD.zero_grad)
        def zero_grad(self, set_to_none: bool = True) -> None:
            called.append(set_to_none)

    uncompiled(Own)([torch.zeros(1, requires_grad=True)], lr=0.1).zero_grad()
    assert called == [True]


def test_the_step_is_made_without_a_graph_and_gives_back_the_loss_of_its_closure() -> None:
    weight = torch.ones(2, requires_grad=True)
    optimizer = uncompiled(torch.optim.SGD)([weight], lr=0.1)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = weight.sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 2
    assert weight.is_leaf
    assert weight.tolist() == pytest.approx([0.9, 0.9])
    assert torch.is_grad_enabled()
