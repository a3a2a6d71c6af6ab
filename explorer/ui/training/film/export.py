"""Saves the film of the selected layer as an animated GIF, frame by frame, with progress and a way out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from explorer.session import Session, State
from explorer.ui.common import dialogs
from explorer.ui.tensors.learned import run_step
from explorer.ui.training.film.curve import FilmCurve
from explorer.ui.training.film.frame_walk import FrameWalk
from explorer.ui.training.film.gif_file import FilmFile
from explorer.ui.training.film.picture import film_picture

LOOK_EVERY_MS = 50
NO_LAYER = "Choose a layer first: its maps are what the film shows."
NO_FRAME = "A frame of the film could not be shown, so the film was not saved."


class FilmExport(QObject):
    """Walks through all frames and back to where it began. `progressed` carries how many are done, of how many."""

    progressed = Signal(int, int)
    ended = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._window = session, parent
        self._file: FilmFile | None = None
        self._layer = ""
        self._done = self._whole = 0
        self._before: int | None = None
        self._walk = FrameWalk(session, self)
        self._walk.arrived.connect(self._take)
        self._walk.ended.connect(self._finish)
        self._look = QTimer(self, interval=LOOK_EVERY_MS)
        self._look.timeout.connect(self._see_whether_done)

    @property
    def is_saving(self) -> bool:
        """Whether a film is being written."""
        return self._file is not None

    def ask(self, frame_ms: int) -> None:
        """Ask for a file name, then save."""
        layer = self._session.state.selection.layer
        if layer is None:
            self._session.say(NO_LAYER)
            return
        path = dialogs.ask_where_to_write(self._window, "Save film", f"{layer}.gif", {"Animated GIF (*.gif)": ".gif"})
        if path is not None:
            self.save_to(path, frame_ms)

    def save_to(self, path: Path, frame_ms: int) -> None:
        """Write all frames of the selected layer to `path`, each shown for `frame_ms`."""
        state = self._session.state
        if state.selection.layer is None or not state.watching.film or self.is_saving:
            self._session.say(NO_LAYER)
            return
        self._layer, self._before = state.selection.layer, state.watching.film_at
        self._done, self._whole = 0, len(state.watching.film)
        self._file = FilmFile(path, frame_ms=frame_ms, frames=self._whole)
        self._session.exports.write(path.name, self._file.write)
        self.destroyed.connect(self._file.give_up)
        self._look.start()
        self.progressed.emit(0, self._whole)
        self._walk.start(range(self._whole), gap_ms=0)

    @Slot()
    def cancel(self) -> None:
        """Write nothing; an older file of that name stays as it was."""
        if self._file is not None:
            self._file.give_up()
            self._walk.stop()

    @Slot(int)
    def _take(self, _frame: int) -> None:
        state = self._session.state
        entry = state.maps.activations.by_name.get(self._layer) if state.maps.activations else None
        if self._file is None or entry is None or state.watching.live is None:
            return
        step = run_step(state, state.watching.live.step)
        self._file.add(film_picture(entry, film_curve(state), step, names=state.classes))
        self._done += 1
        self.progressed.emit(self._done, self._whole)

    @Slot(bool)
    def _finish(self, is_whole: bool) -> None:
        if self._file is None:
            return
        if is_whole:
            self._file.finish()
        else:
            self._file.give_up()
            self._session.say(self._session.state.status.notice or NO_FRAME)

    @Slot()
    def _see_whether_done(self) -> None:
        if self._file is None or not self._file.is_done:
            return
        self._look.stop()
        self._walk.stop()
        self._file = None
        if self._session.state.watching.film_at is not None:
            self._session.watching.show_frame(self._before)
        self.ended.emit()


def film_curve(state: State) -> FilmCurve:
    """The frames of the film and the loss of its run, in the steps that the curves count."""
    run = next((run for run in state.watching.runs if run.number == state.training.run), None)
    frames = tuple(run_step(state, step) for step in state.watching.film)
    return FilmCurve(frames) if run is None else FilmCurve(frames, run.steps, run.losses)
