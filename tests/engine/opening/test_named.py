"""A model by its name on the command line: the file that makes it is found, and what does not fit is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.engine.errors import LoadError
from explorer.engine.opening.named import is_named, source_of
from explorer.engine.opening.open_model import open_python_file

BLOCKS = """
from torch import nn
class Net(nn.Linear):
    def __init__(self, outputs=2):
        super().__init__(4, outputs)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """`mynets`, whose `__init__` hands on what `blocks` holds."""
    folder = tmp_path / "mynets"
    folder.mkdir()
    (folder / "blocks.py").write_text(BLOCKS)
    (folder / "__init__.py").write_text("from .blocks import Net\nsmall = Net(1)\n")
    (tmp_path / "broken.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("mynets", "broken"):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("word", "file", "call"),
    [
        ("mynets.blocks:Net", "blocks.py", "Net"),
        ("mynets:Net(outputs=3)", "blocks.py", "Net(outputs=3)"),
        ("mynets:small", "__init__.py", "small"),
        ("mynets/blocks.py:Net(3)", "blocks.py", "Net(3)"),
    ],
)
def test_the_file_that_makes_it_is_found(package: Path, word: str, file: str, call: str) -> None:
    assert is_named(word)
    path, made_by = source_of(word)
    assert (path.resolve(), made_by) == ((package / file).resolve(), call)
    if file == "blocks.py":
        assert open_python_file(path, made_by).module.in_features == 4


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("nothing_here:Net", "There is no module nothing_here"),
        ("mynets:Other", "There is no Other in mynets"),
        ("broken:Net", "broken could not be imported: ZeroDivisionError"),
        ("math:sin", "is in no Python file"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(package: Path, word: str, told: str) -> None:
    with pytest.raises(LoadError, match=told):
        source_of(word)


def test_a_file_that_lies_there_is_no_name(package: Path) -> None:
    Path("a:b").write_text("")
    assert not is_named("a:b")
    assert not is_named("photo.jpg")
    assert not is_named("http://here/photo.jpg")
