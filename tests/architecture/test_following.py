"""Views follow the state in one way: nothing in the window listens to it by hand."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import explorer.ui
from explorer.session import State
from explorer.ui.common.following_view import FollowingView

UI = Path(explorer.ui.__file__).parent
LISTENERS = {
    "common/following_view.py": "the one way",
    "common/actions.py": "what commands can be called: they have no place of their own that could be hidden",
    "shell/main_window.py": "its title and commands, and the parts it makes when it is quiet: it is no view of its own",
    "training/film/frame_walk.py": "no view: it waits for the answer to what it asked for",
}
OWNERS = {"session", "_session", "store", "_store"}


def _listens(node: ast.AST) -> bool:
    """`session.changed.connect(…)`, `self._session.changed.connect(…)`."""
    if not isinstance(node, ast.Attribute) or node.attr != "connect" or not isinstance(node.value, ast.Attribute):
        return False
    owner = node.value.value
    name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
    return node.value.attr == "changed" and name in OWNERS


def test_only_the_one_way_and_what_is_no_view_listens_to_the_state() -> None:
    found = {
        str(path.relative_to(UI))
        for path in UI.rglob("*.py")
        if any(_listens(node) for node in ast.walk(ast.parse(path.read_text())))
    }
    assert found == set(LISTENERS)


def _views(kind: type) -> Iterator[type[FollowingView]]:
    for view in kind.__subclasses__():
        yield view
        yield from _views(view)


def test_every_view_names_parts_that_the_state_has() -> None:
    for module in pkgutil.walk_packages(explorer.ui.__path__, "explorer.ui."):
        importlib.import_module(module.name)
    views = [view for view in _views(FollowingView) if view.__module__.startswith("explorer.")]
    assert len(views) > 30
    for view in views:
        assert view.shows, view
        for part in view.shows:
            attrgetter(part)(State())
