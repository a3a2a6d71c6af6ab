"""Leaving the network that is open: nothing that is not saved goes without a question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from explorer.bounds import brief
from explorer.lessons.file_names import is_lesson
from explorer.network.file_names import is_model, is_network, is_weights
from explorer.session import Session, State, Verb
from explorer.session.soon import soon
from explorer.session.typed_input import fits_in_text
from explorer.ui.common import dialogs
from explorer.ui.common.pictures import is_picture

UNSAFE_IN_NAMES = str.maketrans("/\\:", "---", '?*"<>|')  # of the last, which a lesson's title has, Windows takes none


def leave(parent: QWidget, session: Session, go: Callable[[], object]) -> None:
    """Do `go`, which leaves the network that is open, if nothing is lost by it or the person agrees."""
    if may_leave(parent, session, partial(leave, parent, session, go)):
        go()


def may_leave(parent: QWidget, session: Session, later: Callable[[], object]) -> bool:
    """Whether all is saved, or the person lets the rest go; where they save it, `later` is called when that is done.

    It is of their own work: a lesson is closed, and leaves nothing to be saved.
    """
    session.lessons.leave()
    if not session.state.files.unsaved:
        return True
    answer = dialogs.ask_unsaved(parent, session.state.title)
    if answer == "save":
        session.training.pause()  # so that what is saved is what is then left behind
        save(parent, session, lambda: soon(parent, later))
    return answer == "discard"


def may_close(session: Session, later: Callable[[], object]) -> bool:
    """Whether every file that was asked for is written; if not, `later` is called when all are.

    Whoever asks again meanwhile does not want to wait: what is not yet written is given up.
    """
    names = session.exports.names
    if not names or session.exports.is_waited_for:
        return True
    session.exports.when_written(later)
    session.say(f"{names[0]} is still being written, the window closes then. Closing it again gives the file up.")
    return False


def open_path(parent: QWidget, session: Session, path: str | Path, show_data: Callable[[], object]) -> None:
    """Open whatever lies at `path`; a network takes the place of the one that is open.

    Data to learn from are opened as such, and `show_data` brings the window of data to the front.
    """
    if is_lesson(path):
        session.lessons.writing.open(Path(path))
    elif is_network(path):
        leave(parent, session, partial(session.open_path, path))
    elif not is_weights(path) and not is_model(path) and _is_data(Path(path)):
        _open_data(session, Path(path), show_data)
    else:
        session.open_path(path)


def _is_data(path: Path) -> bool:
    """Pictures, which are opened most often, are known without reading how data sets are opened."""
    if is_picture(path):
        return False
    from explorer.data import is_data  # a tenth of a second that the first window does not need

    return is_data(path)


def _open_data(session: Session, path: Path, show_data: Callable[[], object]) -> None:
    if refusal := session.state.subject.refusal(Verb.USE_DATA):
        session.say(refusal)
        return
    session.data.use_data(path.absolute())  # it is saved with the network, which may be opened from another folder
    session.say(f"{brief(path.name)} is opened as data to learn from, in a window of its own.")
    show_data()


def save(parent: QWidget, session: Session, then: Callable[[], None] | None = None) -> None:
    """Save to the network's own file; where it has none that holds all of it, ask for one."""
    state = session.state
    if state.path is None or (state.path.suffix.lower() == ".txt" and not fits_in_text(state.document, state.input)):
        save_as(parent, session, then)
    elif not session.recent.was_changed_elsewhere(state.path) or dialogs.ask_replacing_newer(parent, state.path.name):
        session.files.save_network(state.path, then)


def save_as(parent: QWidget, session: Session, then: Callable[[], None] | None = None) -> None:
    """Ask for a file and save to it."""
    path = dialogs.ask_save_path(parent, proposed(session.state))
    if path is not None:
        session.files.save_network(path, then)


def proposed(state: State) -> str:
    """A path for the network beside the file that it came from, or its title; without an ending."""
    return str(state.path.with_suffix("")) if state.path else state.title.translate(UNSAFE_IN_NAMES) or "network"
