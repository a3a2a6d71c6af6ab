"""A max pool with a patch that lies in the padding alone: PyTorch would write outside its memory on the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from explorer.engine import EngineError, record
from explorer.engine.explaining.explain import explain
from explorer.engine.explaining.finite_difference import finite_difference
from explorer.network import Network, NetworkError

HOLLOW = {"kernel_size": 2, "stride": 4, "padding": 1, "dilation": 2}


class Pooled(nn.Module):
    """A learned number in front of a pool."""

    def __init__(self, pool: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.weight, self.pool = nn.Parameter(torch.ones(1)), pool

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(x * self.weight).sum().reshape(1)


POOLS = {
    "module": (nn.MaxPool2d(**HOLLOW), (1, 2, 1, 9)),
    "function": (lambda x: F.max_pool2d(x, (2, 2), (4, 4), (1, 1), 2), (1, 2, 1, 9)),
    "indices": (lambda x: F.max_pool2d(x, **HOLLOW, return_indices=True)[0], (1, 2, 1, 9)),
    "one axis": (lambda x: F.max_pool1d(x, **HOLLOW), (1, 2, 1)),
    "three axes": (lambda x: F.max_pool3d(x, **HOLLOW), (1, 2, 1, 9, 9)),
    "columns alone": (lambda x: torch.max_pool2d(x, 2, [], 1, [1, 2], True), (1, 2, 9, 1)),
}


@pytest.mark.parametrize("name", POOLS)
def test_a_way_back_that_could_end_the_process_is_refused_in_a_sentence(name: str) -> None:
    pool, shape = POOLS[name]
    with pytest.raises(EngineError, match="hold nothing but padding, and PyTorch would write outside its memory"):
        record(Pooled(pool), torch.ones(shape), target=[0.0], loss="mse")
    forward = record(Pooled(pool), torch.ones(shape))
    assert forward.error is None  # the way forward does no harm
    assert forward.outputs.isneginf().any()


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
def test_a_pool_that_runs_unseen_in_scripted_code_is_refused_too() -> None:
    scripted = torch.jit.script(nn.MaxPool2d(**HOLLOW))
    for _ in range(3):  # PyTorch compiles what ran a few times
        with pytest.raises(EngineError, match="in a max pool that was not seen, patches of the 1 × 9 map hold nothing"):
            record(Pooled(scripted), torch.ones(1, 2, 1, 9), target=[0.0], loss="mse")


def test_where_no_gradient_is_taken_nothing_is_refused() -> None:
    class Beside(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(9, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.linear(x[0, 0]) + F.max_pool2d(x, **HOLLOW).clamp(min=0).sum()

    recording = record(Beside(), torch.ones(1, 1, 1, 9), target=[[0.0]], loss="mse")
    assert recording.loss is not None


def test_what_a_number_follows_is_not_asked_of_such_a_pool() -> None:
    recording = record(nn.MaxPool3d(**HOLLOW), torch.ones(1, 1, 1, 9, 9))
    with pytest.raises(EngineError, match="nothing but padding"):
        finite_difference(recording, recording.steps[0], (0, 0, 0, 0, 0))


def test_a_network_with_such_a_pool_is_not_built() -> None:
    network = Network.parse("3x1x9 conv(3, 1) maxpool(2, stride=4, padding=1, dilation=2) flatten linear(2)")
    assert network.runnable() == 1
    with pytest.raises(NetworkError, match="steps over the 1×9 map"):
        network.build()


def test_a_dilated_pool_that_holds_cells_everywhere_goes_its_way() -> None:
    network = Network.parse("3x3x9 maxpool(2, stride=2, padding=1, dilation=2) flatten linear(2)")
    x = torch.randn(1, 3, 3, 9, requires_grad=True)
    recording = record(network.build(), x, target=[0], loss="cross_entropy")
    assert recording.loss is not None
    assert explain(recording, "pool1", (0, 0, 0, 0)).error < 1e-6
