"""Files of PyTorch's that ask for more memory than they hold are refused before PyTorch takes it."""

from __future__ import annotations

import io
import os
import pickle
import tracemalloc
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.amounts import file_size
from explorer.bounds import SENTENCE_LETTERS, Refused
from explorer.engine.declared_memory import check_declared
from explorer.engine.errors import LoadError
from explorer.engine.model.weights import read_weights
from explorer.engine.training.checkpoint import CheckpointError, read_checkpoint

HUGE = 1_450_000_000  # numbers of four bytes: 5.8 GB


class Asked:
    """Pickled as a call that makes what is asked for when it is read."""

    def __init__(self, call: Callable[..., Any], *arguments: Any) -> None:
        self._call, self._arguments = call, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self._call, self._arguments


class Stored:
    """A storage that is said to hold `count` numbers."""

    def __init__(self, count: int) -> None:
        self.identity = ("storage", torch.FloatStorage, "0", "cpu", count)


class Pickler(pickle.Pickler):
    def persistent_id(self, value: object) -> Any:
        return value.identity if isinstance(value, Stored) else None


def _pickled(content: object) -> bytes:
    written = io.BytesIO()
    Pickler(written, 2).dump(content)
    return written.getvalue()


def _archive(path: Path, content: object, numbers: bytes = bytes(4), *, packed: bool = False) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", _pickled(content))
        archive.writestr("archive/byteorder", b"little")
        archive.writestr("archive/data/0", numbers)
        archive.writestr("archive/version", b"3\n")
    return path


def _tensor(stored: int, size: tuple[int, ...], stride: tuple[int, ...]) -> Asked:
    return Asked(torch._utils._rebuild_tensor_v2, Stored(stored), 0, size, stride, False, OrderedDict())


def _what_people_save() -> dict[str, object]:
    """Weights, an optimizer, shared, expanded, turned and empty tensors."""
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Flatten(), torch.nn.LazyLinear(2)
    )
    net(torch.rand(2, 3, 5, 5)).sum().backward()
    optimizer = torch.optim.Adam(net.parameters())
    optimizer.step()
    turned = torch.rand(3, 4).t()
    return {
        "model": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "turned": turned,
        "row": turned[1],
        "expanded": torch.zeros(1).expand(1000),
        "empty": torch.zeros(0, 3),
        "half": torch.rand(3).half(),
        "sparse": torch.eye(3).to_sparse(),
        "bytes": bytearray(b"xx"),
    }


@pytest.mark.parametrize("kind", ["archive", "legacy"])
def test_what_people_save_passes_and_is_looked_through_to_its_end(kind: str, tmp_path: Path) -> None:
    content, path = _what_people_save(), tmp_path / "x.pt"
    torch.save(content, path, _use_new_zipfile_serialization=kind == "archive")
    check_declared(path)
    more = content | {"last": Asked(bytearray, 5_800_000_000)}
    torch.save(more, path, _use_new_zipfile_serialization=kind == "archive")
    with pytest.raises(Refused, match="asks for memory by a number"):
        check_declared(path)


def test_all_numbers_of_what_people_save_are_counted(tmp_path: Path) -> None:
    whole, emptied = tmp_path / "whole.pt", tmp_path / "emptied.pt"
    torch.save(_what_people_save(), whole)
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(emptied, "w") as left:
        names = archive.namelist()
        numbers = [name for name in names if "/data/" in name]
        for name in names:
            left.writestr(name, b"" if name in numbers else archive.read(name))
        taken = sum(archive.getinfo(name).file_size for name in numbers)
    assert taken > 1000
    with pytest.raises(Refused, match=f"its numbers take {file_size(taken)}, but it holds"):
        check_declared(emptied)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            _tensor(HUGE, (HUGE,), (1,)),
            r"is not a whole PyTorch file: its numbers take 5\.8 GB, but it holds \d+ bytes",
        ),
        (
            _tensor(1, (HUGE,), (1,)),
            r"not a whole PyTorch file: a tensor of \(1450000000,\) reaches beyond its numbers",
        ),
        (_tensor(1, (40_000, 40_000), (40_000, 1)), "reaches beyond its numbers"),
        (_tensor(3, (4,), (1,)), "reaches beyond its numbers"),
        (Asked(bytearray, 5_800_000_000), r"asks for memory by a number \(bytearray\(5800000000\)\)"),
        (Asked(torch.FloatTensor, HUGE), "asks for memory by a number"),
        (Asked(torch.FloatStorage, HUGE), "asks for memory by a number"),
    ],
    ids=["storage", "tensor", "table", "a little", "bytearray", "FloatTensor", "FloatStorage"],
)
@pytest.mark.parametrize("kind", ["archive", "legacy"])
def test_a_small_pickle_that_asks_for_gigabytes_is_refused(
    tmp_path: Path, content: object, told: str, kind: str
) -> None:
    path = tmp_path / "x.pt"
    if kind == "archive":
        _archive(path, {"w": content})
    else:
        path.write_bytes(b"".join(map(_pickled, (0x1950A86A20F9469CFC6C, 1001, {}, {"w": content}))))
    assert path.stat().st_size < 1000
    with pytest.raises(LoadError, match=told) as refused:
        read_weights(path)
    assert len(str(refused.value)) < SENTENCE_LETTERS
    with pytest.raises(CheckpointError):
        read_checkpoint(path)


