"""A pass that is set up by hand gives what the same lines of PyTorch give."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import explorer
from explorer.engine.errors import EngineError
from explorer.engine.training.hyperparameters import Hyperparameters, make_optimizer
from explorer.engine.training.pass_by_hand import (
    PassByHand,
    buffers_after,
    freeze,
    make_passes,
    numbers_of,
    set_numbers,
    take_over,
)

WEIGHTS = {"linear1.weight": [[1, 1], [1, 1]], "linear1.bias": 0, "linear2.weight": [[1, 1]], "linear2.bias": 0}
GIVEN = PassByHand(np.array([[1, 2]]), loss="half_squared_error", target=[4])
RATE = Hyperparameters(learning_rate=0.1, momentum=0.5)


@pytest.fixture
def model() -> nn.Module:
    built = explorer.Network.parse("2 linear(2) relu linear(1)").build()
    set_numbers(built, WEIGHTS)
    return built


def _by_hand(model: nn.Module, steps: int) -> list[float]:
    """The same steps in a loop of PyTorch's."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    losses = []
    for _ in range(steps):
        loss = 0.5 * (model(torch.tensor([[1.0, 2.0]])) - 4).square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_steps_are_those_of_a_loop_of_pytorch(model: nn.Module) -> None:
    other = copy.deepcopy(model)
    made = make_passes(model, PassByHand(GIVEN.input, GIVEN.loss, GIVEN.target, RATE, steps=3))
    assert made.losses == pytest.approx(_by_hand(other, 3))
    assert all(np.allclose(numbers, numbers_of(other)[name]) for name, numbers in numbers_of(model).items())
    assert made.last.loss == made.losses[-1]


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("rate", [None, RATE])
def test_of_many_steps_those_that_are_not_looked_at_are_the_same_to_the_last_bit(
    rate: Hyperparameters | None, train: bool
) -> None:
    network = "1x4x4 conv(2, 3) batchnorm relu flatten dropout(0.5) linear(2)"
    x = np.random.default_rng(0).random((3, 1, 4, 4))
    steps, seed = 6, 3
    many, others = (explorer.Network.parse(network).build(seed=1) for _ in range(2))
    made = make_passes(many, PassByHand(x, "mse", [[1, 0]] * 3, rate, steps=steps, is_training=train, seed=seed))
    optimizer = None if rate is None else make_optimizer(rate, others.parameters())
    added: dict[str, np.ndarray] = {}
    for loss in made.losses:
        torch.manual_seed(seed)
        given = torch.tensor(x, dtype=torch.float32)
        target = torch.tensor([[1.0, 0.0]] * 3)
        last = explorer.record(others, given, target=target, loss="mse", optimizer=optimizer, train=train)
        assert last.loss == loss
        added = {name: added.get(name, 0) + each.numpy() for name, each in last.parameter_gradients.items()}
    assert all(np.array_equal(made.kept_gradients[name], each) for name, each in added.items())
    assert all(
        torch.equal(one, two) for one, two in zip(many.state_dict().values(), others.state_dict().values(), strict=True)
    )
    assert torch.equal(made.last.outputs, last.outputs)


def test_gradients_that_are_not_cleared_add_up_as_in_pytorch(model: nn.Module) -> None:
    made = make_passes(model, PassByHand(GIVEN.input, GIVEN.loss, GIVEN.target, steps=2))
    for _ in range(2):
        (0.5 * (model(torch.tensor([[1.0, 2.0]])) - 4).square().sum()).backward()
    kept = {name: parameter.grad for name, parameter in model.named_parameters()}
    assert made.kept_gradients.keys() == kept.keys()
    assert all(np.allclose(made.kept_gradients[name], kept[name]) for name in kept)


@pytest.mark.parametrize(
    ("network", "loss", "target", "expected"),
    [
        ("3 identity", "hinge", 0, None),
        ("4 identity", "cross_entropy", [2], torch.tensor([2])),
        ("4 identity", "mse", [1, 0, 0, 0], torch.tensor([[1.0, 0, 0, 0]])),
        ("1 sigmoid", "bce", 1, torch.tensor([[1.0]])),
        ("1 identity", "mse", -1, torch.tensor([[-1.0]])),
    ],
)
def test_targets_are_taken_as_each_loss_takes_them(network: str, loss: str, target: Any, expected: Any) -> None:
    built = explorer.Network.parse(network).build()
    size = int(network.split()[0])
    made = make_passes(built, PassByHand(np.linspace(0.1, 1, size)[None], loss, target, input_gradient=True))
    assert made.last.loss_call is not None
    given = made.last.loss_call.arguments["target"]
    assert torch.equal(given, torch.tensor([0]) if expected is None else expected)


