"""What a Python file offers is read without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.engine.errors import LoadError
from explorer.engine.opening.offered import read_python_file

SOURCE = """
import torch.nn as nn
from torch.nn import Module as Base
open("ran.txt", "w").write("it ran")

class Block(Base):
    pass

class Net(nn.Module):
    def __init__(self, channels, classes=10, *, depth):
        self.block = Block()

class Small(Net):
    def __init__(self):
        super().__init__(3, depth=1)

class Settings:
    pass

def build(name, /, size=3):
    return Net(3)

def _hidden():
    return Net(3)

ready = nn.Sequential(nn.ReLU())
NUMBER = 3
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(SOURCE)
    return path


def test_modules_functions_and_models_are_offered_what_needs_no_arguments_first(file: Path) -> None:
    assert [each.call for each in read_python_file(file).offered] == [
        "Small",
        "ready",
        "Block",
        "Net(channels=…, depth=…)",
        "build(name=…)",
    ]


def test_nothing_of_it_runs(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    read_python_file(file)
    assert not (tmp_path / "ran.txt").exists()


def test_a_changed_file_has_another_digest(file: Path) -> None:
    before = read_python_file(file).digest
    file.write_text(SOURCE + "# one more line\n")
    assert read_python_file(file).digest != before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("def f(:\n", "is not a Python file that runs (line 1)"),
        ("\0", "is not a Python file that runs"),
        ("x = 3\n", "holds no class of a module and no function"),
    ],
)
def test_what_offers_nothing_is_told(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.py"
    path.write_text(text)
    with pytest.raises(LoadError, match=r"^odd\.py ") as error:
        read_python_file(path)
    assert told in str(error.value)
