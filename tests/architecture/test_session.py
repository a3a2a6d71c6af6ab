"""The session: a store and features side by side, whose files import one another one way only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from explorer.session import Session, State, session

ROOM = Path(__file__).resolve().parents[2] / "explorer" / "session"
FEATURES = sorted(path for path in (ROOM / "features").glob("*.py") if path.name != "__init__.py")
STOREYS, SESSION_LINES, SLICES = 2, 104, 12
# The edge of torch, whose modules and models have no type of their own here, and of JSON.
MAY_BE_ANYTHING = {
    "subjects/own_model.py": "a person's own nn.Module",
    "fed_pictures.py": "a transform of a program's own",
    "own_document.py": "what a program hands over: its model, tensors, targets and loss",
    "chosen_data.py": "JSON that was read",
    "kept_work.py": "JSON that was read",
    "snapshot.py": "tensors of torch, copied out",
    "step_tensors.py": "tensors of torch, copied out",
    "features/learning.py": "hyperparameters by their names",
    "features/files.py": "a person's own nn.Module and what it is fed",
    "worker/desk.py": "an nn.Module",
    "worker/familiarity.py": "an nn.Module",
    "worker/landscape.py": "an nn.Module",
    "worker/run.py": "an nn.Module and its optimizer",
}


def _imported(path: Path) -> Iterator[str]:
    """The modules of the session that a file imports anywhere, also for a type alone."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("explorer.session"):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _name(path: Path) -> str:
    parts = path.relative_to(ROOM.parents[1]).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_the_session_has_few_storeys_and_names_its_features_alone() -> None:
    own = [kind for kind in Session.__mro__ if kind.__module__.startswith("explorer.")]
    assert len(own) <= STOREYS
    assert len(Path(session.__file__).read_text().splitlines()) <= SESSION_LINES


def test_the_state_is_made_of_few_slices() -> None:
    assert len(fields(State)) <= SLICES


def test_features_are_made_of_no_other_feature() -> None:
    made = {
        node.name: [ast.unparse(base) for base in node.bases]
        for path in FEATURES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    }
    assert {base for bases in made.values() for base in bases} <= {QObject.__name__}


def test_files_of_the_session_import_one_another_one_way_only() -> None:
    modules = {_name(path): set(_imported(path)) for path in ROOM.rglob("*.py") if path.name != "__init__.py"}
    left = {name: imported & modules.keys() for name, imported in modules.items()}
    while free := [name for name, imported in left.items() if not imported & left.keys()]:
        for name in free:
            del left[name]
    assert not left, "these stand in a circle, or above one"


@pytest.mark.parametrize("room", ["worker", "jobs", "features"])
def test_worker_jobs_and_features_know_only_what_lies_below(room: str) -> None:
    above = {"worker": ("jobs", "features", "store", "runner"), "jobs": ("features", "store", "runner"), "features": ()}
    forbidden = tuple(f"explorer.session.{name}" for name in (*above[room], "session"))
    wrong = [
        f"{path.name} imports {name}"
        for path in (ROOM / room).glob("*.py")
        for name in _imported(path)
        if name.startswith(forbidden)
    ]
    assert not wrong


def test_what_is_of_no_type_stands_where_torch_or_a_file_is_read() -> None:
    found = {str(path.relative_to(ROOM)) for path in ROOM.rglob("*.py") if re.search(r"\bAny\b", path.read_text())}
    assert found == MAY_BE_ANYTHING.keys()


def test_each_ignored_type_says_why() -> None:
    wrong = [
        f"{path.relative_to(ROOM)}:{number}"
        for path in ROOM.rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if "type: ignore" in line and "#" not in line.split("type: ignore", 1)[1]
    ]
    assert not wrong
