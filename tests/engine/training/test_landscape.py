"""The loss over weights, against PyTorch with those weights put in by hand."""

from __future__ import annotations

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from explorer.engine.errors import EngineError
from explorer.engine.training.landscape import CELLS_AT_MOST, EXAMPLES_AT_MOST, LossOnSample, index_of, sample_of
from explorer.engine.training.train import Examples, objective_of
from explorer.engine.training.weight import Weight
from explorer.network import Network

WEIGHTS = (Weight("linear1.weight", (3, 1)), Weight("linear2.bias", (1,)))


def examples(count: int = 60) -> Examples:
    generator = torch.Generator().manual_seed(0)
    return Examples(torch.randn(count, 2, generator=generator), torch.arange(count) % 3, mean=(0.1, 0.2))


def made() -> tuple[nn.Module, LossOnSample]:
    model = Network.parse("2 linear(5) tanh dropout(0.5) linear(3)").build(seed=0).train()
    data = examples()
    return model, LossOnSample(model, data, objective_of(model, data, "cross_entropy", classes=3))


def by_hand(model: nn.Module) -> float:
    data, other = examples(), copy.deepcopy(model).eval()
    with torch.no_grad():
        return float(functional.cross_entropy(other(data.prepared(data.inputs)), data.targets))


@given(first=st.floats(-3, 3, width=32), second=st.floats(-3, 3, width=32))
def test_values_of_weights_have_the_loss_of_the_model_with_those(first: float, second: float) -> None:
    model, sample = made()
    changed = copy.deepcopy(model)
    with torch.no_grad():
        changed.linear1.weight[3, 1] = first
        changed.linear2.bias[1] = second
    assert sample.loss_at(WEIGHTS, (first, second)) == pytest.approx(by_hand(changed), rel=1e-5)
    assert sample.loss_of(model) == pytest.approx(by_hand(model), rel=1e-6)


def test_looking_leaves_model_and_random_numbers_as_found() -> None:
    model, sample = made()
    before = copy.deepcopy(model.state_dict())
    torch.manual_seed(1)
    state = torch.get_rng_state()
    sample.loss_of(model)
    sample.steepest(2)
    sample.loss_at(WEIGHTS, (9.0, 9.0))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(module.training for module in model.modules())
    assert all(weight.grad is None for weight in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_the_others_stay_those_of_the_moment_until_they_are_taken_anew() -> None:
    model, sample = made()
    here = (model.linear1.weight[3, 1].item(), model.linear2.bias[1].item())
    before = sample.loss_at(WEIGHTS, here)
    with torch.no_grad():
        model.linear2.weight.mul_(3)
    assert sample.loss_at(WEIGHTS, here) == before
    sample.take(model)
    assert sample.loss_at(WEIGHTS, here) == pytest.approx(sample.loss_of(model), rel=1e-6)
    assert sample.loss_at(WEIGHTS, here) != before


def test_the_steepest_weights_have_the_largest_gradients() -> None:
    model, sample = made()
    other, data = copy.deepcopy(model).eval(), examples()
    functional.cross_entropy(other(data.prepared(data.inputs)), data.targets).backward()
    sizes = {
        Weight(name, index_of(at, weight.shape)): abs(float(value))
        for name, weight in other.named_parameters()
        for at, value in enumerate(weight.grad.flatten())
    }
    assert list(sample.steepest(2)) == sorted(sizes, key=sizes.__getitem__, reverse=True)[:2]


@given(count=st.integers(1, 2000), features=st.integers(1, 5000))
def test_the_sample_is_fixed_and_bounded(count: int, features: int) -> None:
    data = Examples(torch.zeros(count, 1).expand(count, features), torch.zeros(count, dtype=torch.long))
    chosen = sample_of(data)
    assert torch.equal(chosen, sample_of(data))
    assert len(chosen.unique()) == len(chosen) >= 1
    assert len(chosen) <= min(count, EXAMPLES_AT_MOST)
    assert len(chosen) * features <= max(CELLS_AT_MOST, features)


@pytest.mark.parametrize(
    "weight",
    [Weight("linear9.weight", (0, 0)), Weight("linear1.weight", (5, 0)), Weight("linear1.weight", (0,))],
)
def test_a_weight_that_is_not_there_is_refused_in_a_sentence(weight: Weight) -> None:
    model, sample = made()
    with pytest.raises(EngineError, match="no"):
        sample.value_of(weight, model)
