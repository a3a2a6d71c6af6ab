"""Programs of PyTorch's are opened as the models that they were made of, and run to the same numbers."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

import explorer
from explorer.engine.errors import LoadError
from explorer.engine.opening.program import open_program, program_kind

pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")


class Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(channels, 4, 3, padding=1), nn.BatchNorm2d(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.norm(self.conv(x)))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.head = Block(3), Block(4), nn.Linear(4 * 16 * 16, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(nn.functional.max_pool2d(self.second(self.first(x)), 2).flatten(1))


NET = Net().eval()
X = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def exported(path: Path, example: torch.Tensor = X) -> None:
    torch.export.save(torch.export.export(NET, (example,)), path)


def scripted(path: Path) -> None:
    torch.jit.save(torch.jit.script(NET), path)


def traced(path: Path) -> None:
    torch.jit.save(torch.jit.trace(NET, X), path)


def test_an_exported_program_keeps_the_names_of_its_modules_and_says_what_it_takes(tmp_path: Path) -> None:
    exported(tmp_path / "net.pt2")
    opened = open_program(tmp_path / "net.pt2")
    assert (opened.expected.shape, opened.expected.told) == ((3, 32, 32), "as it was exported with")
    recording = explorer.record(opened.module, X)
    assert [call.name for call in recording.calls][:3] == ["first.conv", "first.norm", "first.relu"]
    assert torch.allclose(recording.outputs, NET(X), atol=1e-6)


@pytest.mark.parametrize("write", [scripted, traced])
def test_a_program_of_torchscript_is_shown_by_its_calls(write: object, tmp_path: Path) -> None:
    write(tmp_path / "net.pt")  # type: ignore[operator]
    opened = open_program(tmp_path / "net.pt")
    assert opened.expected.shape == (3, 32, 32)
    recording = explorer.record(opened.module, X)
    kinds = [call.kind for call in recording.calls]
    assert len(kinds) == 9
    assert kinds[1:3] == ["batch_norm", "relu"]
    assert torch.allclose(recording.outputs, NET(X), atol=1e-5)


@pytest.mark.parametrize(("write", "kind"), [(exported, "torch.export"), (scripted, "TorchScript")])
def test_its_kind_is_known_whatever_it_is_called(write: object, kind: str, tmp_path: Path) -> None:
    write(tmp_path / "net.pt2")  # type: ignore[operator]
    (tmp_path / "net.pt2").rename(tmp_path / "net.bin")
    assert program_kind(tmp_path / "net.bin") == kind
    torch.save(NET.state_dict(), tmp_path / "weights.pt")
    assert not program_kind(tmp_path / "weights.pt")


def test_one_that_takes_batches_alone_says_so(tmp_path: Path) -> None:
    exported(tmp_path / "net.pt2", torch.rand(4, 3, 32, 32))
    opened = open_program(tmp_path / "net.pt2")
    assert opened.expected.shape is None
    assert "batches of 4 alone" in opened.expected.told


def test_a_damaged_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "net.pt2").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(LoadError, match=r"net\.pt2 is not a whole program"):
        open_program(tmp_path / "net.pt2")
    with zipfile.ZipFile(tmp_path / "old.pt2", "w") as archive:
        archive.writestr("archive_format", "pt2")
    with pytest.raises(LoadError, match=r"old\.pt2 is a program of torch\.export that PyTorch .* does not open"):
        open_program(tmp_path / "old.pt2")
