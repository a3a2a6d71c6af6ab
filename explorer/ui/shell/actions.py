"""Every command of the window, each declared once: menu, key, tip, buttons and help follow from these tables."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from explorer.session import State, Verb
from explorer.ui.common.actions import Actions
from explorer.ui.common.command import SEPARATOR, Command, Shell, allows, needs
from explorer.ui.common.number_things import chosen_thing
from explorer.ui.common.text import on_a_button
from explorer.ui.common.things import thing_commands
from explorer.ui.common.typing.commands import FILL_CELLS
from explorer.ui.debugger.commands import STEP_COMMANDS
from explorer.ui.input.commands import PASTE_PICTURE, TURN_COMMANDS
from explorer.ui.lessons.commands import LESSON_COMMANDS
from explorer.ui.shell import commands
from explorer.ui.shell.file_actions import FILE_COMMANDS
from explorer.ui.shell.finding.commands import FIND
from explorer.ui.shell.tabs import tab_commands
from explorer.ui.training.commands import TRAIN_COMMANDS


def _of_an_edit(command: Command, edit: str) -> Command:
    """What undo and redo are called where they would take back or do `edit`, a few words; "" for none."""
    label = f"{command.word} {edit}".strip()
    return replace(command, text=on_a_button(label), tip=f"{label}." if edit else f"Nothing to {command.name}.")


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
        word="Undo",
        now=lambda command, state: _of_an_edit(command, state.files.undo_text),
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
        word="Redo",
        now=lambda command, state: _of_an_edit(command, state.files.redo_text),
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
    PASTE_PICTURE,
    *TURN_COMMANDS,
    FILL_CELLS,
    SEPARATOR,
    *thing_commands(chosen_thing),
    SEPARATOR,
    FIND,
    SEPARATOR,
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


@needs("There are no layers.")
def _has_parts(state: State) -> bool:
    return bool(state.parts)


VIEW_COMMANDS: tuple[Command | str, ...] = (
    SEPARATOR,
    Command(
        "fit",
        "View",
        "Fit the view under the mouse",
        "Show the whole of what the mouse is over, or of what the keyboard is in.",
        commands.fit_under_mouse,
        "ph.frame-corners",
        "F",
    ),
    Command(
        "previousLayer",
        "View",
        "Previous layer",
        "Select the layer before.",
        lambda shell: commands.step_layer(shell, -1),
        "ph.caret-up",
        "Ctrl+Up",
        _has_parts,
    ),
    Command(
        "nextLayer",
        "View",
        "Next layer",
        "Select the layer after.",
        lambda shell: commands.step_layer(shell, 1),
        "ph.caret-down",
        "Ctrl+Down",
        _has_parts,
    ),
    Command(
        "clearCell",
        "View",
        "Back to all channels",
        "Let go of the chosen cell and channel, as Esc does in the maps.",
        lambda shell: shell.session.selection.clear_cell(),
        "ph.x",
        "Ctrl+Backspace",
        needs("No channel is chosen.")(lambda state: state.selection.channel is not None),
    ),
    SEPARATOR,
    Command(
        "messages",
        "View",
        "Messages",
        "Read again what the program told, the newest first.",
        commands.show_messages,
        "ph.chat-text",
        "Ctrl+Shift+M",
    ),
    Command(
        "centreAlone",
        "View",
        "Centre alone",
        "Give the centre the whole window; the same key or Esc brings the panes back where they were.",
        lambda shell: shell.switch_centre_alone(),
        "ph.corners-out",
        "F12",
    ),
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
        needs("Nothing is being done.")(
            lambda state: bool(state.status.task or state.status.opening or state.status.saving)
        ),
    ),
)
HELP_COMMANDS: tuple[Command | str, ...] = (
    Command(
        "sizeCalculator",
        "Help",
        "Sizes and parameters…",
        "Work out the output size and the parameters of a convolution and of a fully connected layer on any input.",
        commands.show_calculator,
        "ph.calculator",
        "Ctrl+Alt+N",
    ),
    SEPARATOR,
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
    first = (*FILE_COMMANDS, *EDIT_COMMANDS, *view, *STEP_COMMANDS, *TRAIN_COMMANDS)
    return (*first, *LESSON_COMMANDS, *HELP_COMMANDS)


def make_actions(shell: Shell, owner: QObject) -> Actions:
    """The actions of them all; they go with `owner`."""
    return Actions((command for command in all_commands() if isinstance(command, Command)), shell, owner)
