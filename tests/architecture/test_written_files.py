"""Every file is written by one of the ways that follow no link, and every place to write to is asked for in one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[2] / "explorer"
FILES = {path.relative_to(ROOM).as_posix(): ast.parse(path.read_text()) for path in sorted(ROOM.rglob("*.py"))}
WRITES = {
    "write_text",
    "write_bytes",
    "savez",
    "savez_compressed",
    "save_file",
    "copyfile",
    "copy2",
    "NamedTemporaryFile",
}


def _bare(tree: ast.AST) -> Iterator[str]:
    """Calls that write a file by its name, through whatever link lies there."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = [*node.args[:2], *(keyword.value for keyword in node.keywords if keyword.arg == "mode")]
        modes = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        is_opened = name == "open" and any(set(mode) <= set("rwaxbt+") and set(mode) & set("wax+") for mode in modes)
        if name in WRITES or (is_opened and not any(keyword.arg == "opener" for keyword in node.keywords)):
            yield ast.unparse(node)


@pytest.mark.parametrize(
    ("text", "is_bare"),
    [
        ("open(path, 'wb')", True),
        ("path.open('a')", True),
        ("gzip.open(path, mode='xt')", True),
        ("path.write_text('x')", True),
        ("open(path)", False),
        ("path.open('rb')", False),
        ("open(path, 'ab', opener=not_through_links)", False),
    ],
)
def test_what_is_looked_for_is_found(text: str, is_bare: bool) -> None:
    assert bool(list(_bare(ast.parse(text)))) == is_bare


def test_no_file_is_written_through_a_link() -> None:
    assert {name: found for name, tree in FILES.items() if (found := list(_bare(tree)))} == {}


def test_a_file_to_write_is_asked_for_where_it_is_asked_whether_to_replace_it() -> None:
    asking = [
        name
        for name, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "getSaveFileName"
    ]
    assert asking == ["ui/common/dialogs.py"]
