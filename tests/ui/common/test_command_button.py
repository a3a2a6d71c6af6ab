"""A button of a command: it says what the command's action says, and can be used when that can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.common.command_button import CommandButton, CommandTool
from explorer.ui.common.named_action import NamedAction


@pytest.fixture
def action(qapp: QApplication) -> Iterator[NamedAction]:
    theme.apply(qapp, "light")
    made = NamedAction("Open picture…")
    made.setIconText("Open picture")
    made.setToolTip("Show a picture (Ctrl+P).")
    made.icon_name, made.brief = "ph.image", "Open"
    yield made
    theme.apply(qapp, "light")


@pytest.mark.parametrize("kind", [CommandButton, CommandTool])
def test_it_follows_its_action_and_triggers_it(
    qtbot: QtBot, action: NamedAction, kind: type[CommandButton] | type[CommandTool]
) -> None:
    button = kind(action, "open")
    qtbot.addWidget(button)
    assert (button.text(), button.accessibleName(), button.objectName()) == ("Open", "Open picture", "open")
    action.brief = "Other"
    action.setToolTip("Show another picture (Ctrl+P).")
    assert (button.text(), button.toolTip()) == ("Other", "Show another picture (Ctrl+P).")
    button.show()
    with qtbot.waitSignal(action.triggered):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    action.setEnabled(False)
    assert not button.isEnabled()


def test_it_can_show_other_words_of_the_action_and_no_icon(qtbot: QtBot, action: NamedAction) -> None:
    button = CommandTool(action, words=QAction.text, icon=False)
    qtbot.addWidget(button)
    assert button.text() == "Open picture…"
    assert button.icon().isNull()


def test_where_something_has_to_be_done_before_a_press_does_that_and_not_the_action(
    qtbot: QtBot, action: NamedAction
) -> None:
    pressed: list[str] = []
    action.triggered.connect(lambda _checked=False: pressed.append("action"))
    button = CommandButton(action, press=lambda: pressed.append("before"))
    qtbot.addWidget(button)
    button.show()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert pressed == ["before"]


def test_a_coloured_icon_has_the_colour_of_the_theme_of_that_moment(
    qtbot: QtBot, qapp: QApplication, action: NamedAction
) -> None:
    button = CommandButton(action, colour="accent")
    qtbot.addWidget(button)
    light = button.icon().pixmap(24, 24).toImage()
    theme.apply(qapp, "dark")
    theme.dress(button)
    qtbot.waitUntil(lambda: button.icon().pixmap(24, 24).toImage() != light)


def test_the_focus_goes_to_the_heir_where_the_button_can_no_longer_be_used(qtbot: QtBot, action: NamedAction) -> None:
    window, other = QWidget(), NamedAction("Pause")
    first, between, heir = CommandButton(action), CommandButton(NamedAction("Step")), CommandButton(other)
    row = QHBoxLayout(window)
    for button in (first, between, heir):
        row.addWidget(button)
    first.hand_focus_to(heir)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    action.setEnabled(False)
    assert heir.hasFocus()


@pytest.mark.parametrize("is_first", [True, False])
def test_the_focus_comes_back_from_wherever_it_was_lent_on_to(
    qtbot: QtBot, action: NamedAction, is_first: bool
) -> None:
    """While the data for a run were opened neither Train nor Pause could be used: it stayed at the last button."""
    window, step, other = QWidget(), NamedAction("Step"), NamedAction("Pause")
    first, between, heir = CommandButton(action), CommandButton(step), CommandButton(other)
    last = CommandButton(NamedAction("More"))
    row = QHBoxLayout(window)
    for button in (first, between, heir, last):
        row.addWidget(button)
    first.hand_focus_to(heir)
    heir.hand_focus_to(first)
    qtbot.addWidget(window)
    other.setEnabled(False)
    window.show()
    window.activateWindow()
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    action.setEnabled(False)
    step.setEnabled(False)
    assert last.hasFocus(), "nothing else can be used"
    other.setEnabled(True)
    assert heir.hasFocus()
    for each, is_enabled in ((other, False), (action, True), (step, True))[:: 1 if is_first else -1]:
        each.setEnabled(is_enabled)
    assert first.hasFocus()
