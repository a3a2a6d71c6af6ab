"""The curves of all runs on one plot: the loss of every step, or the accuracy of every epoch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.session.run_curves import RunCurves
from explorer.session.state import parts_changed
from explorer.ui.common import theme
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.text import count, number, percent
from explorer.ui.training.curves.canvas import CurveCanvas
from explorer.ui.training.curves.curve import Curve, Role
from explorer.ui.training.curves.legend import CurveLegend, LegendEntry
from explorer.ui.training.curves.lines import Smoothing, line_of, nearest
from explorer.ui.training.run_words import appears, loss_titles, run_tip
from explorer.ui.training.shown_runs import ShownRuns

SMOOTHING = 90
SMOOTHED = "Smoothed: the loss of every step itself is the pale line."
SMOOTHEST = 999
NO_LOSS = "The loss of every step appears here."
NO_ACCURACY = "Training and validation accuracy appear here at the end of each epoch."
NO_CLASSES = "This network learns numbers, not classes: its loss tells how well."
ALL_AWAY = "All runs are hidden. Show one in the list of runs."
HEAD_HEIGHT = 26
LOG_SHEET = "QToolButton { padding: 2px 10px; }"  # it stands in a row of tabs
FIGURE_HEAD = 30
ROLES: tuple[Role, ...] = ("training", "validation")


@dataclass(frozen=True)
class PlotKind:
    """What a plot shows. `words` writes one of its values."""

    name: str
    title: str
    empty: str
    words: Callable[[float], str]


LOSS = PlotKind("lossPlot", "Loss", NO_LOSS, number)
ACCURACY = PlotKind("accuracyPlot", "Accuracy", NO_ACCURACY, lambda value: percent(value / 100))


class CurvePlot(FollowingView, QWidget):
    """It keeps its smoothing, its scale and its crosshair."""

    shows = ("training", "watching.runs", "watching.film", "watching.film_at", "data.data_set", "document")
    is_paced = True

    def __init__(
        self,
        session: Session,
        figure: PlotKind = LOSS,
        *,
        shown: ShownRuns | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, parent)
        self.setObjectName(figure.name)
        self.setAccessibleName(f"{figure.title} curves")
        self._figure = figure
        self._shown = shown or ShownRuns(self)
        self._smoothings: dict[int, Smoothing] = {}
        self._epochs: tuple[tuple[int, int], ...] = ()  # what was drawn of each run
        self._losses: tuple[str, ...] = ()  # whose curves are drawn
        self._make_parts()
        self._shown.changed.connect(self.redraw_soon)
        self.follow_session()

    def _make_parts(self) -> None:
        self.canvas = CurveCanvas()
        self.canvas.setAccessibleName(f"{self._figure.title} over steps")
        self.canvas.setToolTip("Wheel zooms, dragging moves, a double click or F shows all; ← and → read values off.")
        self.canvas.hovered.connect(self._show_legend)
        self.legend = CurveLegend()
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("role", "dim")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.canvas)
        title = QLabel(self._figure.title)
        title.setFixedHeight(HEAD_HEIGHT)
        title.setProperty("role", "title")
        self._head = QHBoxLayout()
        self._head.setSpacing(12)
        self._head.addWidget(title)
        self._head.addWidget(self.legend, 1)
        if self._figure is LOSS:
            self._add_controls()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._head)
        column.addWidget(self._pages, 1)

    def _add_controls(self) -> None:
        self.smoothing = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=100, value=SMOOTHING)
        self.smoothing.setFixedWidth(72)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setToolTip("How much the strong line is smoothed; the pale one is the loss of every step.")
        self.smoothing.valueChanged.connect(self.redraw)
        self.log = QToolButton(text="log", checkable=True, accessibleName="Logarithmic scale")
        self.log.setToolTip("Draw the loss in powers of ten.")
        self.log.setProperty("role", "flat")
        self.log.setStyleSheet(LOG_SHEET)
        self.log.toggled.connect(self.canvas.set_log)
        words = QLabel("smoothing")
        words.setProperty("role", "dim")
        words.setBuddy(self.smoothing)
        self.controls = QWidget()  # where there is more room for it, it can be put somewhere else
        row = QHBoxLayout(self.controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (words, self.smoothing, self.log):
            row.addWidget(part)
        self._head.addWidget(self.controls)

    def sizeHint(self) -> QSize:
        return QSize(400, 170)

    def minimumSizeHint(self) -> QSize:
        return QSize(166, 76)

    # --- what it shows ---

    def concerns(self, old: State, new: State) -> bool:
        """Accuracies grow at the end of an epoch alone: steps in between leave their plot as it is."""
        others = (name for name in self.shows if name not in ("training", "watching.runs"))
        is_between = not parts_changed(old, new, others)
        if self._figure is ACCURACY and is_between and _epochs(new) == self._epochs:
            return False
        return super().concerns(old, new)

    def redraw(self) -> None:
        """Draw all curves as they are now."""
        state = self._session.state
        self._epochs = _epochs(state)
        runs = self._shown.of(state.watching.runs)
        curves = self._curves(runs)
        self._losses = loss_titles(runs)
        self.canvas.set_labels("step", self._axis_words())
        self.canvas.set_film(_film_step(state))
        begin = min((run.first_step for run in runs), default=0)
        self.canvas.show_curves(curves, limits=None if self._figure is LOSS else _whole_tens(curves), begin=begin)
        self.empty.setText(self._why_empty(state))
        self._pages.setCurrentIndex(1 if any(len(curve.xs) for curve in curves) else 0)
        self._show_legend()

    def _curves(self, runs: tuple[RunCurves, ...]) -> tuple[Curve, ...]:
        """The pale lines first, so that the strong ones lie over them."""
        pairs = [self._lines(run, at, is_alone=len(runs) == 1) for at, run in enumerate(runs)]
        return tuple(curve for kind in (0, 1) for pair in pairs for curve in pair[kind])

    def _lines(self, run: RunCurves, style: int, *, is_alone: bool) -> tuple[list[Curve], list[Curve]]:
        end = "" if is_alone else run.name
        if self._figure is ACCURACY:
            return [], _accuracies(run, style, end)
        steps, losses = run.steps, run.losses
        trained = self._smoothed(run)
        pale = [Curve(f"{end} every step".strip(), steps, losses, style=style, is_pale=True)]
        strong = [Curve(f"{end} training".strip(), steps, trained, style=style, end=end)]
        judged = Curve(f"{end} validation".strip(), *line_of(run, "val_loss"), "validation", style, has_marks=True)
        return pale, [*strong, judged]

    def _smoothed(self, run: RunCurves) -> np.ndarray:
        share_kept = self.smoothing.value() / 100 * SMOOTHEST / 1000
        known = self._smoothings.get(run.number)
        if known is None or known.weight != share_kept:
            known = self._smoothings[run.number] = Smoothing(share_kept)
        return known.follow(run.losses)

    def _axis_words(self) -> str:
        """With the loss that all curves are of; with several, each stands beside its own run."""
        if self._figure is ACCURACY:
            return "accuracy (%)"
        return f"loss: {self._losses[0]}" if len(self._losses) == 1 else "loss"

    def _run_words(self, run: RunCurves) -> str:
        """ "run 2", with its loss where the curves are of several."""
        titles = loss_titles((run,)) if self._figure is LOSS and len(self._losses) > 1 else ()
        return ", ".join([run.name, *titles])

    def _why_empty(self, state: State) -> str:
        if state.watching.runs and not self._shown.of(state.watching.runs):
            return ALL_AWAY
        if self._figure is ACCURACY and state.data.data_set is not None and not state.data.data_set.classes:
            return NO_CLASSES
        return appears(LOSS.empty, state) if self._figure is LOSS else self._figure.empty

    # --- what is read off ---

    @Slot()
    def _show_legend(self) -> None:
        """The values at the crosshair, or at the curves' ends. It stands above the plot and covers nothing."""
        runs, cross = self._shown.of(self._session.state.watching.runs), self.canvas.cross
        newest_first = list(reversed(list(enumerate(runs))))
        entries = tuple(entry for at, run in newest_first for entry in self._entries(run, at, is_alone=len(runs) == 1))
        if cross is not None:  # the person knows by now which line is which, and wants the values there
            place = LegendEntry(f"step {count(round(cross))}")
            bare = tuple(replace(each, words=each.value) for each in entries)
            self.legend.show_entries((place, *entries), bare)
        elif len(runs) > 1:  # the lines' ends carry the names of the runs, and nothing else says what the colours are
            names = tuple(LegendEntry(self._run_words(run), "training", at, run_tip(run)) for at, run in newest_first)
            tip = "\n".join(each.words for each in names)
            colours = tuple(LegendEntry(role, role, tip=tip) for role in ROLES)
            self.legend.show_entries((*colours, *entries), (*colours, *names), colours)
        else:
            self.legend.show_entries(entries)

    def _entries(self, run: RunCurves, at: int, *, is_alone: bool) -> list[LegendEntry]:
        """A run's lines with their values; among several runs the first one of each is named."""
        found: list[LegendEntry] = []
        for curve in (each for each in self.canvas.curves if each.style == at and not each.is_pale):
            value = _value_at(curve, self.canvas.cross)
            if value is not None:
                told = self._figure.words(value)
                word = curve.role if is_alone else self._run_words(run) if not found else ""
                is_smoothed = self._is_smoothed(curve)
                shown, tip = (f"≈ {told}", f"{SMOOTHED}\n{run_tip(run)}") if is_smoothed else (told, run_tip(run))
                short = shown if is_alone else ""
                found.append(LegendEntry(f"{word} {shown}".strip(), curve.role, at, tip, short, value=told))
        return found

    def read_off(self, point: QPointF | None) -> tuple[str, float] | None:
        """What the point nearest to that of the canvas is called, and its value; for None that at the crosshair."""
        found = self.canvas.point_at(point) if point is not None else self._at_cross()
        if found is None:
            return None
        curve, at = found
        name = f"{self._figure.title.lower()}, {curve.name}, step {count(round(float(curve.xs[at])))}"
        return name, float(curve.ys[at])

    def _at_cross(self) -> tuple[Curve, int] | None:
        cross = self.canvas.cross
        strong = (curve for curve in reversed(self.canvas.curves) if not curve.is_pale)
        places = ((curve, None if cross is None else nearest(curve.xs, cross)) for curve in strong)
        return next(((curve, at) for curve, at in places if at is not None), None)

    def _is_smoothed(self, curve: Curve) -> bool:
        """Whether its values are not the steps' own."""
        return self._figure is LOSS and curve.role == "training" and self.smoothing.value() > 0

    # --- for a file ---

    def prepare_figure(self) -> bool:
        """Draw what a hidden plot has missed; whether there is anything to save."""
        self.redraw()
        return any(len(curve.xs) for curve in self.canvas.curves)

    def figure_size(self) -> QSize:
        """The pixels that the plot takes in a file."""
        return QSize(self.canvas.width(), self.canvas.height() + FIGURE_HEAD)

    def paint_figure(self, painter: QPainter, size: QSize) -> None:
        """Paint title, legend and plot for a file of `size` pixels."""
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.current().pane)
        painter.setFont(theme.interface_font(semibold=True))
        painter.setPen(theme.current().text)
        painter.drawText(QRectF(12, 4, 100, FIGURE_HEAD - 4), Qt.AlignmentFlag.AlignVCenter, self._figure.title)
        self.legend.paint_entries(painter, QRectF(92, 4, size.width() - 104, FIGURE_HEAD - 4))
        self.canvas.figure(painter, QRectF(0, FIGURE_HEAD, size.width(), size.height() - FIGURE_HEAD))


