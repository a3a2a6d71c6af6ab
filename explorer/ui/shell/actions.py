"""Every command of the window, each declared once: menu, shortcut, tip, tool bar and help follow from this table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from explorer.session import State
from explorer.ui.common.command import SEPARATOR, Command
from explorer.ui.common.icons import icon
from explorer.ui.debugger.commands import STEP_COMMANDS
from explorer.ui.shell import commands
from explorer.ui.shell.file_actions import FILE_COMMANDS, has_network
from explorer.ui.training.commands import TRAIN_COMMANDS

if TYPE_CHECKING:
    from explorer.ui.shell.main_window import MainWindow


def _has_layer(state: State) -> bool:
    return state.layer(state.selection.layer or "") is not None


COMMANDS: tuple[Command | str, ...] = (
    *FILE_COMMANDS,
    Command(
        "undo",
        "Edit",
        "Undo",
        "Take back the last change.",
        lambda window: window.session.undo(),
        "ph.arrow-u-up-left",
        "Ctrl+Z",
        lambda state: bool(state.undo_text),
    ),
    Command(
        "redo",
        "Edit",
        "Redo",
        "Do again what was taken back.",
        lambda window: window.session.redo(),
        "ph.arrow-u-up-right",
        "Ctrl+Shift+Z",
        lambda state: bool(state.redo_text),
    ),
    SEPARATOR,
    Command(
        "copyNotation",
        "Edit",
        "Copy network as text",
        "Put the network in text notation on the clipboard.",
        commands.copy_notation,
        "ph.copy",
        "Ctrl+Alt+C",
        has_network,
    ),
    Command(
        "pastePicture",
        "Edit",
        "Paste picture",
        "Show the picture on the clipboard to the network.",
        commands.paste_picture,
        "ph.clipboard",
        "Ctrl+Shift+V",
    ),
    Command(
        "resetWeights",
        "Edit",
        "Fresh weights",
        "Start again from random weights; undo brings the old ones back.",
        lambda window: window.session.reset_weights(),
        "ph.dice-five",
        "Ctrl+Shift+R",
        has_network,
    ),
    Command(
        "showOverview",
        "View",
        "Overview",
        "See the whole network with the picture running through it.",
        lambda window: window.show_tab(0),
        "ph.flow-arrow",
        "Ctrl+1",
    ),
    Command(
        "showFeatureMaps",
        "View",
        "Feature maps",
        "See all channels of the selected layer.",
        lambda window: window.show_tab(1),
        "ph.grid-four",
        "Ctrl+2",
    ),
    Command(
        "showDebugger",
        "View",
        "Step debugger",
        "Walk through one whole training step: forward, loss, backward, update.",
        lambda window: window.show_tab(2),
        "ph.bug",
        "Ctrl+3",
    ),
    SEPARATOR,
    Command(
        "previousLayer",
        "View",
        "Previous layer",
        "Select the layer before.",
        lambda window: commands.step_layer(window, -1),
        "ph.caret-up",
        "Ctrl+Up",
        has_network,
    ),
    Command(
        "nextLayer",
        "View",
        "Next layer",
        "Select the layer after.",
        lambda window: commands.step_layer(window, 1),
        "ph.caret-down",
        "Ctrl+Down",
        has_network,
    ),
    Command(
        "clearCell",
        "View",
        "Back to all channels",
        "Let go of the chosen cell.",
        lambda window: window.session.clear_cell(),
        "ph.arrow-left",
        "Ctrl+Backspace",
        _has_layer,
    ),
    SEPARATOR,
    Command(
        "resetLayout",
        "View",
        "Reset layout",
        "Put every part of the window back in its place.",
        lambda window: window.reset_layout(),
        "ph.layout",
        "Ctrl+Shift+L",
    ),
    Command(
        "cancel",
        "View",
        "Cancel work",
        "Give up what is being opened, computed or written.",
        lambda window: window.session.cancel(),
        "ph.x",
        "Ctrl+.",
        lambda state: bool(state.task or state.opening or state.saving),
    ),
    *STEP_COMMANDS,
    *TRAIN_COMMANDS,
    Command(
        "shortcuts",
        "Help",
        "Keyboard shortcuts",
        "List what every key does.",
        commands.show_shortcuts,
        "ph.keyboard",
        "F1",
    ),
    Command(
        "welcome",
        "Help",
        "Show the first steps",
        "Show the line that says what to do first.",
        commands.show_welcome,
        "ph.hand-waving",
        "Shift+F1",
    ),
    Command(
        "report",
        "Help",
        "Report a problem…",
        "See what a report of a problem holds, to copy or save it; nothing is sent.",
        commands.show_report,
        "ph.bug-beetle",
        "Ctrl+Shift+F1",
    ),
    Command(
        "about",
        "Help",
        "About Network Explorer",
        "Version, libraries and licences.",
        commands.show_about,
        "ph.info",
        "Ctrl+F1",
    ),
)


def make_action(command: Command, window: MainWindow) -> QAction:
    """The action of `command`: its text, tip, icon, shortcut and accessible name."""
    action = QAction(command.text, window)
    action.setObjectName(f"action.{command.name}")
    action.setToolTip(command.tip_with_key)
    action.setStatusTip(command.tip)
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
    if command.icon:
        action.setIcon(icon(command.icon))
    action.triggered.connect(lambda _checked=False: command.run(window))
    return action
