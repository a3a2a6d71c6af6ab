"""A recording holds numbers alone: no graph of autograd's, and nothing that has to be detached first."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine import record
from explorer.engine.recording.tree import leaves
from tests.named_models import NAMED_MODELS, picture

every_model = pytest.mark.parametrize(("make", "given"), NAMED_MODELS, ids=[make.__name__ for make, _ in NAMED_MODELS])
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad:UserWarning"),
]


class ViewedWithoutGradients(nn.Module):
    """Looks, without gradients, at zeros that a gradient is written into later: the view may not be asked for one."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))

    def forward(self, x: Tensor) -> Tensor:
        rows = torch.zeros(2, 3)
        with torch.no_grad():
            seen = torch.relu(rows.view(3, 2))
        rows[0] = x[0] * self.weight
        return rows.sum() + seen.sum()


def test_a_view_that_has_no_history_of_its_own_is_asked_for_none() -> None:
    model, x = ViewedWithoutGradients(), torch.ones(1, 3)
    assert torch.equal(record(model, x).outputs, model(x).detach())


class Packed:
    """Stands for a tensor that PyTorch saves for the way back."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


def still_saved(run: Callable[[], Any]) -> tuple[Any, int, int]:
    """What a run gives, how many tensors PyTorch saved in it for a way back, and how many of them are still there."""
    saved: list[weakref.ref[Packed]] = []

    def pack(tensor: Tensor) -> Packed:
        packed = Packed(tensor.detach())  # the tensor itself would hold the graph that holds it
        saved.append(weakref.ref(packed))
        return packed

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda packed: packed.tensor):
        given = run()
    gc.collect()
    return given, len(saved), sum(each() is not None for each in saved)


@pytest.mark.parametrize("asked", [{}, {"target": [0, 1], "loss": "cross_entropy"}])
def test_a_recording_holds_no_graph_and_what_it_hands_out_is_numpy_at_once(asked: dict[str, Any]) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(144, 2))
    recording, saved, still = still_saved(lambda: record(model, picture(), **asked))
    assert saved > still == 0
    plain = model(picture()).detach()
    assert np.array_equal(np.asarray(recording.outputs), plain.numpy())
    assert np.array_equal(recording["3"].output.numpy(), plain.numpy())
    assert recording.output_call is recording["3"]
    assert recording.outputs is recording["3"].output


def test_a_pass_that_failed_holds_no_graph_and_still_tells_where() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(400, 2))
    recording, saved, still = still_saved(lambda: record(model, picture()))
    assert saved > still == 0
    assert recording.error is not None
    assert "forward" in recording.error.details


@every_model
def test_nothing_that_a_recording_hands_out_requires_a_gradient(make: Any, given: Any) -> None:
    recording = record(make(), given())
    handed_out = leaves((recording.outputs, [(call.output, call.inputs, call.arguments) for call in recording]), Tensor)
    assert handed_out
    assert not any(tensor.requires_grad for tensor in handed_out)
