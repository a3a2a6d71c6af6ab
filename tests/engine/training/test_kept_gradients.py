"""Gradients that nobody clears: every step, recorded or of a run, is that of a plain loop without zero_grad()."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.arithmetic.updates import UPDATES
from explorer.engine.explaining.explain import explain
from explorer.engine.recording.recorder import record
from explorer.engine.recording.recording import Recording
from explorer.engine.training.checkpoint import CheckpointError
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.examples import Examples
from explorer.engine.training.hyperparameters import Hyperparameters, make_optimizer
from explorer.engine.training.stepper import LearningBatch, RecordedStep, Stepper
from explorer.engine.training.train import train_as_chosen
from explorer.network import Network

TEXT = "2 linear(3) tanh linear(2)"
OPTIMIZERS = st.sampled_from([update.name for update in UPDATES])
CLIPS = st.sampled_from([0.0, 0.05, 100.0])


def model(seed: int = 0) -> nn.Module:
    return Network.parse(TEXT).build(seed=seed)


def halves(count: int = 12) -> Examples:
    points = torch.randn(count, 2, generator=torch.Generator().manual_seed(1))
    return Examples(points, (points[:, 0] > 0).long())


def plain_steps(net: nn.Module, chosen: Hyperparameters, batches: list[tuple[torch.Tensor, torch.Tensor]]) -> None:
    """What a person writes who forgot zero_grad()."""
    optimizer = make_optimizer(chosen, net.parameters())
    for x, target in batches:
        nn.functional.cross_entropy(net(x), target).backward()
        if chosen.clip_norm:
            nn.utils.clip_grad_norm_(net.parameters(), chosen.clip_norm)
        optimizer.step()


def steps_by_hand(net: nn.Module, chosen: Hyperparameters, x: np.ndarray, count: int) -> Iterator[RecordedStep]:
    """As the debugger makes them: recorded, and taken."""
    stepper, key = Stepper(), (0,)
    for number in range(count):
        recorded = stepper.record(net, key, LearningBatch(x, (1,) * len(x), chosen, classes=2), training=False)
        yield recorded
        key = (number + 1,)
        net.load_state_dict(stepper.keep_step(key))


@settings(max_examples=8, deadline=None)
@given(optimizer=OPTIMIZERS, clip=CLIPS, count=st.integers(1, 4), seed=st.integers(0, 100))
def test_recorded_steps_are_those_of_a_loop_that_forgets_nothing(
    optimizer: str, clip: float, count: int, seed: int
) -> None:
    chosen = Hyperparameters("cross_entropy", optimizer, 0.1, clip_norm=clip, keep_gradients=True)
    x = np.random.default_rng(seed).normal(size=(2, 2)).astype(np.float32)
    ours, plain = model(seed), model(seed)
    for _ in steps_by_hand(ours, chosen, x, count):
        pass
    plain_steps(plain, chosen, [(torch.tensor(x), torch.tensor([1, 1]))] * count)
    for one, two in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-5, atol=1e-6)


@settings(max_examples=5, deadline=None)
@given(optimizer=OPTIMIZERS, clip=CLIPS, seed=st.integers(0, 100))
def test_the_lines_of_a_step_say_what_was_added_up(optimizer: str, clip: float, seed: int) -> None:
    chosen = Hyperparameters("cross_entropy", optimizer, 0.1, clip_norm=clip, keep_gradients=True)
    x = np.random.default_rng(seed).normal(size=(2, 2)).astype(np.float32)
    *_, third = steps_by_hand(model(seed), chosen, x, 3)
    recording = third.recording
    for step in recording.steps:
        if step.update is None:
            continue
        update, of = step.update, step.update.parameter.rpartition(".")[2]
        assert update.kept is not None
        assert torch.equal(update.arrived, recording.parameter_gradients[update.parameter])
        torch.testing.assert_close(update.gradient, (update.kept + update.arrived) * update.clipped)
        for cell in np.ndindex(*update.after.shape):
            explanation = explain(recording, step, cell, of=of)
            assert ("c·kept + c·new" if update.clipped < 1 else "kept + new") in explanation.formula
            assert explanation.error < 1e-5


def test_the_first_step_has_nothing_to_add() -> None:
    chosen = Hyperparameters("cross_entropy", keep_gradients=True)
    (first,) = steps_by_hand(model(), chosen, np.ones((1, 2), np.float32), 1)
    assert all(update.kept is None for update in first.recording.updates)


def test_without_it_every_step_forgets() -> None:
    chosen = Hyperparameters("cross_entropy")
    *_, third = steps_by_hand(model(), chosen, np.ones((1, 2), np.float32), 3)
    assert all(update.kept is None for update in third.recording.updates)


def test_a_recording_leaves_the_sum_where_pytorch_does() -> None:
    """Twice the way back without clearing: what the lesson on whose gradient it is asks."""
    net, x, target = model(), torch.tensor([[1.0, 2.0]]), torch.tensor([1])

    def back() -> Recording:
        return record(net, x, target=target, loss="cross_entropy", keep_gradients=True)

    first, second = back(), back()
    for name, parameter in net.named_parameters():
        assert torch.equal(first.parameter_gradients[name], second.parameter_gradients[name])
        assert torch.equal(parameter.grad, 2 * first.parameter_gradients[name])
    forgetful = record(net, x, target=target, loss="cross_entropy")
    assert torch.equal(net.get_parameter("linear1.weight").grad, 2 * forgetful.parameter_gradients["linear1.weight"])


@settings(max_examples=5, deadline=None)
@given(batch=st.integers(1, 6), accumulation=st.integers(1, 3), clip=CLIPS)
def test_a_run_is_that_of_a_loop_that_forgets_nothing(batch: int, accumulation: int, clip: float) -> None:
    data = halves()
    chosen = Hyperparameters("cross_entropy", learning_rate=0.05, batch_size=batch, epochs=2, clip_norm=clip)
    chosen = replace(chosen, accumulation=accumulation, keep_gradients=True)
    ours, plain = model(), model()
    list(train_as_chosen(ours, data, chosen, classes=2))
    generator = torch.Generator().manual_seed(0)
    orders = [torch.randperm(len(data.targets), generator=generator) for _ in range(2)]
    parts = [part for order in orders for part in order.split(batch * accumulation)]
    plain_steps(plain, chosen, [(data.inputs[part], data.targets[part]) for part in parts])
    for one, two in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)


def test_a_run_that_was_cut_goes_on_with_what_it_kept(tmp_path: Path) -> None:
    chosen = Hyperparameters("cross_entropy", batch_size=4, epochs=3, keep_gradients=True)
    whole, cut = model(), model()
    list(train_as_chosen(whole, halves(), chosen, classes=2))
    under = Conditions(checkpoint=tmp_path / "run")
    list(train_as_chosen(cut, halves(), replace(chosen, epochs=1), classes=2, under=under))
    again = model(seed=5)
    list(train_as_chosen(again, halves(), chosen, classes=2, under=under))
    for one, two in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, two)
    with pytest.raises(CheckpointError, match="it kept the gradients"):
        list(train_as_chosen(again, halves(), replace(chosen, keep_gradients=False, epochs=4), classes=2, under=under))
