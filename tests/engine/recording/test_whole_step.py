"""A whole training step on record: every gradient and update is the one that plain PyTorch computes."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from explorer.engine import EngineError, record
from explorer.engine.recording.passed_back import passed_back
from tests import named_models as models

FLOATS = {"rtol": 1e-5, "atol": 1e-7}
OPTIMIZERS = {
    "SGD": lambda weights: torch.optim.SGD(weights, lr=0.1),
    "momentum": lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda weights: torch.optim.Adam(weights, lr=0.01),
    "AdamW": lambda weights: torch.optim.AdamW(weights, lr=0.01),
    "RMSprop": lambda weights: torch.optim.RMSprop(weights, lr=0.01),
}


class Small(nn.Module):
    """Convolution, batch norm, in-place ReLU, a module used twice, a sum in place, a mean and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.twice = nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.head = nn.Linear(4, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.norm(self.conv(x)))
        y = self.twice(x)
        y = self.twice(self.relu(y))
        y += x
        return self.head(y.mean((2, 3)))


def _small(seed: int = 0) -> Small:
    torch.manual_seed(seed)
    return Small().eval()


def _batch() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(2, 3, 6, 6, generator=generator), torch.tensor([1, 4])


def test_parameter_gradients_and_loss_are_those_of_plain_pytorch() -> None:
    model, (x, target) = _small(), _batch()
    plain = copy.deepcopy(model)
    loss = nn.functional.cross_entropy(plain(x), target)
    loss.backward()
    recording = record(model, x, target=target, loss="cross_entropy")
    assert recording.loss == pytest.approx(loss.item(), rel=1e-6)
    assert set(recording.parameter_gradients) == {name for name, _ in plain.named_parameters()}
    for name, parameter in plain.named_parameters():
        assert parameter.grad is not None
        torch.testing.assert_close(recording.parameter_gradients[name], parameter.grad, **FLOATS)


def test_the_gradient_of_every_output_is_the_one_that_arrived_there() -> None:
    model, (x, target) = _small(), _batch()
    recording = record(model, x, target=target, loss="cross_entropy")
    logits = recording["head"]
    expected = (torch.softmax(logits.output, 1) - nn.functional.one_hot(target, 5)) / 2
    torch.testing.assert_close(logits.grad_output, expected, **FLOATS)
    assert all(call.grad_output is not None and call.grad_output.shape == call.output_shape for call in recording.calls)


def test_what_the_users_of_a_tensor_pass_back_adds_up_to_its_gradient() -> None:
    model, (x, target) = _small(), _batch()
    recording = record(model, x, target=target, loss="cross_entropy")
    arrived: dict[int, torch.Tensor] = {}
    for call in recording.calls:
        for name, share in passed_back(call).items():
            if name in ("input", "other") and call.arguments[name] is not None:
                key = id(call.arguments[name])
                arrived[key] = arrived.get(key, torch.zeros_like(share)) + share
    checked = 0
    for call in recording.calls:
        if id(call.output) in arrived:
            torch.testing.assert_close(arrived[id(call.output)], call.grad_output, **FLOATS)
            checked += 1
    assert checked == len(recording.calls) - 1  # all but the last, whose user is the loss


def test_what_all_runs_of_a_layer_pass_back_to_its_weight_adds_up() -> None:
    model, (x, target) = _small(), _batch()
    recording = record(model, x, target=target, loss="cross_entropy")
    shares = [passed_back(call)["weight"] for call in recording.calls if call.module == "twice"]
    assert len(shares) == 2
    torch.testing.assert_close(sum(shares), recording.parameter_gradients["twice.weight"], **FLOATS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_updates_are_those_of_the_optimizer_over_three_steps(name: str) -> None:
    model, (x, target) = _small(), _batch()
    plain = copy.deepcopy(model)
    optimizer, other = OPTIMIZERS[name](model.parameters()), OPTIMIZERS[name](plain.parameters())
    for _ in range(3):
        before = {key: value.detach().clone() for key, value in plain.named_parameters()}
        other.zero_grad()
        nn.functional.cross_entropy(plain(x), target).backward()
        other.step()
        recording = record(model, x, target=target, loss="cross_entropy", optimizer=optimizer)
        for update in recording.updates:
            torch.testing.assert_close(update.before, before[update.parameter], **FLOATS)
            torch.testing.assert_close(update.after, plain.get_parameter(update.parameter).detach(), **FLOATS)
    for mine, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, **FLOATS)


