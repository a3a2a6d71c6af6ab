"""A recording written into a file and read again: the same numbers and explanations, and no code."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from torch import Tensor, nn

import explorer
from explorer.engine import EngineError, LoadError, record
from explorer.engine.recording.pickled import Lost
from explorer.engine.recording.plain_form import Reader, Writer
from explorer.engine.recording.recording import Recording
from explorer.engine.recording.tree import leaves
from explorer.writing import FileError
from tests.named_models import NAMED_MODELS

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit.*:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*omplex.*:UserWarning"),
]
every_model = pytest.mark.parametrize(("make", "given"), NAMED_MODELS, ids=[make.__name__ for make, _ in NAMED_MODELS])
HEAD = "network explorer recording"


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(), nn.Flatten(), nn.Linear(36, 2))


def picture() -> Tensor:
    return torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))


def saved(recording: Recording, folder: Path) -> Recording:
    recording.save(folder / "run.safetensors")
    return explorer.load_recording(folder / "run.safetensors")


def equal(ours: Any, theirs: Any) -> bool:
    pairs = list(zip(leaves(ours, Tensor), leaves(theirs, Tensor), strict=True))
    return all(one.dtype == other.dtype and torch.equal(one, other) for one, other in pairs)


@every_model
def test_a_file_holds_the_same_numbers(make: Callable[[], nn.Module], given: Callable[[], Any], tmp_path: Path) -> None:
    recording = record(make(), given())
    again = saved(recording, tmp_path)
    assert [call.name for call in again] == [call.name for call in recording]
    for call, other in zip(recording, again, strict=True):
        assert (other.kind, other.module, other.parents, other.source) == (
            call.kind,
            call.module,
            call.parents,
            call.source,
        )
        assert equal(call.output, other.output)
        assert equal(call.inputs, other.inputs)
        assert isinstance(other.function, Lost) or list(call.arguments) == list(other.arguments)
    assert equal(recording.outputs, again.outputs)
    was, now = recording.output_call, again.output_call
    assert (was and was.name) == (now and now.name)
    assert again.keys() == recording.keys()
    assert repr(again) == repr(recording)


@pytest.mark.parametrize("asked", [{"loss": "cross_entropy"}, {"loss": nn.CrossEntropyLoss(label_smoothing=0.1)}])
def test_a_step_out_of_a_file_explains_itself_as_it_did(asked: dict[str, Any], tmp_path: Path) -> None:
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    recording = record(model, picture(), target=[0], optimizer=optimizer, **asked)
    assert len(recording.steps) > 12
    again = saved(recording, tmp_path)
    assert len(again.steps) == len(recording.steps)
    for mine, other in zip(recording.steps, again.steps, strict=True):
        assert repr(other) == repr(mine)
        for of, shape in mine.shapes.items():
            cell = (0,) * len(shape)
            why = explorer.explain(again, other, cell, of=of)
            assert str(why) == str(explorer.explain(recording, mine, cell, of=of))
            assert why.error < 1e-5
    assert equal(dict(recording.parameter_gradients), dict(again.parameter_gradients))
    assert again.loss == recording.loss


def test_what_was_dropped_is_worked_out_from_the_file(tmp_path: Path) -> None:
    recording = record(network(), picture(), budget_bytes=0)
    again = saved(recording, tmp_path)
    assert again.dropped == recording.dropped != ()
    for call, other in zip(recording, again, strict=True):
        assert equal(call.output, other.output)


def test_a_failed_pass_comes_back_with_its_fault(tmp_path: Path) -> None:
    recording = record(network(), picture()[:, :2])
    again = saved(recording, tmp_path)
    assert str(again.error) == str(recording.error)
    assert again.error is not None
    assert recording.error is not None
    assert (again.error.call, again.error.input_shapes) == (recording.error.call, recording.error.input_shapes)
    assert again.error.details == recording.error.details


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.complex64, torch.int64, torch.bool]
)
def test_every_type_of_number_is_kept(dtype: torch.dtype, tmp_path: Path) -> None:
    x = torch.tensor([[0, 1, 1], [1, 0, 1]]).to(dtype)
    again = saved(record(nn.Flatten(), x.t().conj()), tmp_path)
    assert again.outputs.dtype == dtype
    assert torch.equal(again.outputs, x.t().conj().resolve_conj())


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.complex_numbers(allow_nan=False)
    | st.sampled_from([torch.float32, torch.strided, torch.channels_last, torch.device("cpu"), ..., range(1, 9, 2)])
    | st.lists(st.integers(0, 9)).map(torch.Size)
    | st.builds(slice, st.none() | st.integers(), st.none() | st.integers()),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text() | st.integers() | st.tuples(st.integers()), inner)
    ),
    max_leaves=12,
)


@drawn(PLAIN)
@settings(deadline=None)
def test_whatever_calls_are_given_comes_back_as_it_was(value: Any) -> None:
    writer = Writer()
    plain = json.loads(json.dumps(writer.written(value)))
    again = Reader(writer.tensors, writer.tables).read(plain)
    assert repr(again) == repr(value)


def test_named_outputs_keep_their_names(tmp_path: Path) -> None:
    pair = namedtuple("Pair", ["first", "second"])

    class Both(nn.Module):
        def forward(self, x: Tensor) -> Any:
            return pair(x + 1, x + 2)

    again = saved(record(Both(), torch.zeros(1)), tmp_path)
    assert float(again.outputs.first) == float(again.outputs[0]) == 1
    assert float(again.outputs.second) == 2


def _written(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A recording's file with something changed in its head by hand."""
    record(nn.Sequential(nn.Linear(3, 2), nn.ReLU()), torch.ones(1, 3)).save(path)
    with safetensors.safe_open(path, framework="pt") as file:
        head = json.loads(file.metadata()[HEAD])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(head)
    safetensors.torch.save_file(tensors, path, {HEAD: json.dumps(head)})
    return path


