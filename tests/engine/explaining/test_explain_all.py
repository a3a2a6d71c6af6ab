"""What no rule takes apart is answered by what PyTorch has and a finite difference, not by an exception."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.arithmetic.operations import operation_for
from explorer.engine import EngineError, record
from explorer.engine.explaining.explain_all import WithoutTerms
from explorer.engine.recording.recording import Recording


class Unknown(nn.Module):
    """A function that nobody has written the arithmetic of, between two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(3, 4), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.first(x).erfinv())


class Sorted(nn.Module):
    """Whole numbers, which cannot be moved a little."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.sort(x)[0]


@pytest.fixture
def recording() -> Recording:
    torch.manual_seed(0)
    model = Unknown()
    with torch.no_grad():
        model.first.weight.mul_(0.1)
    return record(model, torch.randn(2, 3), target=torch.randn(2, 2), loss="mse")


def test_forwards_it_is_the_number_and_how_it_moves(recording: Recording) -> None:
    assert operation_for("erfinv") is None
    found = explorer.explain(recording, "erfinv", (1, 2))
    assert isinstance(found, WithoutTerms)
    assert (len(found.terms), found.computed, found.error) == (0, None, None)
    call = recording["erfinv"]
    assert found.total == pytest.approx(float(call.output[1, 2]))
    u = call.inputs[0][1, 2].double().clone().requires_grad_()
    (slope,) = torch.autograd.grad(torch.erfinv(u), u)
    assert found.reading is not None
    assert found.reading.value == pytest.approx(float(slope), rel=1e-5)
    assert str(found).startswith("output[1, 2] = ")
    assert "no arithmetic for calls of the kind erfinv" in found.why


def test_on_the_way_back_too(recording: Recording) -> None:
    found = explorer.explain(recording, "erfinv", (0, 1), of="input")
    assert isinstance(found, WithoutTerms)
    assert found.reading is not None
    assert found.reading.value == pytest.approx(found.total, rel=1e-4)
    assert str(found).startswith("grad_input[0, 1] = ")


def test_where_nothing_can_be_moved_the_number_is_there_all_the_same() -> None:
    found = explorer.explain(record(Sorted(), torch.tensor([[3, 1, 2]])), "sort", (0, 1))
    assert isinstance(found, WithoutTerms)
    assert (found.total, found.reading) == (2, None)
    assert found.why.count(".") > 1


def test_a_cell_that_is_not_there_is_still_refused(recording: Recording) -> None:
    with pytest.raises(EngineError, match="is not a cell of output"):
        explorer.explain(recording, "erfinv", (7, 7))


def test_what_has_a_rule_is_explained_by_it(recording: Recording) -> None:
    found = explorer.explain(recording, "last", (0, 1))
    assert not isinstance(found, WithoutTerms)
    assert len(found.terms) == 5
