"""A window that the tests of a module share: it takes half a second to make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pytestqt.qtbot import QtBot

from explorer.app import open_window
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_shown


def shared_window(qtbot: QtBot) -> Iterator[MainWindow]:
    """For a fixture of a module whose tests look, or put back what they change: a whole window on its first network."""
    made = open_window()
    wait_until_shown(qtbot, made.session)
    made.show_late_parts()
    yield made
    made.session.store.set(replace(made.session.state.files, unsaved=False))
    assert made.close()
    made.deleteLater()
