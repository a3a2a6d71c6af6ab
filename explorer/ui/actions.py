"""Every command of the window, each declared once: menu, shortcut, tip, tool bar and help follow from this table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from explorer.session import State
from explorer.ui import commands, dialogs
from explorer.ui.command import SEPARATOR, Command
from explorer.ui.icons import icon
from explorer.ui.train_actions import TRAIN_COMMANDS

if TYPE_CHECKING:
    from explorer.ui.main_window import MainWindow


def _has_network(state: State) -> bool:
    return state.network is not None


def _has_timeline(state: State) -> bool:
    return state.timeline is not None


def _has_layer(state: State) -> bool:
    return state.layer(state.selection.layer or "") is not None


COMMANDS: tuple[Command | str, ...] = (
    Command(
        "startList",
        "File",
        "Networks…",
        "Choose one of the networks that come with the program.",
        commands.show_start_list,
        "ph.squares-four",
        "Ctrl+Shift+N",
    ),
    Command(
        "newNetwork",
        "File",
        "New network…",
        "Start a network from its text notation.",
        commands.new_network,
        "ph.file-plus",
        "Ctrl+N",
    ),
    Command(
        "openNetwork",
        "File",
        "Open network…",
        "Open a network file.",
        commands.choose_network,
        "ph.folder-open",
        "Ctrl+O",
    ),
    Command(
        "openWeights",
        "File",
        "Load weights…",
        "Put the weights of a PyTorch or safetensors file into the network that is open.",
        commands.choose_weights,
        "ph.scales",
        "Ctrl+L",
        _has_network,
    ),
    Command(
        "openPictureFile",
        "File",
        "Open picture…",
        "Show a picture to the network.",
        commands.choose_picture,
        "ph.image",
        "Ctrl+Shift+O",
    ),
    SEPARATOR,
    Command(
        "save",
        "File",
        "Save network",
        "Write the network and its weights to its file.",
        commands.save,
        "ph.floppy-disk",
        "Ctrl+S",
        _has_network,
    ),
    Command(
        "saveAs",
        "File",
        "Save network as…",
        "Write the network and its weights to another file.",
        commands.save_as,
        "ph.floppy-disk-back",
        "Ctrl+Shift+S",
        _has_network,
    ),
    Command(
        "copySource",
        "File",
        "Copy as PyTorch source",
        "Put a PyTorch module that runs by itself on the clipboard.",
        commands.copy_source,
        "ph.code",
        "Ctrl+Shift+C",
        _has_network,
    ),
    SEPARATOR,
    Command(
        "quit",
        "File",
        "Quit",
        "Close the window.",
        lambda window: window.close(),
        "ph.sign-out",
        "Ctrl+Q",
    ),
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
        _has_network,
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
        _has_network,
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
        _has_network,
    ),
    Command(
        "nextLayer",
        "View",
        "Next layer",
        "Select the layer after.",
        lambda window: commands.step_layer(window, 1),
        "ph.caret-down",
        "Ctrl+Down",
        _has_network,
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
        "Give up what is being computed.",
        lambda window: window.session.cancel(),
        "ph.x",
        "Ctrl+.",
        lambda state: bool(state.task) or state.saving is not None,
    ),
    Command(
        "stepOver",
        "Step",
        "Step over",
        "Go to the next step, or inside a step to the next cell.",
        lambda window: window.session.step_over(),
        "ph.arrow-right",
        "F10",
        _has_timeline,
    ),
    Command(
        "stepInto",
        "Step",
        "Step into",
        "Go into the step, cell by cell.",
        lambda window: window.session.step_into(),
        "ph.arrow-down",
        "F11",
        _has_timeline,
    ),
    Command(
        "stepOut",
        "Step",
        "Step out",
        "Leave the cells for the whole step.",
        lambda window: window.session.step_out(),
        "ph.arrow-up",
        "Shift+F11",
        _has_timeline,
    ),
    Command(
        "stepBack",
        "Step",
        "Step back",
        "Go one step back, or inside a step one cell back.",
        lambda window: window.session.step_over(-1),
        "ph.arrow-left",
        "Shift+F10",
        _has_timeline,
    ),
    Command(
        "previousStep",
        "Step",
        "Back out of the step",
        "Go to the step before, out of the cells of this one.",
        commands.previous_step,
        "ph.arrow-arc-left",
        "Alt+F10",
        _has_timeline,
    ),
    Command(
        "backInto",
        "Step",
        "Back into the step before",
        "Go one cell back; from a whole step into the cells of the one before.",
        commands.back_into,
        "ph.arrow-bend-left-down",
        "Alt+F11",
        _has_timeline,
    ),
    SEPARATOR,
    Command(
        "toStart",
        "Step",
        "To the start",
        "Go to the first step.",
        lambda window: window.session.to_start(),
        "ph.skip-back",
        "Ctrl+Home",
        _has_timeline,
    ),
    Command(
        "toEnd",
        "Step",
        "To the end",
        "Go to the last step.",
        lambda window: window.session.to_end(),
        "ph.skip-forward",
        "Ctrl+End",
        _has_timeline,
    ),
    Command(
        "nextGradient",
        "Step",
        "To the next gradient",
        "Go on to the next step on which a gradient arrives.",
        lambda window: window.session.next_gradient(),
        "ph.arrow-bend-up-left",
        "Ctrl+G",
        _has_timeline,
    ),
    Command(
        "runToLayer",
        "Step",
        "To the selected layer",
        "Go on to the next step of the layer that is selected.",
        lambda window: window.session.run_to_layer(),
        "ph.crosshair",
        "Ctrl+F10",
        _has_timeline,
    ),
    SEPARATOR,
    Command(
        "play",
        "Step",
        "Play",
        "Step over again and again, or stop doing so.",
        commands.toggle_play,
        "ph.play",
        "F5",
        _has_timeline,
    ),
    Command(
        "takeStep",
        "Step",
        "Take this training step",
        "Keep the weights that the update made, and record the next training step.",
        lambda window: window.session.take_step(),
        "ph.check-circle",
        "Ctrl+F5",
        _has_timeline,
    ),
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
        "about",
        "Help",
        "About Network Explorer",
        "Version, libraries and licences.",
        dialogs.show_about,
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
