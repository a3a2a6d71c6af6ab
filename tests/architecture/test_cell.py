"""A cell is one thing: one number of one tensor of one call. Where it lies in its tensor is its index."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"


def _named(tree: ast.AST) -> Iterator[str]:
    """The names of classes, and of types that are given a name of their own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@pytest.mark.parametrize(("name", "place"), [("Cell", "session/cell.py"), ("Explained", "session/explained.py")])
def test_a_name_stands_for_one_thing(name: str, place: str) -> None:
    found = [
        str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if name in _named(ast.parse(path.read_text()))
    ]
    assert found == [place]


def test_one_place_turns_what_cannot_be_explained_into_a_sentence() -> None:
    """The session asks the engine to explain in one file, for maps and debugger alike."""
    asking = [
        str(path.relative_to(PACKAGE))
        for room in ("session", "ui")
        for path in (PACKAGE / room).rglob("*.py")
        if any(
            isinstance(node, ast.ImportFrom)
            and node.module == "explorer.engine.explaining.explain"
            and "explain" in (alias.name for alias in node.names)
            for node in ast.walk(ast.parse(path.read_text()))
        )
    ]
    assert asking == ["session/explained.py"]
