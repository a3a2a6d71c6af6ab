"""What is written of a number comes to it; `python -m tests.campaigns.written_lines` tries as many as asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

import explorer
from tests.arithmetic.evaluator import assert_evaluates, evaluated
from tests.campaigns.written_lines import assert_no_made_up_nan, explanations
from tests.engine.explaining.one_call import OneCall

LINES = 2500


def test_every_written_line_comes_to_the_result_it_prints() -> None:
    sides = 0
    for explained, _ in zip(explanations(0), range(LINES), strict=False):
        sides += assert_evaluates(explained)
        assert_no_made_up_nan(explained)
    assert sides > LINES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2·(−3) + 4", -2),
        ("−1/4·(log(1) + 2)", -0.5),
        ("(0.5 − 2) / √(3 + 1)", -0.75),
        ("½·(2 − (−1))²/3", 1.5),
        ("max(1, 4, 3, 8 smaller ones)", 4),
        ("0.9·(−2) + (1,234 more terms: 5e−1)", -1.3),
        ("1 (2 − 0.5 + 1 > 0)", 1),
        ("2/(1 − 0.5^2)", 8 / 3),
        ("1 + 3/(√−4 + 1)", float("nan")),
    ],
)
def test_the_evaluator_reads_lines_as_they_are_printed(text: str, expected: float) -> None:
    assert float(evaluated(text).number) == pytest.approx(expected, nan_ok=True)


def _line(values: list[float], target: list[int] | list[list[float]], loss: str, *, back: bool = False) -> str:
    model = nn.Sequential(nn.Identity(), *([nn.Sigmoid()] if loss == "bce" else []))
    x = torch.tensor([values], requires_grad=True)
    recording = explorer.record(model, x, target=target, loss=loss)
    kind, of, cell = ("backward", "input", (0, 0)) if back else ("loss", "output", ())
    step = next(step for step in recording.steps if step.kind == kind and step.call.name == "loss")
    explained = explorer.explain(recording, step, cell, of=of)
    assert assert_evaluates(explained) == 1
    return str(explained)


def test_a_loss_of_extreme_logits_is_written_so_that_it_adds_up() -> None:
    assert _line([800.0, 0.0, 1.0], [1], "cross_entropy") == "loss = −(0 − 800 − log(1 + 0)) = 800"
    assert _line([15.0, 0.0, 0.0], [0], "cross_entropy") == "loss = log(1 + 6.118e−7) = 6.118e−7"


def test_probabilities_near_1_are_written_by_what_they_lack() -> None:
    line = _line([16.0, 0.0], [[0.0, 1.0]], "bce", back=True)
    assert "(1 − 1.1921e−7)·(1 − (1 − 1.1921e−7))" in line
    line = _line([8.0, 0.0], [[0.0, 1.0]], "bce", back=True)
    assert line.endswith("/((1 − 0.00033534)·(1 − (1 − 0.00033534))) = 1491")


def test_an_update_too_small_for_five_digits_is_written_with_more() -> None:
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, 0.5)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
    recording = explorer.record(model, torch.ones(1, 1), target=[[0.0]], loss="half_squared_error", optimizer=optimizer)
    assert (
        str(explorer.explain(recording, recording.steps[-1], (0, 0), of="weight")) == "w = 0.5 − 1e−6·0.5 = 0.4999995"
    )


@pytest.mark.parametrize("divided", [torch.reciprocal, lambda x: 1.0 / x, lambda x: torch.ones(2) / x])
def test_a_zero_that_is_divided_by_has_the_sign_of_its_infinity(
    divided: Callable[[torch.Tensor], torch.Tensor],
) -> None:
    recording = explorer.record(OneCall(divided, ()), torch.tensor([0.0, -0.0]))
    lines = [explorer.explain(recording, recording.calls[-1].name, (at,)) for at in (0, 1)]
    assert [line.written.partition(" = ")[2] for line in lines] == ["1 / 0 = ∞", "1 / (−0) = −∞"]
    assert all(map(assert_evaluates, lines))
