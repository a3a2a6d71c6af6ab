"""Losses of a person's own: modules with their settings, functions, and what a model gives as its loss."""

from __future__ import annotations

import re
from collections import namedtuple
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

import explorer
from explorer.arithmetic.losses import LOSSES
from explorer.arithmetic.updates import UPDATES
from explorer.engine import EngineError, record
from explorer.engine.explaining.delta_rule import explain_delta
from explorer.engine.explaining.losses_beside import losses_beside
from explorer.engine.recording.recording import Recording

Pair = namedtuple("Pair", ["loss", "logits"])


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)).double()


def rows() -> Tensor:
    return torch.randn(6, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


CLASSES = torch.tensor([0, 2, 1, 2, -100, 1])
SHARES = torch.rand(6, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
WEIGHTS = torch.tensor([0.5, 2.0, 1.0], dtype=torch.float64)

LOSS_MODULES: dict[str, tuple[nn.Module, Any]] = {
    "cross entropy": (nn.CrossEntropyLoss(), CLASSES.clamp(min=0)),
    "weights": (nn.CrossEntropyLoss(weight=WEIGHTS), CLASSES.clamp(min=0)),
    "a list as target": (nn.CrossEntropyLoss(), [0, 2, 1, 2, 0, 1]),
    "ignored": (nn.CrossEntropyLoss(reduction="sum"), CLASSES),
    "ignored class": (nn.CrossEntropyLoss(ignore_index=2), CLASSES.clamp(min=0)),
    "smoothed": (nn.CrossEntropyLoss(weight=WEIGHTS, label_smoothing=0.1), CLASSES),
    "probabilities": (nn.CrossEntropyLoss(), SHARES.softmax(1)),
    "logits": (nn.BCEWithLogitsLoss(weight=WEIGHTS, pos_weight=2 * WEIGHTS), SHARES),
    "mse": (nn.MSELoss(reduction="sum"), SHARES),
    "l1": (nn.L1Loss(), SHARES),
    "huber": (nn.HuberLoss(delta=0.2), SHARES),
    "smooth l1": (nn.SmoothL1Loss(beta=0.3, reduction="sum"), SHARES),
}


def assert_as_plain(recording: Recording, model: nn.Module, value: Tensor) -> None:
    """The value and the gradients are those of a plain pass, and every explanation of the loss holds."""
    model.zero_grad()
    value.backward()
    assert recording.loss == pytest.approx(float(value.detach()), rel=1e-12)
    plain = {name: weight.grad for name, weight in model.named_parameters()}
    assert recording.parameter_gradients.keys() == plain.keys()
    for name, gradient in plain.items():
        torch.testing.assert_close(recording.parameter_gradients[name], gradient)


@pytest.mark.parametrize("name", LOSS_MODULES)
def test_a_loss_module_is_recorded_as_it_is_set_and_explained(name: str) -> None:
    loss, target = LOSS_MODULES[name]
    model, x = network(), rows()
    recording = record(model, x, target=target, loss=loss)
    assert [call.name for call in recording] == ["0", "1", "2"]
    assert recording.loss_call is recording["loss"]
    assert [step.kind for step in recording.steps] == ["forward"] * 3 + ["loss"] + ["backward"] * 4
    assert recording.steps[4].call is recording.loss_call
    assert_as_plain(recording, model, loss(model(x), torch.as_tensor(target)))
    assert explorer.explain(recording, "loss", ()).error == pytest.approx(0, abs=1e-12)
    for cell in ((0, 0), (4, 2), (-1, -1)):
        assert explorer.explain(recording, "loss", cell, of="input").error == pytest.approx(0, abs=1e-12)
    assert explorer.explain(recording, "2", (2, 4), of="weight").error == pytest.approx(0, abs=1e-12)
    assert recording.unseen == ""
    assert losses_beside(recording) == {}


def test_a_function_is_a_loss_and_its_calls_are_on_record() -> None:
    model, x = network(), rows()
    recording = record(model, x, target=SHARES, loss=lambda output, target: ((output - target) ** 2).mean())
    assert [call.name for call in recording] == ["0", "1", "2", "loss.sub", "loss.pow"]
    assert recording["loss"].kind == "mean"
    assert recording["loss"].parents == ("loss.pow",)
    backward = [step.call.name for step in recording.steps if step.kind == "backward"]
    assert backward == ["loss", "loss.pow", "loss.sub", "2", "1", "0"]
    assert recording.output_call is recording["2"]
    assert_as_plain(recording, model, F.mse_loss(model(x), SHARES))
    back = explorer.explain(recording, "2", (0, 0), of="weight")
    assert back.error == pytest.approx(0, abs=1e-12)


def test_a_loss_may_need_no_target_and_work_on_all_that_a_model_gives() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inside = network()

        def forward(self, x: Tensor) -> dict[str, Tensor]:
            return {"mean": self.inside(x), "spread": self.inside(x).exp()}

    model, x = Two(), rows()

    def measure(outputs: dict[str, Tensor]) -> Tensor:
        return (outputs["mean"] ** 2 * outputs["spread"]).sum()

    recording = record(model, x, loss=measure)
    assert_as_plain(recording, model, measure(model(x)))
    with pytest.raises(EngineError, match="give a function of what it gives and the target"):
        record(model, x, target=SHARES, loss="mse")


@dataclass
class Given:
    loss: Tensor
    logits: Tensor


SHAPES = {
    "one number": (lambda loss, logits: loss, "output"),
    "dictionary": (lambda loss, logits: {"loss": loss, "logits": logits}, "output"),
    "another name": (lambda loss, logits: {"total": loss, "logits": logits}, "output.total"),
    "named tuple": (Pair, "output"),
    "tuple": (lambda loss, logits: (logits, loss), "output.1"),
    "dataclass": (Given, "output"),
}


class WithLoss(nn.Module):
    def __init__(self, shape: Any) -> None:
        super().__init__()
        self.inside, self.shape = network(), shape

    def forward(self, x: Tensor, target: Tensor) -> Any:
        logits = self.inside(x)
        return self.shape(F.cross_entropy(logits, target), logits)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_model_may_give_its_loss_itself(shape: str) -> None:
    make, loss = SHAPES[shape]
    model, x, target = WithLoss(make), rows(), CLASSES.clamp(min=0)
    recording = record(model, (x, target), loss=loss)
    plain = F.cross_entropy(model.inside(x), target)
    assert_as_plain(recording, model, plain)
    assert recording.loss_call is recording["cross_entropy"]
    assert recording.loss_call in recording
    kinds = [(step.kind, step.call.kind) for step in recording.steps]
    assert kinds.count(("backward", "cross_entropy")) == 1
    assert kinds.count(("loss", "cross_entropy")) == 1
    assert explorer.explain(recording, "cross_entropy", (0, 1), of="input").error == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("is_its_own", [False, True])
def test_the_delta_rule_starts_from_a_loss_of_ones_own(is_its_own: bool) -> None:
    target = CLASSES.clamp(min=0)
    if is_its_own:
        recording = record(WithLoss(lambda loss, logits: loss), (rows(), target), loss="output")
        name = "inside.2"
    else:
        recording = record(network(), rows(), target=target, loss=nn.CrossEntropyLoss())
        name = "2"
    logits = network()(rows()).detach().requires_grad_()
    F.cross_entropy(logits, target).backward()
    assert explain_delta(recording, name, (1, 2)).total == pytest.approx(-float(logits.grad[1, 2]), rel=1e-9)
    assert [call.name for call in recording.calls_and_loss].count(recording.loss_call.name) == 1


def test_an_optimizer_steps_by_a_loss_of_ones_own() -> None:
    model, x = network(), rows()
    plain = network()
    recording = record(
        model, x, target=SHARES, loss=nn.MSELoss(), optimizer=torch.optim.Adam(model.parameters(), lr=0.1)
    )
    optimizer = torch.optim.Adam(plain.parameters(), lr=0.1)
    nn.MSELoss()(plain(x), SHARES).backward()
    optimizer.step()
    for ours, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)
    update = next(step for step in recording.steps if step.kind == "update")
    assert explorer.explain(recording, update, (0, 0), of="weight").error == pytest.approx(0, abs=1e-12)


def test_what_a_loss_learns_itself_is_left_as_it_was_found() -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones((), dtype=torch.float64))

        def forward(self, output: Tensor, target: Tensor) -> Tensor:
            return (self.scale * (output - target) ** 2).mean()

    loss = Scaled()
    loss.scale.grad = torch.tensor(3.0, dtype=torch.float64)
    record(network(), rows(), target=SHARES, loss=loss)
    assert float(loss.scale.grad) == 3.0


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"loss": nn.MSELoss(reduction="none")}, "gives 6 × 3 numbers, but a way back starts from one number"),
        ({"loss": nn.MSELoss}, r"The loss is the class MSELoss: make one of it, MSELoss\(…\)"),
        ({"loss": 3}, "A loss is a name, a function of the outputs and the target, or 'output', not a int"),
        ({"loss": lambda output, target: 1.0}, "The loss gives a float"),
        ({"loss": lambda output, target: (output - target).long().sum()}, "a number of the type int64"),
        ({"loss": lambda output, target: output @ target}, "The loss failed: .*shapes cannot be multiplied"),
        ({"loss": lambda output, target: output.detach().sum()}, "No gradient can flow"),
        ({"loss": "output"}, "The model works its loss out itself"),
        ({"loss": "output", "target": None}, "gives 6 × 3 numbers"),
        ({"loss": "output.loss", "target": None}, "The model gives no 'loss', but a Tensor"),
        ({"loss": "nothing"}, "There is no loss 'nothing'; there are half_squared_error"),
    ],
)
def test_what_is_no_loss_is_refused_in_a_sentence(asked: dict[str, Any], told: str) -> None:
    model = network()
    with pytest.raises(EngineError, match=told):
        record(model, rows(), **{"target": SHARES, **asked})
    assert all(weight.grad is None for weight in model.parameters())


