"""Curves over steps: drawn at the pixels there are, zoomed, panned, and read off at a crosshair."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QWidget

from explorer.ui.common import theme
from explorer.ui.common.plot_axis import AXIS_PIXELS, BELOW_HEIGHT, BELOW_WITHOUT_LABEL, Axis, dress_axes, label_width
from explorer.ui.common.text import count
from explorer.ui.training.curves.curve import Curve, colour_of, pen_of
from explorer.ui.training.curves.ends import End, places
from explorer.ui.training.curves.lines import (
    count_without_logarithm,
    extent,
    logarithms,
    nearest,
    next_step,
    round_step,
    rounded_up,
    thinned,
)

ROOM_RIGHT, ROOM_ABOVE = 0.02, 0.06  # share of the plot that is left free beside the curves' ends and above their peaks
LEAST_ROOM = 0.01  # share of the values, where they hardly differ
END_MARGIN = 10  # pixels about the words at a curve's end
END_HEIGHT = 14
STRONG_COLUMN = 3  # pixels: a wide zigzag with its joins takes 60 ms to fill, a third of its corners 5
MARKS = 24  # up to this many values each has a point of its own
LEFT_WIDTH = 54
LOW = 120  # pixels: a plot that is lower gives the room of the label below to its curves
KEY_SHARE = 0.01


class CurveCanvas(pg.PlotWidget):
    """Shows all of its curves until it is zoomed or panned; F or a double click shows all again.

    `hovered` carries the place on the axis below that is looked at, with the mouse or with ← and →; or None.
    """

    hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        axes = {"left": Axis("left"), "bottom": Axis("bottom", counts=True)}
        super().__init__(parent, axisItems=axes, enableMenu=False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 46)
        self.hideButtons()
        self._curves: tuple[Curve, ...] = ()
        self._items: list[pg.PlotCurveItem] = []
        self._ends: list[pg.TextItem] = []
        self._labels = ("step", "")
        self._is_log = False
        self._is_whole = True
        self._limits: tuple[float, float] | None = None
        self._begin = 0.0
        self._film: float | None = None
        self.cross: float | None = None
        self._box = self.getViewBox()
        self._box.disableAutoRange()
        self._box.sigRangeChangedManually.connect(self._let_go)
        self._note = pg.TextItem(anchor=(0, 1))
        self._note.setParentItem(self._box)
        self._box.sigResized.connect(self._write_note)
        self._cross_line = self._vertical(Qt.PenStyle.SolidLine)
        self._film_line = self._vertical(Qt.PenStyle.DashLine)
        self._dress()

    # --- what it shows ---

    @property
    def curves(self) -> tuple[Curve, ...]:
        return self._curves

    @property
    def is_log(self) -> bool:
        return self._is_log

    def show_curves(
        self, curves: tuple[Curve, ...], *, limits: tuple[float, float] | None = None, begin: float = 0.0
    ) -> None:
        """Draw `curves`; the left axis reaches `limits` in any case, the one below starts at `begin`."""
        self._curves, self._limits, self._begin = curves, limits, begin
        self._redraw()

    def set_labels(self, below: str, left: str) -> None:
        """What the axes count, with units."""
        if (below, left) != self._labels:
            self._labels = (below, left)
            self._dress()

    def set_log(self, is_log: bool) -> None:
        """Whether the left axis goes in powers of ten."""
        self._is_log = is_log
        self.getAxis("left").setLogMode(x=False, y=is_log)
        self.fit()

    @property
    def note(self) -> str:
        """What the scale cannot show; "" if it shows all."""
        return self._note.toPlainText() if self._note.isVisible() else ""

    def set_film(self, step: float | None) -> None:
        """Mark the step that the film shows."""
        self._film = step
        self._film_line.setVisible(step is not None)
        if step is not None:
            self._film_line.setPos(step)

    def fit(self) -> None:
        """Back from zooming to all curves."""
        self._is_whole = True
        self._redraw()

    def look_at(self, x: float | None) -> None:
        """Put the crosshair at `x`, on the nearest step; None takes it away."""
        self.cross = None if x is None else self._on_a_step(x)
        self._cross_line.setVisible(self.cross is not None)
        if self.cross is not None:
            self._cross_line.setPos(self.cross)
        self.hovered.emit(self.cross)

    def point_at(self, point: QPointF) -> tuple[Curve, int] | None:
        """The curve, and the place in it, whose value lies nearest to a point of the widget."""
        pixel = self._box.mapFromScene(self.mapToScene(point.toPoint()))
        found: tuple[float, Curve, int] | None = None
        for curve in self._curves:
            at = nearest(curve.xs, self._box.mapToView(pixel).x())
            if at is None:
                continue
            ys = logarithms(curve.ys[at : at + 1]) if self._is_log else curve.ys[at : at + 1]
            x, y = (float(each[0]) for each in self._in_pixels(curve.xs[at : at + 1], ys))
            away = math.hypot(x - pixel.x(), y - pixel.y())
            if math.isfinite(away) and (found is None or away < found[0]):
                found = away, curve, at
        return found and found[1:]

    def figure(self, painter: QPainter, target: object) -> None:
        """Paint the plot into `target` (QRectF), for a file."""
        self._cross_line.hide()
        self.scene().render(painter, target, self.scene().sceneRect())
        self._cross_line.setVisible(self.cross is not None)

    # --- how it is drawn ---

    def _redraw(self) -> None:
        if self._is_whole:
            self._fit_below()
        (low, high), _ = self._box.viewRange()
        columns = max(int(self._box.width()), 1)
        lines = [
            thinned(each.xs, each.ys, low=low, high=high, columns=columns if each.is_pale else columns // STRONG_COLUMN)
            for each in self._curves
        ]
        drawn = [(xs, logarithms(ys) if self._is_log else np.where(np.isfinite(ys), ys, np.nan)) for xs, ys in lines]
        self._fit_items(len(drawn))
        for curve, item, (xs, ys) in zip(self._curves, self._items, drawn, strict=True):
            self._draw(curve, item, xs, ys)
        if self._is_whole:
            self._fit_left([ys for _, ys in drawn])
        self._write_ends(drawn)
        self._write_note()

    def _write_note(self) -> None:
        """Values without a logarithm are mentioned, not silently dropped."""
        told = [each.ys for each in self._curves if each.is_pale or each.has_marks] if self._is_log else []
        without, among = count_without_logarithm(told)
        self._note.setVisible(without > 0)
        if without:
            verb = "is 0 or below and has" if without == 1 else "are 0 or below and have"
            words = f"{count(without)} of {count(among)} values {verb} no logarithm"
            self._note.setText(words, color=theme.current().dim)
            self._note.setTextWidth(self._box.width())
            self._note.setPos(0, self._box.height())

    def _draw(self, curve: Curve, item: pg.PlotCurveItem, xs: np.ndarray, ys: np.ndarray) -> None:
        pen = pen_of(curve.role, curve.style, is_pale=curve.is_pale)
        item.setPen(pen)
        # Piece by piece a wide line is drawn ten times as fast, but its dashes would begin anew with each piece.
        item.setSegmentedLineMode("on" if pen.style() == Qt.PenStyle.SolidLine else "off")
        item.setData(xs, ys, connect="finite", antialias=not curve.is_pale)
        marks: pg.ScatterPlotItem = item.marks
        has_marks = len(xs) == 1 or (curve.has_marks and len(xs) <= MARKS)  # a single value draws no line
        marks.setVisible(has_marks)
        if has_marks:
            known = np.isfinite(ys)
            marks.setData(xs[known], ys[known], size=5, pen=None, brush=colour_of(curve.role))

    def _fit_items(self, amount: int) -> None:
        while len(self._items) < amount:
            item = pg.PlotCurveItem()
            item.marks = pg.ScatterPlotItem()
            for part in (item, item.marks):
                self.addItem(part, ignoreBounds=True)
            self._items.append(item)
        while len(self._items) > amount:
            item = self._items.pop()
            self.removeItem(item.marks)
            self.removeItem(item)

    def _fit_below(self) -> None:
        held = [curve.xs for curve in self._curves if len(curve.xs)]
        low = self._begin
        high = max((float(xs[-1]) for xs in held), default=low + 1)
        words = max((self._end_width(curve.end) for curve in self._curves if curve.end), default=0.0)
        share = max(ROOM_RIGHT, words / max(self._box.width() - words, 1))
        self._box.setXRange(low, rounded_up(high + max((high - low) * share, 1e-9 if high > low else 1.0)), padding=0)

    def _end_width(self, words: str) -> float:
        return label_width(words) + END_MARGIN

    def _fit_left(self, lines: list[np.ndarray]) -> None:
        limits = np.array(self._limits or (), np.float64)
        low, high = extent([*lines, logarithms(limits) if self._is_log else limits]) or (0.0, 1.0)
        room = max((high - low) * ROOM_ABOVE, abs(high) * LEAST_ROOM, 1e-12)
        is_bound = self._limits is not None and low >= self._limits[0] and not self._is_log
        step = round_step(high - low + room)
        bottom = low if is_bound else math.floor((low - room) / step) * step
        self._box.setYRange(bottom, math.ceil((high + room) / step) * step, padding=0)

    def _write_ends(self, drawn: list[tuple[np.ndarray, np.ndarray]]) -> None:
        """A word beside the end of each line that has one, the newest run's first, where it covers nothing."""
        wanted = [each for each in zip(self._curves, drawn, strict=True) if each[0].end and len(each[1][0])][::-1]
        while len(self._ends) < len(wanted):
            text = pg.TextItem(anchor=(0, 0))
            text.setFont(theme.interface_font(AXIS_PIXELS))
            text.textItem.document().setDocumentMargin(0)
            self.addItem(text, ignoreBounds=True)
            self._ends.append(text)
        lines = [self._in_pixels(*line) for line in drawn]
        ends = [self._end(curve, *self._in_pixels(*line)) for curve, line in wanted]
        found = places(ends, lines, width=self._box.width(), height=self._box.height())
        for text, each, box in itertools.zip_longest(self._ends, wanted, found):
            text.setVisible(box is not None)
            if box is not None:
                text.setText(each[0].end, color=theme.current().text)
                text.setPos(self._box.mapToView(QPointF(box.left, box.top)))

    def _in_pixels(self, xs: np.ndarray, ys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the places of a line are in the plot, from its upper left corner."""
        (left, right), (low, high) = self._box.viewRange()
        across, up = self._box.width() / (right - left), self._box.height() / (high - low)
        return (xs - left) * across, (high - ys) * up

    def _end(self, curve: Curve, xs: np.ndarray, ys: np.ndarray) -> End:
        return End(float(xs[-1]), float(ys[-1]), label_width(curve.end), END_HEIGHT)

    def _vertical(self, style: Qt.PenStyle) -> pg.InfiniteLine:
        line = pg.InfiniteLine(angle=90, movable=False)
        line.style_wanted = style
        line.hide()
        self.addItem(line, ignoreBounds=True)
        return line

    def _dress(self) -> None:
        """Colours and type of the theme."""
        colours = theme.current()
        dress_axes(self, *self._fitting_labels())
        for axis in (self.getAxis("bottom"), self.getAxis("left")):
            axis.setGrid(30)
            # Its marks stand while the curve grows: to play them anew each time took 5 of 8 ms of a repaint.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.getAxis("left").setWidth(LEFT_WIDTH)
        for line, colour in ((self._cross_line, colours.dim), (self._film_line, colours.accent)):
            line.setPen(pg.mkPen(colour, width=1, style=line.style_wanted))

    def _fitting_labels(self) -> tuple[str, str]:
        """Below and left; in a low plot the left one is only the part before its colon, or nothing."""
        below, left = self._labels
        below = below if self.height() >= LOW else ""
        room = self.height() - (BELOW_HEIGHT if below else BELOW_WITHOUT_LABEL)
        shorter = (left, left.partition(":")[0], "")
        return below, next(words for words in shorter if label_width(words) <= max(room, 0))

    def _on_a_step(self, x: float) -> float | None:
        found = [(curve.xs, at) for curve in self._curves if (at := nearest(curve.xs, x)) is not None]
        places = [float(xs[at]) for xs, at in found]
        return min(places, key=lambda place: abs(place - x)) if places else None

    def _let_go(self) -> None:
        self._is_whole = False
        self._redraw()

    # --- mouse and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = self.mapToScene(event.position().toPoint())
        is_inside = self._box.sceneBoundingRect().contains(place)
        self.look_at(self._box.mapSceneToView(QPointF(place)).x() if is_inside else None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.look_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.look_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._walk(1 if key == Qt.Key.Key_Right else -1)
        elif key == Qt.Key.Key_F:
            self.fit()
        elif key == Qt.Key.Key_Escape and self.cross is not None:
            self.look_at(None)
        else:
            event.ignore()  # pyqtgraph would keep the keys of the window's commands

    def _walk(self, direction: int) -> None:
        (low, high), _ = self._box.viewRange()
        start = self.cross if self.cross is not None else (low if direction > 0 else high)
        ahead = [place for curve in self._curves if (place := next_step(curve.xs, start, direction)) is not None]
        if not ahead:
            return
        nearest_one = min(ahead, key=lambda place: abs(place - start))
        far = start + direction * (high - low) * KEY_SHARE
        self.look_at(far if abs(far - start) > abs(nearest_one - start) else nearest_one)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_film_line"):  # Qt sizes it while pyqtgraph still builds it
            self._dress()
            self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_film_line"):
            self._dress()
            self._redraw()
