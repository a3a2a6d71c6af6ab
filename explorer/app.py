"""The composition root: application, session and window; the only file that knows all rooms."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import explorer.before_qt  # noqa: F401

# isort: split
from PySide6.QtCore import Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from explorer import interpreter
from explorer.display import missing_display
from explorer.ending import Endings
from explorer.network.file_names import is_model, is_network, is_weights
from explorer.network.model_names import EXTRA_MODELS
from explorer.network.templates import known_names
from explorer.report import remember, remember_warnings
from explorer.resources import resource
from explorer.session import Session
from explorer.session.features.left_overs import KEEP_EVERY_S
from explorer.session.left_over import usual_folder
from explorer.session.own_document import Pictured, seen_document
from explorer.ui.common import faults, pictures, report_words, settings, theme
from explorer.ui.shell.main_window import MainWindow

if TYPE_CHECKING:
    import torch

    from explorer.lessons.lesson import Lesson

START_NETWORK = "cifar10"
SIGNALLED = 128  # added to a signal's number, a shell's exit status for a process that the signal ended


def application() -> QApplication:
    """The process's QApplication, made if there is none."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    made = QApplication(["network-explorer"])
    made.setApplicationName("network-explorer")
    made.setApplicationDisplayName("Network Explorer")
    made.setDesktopFileName("network-explorer")
    made.setWindowIcon(QIcon(str(resource("icons", "network-explorer.svg"))))
    return made


def open_window(
    files: Sequence[str | Path] = (), *, left_overs: Path | None = None, keep_every_s: float = KEEP_EVERY_S
) -> MainWindow:
    """A shown window on the network that comes with the program, then on whatever `files` name.

    Of several pictures the first is shown and the others are offered, as where they are dropped.
    A name of a network or template that comes with the program, where no such file lies, is that network.
    In the folder `left_overs` it keeps what is not saved, in case of a crash, and looks for what others left.
    """
    window = _make_window(left_overs=left_overs, keep_every_s=keep_every_s)
    session = window.session
    names, paths = _named_networks(files)
    for name in names:
        session.files.open_network(name)
    for path in filter(is_network, paths):
        window.open_path(path)
    if not session.state.subject.is_open:
        why = session.state.status.notice  # what was wrong with the network that was asked for
        session.files.open_network(START_NETWORK)
        session.say(why)
    has_several = pictures.show_several(session, paths)
    if pictures.open_model(session, paths):
        paths = [path for path in paths if not is_model(path) and not is_weights(path)]
    for path in paths:
        if not is_network(path) and not (has_several and pictures.is_picture(path)):
            window.open_path(path)
    window.show()
    return window


def _named_networks(files: Sequence[str | Path]) -> tuple[list[str], list[Path]]:
    """Which of `files` are names of what comes with the program, and the paths that the others are."""
    known = (*known_names(), *(each.name for each in EXTRA_MODELS))
    names = [str(file) for file in files if str(file) in known and not Path(file).exists()]
    return names, [Path(file) for file in files if str(file) not in names]


