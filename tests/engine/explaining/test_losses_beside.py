"""What every loss says of the same outputs and targets is what PyTorch says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import explorer
from explorer.arithmetic.losses import LOSSES
from explorer.engine.explaining.losses_beside import losses_beside
from explorer.engine.recording.recording import Recording
from tests.by_hand import ByHand

SCORES = torch.tensor([[-0.39, 1.49, 4.21], [-4.61, 3.28, 1.46], [1.03, -2.37, -2.27]])
CLASSES = torch.tensor([0, 1, 2])
Oracle = Callable[[Tensor, Tensor, Tensor], Tensor]
# Of the outputs, the classes, and a 1 at each class among zeros.
ORACLES: ByHand[Oracle] = ByHand(
    "ORACLES of tests/engine/explaining/test_losses_beside.py",
    {
        "half_squared_error": lambda y, _c, t: (y - t).square().sum() / 2 / len(y),
        "mse": lambda y, _c, t: functional.mse_loss(y, t),
        "mae": lambda y, _c, t: functional.l1_loss(y, t),
        "mbe": lambda y, _c, t: (t - y).mean(),
        "bce": lambda y, _c, t: functional.binary_cross_entropy(y, t),
        "bce_with_logits": lambda y, _c, t: functional.binary_cross_entropy_with_logits(y, t),
        "cross_entropy": lambda y, c, _t: functional.cross_entropy(y, c),
        "hinge": lambda y, c, _t: functional.multi_margin_loss(y, c) * y.shape[1],
        "huber": lambda y, _c, t: functional.huber_loss(y, t),
        "smooth_l1": lambda y, _c, t: functional.smooth_l1_loss(y, t),
    },
)


def _recorded(outputs: Tensor, target: Tensor, loss: str) -> Recording:
    return explorer.record(nn.Identity(), outputs.clone().requires_grad_(), target=target, loss=loss)


@pytest.mark.parametrize("recorded_with", ["cross_entropy", "mse"])
@pytest.mark.parametrize("loss", [loss.name for loss in LOSSES])
def test_each_loss_has_the_value_that_pytorch_gives_it(loss: str, recorded_with: str) -> None:
    outputs = SCORES.sigmoid() if loss == "bce" else SCORES
    ones = functional.one_hot(CLASSES, 3).float()
    found = losses_beside(_recorded(outputs, CLASSES if recorded_with == "cross_entropy" else ones, recorded_with))
    assert set(found) == {each.name for each in LOSSES}
    assert found[loss] == pytest.approx(float(ORACLES[loss](outputs, CLASSES, ones)), rel=1e-6)


def test_a_loss_that_does_not_fit_says_why() -> None:
    found = losses_beside(_recorded(SCORES, SCORES + 0.25, "mae"))
    assert found["mae"] == pytest.approx(0.25)
    assert "needs targets between 0 and 1" in str(found["bce"])
    assert "needs one class index for each example" in str(found["hinge"])


def test_without_a_loss_there_is_none_beside_it() -> None:
    assert losses_beside(explorer.record(nn.Identity(), SCORES)) == {}
