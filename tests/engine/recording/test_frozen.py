"""A frozen recording explains itself with the weights that it was made with, whatever becomes of them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.engine import EngineError
from explorer.engine.model.workbench import Workbench
from explorer.engine.recording.frozen import freeze
from explorer.engine.recording.recording import Recording


class Turned(nn.Module):
    """Multiplies with a view of its weight, and normalizes with buffers."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.weight = nn.Parameter(torch.randn(4, 3))
        self.norm = nn.BatchNorm1d(3)
        self.norm.running_mean.uniform_()

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(nn.functional.linear(x, self.weight.t()))


def recorded(model: nn.Module) -> Recording:
    with torch.no_grad():
        return explorer.record(model.eval(), torch.ones(1, 4))


def change(model: nn.Module) -> None:
    with torch.no_grad():
        for tensor in (*model.parameters(), model.norm.running_mean, model.norm.running_var):
            tensor.add_(1.5)


@pytest.mark.parametrize("kind", ["linear", "batch_norm"])
def test_weights_that_change_where_they_lie_change_no_frozen_explanation(kind: str) -> None:
    model = Turned()
    recording, loose = recorded(model), recorded(model)
    call = next(call.name for call in recording if call.kind == kind)
    before = explorer.explain(recording, call, (0, 1))
    freeze(recording, (*model.parameters(), *model.buffers()))
    change(model)
    after = explorer.explain(recording, call, (0, 1))
    assert str(after) == str(before)
    assert after.error <= 1e-5 * after.magnitude
    with pytest.raises(EngineError, match="was changed since"):
        explorer.explain(loose, call, (0, 1))


def test_what_was_dropped_is_worked_out_again_with_the_weights_of_then() -> None:
    model = Turned()
    with torch.no_grad():
        whole, small = (explorer.record(model.eval(), torch.ones(1, 4), budget_bytes=size) for size in (10**6, 0))
    assert small.dropped
    freeze(small, (*model.parameters(), *model.buffers()))
    change(model)
    torch.testing.assert_close(small.recompute("norm"), whole["norm"].output)


def test_the_workbench_freezes_with_the_weights_of_its_model() -> None:
    bench = Workbench()
    network = explorer.Network.parse("4 linear(3)")
    bench.show(network, (1,))
    recording = bench.record(torch.ones(4).numpy())
    before = str(explorer.explain(recording, "linear1", (0, 1)))
    bench.freeze(recording)
    with torch.no_grad():
        bench.model.linear1.weight.add_(1)
    assert str(explorer.explain(recording, "linear1", (0, 1))) == before
