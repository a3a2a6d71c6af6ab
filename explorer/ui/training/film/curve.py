"""The loss of a run behind its film: where its frames lie, and how the curve is painted."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.ui.common import theme
from explorer.ui.common.colour import rgb
from explorer.ui.common.saved_painter import saved
from explorer.ui.training.curves.lines import extent, thinned

COLUMN = 3  # pixels; a zigzag with one corner a pixel is no easier to read and takes three times as long
DOT = 1.5  # its radius in pixels
PALE = 0.35  # how much of the colour is left where the film has not been yet


@dataclass(frozen=True, eq=False)
class FilmCurve:
    """`frames`: the steps of the film's frames, rising. `steps`, `losses`: the run's, (n,); empty if there are none."""

    frames: tuple[int, ...] = ()
    steps: np.ndarray = field(default_factory=lambda: np.zeros(0))
    losses: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last step there is anything of."""
        low = min([*self.frames[:1], *self.steps[:1].tolist()], default=0.0)
        high = max([*self.frames[-1:], *self.steps[-1:].tolist()], default=1.0)
        return float(low), float(max(high, low + 1))

    def x(self, step: float, area: QRectF) -> float:
        """Where a step lies across `area`."""
        low, high = self.span
        return area.left() + (step - low) / (high - low) * area.width()

    def frame_at(self, x: float, area: QRectF) -> int:
        """The frame that lies nearest to a place across `area`."""
        low, high = self.span
        step = low + (x - area.left()) / max(area.width(), 1.0) * (high - low)
        return int(np.abs(np.array(self.frames) - step).argmin()) if self.frames else 0

    def loss_at(self, step: int) -> float | None:
        """The loss of a step; None for the first frame, which is from before any step."""
        at = int(np.searchsorted(self.steps, step))
        is_known = at < len(self.steps) and self.steps[at] == step
        return float(self.losses[at]) if is_known else None


def paint_curve(painter: QPainter, area: QRectF, curve: FilmCurve, *, until: float | None) -> None:
    """The loss across `area`, pale after the step `until`; a logarithmic scale would hide how much was gained."""
    low, high = curve.span
    xs, ys = thinned(curve.steps, curve.losses, low=low, high=high, columns=max(int(area.width() / COLUMN), 1))
    ends = extent([ys])
    if ends is None:
        return
    height = max(ends[1] - ends[0], 1e-12)
    places = [
        QPointF(curve.x(float(x), area), area.bottom() - (float(y) - ends[0]) / height * area.height())
        for x, y in zip(xs, ys, strict=True)
        if np.isfinite(y)
    ]
    # A line in pieces: joining those of a long zigzag takes Qt the better part of a second.
    pieces = [QLineF(one, other) for one, other in pairwise(places)]
    reached = area.right() if until is None else curve.x(until, area)
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for part, strength in ((_left_of(area, reached), 1.0), (_right_of(area, reached), PALE)):
            painter.setClipRect(part)
            painter.setPen(QPen(_ink(strength), 1.5))
            painter.drawLines([piece for piece in pieces if piece.x2() >= part.left() and piece.x1() <= part.right()])
            if len(places) == 1:  # one loss draws no line
                painter.setBrush(_ink(strength))
                painter.drawEllipse(places[0], DOT, DOT)


def _left_of(area: QRectF, x: float) -> QRectF:
    return QRectF(area.left() - 2, area.top() - 2, x - area.left() + 2, area.height() + 4)


def _right_of(area: QRectF, x: float) -> QRectF:
    return QRectF(x, area.top() - 2, area.right() - x + 2, area.height() + 4)


def _ink(strength: float) -> QColor:
    """The colour of training over the pane's own: translucent pieces would show where they overlap."""
    colours = theme.current()
    pairs = zip(rgb(colours.phases["forward"]), rgb(colours.pane), strict=True)
    return QColor(*(round(strength * ink + (1 - strength) * ground) for ink, ground in pairs))
