"""Saving the curves: asks where to, writes them, and says how it went."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QPainter

from explorer.session import Session
from explorer.ui.common import dialogs
from explorer.ui.training.curves import pictures as curve_pictures
from explorer.ui.training.curves import tables as curve_export
from explorer.ui.training.curves.view import CurvePlot
from explorer.ui.training.shown_runs import ShownRuns
from explorer.writing import write_atomically

EVENTS = "TensorBoard event files, in a folder (*)"
FILTERS = {
    "PNG picture (*.png)": ".png",
    "SVG drawing (*.svg)": ".svg",
    "Table, all steps (*.csv)": ".csv",
    EVENTS: "",
}
NOTHING = "There are no curves to save yet: train, or show a run in the list of runs."


class CurveSaving(QObject):
    """Saves the runs that are shown: pictures as they are drawn, tables and events with every step.

    Tables and events are those of the runs as they are now; a million steps take seconds.
    """

    def __init__(self, session: Session, shown: ShownRuns, *plots: CurvePlot) -> None:
        super().__init__(plots[0])
        self._session, self._shown, self._plots = session, shown, plots

    def ask(self) -> None:
        """Ask for a file, or for the folder of event files, and write."""
        window = self._plots[0].window()
        path = dialogs.ask_where_to_write(window, "Export curves", "curves.png", FILTERS)
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Write to `path`: the ending says how; with none of the known ones it is a folder of event files."""
        runs = [run for run in self._shown.of(self._session.state.watching.runs) if len(run.steps)]
        if not runs:
            self._session.say(NOTHING)
            return
        if path.suffix.lower() in (".png", ".svg"):
            self._save_picture(path)
            return
        write = curve_export.write_table if path.suffix.lower() == ".csv" else curve_export.write_events
        kept = tuple(runs)
        self._session.exports.write(path.name, lambda tell: write(kept, path, tell))

    def _save_picture(self, path: Path) -> None:
        drawn = self._drawn(path.suffix.lower())
        if not drawn:
            self._session.say(NOTHING)
            return
        self._session.exports.write(path.name, lambda _tell: write_atomically(path, drawn))

    def _drawn(self, ending: str) -> bytes:
        """The plots that show something, side by side; b"" where none does."""
        plots = [plot for plot in self._plots if plot.prepare_figure()]
        if not plots:
            return b""
        sizes = [plot.figure_size() for plot in plots]
        whole = QSize(sum(size.width() for size in sizes), max((size.height() for size in sizes), default=1))

        def paint(painter: QPainter) -> None:
            for plot, size in zip(plots, sizes, strict=True):
                plot.paint_figure(painter, size)
                painter.translate(size.width(), 0)

        if ending == ".svg":
            return curve_pictures.svg(paint, whole, title="Training curves")
        return curve_pictures.png(paint, whole)
