"""A recording in a notebook: its numbers are read as numpy, it is copied, written into a file and read again."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.overrides import get_overridable_functions

import explorer
from explorer.engine import EngineError, RecordError, record
from explorer.engine.recording.call import Call
from explorer.engine.recording.pickled import Lost, Portable
from explorer.engine.recording.recording import Recording
from explorer.engine.recording.tree import leaves
from tests.named_models import NAMED_MODELS

every_model = pytest.mark.parametrize(("make", "given"), NAMED_MODELS)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(), nn.Flatten(), nn.Linear(36, 2))


def step() -> Recording:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    return record(model, torch.randn(1, 3, 8, 8), target=[0], loss="cross_entropy", optimizer=optimizer)


def pickled(recording: Recording) -> Recording:
    again: Recording = pickle.loads(pickle.dumps(recording))
    return again


def tensors(value: Any) -> list[Tensor]:
    return leaves(value, Tensor)


def equal(ours: Any, theirs: Any) -> bool:
    pairs = list(zip(tensors(ours), tensors(theirs), strict=True))
    return all(one.dtype == other.dtype and torch.equal(one, other) for one, other in pairs)


ways = pytest.mark.parametrize("way", [copy.deepcopy, pickled], ids=["copied", "pickled"])


def test_what_a_call_holds_is_read_as_numpy() -> None:
    recording = record(network(), torch.randn(1, 3, 8, 8, requires_grad=True))
    for call in recording:
        for tensor in tensors((call.output, call.inputs, list(call.arguments.values()))):
            assert tensor.numpy().shape == tensor.shape
    assert recording["0"].output is recording["0"].output
    assert recording["1"].inputs[0] is recording["0"].output


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning", "ignore:.*omplex.*:UserWarning")
@ways
@every_model
def test_a_copy_holds_the_same_numbers(
    way: Callable[[Recording], Recording], make: Callable[[], nn.Module], given: Callable[[], Any]
) -> None:
    recording = record(make(), given())
    again = way(recording)
    assert [call.name for call in again] == [call.name for call in recording]
    assert [call.parents for call in again] == [call.parents for call in recording]
    for call, other in zip(recording, again, strict=True):
        assert equal(call.output, other.output)
        assert equal(call.inputs, other.inputs)
        assert isinstance(other.function, Lost) or list(call.arguments) == list(other.arguments)
    assert equal(recording.outputs, again.outputs)
    was, now = recording.output_call, again.output_call
    assert (was and was.name) == (now and now.name)


@ways
def test_a_copied_step_explains_itself_as_the_step_does(way: Callable[[Recording], Recording]) -> None:
    recording = step()
    again = way(recording)
    assert len(again.steps) == len(recording.steps)
    for mine, other in zip(recording.steps, again.steps, strict=True):
        for of, shape in mine.shapes.items():
            cell = (0,) * len(shape)
            assert str(explorer.explain(again, other, cell, of=of)) == str(
                explorer.explain(recording, mine, cell, of=of)
            )
    assert equal(dict(recording.parameter_gradients), dict(again.parameter_gradients))
    assert (again.loss, again.updates[0].parameter) == (recording.loss, recording.updates[0].parameter)


@ways
def test_a_copy_works_out_what_was_dropped(way: Callable[[Recording], Recording]) -> None:
    recording = record(network(), torch.randn(1, 3, 8, 8), budget_bytes=1)
    assert recording.dropped
    again = way(recording)
    assert again.dropped == recording.dropped
    for name in recording.dropped:
        assert equal(recording.recompute(name), again.recompute(name))


@ways
def test_what_was_changed_before_the_copy_is_not_worked_out(way: Callable[[Recording], Recording]) -> None:
    model = network()
    recording = record(model, torch.randn(1, 3, 8, 8), budget_bytes=1)
    with torch.no_grad():
        model[0].bias.add_(1)
    with pytest.raises(EngineError, match="was changed since"):
        way(recording).recompute("0")


@ways
def test_a_copy_is_not_changed_by_who_changes_the_model(way: Callable[[Recording], Recording]) -> None:
    model = network()
    recording = record(model, torch.randn(1, 3, 8, 8), budget_bytes=1)
    again, before = way(recording), recording.recompute("0")
    with torch.no_grad():
        model[0].bias.add_(1)
    assert equal(again.recompute("0"), before)


@ways
def test_a_failed_pass_keeps_its_reason_in_a_copy(way: Callable[[Recording], Recording]) -> None:
    recording = record(network(), torch.randn(1, 1, 8, 8))
    error = way(recording).error
    assert isinstance(error, RecordError)
    assert recording.error is not None
    assert (str(error), error.call, error.input_shapes) == (
        str(recording.error),
        "0",
        ((1, 1, 8, 8), (4, 3, 3, 3), (4,)),
    )
    assert error.details == recording.error.details


def test_every_function_of_pytorch_that_is_recorded_is_found_again() -> None:
    lost = set()
    for functions in get_overridable_functions().values():
        for function in functions:
            again = pickle.loads(pickle.dumps(Portable(function))).function
            if again != function:
                lost.add(str(function))
    calls = {name for name in lost if "property object" not in name and "manual_seed" not in name}
    assert calls == set()


def test_a_persons_own_code_is_told_to_be_lost_when_it_is_asked_to_run() -> None:
    class Squares(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.from_numpy(x.numpy() ** 2)

    recording = record(nn.Sequential(Squares(), nn.Flatten()), torch.ones(1, 3))
    call: Call = pickled(recording)["0"]
    assert isinstance(call.function, Lost)
    with pytest.raises(EngineError, match="does not hold the code of Squares: record it again"):
        call.function(torch.ones(1))
