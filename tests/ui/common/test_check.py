"""The badge beside an explanation: what float32 rounds is no fault of it, and a wrong one is told all the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import nn

import explorer
from explorer.arithmetic import Explanation
from explorer.engine.recording.recording import Recording, Step
from explorer.ui.common.check import STANDS_FOR_NOTHING, check_text, check_tip, holds


def explanations(recording: Recording, step: Step, of: str) -> list[Explanation]:
    cells = product(*(range(size) for size in step.shapes[of]))
    return [explorer.explain(recording, step, cell, of=of) for cell in cells]


def of_a_constant_input(norm: nn.Module, *, seed: int = 0) -> list[Explanation]:
    """Gradients of a normalization of the same number everywhere, whose x̂ is 0 but for rounding."""
    torch.manual_seed(seed)
    model = nn.Sequential(norm, nn.Flatten(), nn.Linear(18, 2))
    x = torch.randn(3, 1, 1, 1).expand(3, 2, 3, 3)
    recording = explorer.record(model, x, target=[0, 1, 0], loss="cross_entropy")
    step = next(step for step in recording.steps if step.kind == "backward" and step.call.name == "0")
    return explanations(recording, step, "weight")


@pytest.mark.parametrize("norm", [nn.LayerNorm((2, 3, 3)), nn.GroupNorm(1, 2), nn.GroupNorm(2, 2)])
def test_a_constant_input_of_a_normalization_is_no_fault(norm: nn.Module) -> None:
    for seed in range(5):
        for explained in of_a_constant_input(norm, seed=seed):
            assert holds(explained), (check_text(explained), str(explained), explained.computed)


def test_a_wrong_explanation_of_a_constant_input_is_still_one() -> None:
    for explained in of_a_constant_input(nn.LayerNorm((2, 3, 3))):
        assert not holds(replace(explained, total=explained.total + 1e-3))
        assert check_text(replace(explained, total=explained.total + 1e-3)).startswith("≠")


@pytest.mark.parametrize("logit", [5.0, 10.0, 15.0, 20.0, 100.0])
@pytest.mark.parametrize("loss", ["cross_entropy", "bce_with_logits"])
def test_a_loss_that_float32_rounds_to_almost_nothing_is_no_fault(loss: str, logit: float) -> None:
    x = torch.tensor([[logit, -logit]], requires_grad=True)
    target = [0] if loss == "cross_entropy" else [[1.0, 0.0]]
    recording = explorer.record(nn.Identity(), x, target=target, loss=loss)
    whole = explorer.explain(recording, next(step for step in recording.steps if step.kind == "loss"), ())
    assert holds(whole), (str(whole), whole.computed)
    assert not holds(replace(whole, total=whole.total + 1e-3))


@pytest.mark.parametrize("wrong", [0.999, 1.001, -1.0, 0.0])
def test_a_wrong_explanation_of_any_usual_call_is_told(wrong: float) -> None:
    torch.manual_seed(0)
    model = explorer.Network.parse("1x6x6 conv(2, 3) batchnorm relu maxpool(2) flatten linear(3)").build(seed=0)
    recording = explorer.record(model, torch.randn(2, 1, 6, 6), target=[0, 2], loss="cross_entropy", train=True)
    told = 0
    for step in recording.steps:
        for of in step.shapes:
            for explained in explanations(recording, step, of)[:6]:
                assert holds(explained), (step.call.name, of, str(explained))
                if abs(explained.total) > 0.3 * explained.magnitude > 0:  # else it is the small rest of large terms
                    assert not holds(replace(explained, total=wrong * explained.total)), str(explained)
                    told += 1
    assert told > 20


def summed(weights: list[float]) -> Explanation:
    """A neuron whose inputs are all 1, without a bias."""
    linear = nn.Linear(len(weights), 1, bias=False)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([weights]))
    return explorer.explain(explorer.record(linear, torch.ones(1, len(weights))), "linear", (0, 0))


@pytest.mark.parametrize("weights", [[0.1, 0.2, -0.3], [0.7, -0.1, -0.2, -0.4], [1e6, 0.1, -1e6, -0.1]])
def test_what_rounding_leaves_where_terms_cancel_stands_for_nothing(weights: list[float]) -> None:
    explained = summed(weights)
    if explained.computed:  # else it is 0 already
        assert check_text(explained) == STANDS_FOR_NOTHING
        assert "the terms cancel" in check_tip(explained)


@pytest.mark.parametrize("weights", [[1e-8], [1e-8, 2e-8], [0.1, 0.2, -0.3 + 1e-6], [0.5, -0.5]])
def test_a_small_number_that_is_one_stands_for_itself(weights: list[float]) -> None:
    assert check_text(summed(weights)).startswith("✓ same")
