"""The graph of every activation function and of its derivative, forwards and on the way back, is PyTorch's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.network import Network
from explorer.network.layers import LAYERS
from explorer.session import cursor as moves
from explorer.ui.debugger.into.function_curve import FunctionCurve
from explorer.ui.debugger.into.plan import into_plan
from tests.ui.step_sessions import recorded

OTHERWISE_SHOWN = ("softmax", "identity", "dropout")
"""Of these a number is made of many, or only handed on."""
WORDS = [kind.word for kind in LAYERS if kind.family == "activation" and kind.word not in OTHERWISE_SHOWN]


@pytest.mark.parametrize("phase", ["forward", "backward"])
@pytest.mark.parametrize("word", WORDS)
def test_curve_derivative_and_tangent_are_pytorchs(word: str, phase: str) -> None:
    timeline = recorded(f"6 linear(5) {word} linear(3)", target=(1,))
    step = timeline.find(phase, timeline.steps[1].call)
    assert step is not None
    of = "output" if phase == "forward" else "input"
    cursor = replace(moves.into(timeline, moves.at(timeline, step)), of=of, cell=(0, 2))
    curve = into_plan(timeline, cursor, ()).middle
    assert isinstance(curve, FunctionCurve)
    xs = torch.tensor([*curve.xs.tolist(), curve.u], dtype=torch.float64).requires_grad_()
    ys = Network.parse(f"6 {word}").build(seed=0).double().eval()(xs)
    (slopes,) = torch.autograd.grad(ys.sum(), xs)
    np.testing.assert_allclose([*curve.ys, curve.z], ys.detach().numpy(), rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose([*curve.slopes, curve.slope], slopes.numpy(), rtol=1e-5, atol=1e-6)
    assert (curve.arrived is None) == (phase == "forward")