def test_the_recording_keeps_the_weights_from_before_the_update() -> None:
    model, (x, target) = _small(), _batch()
    before = model.conv.weight.detach().clone()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    recording = record(model, x, target=target, loss="cross_entropy", optimizer=optimizer)
    assert not torch.equal(model.conv.weight, before)
    torch.testing.assert_close(recording["conv"].arguments["weight"], before, rtol=0, atol=0)


@pytest.mark.parametrize("mode", [True, False])
def test_without_an_optimizer_the_model_is_left_as_found(mode: bool) -> None:
    model, (x, target) = _small().train(mode), _batch()
    state = copy.deepcopy(model.state_dict())
    model.conv.weight.grad = torch.ones_like(model.conv.weight)
    with torch.no_grad():
        record(model, x, target=target, loss="cross_entropy")
    assert model.training is mode
    assert model.head.weight.grad is None
    assert torch.equal(model.conv.weight.grad, torch.ones_like(model.conv.weight))
    for name, value in model.state_dict().items():
        assert torch.equal(value, state[name]), name


def test_the_timeline_goes_forward_to_the_loss_back_and_to_the_updates() -> None:
    model, (x, target) = _small(), _batch()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recording = record(model, x, target=target, loss="cross_entropy", optimizer=optimizer)
    kinds = [step.kind for step in recording.steps]
    assert kinds == sorted(kinds, key=["forward", "loss", "backward", "update"].index)
    back = [step for step in recording.steps if step.kind == "backward"]
    assert [step.call.name for step in back[1:]] == [call.name for call in reversed(recording.calls)]
    conv = next(step for step in back if step.call.module == "conv")
    assert dict(conv.shapes) == {"weight": (4, 3, 3, 3), "bias": (4,)}  # the picture itself asks for no gradient
    assert sum(step.kind == "update" for step in recording.steps) == len(list(model.parameters()))


def test_a_frozen_layer_gets_no_gradient_and_no_update() -> None:
    model, (x, target) = _small(), _batch()
    model.conv.requires_grad_(False)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    recording = record(model, x, target=target, loss="cross_entropy", optimizer=optimizer)
    assert not any(name.startswith("conv.") for name in recording.parameter_gradients)
    assert recording["conv"].grad_output is None
    assert not any(update.parameter.startswith("conv.") for update in recording.updates)


@pytest.mark.parametrize(
    ("loss", "target", "words"),
    [
        ("cross_entropy", torch.tensor([1, 9]), "class"),
        ("cross_entropy", torch.tensor([1.5]), ""),
        ("no_such_loss", torch.tensor([0, 1]), "no_such_loss"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(loss: str, target: torch.Tensor, words: str) -> None:
    model, (x, _) = _small(), _batch()
    with pytest.raises(EngineError) as refused:
        record(model, x, target=target, loss=loss)
    assert words in str(refused.value)
    assert str(refused.value).endswith(".")
    assert all(parameter.grad is None for parameter in model.parameters())


def test_a_model_in_which_nothing_can_learn_is_refused() -> None:
    model, (x, target) = _small().requires_grad_(False), _batch()
    with pytest.raises(EngineError, match="frozen"):
        record(model, x, target=target, loss="cross_entropy")


def test_resnet_18_gives_the_gradients_of_plain_pytorch() -> None:
    torch.manual_seed(0)
    model = models.ResNet18().eval()
    x, target = torch.randn(1, 3, 64, 64), torch.tensor([3])
    plain = copy.deepcopy(model)
    nn.functional.cross_entropy(plain(x), target).backward()
    recording = record(model, x, target=target, loss="cross_entropy")
    for name, parameter in plain.named_parameters():
        assert parameter.grad is not None
        torch.testing.assert_close(recording.parameter_gradients[name], parameter.grad, rtol=1e-4, atol=1e-5)
