"""Every command of the window, each declared once: menu, shortcut, tip, tool bar and help follow from these tables."""

from __future__ import annotations

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from explorer.session import State, Verb
from explorer.ui.common.command import SEPARATOR, Command, Shell
from explorer.ui.common.icons import icon
from explorer.ui.debugger.commands import STEP_COMMANDS
from explorer.ui.shell import commands
from explorer.ui.shell.file_actions import FILE_COMMANDS, allows
from explorer.ui.shell.tabs import tab_commands
from explorer.ui.training.commands import TRAIN_COMMANDS


def _has_layer(state: State) -> bool:
    return state.layer(state.selection.layer or "") is not None


EDIT_COMMANDS: tuple[Command | str, ...] = (
    Command(
        "undo",
        "Edit",
        "Undo",
        "Take back the last change.",
        lambda shell: shell.session.editing.undo(),
        "ph.arrow-u-up-left",
        "Ctrl+Z",
        lambda state: bool(state.files.undo_text),
    ),
    Command(
        "redo",
        "Edit",
        "Redo",
        "Do again what was taken back.",
        lambda shell: shell.session.editing.redo(),
        "ph.arrow-u-up-right",
        "Ctrl+Shift+Z",
        lambda state: bool(state.files.redo_text),
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
        allows(Verb.EDIT),
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
        lambda shell: shell.session.editing.reset_weights(),
        "ph.dice-five",
        "Ctrl+Shift+R",
        allows(Verb.CHANGE_WEIGHTS),
    ),
)
VIEW_COMMANDS: tuple[Command | str, ...] = (
    SEPARATOR,
    Command(
        "previousLayer",
        "View",
        "Previous layer",
        "Select the layer before.",
        lambda shell: commands.step_layer(shell, -1),
        "ph.caret-up",
        "Ctrl+Up",
        allows(Verb.EDIT),
    ),
    Command(
        "nextLayer",
        "View",
        "Next layer",
        "Select the layer after.",
        lambda shell: commands.step_layer(shell, 1),
        "ph.caret-down",
        "Ctrl+Down",
        allows(Verb.EDIT),
    ),
    Command(
        "clearCell",
        "View",
        "Back to all channels",
        "Let go of the chosen cell.",
        lambda shell: shell.session.selection.clear_cell(),
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
        lambda shell: shell.reset_layout(),
        "ph.layout",
        "Ctrl+Shift+L",
    ),
    Command(
        "cancel",
        "View",
        "Cancel work",
        "Give up what is being opened, computed or written.",
        lambda shell: shell.session.tasks.cancel(),
        "ph.x",
        "Ctrl+.",
        lambda state: bool(state.status.task or state.status.opening or state.status.saving),
    ),
)
HELP_COMMANDS: tuple[Command | str, ...] = (
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


def all_commands() -> tuple[Command | str, ...]:
    """Every command, in the order of the menus."""
    view = (*tab_commands(), *VIEW_COMMANDS)
    return (*FILE_COMMANDS, *EDIT_COMMANDS, *view, *STEP_COMMANDS, *TRAIN_COMMANDS, *HELP_COMMANDS)


def make_action(command: Command, owner: QWidget, shell: Shell) -> QAction:
    """The action of `command`: its text, tip, icon, shortcut and accessible name."""
    action = QAction(command.text, owner)
    action.setObjectName(f"action.{command.name}")
    action.setToolTip(command.tip_with_key)
    action.setStatusTip(command.tip)
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
    if command.icon:
        action.setIcon(icon(command.icon))
    action.triggered.connect(lambda _checked=False: command.run(shell))
    return action