def _accuracies(run: RunCurves, style: int, end: str) -> list[Curve]:
    found = []
    for name, role in zip(("train_accuracy", "val_accuracy"), ROLES, strict=True):
        steps, values = line_of(run, name)
        word = end if role == "validation" else ""
        found.append(Curve(f"{end} {role}".strip(), steps, 100 * values, role, style, has_marks=True, end=word))
    return found


def _value_at(curve: Curve, cross: float | None) -> float | None:
    """The value at the crosshair, or the last one; None where the curve has none."""
    at = (len(curve.xs) - 1 if len(curve.xs) else None) if cross is None else nearest(curve.xs, cross)
    return None if at is None else float(curve.ys[at])


def _epochs(state: State) -> tuple[tuple[int, int], ...]:
    return tuple((run.number, len(run.epochs)) for run in state.watching.runs)


def _film_step(state: State) -> float | None:
    """Where on the axis the film stands: its frames count the steps of the run alone."""
    if state.watching.film_at is None or not 0 <= state.watching.film_at < len(state.watching.film):
        return None
    run = next((run for run in state.watching.runs if run.number == state.training.run), None)
    return float(state.watching.film[state.watching.film_at] + (run.first_step if run else 0))


def _whole_tens(curves: tuple[Curve, ...]) -> tuple[float, float]:
    """Accuracies go up to 100; below, down to the ten that leaves room for the lowest."""
    lowest = min((float(np.nanmin(curve.ys)) for curve in curves if len(curve.ys)), default=0.0)
    return float(max(np.floor((lowest - 1) / 10) * 10, 0)), 100.0
