"""The commands that bring a picture in."""

from __future__ import annotations

from explorer.data.picture import BY_HAND, Turn
from explorer.session import State, Verb
from explorer.ui.common import dialogs, pictures
from explorer.ui.common.command import Command, Shell, needs


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


@needs("There is no picture to turn: what is fed are numbers.")
def has_picture(state: State) -> bool:
    """Whether a picture is shown to the network, not numbers."""
    return state.input.picture is not None and takes_pictures(state)


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


def _turning(turn: Turn, name: str, tip: str, icon: str) -> Command:
    return Command(
        name, "Edit", turn.command, tip, lambda shell: shell.session.input.turn_picture(turn), icon, enabled=has_picture
    )


MIRRORED, UPSIDE_DOWN, QUARTER = BY_HAND
TURN_PICTURE = (
    _turning(
        MIRRORED, "mirrorPicture", "Show the network the picture with left and right swapped.", "ph.arrows-left-right"
    ),
    _turning(
        UPSIDE_DOWN, "flipPicture", "Show the network the picture upside down; left stays left.", "ph.arrows-down-up"
    ),
    _turning(QUARTER, "turnPicture", "Show the network the picture turned to the left.", "ph.arrow-counter-clockwise"),
)
