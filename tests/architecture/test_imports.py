"""How the files import one another: in no circle, and in the window from the shell down to what all features share."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"
ACROSS_FEATURES = 60
# Below the features of the window, the lowest first; above them all stands the shell.
SHARED = ("common", "tensors")
SHELL = "shell"


def _name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


# A network asks for its problems and its source, which are made from it: `Network` is the one façade before both.
FACADE = "explorer.network.network"
BEHIND_IT = ("explorer.network.problems", "explorer.network.source")


@pytest.fixture(autouse=True, scope="module")
def _what_was_read_is_forgotten() -> Iterator[None]:
    """Each look for garbage goes through all of it as long as it is kept."""
    yield
    _tree.cache_clear()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _imported(path: Path, *, at_once: bool) -> Iterator[str]:
    """The files of the package that a file imports: `at_once` those that it needs to be imported itself."""
    for node in _tree(path).body if at_once else ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGE.name):
            wanted = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (name if name in FILES else node.module for name in wanted)


def test_no_file_stands_in_a_circle_of_imports() -> None:
    """Neither of those at load nor of those that stand in a function or are made for types alone."""
    arrows = {name: {*_imported(path, at_once=False)} - {name} for name, path in FILES.items()}
    for name in BEHIND_IT:
        assert FACADE in arrows[name], f"{name} is no longer behind the façade"
        arrows[name].remove(FACADE)
    assert len(list(TopologicalSorter(arrows).static_order())) >= len(FILES)  # a circle raises, and names it


def test_what_stands_behind_the_facade_asks_for_it_by_type_alone() -> None:
    assert not [name for name in BEHIND_IT if FACADE in _imported(FILES[name], at_once=True)]


def _feature(name: str) -> str:
    """The folder of the window that a file lies in: "maps" of "explorer.ui.maps.canvas"; "" for any other file."""
    parts = name.split(".")
    return parts[2] if parts[1:2] == ["ui"] and len(parts) > 3 else ""


def _arrows_between_features() -> list[tuple[str, str]]:
    return [
        (name, other)
        for name, path in FILES.items()
        for other in {*_imported(path, at_once=False)}
        if _feature(name) and _feature(other) and _feature(name) != _feature(other)
    ]


def test_the_features_of_the_window_share_little_but_what_is_for_all() -> None:
    across = [(name, other) for name, other in _arrows_between_features() if _feature(other) != "common"]
    assert 0 < len(across) <= ACROSS_FEATURES, f"{len(across)} imports go from one feature to another"


def test_what_is_for_all_features_knows_none_and_none_knows_the_shell() -> None:
    def height(name: str) -> int:
        feature = _feature(name)
        return SHARED.index(feature) if feature in SHARED else len(SHARED) + (feature == SHELL)

    wrong = [f"{name} imports {other}" for name, other in _arrows_between_features() if height(other) > height(name)]
    assert not wrong
