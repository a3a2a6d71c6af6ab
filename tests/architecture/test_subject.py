"""What the window looks at is asked what can be done with it: nobody asks whether there is a network, nor of which kind
it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"
SUBJECTS = PACKAGE / "session" / "subjects"
FILES = [PACKAGE / "app.py", *sorted((PACKAGE / "session").rglob("*.py")), *sorted((PACKAGE / "ui").rglob("*.py"))]
LOOKED_AT = {"network", "model", "subject"}
KINDS = {"EditableNetwork", "OwnModel", "OpenedModel", "Nothing"}
MAY_ASK = {
    "session/worker/desk.py": "the workbench has no model before its first pass, which was asked for just before",
}


def _name(node: ast.expr) -> str:
    """The last name of `network`, `state.network`, `state.document.network`."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _tested(node: ast.AST) -> Iterator[ast.expr]:
    """What is taken as true or false there."""
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
        yield node.test
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.comprehension):
        yield from node.ifs


def _asks(tree: ast.AST) -> Iterator[int]:
    """The lines that ask whether there is a network or model, or of which kind the subject is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and _name(node.left) in LOOKED_AT and any(map(_is_none, node.comparators)):
            yield node.lineno
        if isinstance(node, ast.Call) and _name(node.func) in ("isinstance", "type") and KINDS & _named(node):
            yield node.lineno
        yield from (test.lineno for test in _tested(node) if _name(test) in LOOKED_AT)


def _named(node: ast.AST) -> set[str]:
    return {_name(each) for each in ast.walk(node) if isinstance(each, ast.expr)}


def _asking(files: list[Path]) -> dict[str, list[int]]:
    found = {path.relative_to(PACKAGE).as_posix(): list(_asks(ast.parse(path.read_text()))) for path in files}
    return {name: lines for name, lines in found.items() if lines}


def test_nobody_asks_whether_there_is_a_network() -> None:
    asking = _asking(FILES)
    assert not {name: lines for name, lines in asking.items() if name not in MAY_ASK}
    assert asking.keys() == MAY_ASK.keys(), "these are allowed to ask, and do no more"


@pytest.mark.parametrize(
    "line",
    [
        "network is None",
        "state.document.network is not None",
        "x = 1 if state.network else 2",
        "found = network and network.names",
        "isinstance(state.subject, OwnModel)",
        "not model",
    ],
)
def test_asking_in_other_words_is_found_too(line: str) -> None:
    assert list(_asks(ast.parse(line)))


def test_the_kinds_of_subjects_are_named_only_where_one_is_made() -> None:
    """A view or a feature that knew a kind would have to know the next one too."""
    naming = {
        path.relative_to(PACKAGE).as_posix()
        for path in FILES
        if SUBJECTS not in path.parents and KINDS & _named(ast.parse(path.read_text()))
    }
    assert naming == {
        "session/document.py",
        "session/edits.py",
        "session/features/files.py",
        "session/features/models.py",
        "session/own_document.py",
        "session/worker/desk.py",
    }
