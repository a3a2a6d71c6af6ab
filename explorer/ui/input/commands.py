"""The commands that bring a picture in."""

from __future__ import annotations

from explorer.orientation import TURNS
from explorer.session import State, Verb
from explorer.ui.common import dialogs, pictures
from explorer.ui.common.command import Command, Shell, needs

NO_ROWS = "This network is fed a row of numbers, which cannot be turned."


@needs(lambda state: state.subject.refusal(Verb.SHOW_PICTURE))
def takes_pictures(state: State) -> bool:
    """Whether another picture can be shown: a model opened from a program keeps the input that it was given."""
    return state.values is None or state.subject.can(Verb.SHOW_PICTURE)


def choose_picture(shell: Shell) -> None:
    """Ask for a picture and show it to the network."""
    path = dialogs.ask_picture(shell.widget)
    if path:
        shell.open_path(path)


def paste_picture(shell: Shell) -> None:
    """Show the network what is on the clipboard."""
    pictures.paste(shell.session, shell.open_path)


def _has_rows(state: State) -> bool:
    return state.values is not None and state.values.ndim == 3


@needs(lambda state: state.subject.refusal(Verb.SHOW_PICTURE) if _has_rows(state) else NO_ROWS)
def can_turn(state: State) -> bool:
    """Whether what the network is fed has rows and columns, and may be changed."""
    return _has_rows(state) and takes_pictures(state)


OPEN_PICTURE = Command(
    "openPictureFile",
    "File",
    "Open picture…",
    "Show a picture of your own to the network.",
    choose_picture,
    "ph.image",
    "Ctrl+Shift+O",
    takes_pictures,
    brief="Open",
)
PASTE_PICTURE = Command(
    "pastePicture",
    "Edit",
    "Paste picture",
    "Show the picture on the clipboard to the network.",
    paste_picture,
    "ph.clipboard",
    "Ctrl+Shift+V",
    takes_pictures,
)
TURN_COMMANDS = (
    Command(
        "mirrorInput",
        "Edit",
        "Mirror the input",
        "Exchange left and right in what the network is fed.",
        lambda shell: shell.session.input.turn(TURNS["mirrored"]),
        "ph.arrows-left-right",
        "Ctrl+Alt+M",
        enabled=can_turn,
        brief="Mirror",
    ),
    Command(
        "turnInputLeft",
        "Edit",
        "Turn the input to the left",
        "Turn what the network is fed to the left by a quarter.",
        lambda shell: shell.session.input.turn(TURNS["left"]),
        "ph.arrow-counter-clockwise",
        "Ctrl+Alt+Shift+R",
        enabled=can_turn,
        brief="Turn to the left",
    ),
    Command(
        "turnInputRight",
        "Edit",
        "Turn the input to the right",
        "Turn what the network is fed to the right by a quarter.",
        lambda shell: shell.session.input.turn(TURNS["right"]),
        "ph.arrow-clockwise",
        "Ctrl+Alt+R",
        enabled=can_turn,
        brief="Turn to the right",
    ),
    Command(
        "turnInputOver",
        "Edit",
        "Turn the input upside down",
        "Turn what the network is fed by half a turn.",
        lambda shell: shell.session.input.turn(TURNS["upside down"]),
        "ph.arrows-down-up",
        "Ctrl+Alt+U",
        enabled=can_turn,
        brief="Turn upside down",
    ),
)
