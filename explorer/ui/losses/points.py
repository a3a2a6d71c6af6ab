"""Predictions and targets as points to drag, and below them what each adds, one on top of the other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.amounts import VEILED, plain_number
from explorer.ui.common import theme
from explorer.ui.common.focus_ring import FocusRing
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import number
from explorer.ui.common.tips import TipOfAll
from explorer.ui.losses.beside import Beside

SQUARED = ("mse", "half_squared_error")
"""Losses that add up squares: they are drawn at their true area."""
TITLE_HEIGHT, GAP, MARGIN = 18, 8, 8
BAND_SHARE, LEAST_BAND = 0.36, 44
POINT, REACH = 5.0, 12.0
PREDICTION, TARGET = "prediction", "target"
ARROW_KEYS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
SIDE_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
STEPS_OF_SPAN = 100
TIP = "Drag a prediction or a target. Keys: ← and → choose, ↑ and ↓ move the prediction, with Shift the target."


@dataclass(frozen=True)
class OutputPlace:
    """Where an output is drawn: its middle and half of its width, in pixels."""

    middle: float
    half: float


@dataclass(frozen=True)
class Span:
    """The numbers that an axis reaches from and to."""

    low: float
    high: float

    @property
    def step(self) -> float:
        """A round number, about a hundredth of it: what is dragged comes to stand on multiples of it."""
        return float(10.0 ** math.floor(math.log10((self.high - self.low) / STEPS_OF_SPAN * 2)))

    def snapped(self, value: float) -> float:
        """`value` at the next step."""
        return float(f"{round(value / self.step) * self.step:.9g}")


def span_of(values: np.ndarray) -> Span:
    """An axis for `values`, with some room to drag them further."""
    known = values[np.isfinite(values)]
    if not known.size:
        return Span(-1.0, 1.0)
    low, high = float(known.min()), float(known.max())
    room = max(0.18 * (high - low), 0.04 * max(abs(low), abs(high)), 0.25)
    return Span(low - room, high + room)


class PointsPlot(TipOfAll, QWidget):
    """Emits `moved` and `aimed` with an output and its new number while that is dragged, `looked_at` with an output.

    The arrow keys choose an output and move its prediction, with Shift its target.
    """

    moved = Signal(int, float)
    aimed = Signal(int, float)
    looked_at = Signal(int)
    begun = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossPoints")
        self.setAccessibleName("Predictions and targets")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setToolTip(TIP)
        FocusRing(self)
        self._shown: Beside | None = None
        self._columns: tuple[OutputPlace, ...] = ()
        self._span = Span(-1.0, 1.0)
        self._held: tuple[str, int] | None = None

    def show_beside(self, shown: Beside) -> None:
        """Draw other numbers; the axis stays while one of them is dragged."""
        self._shown = shown
        if self._held is None:
            self._span = span_of(np.array([*shown.numbers.predictions, *shown.wanted]))
        tell(self, self._words(shown))
        self.update()

    def place(self, columns: tuple[OutputPlace, ...]) -> None:
        """Where the outputs stand."""
        if columns != self._columns:
            self._columns = columns
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)

    def _words(self, shown: Beside) -> str:
        at = shown.output
        predicted, wanted = shown.numbers.predictions[at], shown.wanted[at]
        return f"{shown.labels[at]}: prediction {plain_number(predicted)}, target {plain_number(wanted)}"

    # --- where things are ---

    @property
    def _band(self) -> QRectF:
        """The room of what is added up."""
        height = max(LEAST_BAND, self.height() * BAND_SHARE)
        return QRectF(0, self.height() - height + TITLE_HEIGHT, self.width(), height - TITLE_HEIGHT - 4)

    @property
    def _room(self) -> QRectF:
        """The room of the points."""
        bottom = self._band.top() - TITLE_HEIGHT - GAP
        return QRectF(0, TITLE_HEIGHT + 2, self.width(), max(bottom - TITLE_HEIGHT - 2, 10.0))

    def _at(self, value: float) -> float:
        """The height of a number, in pixels from above."""
        share = (value - self._span.low) / (self._span.high - self._span.low)
        return self._room.bottom() - share * self._room.height()

    def place_of(self, what: str, output: int) -> QPointF:
        """Where a "prediction" or a "target" is drawn."""
        assert self._shown is not None
        row = self._shown.numbers.predictions if what == PREDICTION else self._shown.wanted
        return QPointF(self._columns[output].middle, self._at(row[output]))

    def _found(self, point: QPointF) -> tuple[str, int] | None:
        """The prediction or target that can be taken hold of there, the prediction first."""
        shown = self._shown
        if shown is None:
            return None
        has_numbers = isinstance(shown.numbers.target, tuple)
        for what in (PREDICTION, TARGET)[: 2 if has_numbers else 1]:
            for output in range(len(self._columns)):
                if QLineF(self.place_of(what, output), point).length() <= REACH:
                    return what, output
        return None

    def output_at(self, point: QPointF) -> int | None:
        """The output whose column lies there."""
        within = (at for at, column in enumerate(self._columns) if abs(point.x() - column.middle) <= column.half)
        return next(within, None)

    # --- what is done with mouse and keys ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._held = self._found(event.position())
        self.begun.emit()
        output = self.output_at(event.position()) if self._held is None else self._held[1]
        if output is not None:
            self.looked_at.emit(output)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            is_there = self._found(event.position()) is not None
            self.setCursor(Qt.CursorShape.SizeVerCursor if is_there else Qt.CursorShape.ArrowCursor)
            return
        room, (what, output) = self._room, self._held
        share = (room.bottom() - event.position().y()) / room.height()
        value = self._span.snapped(self._span.low + share * (self._span.high - self._span.low))
        (self.moved if what == PREDICTION else self.aimed).emit(output, value)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        if self._shown is not None:
            self.show_beside(self._shown)
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shown, key = self._shown, Qt.Key(event.key())
        is_shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if shown is None or (event.modifiers() and not is_shifted):
            super().keyPressEvent(event)
        elif key in SIDE_KEYS:
            self.looked_at.emit(min(max(shown.output + SIDE_KEYS[key], 0), len(shown.numbers.predictions) - 1))
        elif key in ARROW_KEYS:
            row = shown.wanted if is_shifted else shown.numbers.predictions
            step = 5 * self._span.step
            value = float(f"{row[shown.output] + ARROW_KEYS[key] * step:.9g}")
            if not is_shifted or isinstance(shown.numbers.target, tuple):
                (self.aimed if is_shifted else self.moved).emit(shown.output, value)
        else:
            super().keyPressEvent(event)

    # --- how it is painted ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None or len(self._columns) != len(shown.numbers.predictions):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, chosen = theme.current(), self._columns[shown.output]
        painter.fillRect(QRectF(chosen.middle - chosen.half, 0, 2 * chosen.half, self.height()), QColor(colours.sunken))
        self._paint_legend(painter)
        with saved(painter):
            painter.setClipRect(self._room.adjusted(0, -4, 0, 4))
            self._paint_zero(painter)
            for output in range(len(self._columns)):
                self._paint_output(painter, shown, output)
        self._paint_terms(painter, shown)

    def _paint_legend(self, painter: QPainter) -> None:
        colours = theme.current()
        painter.setFont(theme.interface_font(11))
        left, middle = float(MARGIN), TITLE_HEIGHT / 2
        for words, draw in (("prediction", _paint_prediction), ("target", _paint_target), ("pull", _paint_pull)):
            draw(painter, QPointF(left + POINT, middle))
            painter.setPen(QColor(colours.dim))
            painter.drawText(QPointF(left + 2 * POINT + 6, middle + 4), words)
            left += 2 * POINT + 22 + painter.fontMetrics().horizontalAdvance(words)

    def _paint_zero(self, painter: QPainter) -> None:
        if self._span.low < 0 < self._span.high:
            painter.setPen(QPen(QColor(theme.current().border), 1))
            painter.drawLine(QLineF(0, self._at(0), self.width(), self._at(0)))

    def _paint_output(self, painter: QPainter, shown: Beside, output: int) -> None:
        predicted, wanted = self.place_of(PREDICTION, output), self.place_of(TARGET, output)
        if not (np.isfinite(predicted.y()) and np.isfinite(wanted.y())):
            return
        colours, said = theme.current(), shown.looked_at
        miss = QColor(colours.phases["loss"])
        if shown.loss in SQUARED and not said.refusal:
            side = abs(predicted.y() - wanted.y())
            square = QRectF(predicted.x(), min(predicted.y(), wanted.y()), side, side)
            painter.setPen(QPen(miss, 1))
            miss.setAlpha(46)
            painter.setBrush(miss)
            painter.drawRect(square)
            miss.setAlpha(255)
        painter.setPen(QPen(miss if not said.refusal else QColor(colours.border), 2))
        painter.drawLine(QLineF(predicted, wanted))
        if not said.refusal and np.isfinite(said.gradients[0, output]) and said.gradients[0, output]:
            start = predicted - QPointF(11, 0)
            end = QPointF(start.x(), self._at(shown.numbers.predictions[output] - said.gradients[0, output]))
            _paint_arrow(painter, start, end, colours.phases["backward"])
        _paint_target(painter, wanted)
        _paint_prediction(painter, predicted)

    def _paint_terms(self, painter: QPainter, shown: Beside) -> None:
        """What each output adds, beginning where the one before ended."""
        colours, said, band = theme.current(), shown.looked_at, self._band
        painter.setFont(theme.interface_font(11))
        painter.setPen(QColor(colours.dim))
        title = QRectF(MARGIN, band.top() - TITLE_HEIGHT, self.width() - 2 * MARGIN, TITLE_HEIGHT)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, terms_words(shown))
        if said.refusal or shown.is_loss_asked:
            return
        if np.isinf(said.terms).any():
            return
        terms = np.nan_to_num(said.terms[0])
        ends = np.cumsum(terms)
        starts = ends - terms
        low, high = min(float(ends.min()), 0.0), max(float(ends.max()), 0.0)
        if high == low:
            high = low + 1.0
        at = lambda value: band.bottom() - (value - low) / (high - low) * band.height()  # noqa: E731
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(QLineF(0, at(0), self.width(), at(0)))
        for output, column in enumerate(self._columns):
            if not np.isfinite(said.terms[0, output]):
                continue
            ink = QColor(colours.phases["loss"] if terms[output] >= 0 else colours.signed_low)
            half = min(column.half * 0.42, 26.0)
            top, bottom = sorted((at(starts[output]), at(ends[output])))
            painter.fillRect(QRectF(column.middle - half, top, 2 * half, max(bottom - top, 1.5)), ink)
            if output + 1 < len(self._columns):
                painter.setPen(QPen(QColor(colours.dim), 1, Qt.PenStyle.DotLine))
                following = self._columns[output + 1].middle - half
                painter.drawLine(QLineF(column.middle + half, at(ends[output]), following, at(ends[output])))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def terms_words(shown: Beside) -> str:
    """What the terms come to: "terms, one on top of the other: 18, shared by 4"."""
    said = shown.looked_at
    if said.refusal:
        return ""
    with np.errstate(invalid="ignore"):
        total = VEILED if shown.is_loss_asked else float(np.nansum(said.terms))
    shared = "" if said.divisor == 1 else f", shared by {plain_number(said.divisor)}"
    return f"terms, one after the other: Σ = {number(total)}{shared}"


def _paint_prediction(painter: QPainter, place: QPointF) -> None:
    colours = theme.current()
    painter.setPen(QPen(QColor(colours.pane), 1.5))
    painter.setBrush(QColor(colours.accent))
    painter.drawEllipse(place, POINT, POINT)


def _paint_target(painter: QPainter, place: QPointF) -> None:
    colours = theme.current()
    painter.setPen(QPen(QColor(colours.text), 1.6))
    painter.setBrush(QColor(colours.pane))
    painter.drawEllipse(place, POINT - 0.5, POINT - 0.5)


def _paint_pull(painter: QPainter, place: QPointF) -> None:
    _paint_arrow(painter, place + QPointF(0, 6), place - QPointF(0, 6), theme.current().phases["backward"])


def _paint_arrow(painter: QPainter, start: QPointF, end: QPointF, colour: str) -> None:
    line = QLineF(start, end)
    painter.setPen(QPen(QColor(colour), 2))
    painter.drawLine(line)
    if line.length() < 3:
        return
    size = min(5.0, line.length())
    for turn in (150, -150):
        head = QLineF.fromPolar(size, line.angle() + turn)
        painter.drawLine(QLineF(end, end + QPointF(head.dx(), head.dy())))
