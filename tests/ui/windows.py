"""Whole windows: one that the tests of a module share, as it takes half a second to make, or one of a test's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from explorer.app import open_window
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_shown


def shared_window(qtbot: QtBot) -> Iterator[MainWindow]:
    """For a fixture, of a module where its tests put back what they change: a whole window on its first network."""
    made = open_window()
    wait_until_shown(qtbot, made.session)
    made.show_late_parts()
    yield made
    leave_unasked(made)
    assert made.close()
    made.deleteLater()


def new_window(qtbot: QtBot, paths: Sequence[str | Path] = ()) -> MainWindow:
    """A window of a test's own, which is closed behind it without the question about unsaved changes."""
    made = open_window(paths)
    qtbot.addWidget(made, before_close_func=leave_unasked)
    return made


def whole_window(qtbot: QtBot) -> MainWindow:
    """A new window with all its parts, which shows its first network."""
    made = new_window(qtbot)
    wait_until_shown(qtbot, made.session)
    made.show_late_parts()
    return made


def leave_unasked(window: MainWindow) -> None:
    """Let `window` be closed without the question about unsaved changes."""
    window.session.store.set(replace(window.session.state.files, unsaved=False))
