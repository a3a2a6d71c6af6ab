"""Widgets know nothing of the session: one that does is a view, which follows it; the shell puts views together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from PySide6.QtWidgets import QWidget

ROOT = Path(__file__).resolve().parents[2]
UI = ROOT / "explorer" / "ui"
KNOWS = {"Session", "State", "Store"}
FOLLOWS = {"show_state", "show_changes", "redraw"}  # one of these makes a view: it is called when the state changes


def _knows_the_session(path: Path) -> bool:
    """Whether a file imports the session itself, its state as a whole or a verb, and be it as a type."""
    imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
    return any(
        (node.module or "").startswith("explorer.session.features")
        or ((node.module or "").startswith("explorer.session") and KNOWS & {alias.name for alias in node.names})
        for node in imports
    )


def _widgets(path: Path) -> Iterator[type[QWidget]]:
    """The widgets that a file defines for others."""
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for kind in vars(import_module(name)).values():
        if isinstance(kind, type) and issubclass(kind, QWidget) and kind.__module__ == name:
            yield kind


def _follows(kind: type[QWidget]) -> bool:
    return any(hasattr(kind, name) for name in FOLLOWS)


def test_a_widget_that_knows_the_session_is_a_view_that_follows_it() -> None:
    files = [path for path in UI.rglob("*.py") if path.parent.name != "shell" and _knows_the_session(path)]
    views = [kind for path in files for kind in _widgets(path)]
    assert len([kind for kind in views if _follows(kind)]) > 30
    wrong = [
        f"{kind.__module__}.{kind.__name__}"
        for kind in views
        if not _follows(kind) and not kind.__name__.startswith("_")
    ]
    assert not wrong
