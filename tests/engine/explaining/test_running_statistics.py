"""What a batch norm in training leaves in its buffers: each number explains itself, and is the one of PyTorch."""

from __future__ import annotations

from copy import deepcopy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.engine.errors import EngineError
from explorer.engine.explaining.explain import explain
from explorer.engine.explaining.finite_difference import finite_difference
from explorer.engine.recording.recorder import record
from tests.arithmetic.evaluator import assert_evaluates


@settings(max_examples=30, deadline=None)
@given(
    examples=st.integers(1, 4),
    channels=st.integers(1, 3),
    side=st.integers(2, 4),
    momentum=st.sampled_from([None, 0.0, 0.1, 0.7, 1.0]),
    passes=st.integers(0, 3),
    seed=st.integers(0, 1000),
)
def test_running_mean_and_variance_are_what_pytorch_keeps(
    examples: int, channels: int, side: int, momentum: float | None, passes: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    model = nn.Sequential(nn.BatchNorm2d(channels, momentum=momentum)).train()
    for _ in range(passes):
        model(torch.randn(2, channels, side, side, generator=generator))
    x = torch.randn(examples, channels, side, side, generator=generator) * 3 + 1
    after = deepcopy(model)
    after(x)
    recording = record(model, x, train=True)
    for name in ("running_mean", "running_var"):
        kept = getattr(after[0], name)
        for channel in range(channels):
            explanation = explain(recording, "0", (channel,), of=f"{name}_after")
            assert explanation.computed == kept[channel].item()
            assert explanation.total == pytest.approx(kept[channel].item(), rel=1e-5, abs=1e-6)
            assert_evaluates(explanation)


def test_in_evaluation_and_without_statistics_nothing_is_left() -> None:
    x = torch.randn(2, 1, 3, 3)
    for model in (nn.BatchNorm2d(1).eval(), nn.BatchNorm2d(1, track_running_stats=False).train()):
        recording = record(nn.Sequential(model), x)
        assert set(recording.steps[0].shapes) == {"output"}
        with pytest.raises(EngineError, match="not for running_mean_after"):
            explain(recording, "0", (0,), of="running_mean_after")


def test_nothing_of_the_pass_depends_on_it() -> None:
    recording = record(nn.Sequential(nn.BatchNorm2d(1)), torch.randn(2, 1, 3, 3), train=True)
    with pytest.raises(EngineError, match="kept for later passes"):
        finite_difference(recording, "0", (0,), of="running_mean_after")