def test_what_does_not_fit_is_refused_with_a_sentence(model: nn.Module) -> None:
    for wrong, words in (
        ({"linear9.weight": 0}, "There is no parameter 'linear9.weight'; there are linear1.weight, linear1.bias"),
        ({"linear1.weight": [1, 2, 3]}, "linear1.weight is 2 × 2, which takes 4 numbers, not 3."),
    ):
        with pytest.raises(EngineError) as raised:
            set_numbers(model, wrong)
        assert str(raised.value).startswith(words)
    with pytest.raises(EngineError, match="no layer 'relu9' to freeze"):
        freeze(model, ["relu9"])
    with pytest.raises(EngineError, match="compares with a target"):
        make_passes(model, PassByHand(GIVEN.input, "mse"))
    with pytest.raises(EngineError, match="3 numbers for 2 examples"):
        make_passes(model, PassByHand(np.ones((2, 2)), "mse", [1, 2, 3]))
    with pytest.raises(EngineError, match="no loss"):
        make_passes(model, PassByHand(GIVEN.input, "half", [1]))
    with pytest.raises(EngineError, match="learning rate"):
        make_passes(model, PassByHand(GIVEN.input, "mse", [1], Hyperparameters(learning_rate=-1.0)))


def test_the_running_statistics_are_those_that_pytorch_leaves_and_the_model_keeps_its_own() -> None:
    built = explorer.Network.parse("1x2x2 batchnorm").build()
    x = np.array([[[[1, 5], [5, 1]]]])
    after = buffers_after(built, PassByHand(x, is_training=True, steps=2))
    other = nn.BatchNorm2d(1)
    for _ in range(2):
        other(torch.tensor(x, dtype=torch.float32))
    assert after["bn1.running_mean"] == pytest.approx(other.running_mean.numpy())
    assert after["bn1.running_var"] == pytest.approx(other.running_var.numpy())
    assert numbers_of(built)["bn1.running_mean"].tolist() == [0]


def test_a_pass_drops_the_same_cells_each_time_and_draws_nothing_from_others() -> None:
    built = explorer.Network.parse("64 dropout(0.5)").build()
    before = torch.get_rng_state()
    passes = [PassByHand(np.ones((1, 64)), is_training=True, seed=seed) for seed in (1, 1, 2)]
    first, again, other = (make_passes(built, each).last["dropout1"].output for each in passes)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_step_that_runs_away_ends_in_no_number_and_without_a_warning() -> None:
    built = explorer.Network.parse("1 linear(1, bias=False)").build()
    set_numbers(built, {"linear1.weight": 1})
    given = PassByHand(np.array([[2]]), "mse", [6], Hyperparameters(learning_rate=0.3), steps=300)
    losses = make_passes(built, given).losses
    assert losses[:2] == pytest.approx([16, 31.36])
    assert not np.isfinite(losses[-1])


def test_an_even_kernel_that_keeps_the_size_is_run_without_a_word_of_pytorchs() -> None:
    built = explorer.Network.parse("1x4x4 conv(1, 2, padding=same, bias=False)").build()
    set_numbers(built, {"conv1.weight": 1})
    made = make_passes(built, PassByHand(np.arange(16.0).reshape(1, 1, 4, 4)))
    assert made.last["conv1"].output[0, 0, 3, 3].item() == 15


def test_a_frozen_layer_has_no_gradient_and_does_not_move(model: nn.Module) -> None:
    freeze(model, ["linear1"])
    made = make_passes(model, PassByHand(GIVEN.input, GIVEN.loss, GIVEN.target, RATE))
    assert set(made.kept_gradients) == {"linear2.weight", "linear2.bias"}
    assert numbers_of(model)["linear1.weight"].tolist() == [[1, 1], [1, 1]]


def test_numbers_are_taken_over_where_they_fit(model: nn.Module) -> None:
    wider = explorer.Network.parse("2 linear(2) relu linear(5)").build()
    before = numbers_of(wider)
    take_over(wider, model)
    after = numbers_of(wider)
    assert after["linear1.weight"].tolist() == [[1, 1], [1, 1]]
    assert np.array_equal(after["linear2.weight"], before["linear2.weight"])