TEXT_OF_GIGABYTES = b"\x80\x02X" + (2**32 - 1).to_bytes(4, "little") + b"ab"
BEFORE = b"".join(map(_pickled, (0x1950A86A20F9469CFC6C, 1001, {})))


@pytest.mark.parametrize("content", [TEXT_OF_GIGABYTES, BEFORE + TEXT_OF_GIGABYTES], ids=["at its beginning", "later"])
def test_a_text_of_which_nothing_follows_takes_no_memory_and_is_told_as_damage(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(LoadError, match="is not a whole PyTorch file"):
            read_weights(path)
        with pytest.raises(CheckpointError, match="is damaged"):
            read_checkpoint(path)
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()


def test_the_end_of_an_archive_hides_no_pickle_of_the_older_format(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    end = _archive(tmp_path / "end.zip", {}).read_bytes()
    path.write_bytes(BEFORE + _pickled({"w": Asked(bytearray, 5_800_000_000)}) + end)
    assert zipfile.is_zipfile(path)
    with pytest.raises(LoadError, match="asks for memory by a number"):
        read_weights(path)


@pytest.mark.parametrize(
    ("mark", "place", "value"),
    [(b"archive/data.pkl", 0, b"b"), (b"PK\x01\x02", 6, b"\xff"), (b"archive/data.pkl", -24, b"\x01")],
    ids=["another name", "another version", "encrypted"],
)
def test_a_fault_that_python_minds_and_pytorch_does_not_hides_no_pickle(
    tmp_path: Path, mark: bytes, place: int, value: bytes
) -> None:
    path = _archive(tmp_path / "x.pt", {"w": Asked(bytearray, 5_800_000_000)})
    content = bytearray(path.read_bytes())
    at = content.index(mark) + place
    content[at : at + 1] = value
    path.write_bytes(content)
    with pytest.raises(LoadError, match=r"asks for memory by a number|is not a whole PyTorch file"):
        read_weights(path)


def test_an_archive_that_unpacks_to_more_than_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zeros pack a thousandfold: five megabytes may unpack to as many gigabytes."""
    path = _archive(tmp_path / "x.pt", {"w": _tensor(10**6, (10**6,), (1,))}, bytes(4 * 10**6), packed=True)
    assert path.stat().st_size < 10_000
    check_declared(path)
    monkeypatch.setattr("explorer.bounds.memory_budget_bytes", lambda: 3 * 10**6)
    with pytest.raises(Refused, match=r"x\.pt unpacks to \d.* MB or more: up to 3 MB are read"):
        check_declared(path)


@pytest.mark.skipif(os.name != "posix", reason="pipes with names and device files are of POSIX systems")
@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_weights_that_are_no_plain_file_are_refused_unread(tmp_path: Path, ending: str) -> None:
    pipe, endless = tmp_path / f"pipe{ending}", tmp_path / f"endless{ending}"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    for path, told in ((pipe, "is a pipe"), (endless, "is a device")):
        with pytest.raises(LoadError, match=told):
            read_weights(path)
    os.mkfifo(tmp_path / "checkpoint")
    with pytest.raises(CheckpointError, match="is a pipe"):
        read_checkpoint(tmp_path / "checkpoint")
