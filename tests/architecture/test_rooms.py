"""The import rule: rooms import downwards only, and what starts fast stays free of torch and Qt."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "explorer"
# Each room and the rooms it may import. The files directly in explorer/ are the wires between rooms.
ALLOWED = {
    "network": {"network"},
    "arithmetic": {"arithmetic"},
    "data": {"data"},
    "engine": {"engine", "network", "arithmetic", "data"},
    "lessons": {"lessons", "engine", "data", "network", "arithmetic"},
    "session": {"session", "engine", "lessons", "data", "network", "arithmetic"},
    "ui": {"ui", "session", "engine", "lessons", "data", "network", "arithmetic"},
}
# Anyone may ask where the program's own files lie, how much of a file or of a text may be taken and how an amount is
# written, import a name when it is asked for, write files, and tell what a report of a problem should hold.
EVERYWHERE = {"amounts", "bounds", "lazy", "orientation", "report", "resources", "writing"}
READ_NEEDLESSLY = 8  # modules that PySide6 may read though they need no Qt: 0.1 ms each
QT_FREE = ("network", "arithmetic", "data", "engine", "lessons")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py"))


@pytest.mark.parametrize("room", [room for room in ALLOWED if (PACKAGE / room).is_dir()])
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in _files(room)
        for name in _imports(path)
        if name.startswith("explorer.") and name.split(".")[1] not in ALLOWED[room] | EVERYWHERE
    ]
    assert not wrong


@pytest.mark.parametrize("room", [room for room in QT_FREE if (PACKAGE / room).is_dir()])
def test_rooms_below_the_session_know_no_qt(room: str) -> None:
    wrong = [path for path in _files(room) for name in _imports(path) if name.split(".")[0] in ("PySide6", "pyqtgraph")]
    assert not wrong


def test_the_session_uses_only_qt_core() -> None:
    qt = {name for path in _files("session") for name in _imports(path) if name.startswith("PySide6.")}
    assert all(name.startswith("PySide6.QtCore") for name in qt)


@pytest.mark.parametrize("room", ["ui", "session", "lessons", "data"])
def test_only_the_engine_and_network_run_torch(room: str) -> None:
    wrong = [path for path in _files(room) for name in _imports(path) if name.split(".")[0] == "torch"]
    assert not wrong


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import explorer", ("torch", "PySide6", "pyqtgraph", "skimage")),
        ("import explorer.network", ("torch", "PySide6")),
        ("import explorer.data", ("torch", "PySide6", "skimage")),
        ("import explorer; explorer.lessons()", ("torch", "PySide6", "skimage", "explorer.engine", "explorer.data")),
        (
            "import explorer.app",
            (
                *("torch", "pyqtgraph", "skimage"),
                # All data sets, and what opens archives, tables and the texts of installed packages.
                *("explorer.data.catalogue", "explorer.data.sets", "tarfile", "email", "platformdirs"),
                *("tifffile", "requests", "safetensors", "hypothesis", "scipy", "qtawesome"),
            ),
        ),
    ],
)
def test_importing_stays_light(statement: str, absent: tuple[str, ...]) -> None:
    code = f"{statement}; import sys; print([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def _names_in_order(statement: str, **environment: str) -> list[str]:
    """All modules that `statement` imports, in the order in which they were asked for."""
    code = f"{statement}; import sys; print(*sys.modules)"
    env = {**os.environ, **environment}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


def _needs_qt(name: str, names: set[str]) -> bool:
    """Whether a module of `names` stands on Qt, by itself or by what it imports when it is imported."""
    asked, seen = [name], {name}
    while asked:
        for each in _imports_at_once(_file_of(asked.pop())):
            if each.startswith("PySide6"):
                return True
            if each in names and each not in seen:
                seen.add(each)
                asked.append(each)
    return False


def _file_of(name: str) -> Path:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _imports_at_once(path: Path) -> Iterator[str]:
    """What a file imports when it is imported itself: not in a function, and not for the types alone."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_what_needs_no_qt_is_imported_before_it() -> None:
    """PySide6 looks into the source of each module that is imported after it."""
    names = _names_in_order("import explorer.app")
    after = names[names.index("PySide6") :]
    ours = {name for name in names if name.split(".")[0] == "explorer"}
    assert "numpy" not in after
    assert "PIL" not in after
    needless = [name for name in after if name in ours - _of_the_window(ours) and not _needs_qt(name, ours)]
    assert len(needless) <= READ_NEEDLESSLY, f"explorer/before_qt.py wants one that imports these: {needless}"


def _of_the_window(names: set[str]) -> set[str]:
    return {name for name in names if name.startswith("explorer.ui")}


def test_the_command_imports_it_before_it_asks_qt_for_the_display() -> None:
    statement = "from explorer.cli import run; run([])"
    names = _names_in_order(statement, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="xcb")
    assert names.index("explorer.before_qt") < names.index("PySide6")
    assert "explorer.app" not in names