def test_a_model_with_several_losses_says_which_it_gives() -> None:
    losses = WithLoss(lambda loss, logits: {"loss_box": loss, "loss_class": 2 * loss})
    given = (rows(), CLASSES.clamp(min=0))
    with pytest.raises(EngineError, match="gives no 'loss', but loss_box, loss_class: choose one"):
        record(losses, given, loss="output")
    recording = record(losses, given, loss=lambda outputs: sum(outputs.values()))
    assert_as_plain(recording, losses, sum(losses(*given).values()))


def test_an_object_of_another_kind_gives_its_loss_by_its_name() -> None:
    model = WithLoss(lambda loss, logits: SimpleNamespace(loss=loss, logits=logits))
    recording = record(model, (rows(), CLASSES.clamp(min=0)), loss="output")
    assert recording.loss_call is recording["cross_entropy"]


def test_a_way_back_stopped_in_the_loss_is_stopped() -> None:
    asked = iter([False] * 4 + [True] * 9)
    with pytest.raises(explorer.Cancelled):
        record(network(), rows(), target=SHARES, loss=nn.MSELoss(), should_stop=lambda: next(asked))


def test_the_help_names_every_loss_and_every_optimizer_that_is_explained() -> None:
    words = set(re.findall(r"\w+", record.__doc__ or ""))
    assert {entry.name for entry in (*LOSSES, *UPDATES)} <= words
