"""The tests themselves: they drive and read what is public, each asserts something, and none is a drawer of others."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PACKAGE = TESTS.parent / "explorer"
LONGEST_FILE = 600  # lines
# Private names that tests read, how often, and why there is nothing public in their place.
PRIVATE = {
    ("end_to_end/killed_saves.py", "_exit"): (1, "os documents it: a fork ends without what the parent cleans up"),
    ("monkey/__main__.py", "_exit"): (1, "os documents it: a process that hangs ends all the same"),
    ("monkey/keeper.py", "_current_frames"): (1, "sys documents it: where a thread that hangs stands"),
    ("monkey/play.py", "_current_frames"): (1, "sys documents it: where a thread that is not at rest stands"),
    ("engine/explaining/test_spellings.py", "_C"): (1, "functions of PyTorch's that people's models call"),
    ("engine/explaining/test_spellings.py", "_nn"): (1, "functions of PyTorch's that people's models call"),
    ("engine/test_declared_memory.py", "_utils"): (1, "what PyTorch's own files name"),
    ("engine/test_declared_memory.py", "_rebuild_tensor_v2"): (1, "what PyTorch's own files name"),
    ("engine/training/test_health.py", "_forward_hooks"): (1, "PyTorch lists hooks nowhere else"),
    ("test_interpreter.py", "_at_work"): (1, "windows of earlier tests may still be there"),
    ("test_interpreter.py", "_has_stopped_python"): (1, "windows of earlier tests may still be there"),
}
MOST_PRIVATE = 15
SET_BY_NAME = ("setattr", "getattr", "delattr")
# What says that something is as it should be, beside `assert`: by itself, or by waiting until it is.
ASSERTING = ("raises", "warns", "fail", "check_returncode")
WAITING = ("wait", "assert")


@pytest.fixture(autouse=True, scope="module")
def _what_was_read_is_forgotten() -> Iterator[None]:
    """Each look for garbage goes through all of it as long as it is kept."""
    yield
    _trees.cache_clear()
    _said.cache_clear()


@cache
def _trees() -> dict[Path, ast.Module]:
    """Each file of tests as Python reads it."""
    return {path: ast.parse(path.read_text()) for path in sorted(TESTS.rglob("*.py"))}


def _name(path: Path) -> str:
    return path.relative_to(TESTS).as_posix()


def _is_private(name: object) -> bool:
    """What notebooks ask an object for, `_repr_html_`, is none of it: it ends as it begins."""
    return isinstance(name, str) and name.startswith("_") and not name.startswith("__") and not name.endswith("_")


def _private_names(tree: ast.AST) -> Iterator[str]:
    """Those of others: read as an attribute, imported, or set by their name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_private(node.attr):
            if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
                yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if _is_private(alias.name))
        elif isinstance(node, ast.Call) and _called(node) in SET_BY_NAME:
            yield from (each.value for each in node.args if isinstance(each, ast.Constant) and _is_private(each.value))


def test_tests_read_no_private_names() -> None:
    found = Counter((_name(path), name) for path, tree in _trees().items() for name in _private_names(tree))
    allowed = Counter({place: times for place, (times, _why) in PRIVATE.items()})
    assert found == allowed, f"new: {found - allowed}, gone: {allowed - found}"
    assert found.total() <= MOST_PRIVATE


@cache
def _said(node: ast.AST) -> tuple[bool, frozenset[str]]:
    """Whether a function itself says what should be, and the functions that it calls."""
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    called = frozenset(_called(call) for call in calls)
    has_to_end_well = any(
        word.arg == "check" and isinstance(word.value, ast.Constant) and word.value.value is True
        for call in calls
        for word in call.keywords
    )
    is_said = has_to_end_well or any(name in ASSERTING or name.startswith(WAITING) for name in called)
    return is_said or any(isinstance(each, ast.Assert) for each in ast.walk(node)), called


def _called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _asserts(node: ast.AST, helpers: dict[str, ast.AST], seen: frozenset[str] = frozenset()) -> bool:
    """Whether it says what should be, itself or in a function of the tests that it calls."""
    is_said, called = _said(node)
    return is_said or any(_asserts(helpers[name], helpers, seen | {name}) for name in called & helpers.keys() - seen)


def _functions(tree: ast.AST) -> dict[str, ast.AST]:
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_asserts_something() -> None:
    trees = _trees()
    functions = {path: _functions(tree) for path, tree in trees.items()}
    shared = {
        name: node for path in trees if not path.name.startswith("test_") for name, node in functions[path].items()
    }
    idle, tests = [], 0
    for path, own in functions.items():
        for name in (name for name in own if name.startswith("test_")):
            tests += 1
            if not _asserts(own[name], shared | own):
                idle.append(f"{_name(path)}: {name}")
    assert tests > 1500
    assert not idle


def _folders(room: Path) -> set[str]:
    return {path.name for path in room.iterdir() if path.is_dir() and (path / "__init__.py").is_file()}


@pytest.mark.parametrize("room", ["data", "engine", "ui"])
def test_tests_lie_as_what_they_test(room: str) -> None:
    assert _folders(TESTS / room) == _folders(PACKAGE / room)


def test_what_is_tested_beside_the_folders_of_the_engine_lies_beside_them() -> None:
    loose = {path.name.removeprefix("test_") for path in (TESTS / "engine").glob("*.py")}
    assert loose <= {path.name for path in (PACKAGE / "engine").glob("*.py")}


def test_a_file_of_tests_is_about_one_thing() -> None:
    long = [_name(path) for path in _trees() if len(path.read_text().splitlines()) > LONGEST_FILE]
    assert not long