@pytest.mark.parametrize(
    "spelled",
    ["torch os.system", "torch load", "torch save", "torch hub.load", "torch Tensor.__class__", "lost os", "x"],
)
def test_a_file_that_names_other_code_runs_none_of_it(spelled: str, tmp_path: Path) -> None:
    def change(head: dict[str, Any]) -> None:
        head["tables"]["calls"][0]["function"] = {"function": spelled}

    recording = explorer.load_recording(_written(tmp_path / "made.safetensors", change))
    assert isinstance(recording[0].function, Lost)
    with pytest.raises(EngineError, match="does not hold the code"):
        recording[0].function(torch.ones(1))


def test_a_value_that_is_no_type_of_numbers_is_not_read_as_one(tmp_path: Path) -> None:
    def change(head: dict[str, Any]) -> None:
        head["state"]["unseen"] = {"dtype": "load"}

    with pytest.raises(LoadError, match="damaged"):
        explorer.load_recording(_written(tmp_path / "made.safetensors", change))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: path.write_bytes(b"x" * 40), "bad.safetensors is no recording"),
        (lambda path: safetensors.torch.save_file({"a": torch.ones(1)}, path), "holds tensors, but no recording"),
        (lambda path: _written(path, lambda head: head.pop("tables")), "is damaged"),
        (lambda path: _written(path, lambda head: head.update(version=9)), "a newer version of the program"),
        (lambda path: None, "bad.safetensors cannot be read: no such file"),
        (Path.mkdir, "bad.safetensors cannot be read"),
    ],
)
def test_any_other_file_is_refused_in_a_sentence(make: Callable[[Path], Any], told: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    make(path)
    with pytest.raises(LoadError, match=told.replace(".", "[.]")):
        explorer.load_recording(path)


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        record(network(), picture()).save(tmp_path / "missing" / "run.safetensors")
