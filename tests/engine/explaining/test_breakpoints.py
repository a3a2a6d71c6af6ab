"""Breakpoints on conditions: models that overflow, divide by zero, learn too fast or die."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import explorer
from explorer.engine.explaining.breakpoints import (
    BREAKPOINTS,
    DeadReLUs,
    GradientNorm,
    Hit,
    NotFinite,
    UpdateRatio,
    first_hit,
)
from explorer.engine.recording.recording import Recording


class Steps(nn.Module):
    """`x` through a linear layer and whatever a test puts after it."""

    def __init__(self, function=lambda x: x) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.linear1 = nn.Linear(3, 4)
        self.linear2 = nn.Linear(4, 2)
        self.function = function

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear2(self.function(self.linear1(x)))


def _step(model: nn.Module, *, lr: float = 0.1, x: torch.Tensor | None = None) -> Recording:
    given = torch.ones(2, 3) if x is None else x
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    return explorer.record(model, given, target=torch.zeros(len(given), 2), loss="mse", optimizer=optimizer)


def _stopped_at(recording: Recording, hit: Hit) -> tuple[str, str]:
    step = recording.steps[hit.step]
    assert step.call.name == hit.call
    return step.kind, hit.call


def test_a_healthy_step_hits_nothing() -> None:
    recording = _step(Steps(nn.functional.relu))
    assert first_hit(recording, [NotFinite(), GradientNorm(1e3), UpdateRatio(0.5), DeadReLUs(99)]) is None


def test_the_first_infinity_of_a_chain_is_named_with_its_largest_input() -> None:
    recording = _step(Steps(lambda x: ((x + 1e20) * 1e20).relu()))
    hit = NotFinite().check(recording)
    assert _stopped_at(recording, hit) == ("forward", "mul")
    assert hit.sentence == "mul made the first infinity: its inputs are finite, the largest 1e20."


def test_a_logarithm_of_a_negative_number_made_the_first_nan() -> None:
    recording = _step(Steps(lambda x: (x * 0 - 1).log()))
    assert NotFinite().check(recording).sentence == "log made the first NaN: its inputs are finite, the largest 1."


def test_the_logarithm_of_zero_is_found_before_the_nan_that_follows_from_it() -> None:
    recording = _step(Steps(lambda x: (x * 0).log() * 0))
    hit = NotFinite().check(recording)
    assert hit.call == "log"
    assert "infinity" in hit.sentence


def test_a_nan_among_the_inputs_is_not_blamed_on_the_call() -> None:
    recording = _step(Steps(), x=torch.tensor([[1.0, float("nan"), 2.0]]))
    assert NotFinite().check(recording).sentence == "linear1 gives NaN: its input already holds NaN."


def test_a_nan_among_the_weights_is_not_blamed_on_the_call() -> None:
    model = Steps()
    model.linear2.weight.data[0, 0] = float("inf")
    assert NotFinite().check(_step(model)).sentence == "linear2 gives infinity: its weight already holds infinity."


def test_a_slope_of_the_root_at_zero_is_found_on_the_way_back() -> None:
    recording = _step(Steps(lambda x: (x * 0).sqrt()))
    hit = NotFinite().check(recording)
    assert _stopped_at(recording, hit) == ("backward", "sqrt")
    assert hit.sentence.startswith(
        "sqrt made the first infinity on the way back, in the gradient of its input: what arrives there is finite"
    )


def test_an_update_that_overflows_is_found_in_the_update() -> None:
    recording = _step(Steps(lambda x: x * 1e10), lr=1e30)
    hit = NotFinite().check(recording)
    assert _stopped_at(recording, hit) == ("update", "linear1")
    assert hit.sentence.startswith("The update of linear1.weight made the first infinity: the gradient is finite")


def test_a_learning_rate_of_1e30_changes_weights_beyond_any_ratio() -> None:
    recording = _step(Steps(), lr=1e30)
    assert NotFinite().check(recording) is None
    hit = UpdateRatio(1e-2).check(recording)
    assert _stopped_at(recording, hit) == ("update", "linear1")
    before, after = recording.updates[0].before.double(), recording.updates[0].after.double()
    assert f"{float((after - before).norm() / before.norm()):.2e}"[:4] in hit.sentence
    assert hit.sentence.endswith("of its length, more than 0.01.")


def test_a_parameter_of_zeros_has_no_ratio() -> None:
    model = Steps()
    model.linear1.bias.data.zero_()
    model.linear1.weight.data.zero_()
    hit = UpdateRatio(0).check(_step(model))
    assert hit.sentence.startswith("The update changes linear2.bias")


def test_a_long_gradient_stops_where_its_last_share_arrived() -> None:
    recording = _step(Steps(lambda x: x * 1e3))
    norms = {name: float(gradient.norm()) for name, gradient in recording.parameter_gradients.items()}
    limit = norms["linear2.weight"] / 2
    hit = GradientNorm(limit).check(recording)
    assert _stopped_at(recording, hit) == ("backward", "linear2")
    assert hit.sentence.startswith("The gradient of linear2.weight is ")
    assert GradientNorm(2 * max(norms.values())).check(recording) is None


def test_a_weight_used_twice_has_its_whole_gradient_at_its_first_call() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.linear(self.linear(x))

    torch.manual_seed(1)
    for optimizer in (True, False):
        model = Twice()
        made = torch.optim.SGD(model.parameters(), lr=0.1) if optimizer else None
        x = torch.ones(1, 2)
        recording = explorer.record(model, x, target=torch.zeros(1, 2), loss="mse", optimizer=made)
        hit = GradientNorm(0).check(recording)
        assert _stopped_at(recording, hit) == ("backward", recording.calls[0].name)


def test_relus_behind_a_bias_of_minus_100_are_dead() -> None:
    model = Steps(nn.functional.relu)
    model.linear1.bias.data.copy_(torch.tensor([-100.0, -100.0, -100.0, 100.0]))
    hit = DeadReLUs(50).check(_step(model))
    assert hit.call == "relu"
    assert hit.sentence == "3 of 4 units of relu are dead (75 %): they give 0 everywhere in this batch."
    assert DeadReLUs(75).check(_step(model)) is None


def test_a_channel_is_dead_only_if_it_is_zero_in_every_example() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU())
    model[0].weight.data.fill_(1)
    model[0].bias.data.copy_(torch.tensor([0.0, -100.0]))
    x = torch.zeros(2, 1, 3, 3)
    x[1, 0, 2, 2] = 1
    hit = DeadReLUs(10).check(explorer.record(model, x))
    assert hit.sentence == "1 of 2 channels of 1 are dead (50 %): they give 0 everywhere in this batch."


def test_the_earliest_of_several_conditions_wins() -> None:
    model = Steps(nn.functional.relu)
    model.linear1.bias.data[:3] = -100
    recording = _step(model)
    assert first_hit(recording, [UpdateRatio(0), GradientNorm(0), DeadReLUs(0)]).call == "relu"
    assert first_hit(recording, []) is None


@pytest.mark.parametrize("kind", BREAKPOINTS)
def test_every_breakpoint_says_itself_in_a_sentence(kind: type) -> None:
    breakpoint_ = kind() if kind is NotFinite else kind(1e-3)
    assert breakpoint_.label.startswith("Stop ")
    assert breakpoint_.label.endswith(".")
    assert "0.001" in breakpoint_.label or kind is NotFinite
