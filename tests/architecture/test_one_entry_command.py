"""A command or a tab is one entry in its table: menu, key, tip, help and page follow from what is added here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QTabWidget
from pytestqt.qtbot import QtBot

from explorer.app import open_window
from explorer.ui.common import dialogs
from explorer.ui.common.command import Command
from explorer.ui.debugger.commands import STEP_COMMANDS, has_timeline
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.tabs import TABS, Tab
from tests.architecture.entries import listed
from tests.ui.fakes import wait_until_shown

TIP = "Go to the middle of the timeline."
HALF = Command(
    "toMiddle",
    "Step",
    "To the middle",
    TIP,
    lambda shell: shell.session.steps.go_to_step(len(shell.session.state.steps.timeline.steps) // 2),
    "ph.arrows-in-line-horizontal",
    "Ctrl+F10",
    has_timeline,
)
NOTES = Tab(
    "notes",
    "Notes",
    "showNotes",
    "See what was noted of the network.",
    "ph.note",
    "Ctrl+9",
    lambda _session, _show: QLabel("nothing noted yet", objectName="notes"),
)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with listed(STEP_COMMANDS, HALF), listed(TABS, NOTES):
        made = open_window([])
        qtbot.addWidget(made)
        wait_until_shown(qtbot, made.session)
        made.show_late_parts()
        yield made
        made.close()


def menu_of(window: MainWindow, name: str) -> QMenu:
    return next(action.menu() for action in window.menuBar().actions() if action.text() == f"&{name}")


def test_a_command_stands_in_its_menu_with_key_and_tip_and_is_run_from_there(window: MainWindow, qtbot: QtBot) -> None:
    action = window.findChild(QAction, "action.toMiddle")
    assert action in menu_of(window, "Step").actions()
    assert (action.text(), action.shortcut().toString()) == ("To the middle", "Ctrl+F10")
    assert action.toolTip() == f"{TIP} (Ctrl+F10)"
    assert not action.icon().isNull()
    assert not action.isEnabled()
    window.action("showDebugger").trigger()
    qtbot.waitUntil(lambda: window.session.state.steps.timeline is not None and action.isEnabled())
    action.trigger()
    timeline = window.session.state.steps.timeline
    assert timeline is not None
    assert window.session.state.steps.cursor.step == len(timeline.steps) // 2


def test_a_tab_has_its_page_its_command_and_its_key(window: MainWindow) -> None:
    centre = window.findChild(QTabWidget, "centre")
    assert [centre.tabText(index) for index in range(centre.count())][-1] == "Notes"
    action = window.findChild(QAction, "action.showNotes")
    assert action in menu_of(window, "View").actions()
    QTest.keyClick(window, Qt.Key.Key_9, Qt.KeyboardModifier.ControlModifier)
    page = window.findChild(QLabel, "notes")
    assert page.isVisible()
    assert window.view("notes") is page


def test_help_lists_the_keys_of_both(window: MainWindow) -> None:
    told = [label.text() for label in dialogs.Shortcuts(window.menus.actions(), window).findChildren(QLabel)]
    assert TIP in told
    assert NOTES.tip in told
