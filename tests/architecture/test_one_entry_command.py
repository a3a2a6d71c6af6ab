"""A command or a tab is one entry in its table: menu, key, tip, help and page follow from what is added here.

So is a tab of the training strip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu, QTabBar, QTabWidget, QToolBar, QToolButton
from pytestqt.qtbot import QtBot

import explorer.ui
from explorer.app import open_window
from explorer.session import State
from explorer.ui.common import dialogs
from explorer.ui.common.command import Command
from explorer.ui.common.command_button import CommandButton, CommandTool
from explorer.ui.debugger.commands import STEP_COMMANDS, has_timeline
from explorer.ui.debugger.controls import BUTTONS
from explorer.ui.shell.actions import all_commands
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.tabs import TABS, Tab
from explorer.ui.training.parts import PARTS, StripTab
from tests.architecture.entries import listed
from tests.ui.fakes import wait_until_shown

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
UI = Path(explorer.ui.__file__).parent
TABLES = ("commands", "actions", "file_actions")
VERB = r"shell\.session\.(\w+\.\w+)\(\)"
TIP = "Go to the middle of the timeline."


def count_of(state: State) -> int:
    """How many steps there are to walk through."""
    return len(state.steps.timeline.steps) if state.steps.timeline is not None else 0


HALF = Command(
    "toMiddle",
    "Step",
    "To the middle",
    TIP,
    lambda shell: shell.session.steps.go_to_step(len(shell.session.state.steps.timeline.steps) // 2),
    "ph.arrows-in-line-horizontal",
    "Ctrl+Alt+F35",
    has_timeline,
    brief="Middle",
    now=lambda command, state: replace(command, brief=f"Middle of {count_of(state)}"),
)
NOTES = Tab(
    "notes",
    "Notes",
    "showNotes",
    "See what was noted of the network.",
    "ph.note",
    "Ctrl+Alt+F34",
    lambda _session, _actions: QLabel("nothing noted yet", objectName="notes"),
)

LOG = StripTab("Log", lambda _session: QLabel("no run yet", objectName="log"), "What the run has said.")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with listed(STEP_COMMANDS, HALF), listed(BUTTONS, HALF.name), listed(TABS, NOTES), listed(PARTS, LOG):
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
    assert (action.text(), action.shortcut().toString()) == ("To the middle", "Ctrl+Alt+F35")
    assert action.toolTip() == "Go to the middle of the timeline (Ctrl+Alt+F35)."
    assert not action.icon().isNull()
    assert not action.isEnabled()
    window.action("showDebugger").trigger()
    qtbot.waitUntil(lambda: window.session.state.steps.timeline is not None and action.isEnabled())
    action.trigger()
    timeline = window.session.state.steps.timeline
    assert timeline is not None
    assert window.session.state.steps.cursor.step == len(timeline.steps) // 2


def test_its_button_has_its_words_tip_and_icon_and_can_be_pressed_when_it_can(window: MainWindow, qtbot: QtBot) -> None:
    button = window.findChild(QToolButton, "toMiddle")
    assert (button.text(), button.accessibleName()) == ("Middle of 0", "To the middle")
    assert button.toolTip() == "Go to the middle of the timeline (Ctrl+Alt+F35)."
    assert not button.icon().isNull()
    assert not button.isEnabled()
    window.action("showDebugger").trigger()
    qtbot.waitUntil(button.isEnabled)
    steps = count_of(window.session.state)
    assert button.text() == f"Middle of {steps}"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.session.state.steps.cursor.step == steps // 2


def test_no_other_button_says_or_does_what_a_command_does(window: MainWindow) -> None:
    window.show_part("training")
    commands = [command for command in all_commands() if isinstance(command, Command)]
    words = {word for command in commands for word in (command.text, command.on_a_button, command.in_its_pane)}
    buttons = [each for each in window.findChildren(QAbstractButton) if not isinstance(each.parent(), QToolBar)]
    assert len([each for each in buttons if isinstance(each, CommandButton | CommandTool)]) > 20
    wrong = [
        f"{each.objectName()} {each.text()}"
        for each in buttons
        if not isinstance(each, CommandButton | CommandTool) and each.text() in words and each.text() != "Choose data…"
    ]
    assert not wrong


def test_what_a_command_does_is_wired_to_no_signal_beside_it() -> None:
    """A verb of the session that a command calls without more ado is handed to no button, only its action is."""
    verbs = {verb for path in UI.rglob("*.py") if path.stem in TABLES for verb in re.findall(VERB, path.read_text())}
    assert {"steps.step_over", "training.pause", "editing.undo", "selection.clear_cell"} <= verbs
    texts = {path: path.read_text() for path in UI.rglob("*.py") if path.stem not in TABLES}
    wrong = [
        f"{path.relative_to(UI)}: {verb}"
        for path, text in texts.items()
        for verb in sorted(verbs)
        if verb in text and re.search(rf"(?:\w+\.connect|[bB]utton)\(.*\b{re.escape(verb)}\b", text)
    ]
    assert not wrong


def test_commands_reach_for_nothing_inside_the_window_and_none_for_a_tab_by_its_number() -> None:
    inside = re.compile(r"shell\.widget\.\w|shell\.view\([^)]*\)\.|window\(\)\.\w")
    by_number = re.compile(r"\btabs\.(?:widget|currentIndex|setCurrentIndex)\(")
    assert all(not inside.search(path.read_text()) for path in UI.rglob("*.py") if path.stem in TABLES)
    assert all(not by_number.search(path.read_text()) for path in (UI / "shell").glob("*.py") if path.stem != "tabs")


def test_a_tab_has_its_page_its_command_and_its_key(window: MainWindow) -> None:
    centre = window.findChild(QTabWidget, "centre")
    assert [centre.tabText(index) for index in range(centre.count())][-1] == "Notes"
    action = window.findChild(QAction, "action.showNotes")
    assert action in menu_of(window, "View").actions()
    QTest.keyClick(window, Qt.Key.Key_F34, CTRL | ALT)
    page = window.findChild(QLabel, "notes")
    assert page.isVisible()
    assert window.view("notes") is page


def test_a_tab_of_the_training_strip_has_its_page_and_its_tip(window: MainWindow) -> None:
    window.show_part("training")
    tabs = window.findChild(QTabBar, "trainingTabs")
    last = tabs.count() - 1
    assert (tabs.tabText(last), tabs.tabToolTip(last)) == ("Log", LOG.tip)
    assert window.findChild(QLabel, "log") is None, "made when it is first looked at"
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(last).center())
    assert window.findChild(QLabel, "log").isVisible()


def test_help_lists_the_keys_of_both(window: MainWindow) -> None:
    told = [label.text() for label in dialogs.Shortcuts(list(window.all_actions()), window).findChildren(QLabel)]
    assert TIP in told
    assert NOTES.tip in told
