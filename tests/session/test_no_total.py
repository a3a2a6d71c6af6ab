"""A line of arithmetic whose total is asked for says what is added up, and nothing of what comes out."""

from __future__ import annotations

import torch

import explorer
from explorer.session.veil import without_total


def test_the_reason_behind_a_total_does_not_keep_it_in_the_line() -> None:
    """Of the slope of a sigmoid the "?" stood in the reason, and the gradient in front of it."""
    model = explorer.Network.parse("1 sigmoid").build(seed=0)
    recording = explorer.record(
        model, torch.tensor([[0.19457]], requires_grad=True), target=torch.tensor([[-0.4]]), loss="mse"
    )
    step = next(each for each in recording.steps if each.kind == "backward" and each.call.kind == "sigmoid")
    explanation = explorer.explain(recording, step, (0, 0), of="input")
    assert ", as " in explanation.written
    line = without_total(explanation).written
    assert line == explanation.written.partition(" = ")[0] + " = " + explanation.written.split(" = ")[1] + " = ?"
    assert f"{explanation.total:.3g}" not in line