def view(
    model: torch.nn.Module,
    x: Any,
    *,
    classes: Any = (),
    target: Any = None,
    loss: Any = None,
    transform: Any = None,
    mean: Any = None,
    std: Any = None,
    names: Sequence[str] = (),
    layout: str = "",
) -> MainWindow | None:
    """Show a window on a live model that is called with `x`, and look at one example of it at a time.

    `x` is a tensor, an array, a tuple of arguments, a dictionary of named ones, or a dataclass that the model takes;
    or a picture: a path, an image of Pillow's or bytes (H, W, 3). `transform` makes of an image what the model is fed,
    or `mean` and `std` scale it, of x/255; with either, pictures are opened, drawn and dropped in the window too.
    The first axis of the first tensor is the batch, and all of it is fed. One example alone, which convolutions and
    linear layers take too, is given that axis. `names` are what the window calls the inputs, `layout` the axes of the
    first, as "NHWC" or, for one example, "HWC". `classes` are the names of the outputs: a list, a table or a file.
    `target` and `loss` are what a training step is recorded with, as in `record`.

    Runs the event loop until the window is closed, and gives None; where one is running already (a notebook with
    `%gui qt`), it gives the shown window. A closed window is gone, and no longer holds the model.
    Raises TypeError for what is no model, and for inputs without tensors, ValueError for what does not fit,
    RuntimeError outside the main thread, and where there is no display.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("The window opens from the program's main thread alone: call view there.")
    if problem := missing_display():
        raise RuntimeError(problem)
    from explorer.engine.recording.no_model import why_no_model

    if why := why_no_model(model):
        raise TypeError(f"The window shows a model (an nn.Module), not {why}")
    document, picture = seen_document(
        model,
        x,
        pictures=Pictured(transform, mean, std),
        classes=classes,
        target=target,
        loss=loss,
        names=names,
        layout=layout,
    )
    window = _make_window()
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.session.files.look_at(document, picture)
    window.welcome.want(False)  # it tells of another network
    window.fit_screen()
    window.show()
    app = application()
    if _is_loop_running(app):
        return window
    app.exec()
    interpreter.let_python_look()  # no event loop is left to do it
    return None


@dataclass(frozen=True)
class AskedModel:
    """A model that the command line names: the files that make it, what makes it there, and its classes."""

    paths: tuple[Path, ...]
    call: str
    classes: tuple[str, ...] = ()


def run_window(
    files: Sequence[str] = (),
    *,
    lesson: Lesson | None = None,
    asked: AskedModel | None = None,
    keep_every_s: float = KEEP_EVERY_S,
) -> int:
    """Open the window, in a lesson or on a model if one is given, and run until it is closed, or the process is told to
    end; the exit status, as in a shell."""
    app = application()
    interpreter.share_evenly()
    remember_warnings()
    qInstallMessageHandler(_remember_message)
    window = open_window(files, left_overs=usual_folder(), keep_every_s=keep_every_s)
    window.fit_screen()
    window.completed.connect(interpreter.keep_what_is_there)
    window.completed.connect(window.session.left_overs.look_for_left_overs)
    if lesson is not None:
        window.session.lessons.open(lesson)
    if asked is not None:
        window.session.files.models.open(asked.paths, asked=asked.call, classes=asked.classes, is_agreed=True)
    endings = Endings(window)
    endings.asked.connect(lambda number: _end(window, number))
    status = app.exec()
    endings.stop()
    window.session.close()
    return status


def _end(window: MainWindow, number: int) -> None:
    """Nobody can be asked whether to save: what is not saved is kept, and offered at the next start."""
    window.session.lessons.leave()
    told = window.session.left_overs.leave()
    if told and sys.stderr is not None:
        with suppress(OSError):  # the terminal may be gone
            print(f"network-explorer: {told}", file=sys.stderr, flush=True)
    application().exit(SIGNALLED + number)


def pass_on(_type: object, _context: object, message: str) -> None:
    """Qt's messages on stderr, except one that the offscreen platform prints for every window with a minimum size."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


def _remember_message(kind: QtMsgType, context: object, message: str) -> None:
    """Qt's warnings go into a report too."""
    if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
        remember(f"Qt: {message}")
    pass_on(kind, context, message)


def _make_window(**keeping: Any) -> MainWindow:
    app = application()
    faults.watch()
    theme.apply(app, settings.theme_choice())
    window = MainWindow(Session(recent=settings.recent_files(), held=True, **keeping))
    interpreter.Collector(window)
    window.closed.connect(interpreter.look_for_what_was_closed)
    faults.teller().told.connect(window.session.tell)
    window.session.changed.connect(report_words.remember_what_was_told)
    window.painted.connect(window.session.store.start)
    return window


def _is_loop_running(app: QApplication) -> bool:
    return app.thread().loopLevel() > 0
