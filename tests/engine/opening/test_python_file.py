"""A Python file is run as Python would run it, and whatever goes wrong in it ends in a sentence."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from torch import nn

from explorer.engine.errors import LoadError
from explorer.engine.opening.python_file import make_model, run_file

NET = """
from torch import nn
class Net(nn.Module):
    def __init__(self, channels, classes=10):
        super().__init__()
        self.conv = nn.Conv2d(channels, classes, 3)
    def forward(self, x):
        return self.conv(x)
def table():
    return {"conv.weight": 1}
def fails():
    raise KeyError("no such part")
def leaves():
    raise SystemExit(3)
ready = Net(2)
"""


def made(path: Path, asked: str, **given: object) -> nn.Module:
    with run_file(path) as source:
        return make_model(source, asked, given)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(NET)
    return path


@pytest.mark.parametrize(
    ("asked", "channels", "classes"),
    [("ready", 2, 10), ("Net(5)", 5, 10), ("Net(channels=5, classes=4)", 5, 4), ("Net", 7, 10)],
)
def test_a_model_is_made_by_name_or_by_a_call(asked: str, channels: int, classes: int, file: Path) -> None:
    model = made(file, asked, channels=7)
    assert (model.conv.in_channels, model.conv.out_channels) == (channels, classes)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Net", "Write the call with what it needs: Net(channels=…)."),
        ("Absent", "There is no Absent in net.py."),
        ("fails", "fails could not be made: KeyError: 'no such part'."),
        ("leaves", "leaves could not be made: SystemExit: 3."),
        ("table", "table gives no model, but a dict: a table of weights is no model"),
        ("__import__('os').getcwd()", "is neither a name nor a call such as"),
        ("Net(open('x'))", "is neither a name nor a call such as"),
    ],
)
def test_what_makes_no_model_is_told(asked: str, told: str, file: Path) -> None:
    with pytest.raises(LoadError) as error:
        made(file, asked)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import nowhere_to_be_found\n", "net.py needs nowhere_to_be_found, which is not installed here."),
        ("x = 1\ny = x / 0\n", "net.py did not run: ZeroDivisionError: division by zero. (line 2)"),
        ("import sys\nsys.exit(2)\n", "net.py did not run: SystemExit: 2. (line 2)"),
    ],
)
def test_a_file_that_does_not_run_is_told_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(text)
    with pytest.raises(LoadError) as error:
        made(path, "Net")
    assert str(error.value) == told


def test_imports_beside_it_and_inside_its_package_are_found(tmp_path: Path) -> None:
    package = tmp_path / "own_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "blocks.py").write_text("from torch import nn\nBlock = nn.ReLU\n")
    (package / "net.py").write_text("from .blocks import Block\ndef build():\n    return Block()\n")
    (tmp_path / "beside_of_own.py").write_text("from torch import nn\n")
    (tmp_path / "alone.py").write_text("from beside_of_own import nn\nnet = nn.Linear(1, 1)\n")
    before = list(sys.path)
    assert isinstance(made(package / "net.py", "build"), nn.ReLU)
    assert isinstance(made(tmp_path / "alone.py", "net"), nn.Linear)
    assert sys.path == before
