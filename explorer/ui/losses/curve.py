"""A loss over one prediction, all others as they are: a parabola, a V, a slope, with the point that walks on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.amounts import plain_number
from explorer.arithmetic.losses import loss_named
from explorer.arithmetic.losses_beside import value_of
from explorer.ui.common import theme
from explorer.ui.common.eliding import fitting
from explorer.ui.common.focus_ring import FocusRing
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import number
from explorer.ui.common.tips import TipOfAll
from explorer.ui.losses.beside import Beside
from explorer.ui.losses.points import Span, span_of

SAMPLES = 65
TITLE_HEIGHT, FOOT_HEIGHT, MARGIN = 18, 16, 12
POINT = 5.0
KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}
ASKED = "?"
NO_CURVE = "The curve appears where the prediction, its target and the loss are numbers."


@dataclass(frozen=True, eq=False)
class LossCurve:
    """The loss `ys` at the predictions `xs`; the point (`x`, `y`) and the `slope` there. Empty where refused."""

    xs: np.ndarray
    ys: np.ndarray
    x: float
    y: float
    slope: float


def curve_of(shown: Beside, span: Span | None = None) -> LossCurve | None:
    """The curve of the loss that is looked at over the output that is; None where it says nothing or is asked for."""
    said, at = shown.looked_at, shown.output
    if said.refusal or shown.is_loss_asked:
        return None
    x, wanted = shown.numbers.predictions[at], shown.wanted[at]
    if not np.isfinite([x, wanted, said.value]).all():
        return None
    span = span or wide_span(x, wanted)
    xs = np.linspace(span.low, span.high, SAMPLES)
    ys = _losses_at(shown, xs)
    known = np.flatnonzero(np.isfinite(ys))
    if len(known) < 2:
        return None
    if len(known) < SAMPLES:  # probabilities alone
        xs = np.linspace(max(0.0, float(xs[known[0]])), min(1.0, float(xs[known[-1]])), SAMPLES)
        ys = _losses_at(shown, xs)
    return LossCurve(xs, ys, x, said.value, float(said.gradients[0, at]))


def wide_span(x: float, wanted: float) -> Span:
    """Around a prediction and its target, as far again to both sides."""
    low, high = min(x, wanted), max(x, wanted)
    room = max(0.7 * (high - low), 1.5)
    return span_of(np.array([low - room, high + room]))


def _losses_at(shown: Beside, xs: np.ndarray) -> np.ndarray:
    """The loss with each of `xs` in the place of the prediction; NaN where it is refused."""
    loss, found = loss_named(shown.loss), []
    for x in xs.tolist():
        row = (*shown.numbers.predictions[: shown.output], x, *shown.numbers.predictions[shown.output + 1 :])
        found.append(value_of(loss, replace(shown.numbers, predictions=row).output, shown.numbers.wanted))
    return np.array(found)


class LossCurvePlot(TipOfAll, QWidget):
    """Emits `moved` with the output and its new prediction while the point is dragged or moved by the arrow keys."""

    moved = Signal(int, float)
    begun = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lossCurve")
        self.setAccessibleName("Loss over one prediction")
        self.setToolTip("The loss over the chosen prediction, all others as they are. Drag the point, or use ← and →.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(self)
        self.curve: LossCurve | None = None
        self._shown: Beside | None = None
        self._span: Span | None = None  # while it is dragged
        self._trail: tuple[float, ...] = ()

    def show_beside(self, shown: Beside, trail: tuple[float, ...] = ()) -> None:
        """Draw other numbers; `trail` are the predictions that were walked through."""
        self._shown, self._trail = shown, trail
        self.curve = curve_of(shown, self._span)
        tell(self, self.titles()[0])
        self.update()

    def titles(self) -> tuple[str, ...]:
        """What is drawn, and where the point stands; in fewer words where there is little room."""
        shown = self._shown
        if shown is None:
            return ("",)
        what = f"loss over {shown.labels[shown.output]}"
        if self.curve is None:
            return (what,)
        with_value = f"{what}: {number(self.curve.y)}"
        return f"{with_value}, slope {number(self.curve.slope)}", with_value, what

    def sizeHint(self) -> QSize:
        return QSize(240, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    @property
    def _room(self) -> QRectF:
        inside = QRectF(self.rect()).adjusted(MARGIN, TITLE_HEIGHT + 8, -MARGIN, -FOOT_HEIGHT - 4)
        return inside if inside.height() > 8 else QRectF(MARGIN, TITLE_HEIGHT, 40, 8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.curve is not None:
            self._span = Span(float(self.curve.xs[0]), float(self.curve.xs[-1]))
            self.begun.emit()
            self.mouseMoveEvent(event)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._span is not None and self._shown is not None:
            room = self._room
            share = min(max((event.position().x() - room.left()) / room.width(), 0.0), 1.0)
            value = self._span.low + share * (self._span.high - self._span.low)
            self.moved.emit(self._shown.output, min(max(self._span.snapped(value), self._span.low), self._span.high))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._span = None
        if self._shown is not None:
            self.show_beside(self._shown, self._trail)
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, curve, shown = Qt.Key(event.key()), self.curve, self._shown
        if key not in KEYS or event.modifiers() or curve is None or shown is None:
            super().keyPressEvent(event)
            return
        step = 5 * Span(float(curve.xs[0]), float(curve.xs[-1])).step
        self.moved.emit(shown.output, float(f"{curve.x + KEYS[key] * step:.9g}"))

    def place_of(self, x: float, y: float) -> QPointF:
        """Where a point of the curve is drawn."""
        assert self.curve is not None
        room, xs, (low, high) = self._room, self.curve.xs, self._reach
        across = (x - xs[0]) / (xs[-1] - xs[0])
        return QPointF(room.left() + across * room.width(), room.bottom() - (y - low) / (high - low) * room.height())

    @property
    def _reach(self) -> tuple[float, float]:
        """The losses that are drawn: at the very ends it may be endless."""
        assert self.curve is not None
        inner = self.curve.ys[1:-1]
        low = min(float(inner.min()), 0.0, self.curve.y)
        return low, max(float(inner.max()), self.curve.y, low + 1e-6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours, shown = theme.current(), self._shown
        painter.setFont(theme.interface_font(11))
        painter.setPen(QColor(colours.dim))
        title = QRectF(MARGIN, 0, self.width() - 2 * MARGIN, TITLE_HEIGHT)
        painter.drawText(
            title, Qt.AlignmentFlag.AlignVCenter, fitting(self.titles(), painter.fontMetrics(), title.width())
        )
        if shown is None:
            return
        if self.curve is None:
            painter.setFont(theme.interface_font(24 if shown.is_loss_asked else theme.INTERFACE_PIXELS))
            words = ASKED if shown.is_loss_asked else shown.looked_at.refusal or NO_CURVE
            painter.drawText(self._room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
            return
        self._paint_axes(painter, self.curve, shown)
        with saved(painter):
            painter.setClipRect(self._room.adjusted(-POINT - 1, -POINT - 1, POINT + 1, POINT + 1))
            self._paint_curve(painter, self.curve, shown)

    def _paint_axes(self, painter: QPainter, curve: LossCurve, shown: Beside) -> None:
        colours, room = theme.current(), self._room
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(QLineF(room.left(), self.place_of(0, 0).y(), room.right(), self.place_of(0, 0).y()))
        wanted = self.place_of(shown.wanted[shown.output], 0).x()
        if room.left() <= wanted <= room.right() and isinstance(shown.numbers.target, tuple):
            painter.setPen(QPen(QColor(colours.border), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(wanted, room.top(), wanted, room.bottom()))
        painter.setFont(theme.number_font(11))
        painter.setPen(QColor(colours.dim))
        foot = QRectF(room.left(), room.bottom() + 4, room.width(), FOOT_HEIGHT)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, number(float(curve.xs[0])))
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, number(float(curve.xs[-1])))
        painter.setPen(QColor(colours.text))
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter, f"{shown.labels[shown.output]} = {plain_number(curve.x)}")

    def _paint_curve(self, painter: QPainter, curve: LossCurve, shown: Beside) -> None:
        colours = theme.current()
        points = [self.place_of(x, y) for x, y in zip(curve.xs.tolist(), curve.ys.tolist(), strict=True)]
        painter.setPen(QPen(QColor(colours.phases["loss"]), 2))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        for x in self._trail:
            ink = QColor(colours.accent)
            ink.setAlpha(90)
            painter.setBrush(ink)
            painter.drawEllipse(self.place_of(x, float(np.interp(x, curve.xs, curve.ys))), 3, 3)
        if shown.output not in shown.asked and np.isfinite(curve.slope):
            reach = (curve.xs[-1] - curve.xs[0]) / 6
            ends = [self.place_of(curve.x + side * reach, curve.y + side * reach * curve.slope) for side in (-1, 1)]
            painter.setPen(QPen(QColor(colours.phases["backward"]), 1.5))
            painter.drawLine(QLineF(*ends))
        painter.setPen(QPen(QColor(colours.pane), 1.5))
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(self.place_of(curve.x, curve.y), POINT, POINT)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
