"""The losses PyTorch runs are the ones the arithmetic explains, on the device's own types and with its refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.arithmetic import CallValues
from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.engine.errors import EngineError
from explorer.engine.losses import loss_value

NAMES = tuple(loss.name for loss in LOSSES)
SHAPES = ((5,), (4, 3), (2, 3, 4, 5))
CASES = [(name, shape) for name in NAMES for shape in SHAPES if name != "hinge" or len(shape) <= 2]


def targets_for(name: str, output: torch.Tensor) -> tuple[torch.Tensor, ...]:
    axis = 0 if output.dim() == 1 else 1
    places = output.shape[:axis] + output.shape[axis + 1 :]
    classes = torch.randint(output.shape[axis], places)
    targets = loss_named(name).targets
    if name == "cross_entropy":
        return classes, output.detach().softmax(axis).roll(1, axis)
    if targets == "classes":
        return (classes,)
    if targets == "probabilities":
        return torch.rand(output.shape), torch.randint(2, output.shape)
    return torch.randn(output.shape), torch.randint(-2, 3, output.shape)


@pytest.mark.parametrize(("name", "shape"), CASES)
def test_value_and_gradients_are_those_of_the_arithmetic(name: str, shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    output = torch.rand(shape, dtype=torch.float64, requires_grad=True)
    for target in targets_for(name, output):
        computed = loss_value(name, output, target)
        (gradient,) = torch.autograd.grad(computed, output)
        call = CallValues(name, {"input": output.detach().numpy(), "target": target.numpy()}, np.zeros(()))
        assert computed.shape == ()
        assert loss_named(name).forward(call).total == pytest.approx(computed.item(), rel=1e-9)
        for cell in list(np.ndindex(*shape))[:20]:
            explained = loss_named(name).backward(call, "input", cell).total
            assert explained == pytest.approx(gradient[cell].item(), rel=1e-9, abs=1e-12)


def test_the_hinge_is_pytorchs_margin_loss_without_its_division() -> None:
    output, target = torch.randn(6, 4, requires_grad=True), torch.randint(4, (6,))
    mine, theirs = loss_named("hinge").compute(output, target), 4 * functional.multi_margin_loss(output, target)
    assert mine.item() == pytest.approx(theirs.item(), rel=1e-6)
    assert torch.allclose(*(torch.autograd.grad(loss, output)[0] for loss in (mine, theirs)))


def test_targets_that_do_not_fit_are_refused_in_a_sentence() -> None:
    with pytest.raises(EngineError, match="no class 3"):
        loss_value("cross_entropy", torch.zeros(1, 3), torch.tensor([3]))
    with pytest.raises(EngineError, match="half_squared_error"):
        loss_value("squared", torch.zeros(1), torch.zeros(1))
