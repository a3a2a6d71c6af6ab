"""A function's graph and its derivative's, with the point where it is looked at and the tangent there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.amounts import bracketed, plain_number
from explorer.ui.common import theme
from explorer.ui.common.focus_ring import FocusRing
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.text import number
from explorer.ui.debugger.into.function_curve import FunctionCurve
from explorer.ui.debugger.into.grid_row import LINE_HEIGHT, paint_lines
from explorer.ui.tensors.cell_painting import paint_title
from explorer.ui.tensors.view import TITLE_HEIGHT

MARGIN = 26
POINT = 5.0


class FunctionPlot(QWidget):
    """Shows a `FunctionCurve`: u on the axis below, z at the left, and the arithmetic under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve: FunctionCurve | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(self)
        self.setAccessibleName("The function and the point where it is looked at")

    def show_curve(self, curve: FunctionCurve) -> None:
        """Show `curve`."""
        self.curve = curve
        self.setAccessibleDescription(". ".join(self.lines()))
        self.update()

    def lines(self) -> tuple[str, ...]:
        """The arithmetic, the last line the result."""
        assert self.curve is not None
        curve = self.curve
        slope = plain_number(curve.slope)
        if curve.arrived is None:
            return (f"u = {plain_number(curve.u)}  →  z = {plain_number(curve.total)}", f"g′(u) = {slope} there")
        arrived = plain_number(curve.arrived)
        return (
            f"g′(u) = {slope} at u = {plain_number(curve.u)}",
            f"gradient · g′(u) = {arrived} · {bracketed(slope)} = {plain_number(curve.total)}",
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.curve is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = self.lines()
        what = "z = g(u)" if self.curve.arrived is None else "slope g′(u)"
        paint_title(painter, QRectF(0, 0, self.width(), TITLE_HEIGHT), what, self.curve.formula)
        bottom = self.height() - LINE_HEIGHT * len(lines) - 8
        self._paint_plot(
            painter, QRectF(MARGIN, TITLE_HEIGHT + 8, self.width() - 2 * MARGIN, bottom - TITLE_HEIGHT - 24)
        )
        paint_lines(painter, QRectF(0, bottom, self.width(), LINE_HEIGHT), lines)

    def _paint_plot(self, painter: QPainter, room: QRectF) -> None:
        assert self.curve is not None
        curve, colours = self.curve, theme.current()
        both = np.concatenate([curve.ys, curve.slopes])
        low, high = min(float(both.min()), 0.0), max(float(both.max()), 0.3)
        span = high - low

        def at(x: float, y: float) -> QPointF:
            across = (x - curve.xs[0]) / (curve.xs[-1] - curve.xs[0])
            return QPointF(room.left() + across * room.width(), room.bottom() - (y - low) / span * room.height())

        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(QLineF(QPointF(room.left(), at(0, 0).y()), QPointF(room.right(), at(0, 0).y())))
        painter.drawLine(QLineF(QPointF(at(0, 0).x(), room.top()), QPointF(at(0, 0).x(), room.bottom())))
        self._paint_ends(painter, room, (low, high), at(0, 0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ys, pen in (
            (curve.slopes, QPen(QColor(colours.phases["backward"]), 1.5, Qt.PenStyle.DashLine)),
            (curve.ys, QPen(QColor(colours.dim), 2)),
        ):
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF([at(float(x), float(y)) for x, y in zip(curve.xs, ys, strict=True)]))
        point = at(curve.u, curve.z)
        self._paint_guides(painter, point, at(0, 0), room)
        self._paint_tangent(painter, at, room)
        painter.setPen(QPen(QColor(colours.pane), 2))
        painter.setBrush(QColor(colours.accent))
        painter.drawEllipse(point, POINT, POINT)

    def _paint_ends(self, painter: QPainter, room: QRectF, reach: tuple[float, float], zero: QPointF) -> None:
        """The numbers at the ends of both axes, and what the dashed line is."""
        assert self.curve is not None
        painter.setFont(theme.number_font(11))
        painter.setPen(QColor(theme.current().dim))
        for x, side in (
            (self.curve.xs[0], Qt.AlignmentFlag.AlignLeft),
            (self.curve.xs[-1], Qt.AlignmentFlag.AlignRight),
        ):
            place = QRectF(room.left(), room.bottom() + 2, room.width(), 14)
            painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, number(float(x)))
        for y, top in ((reach[1], room.top()), (reach[0], room.bottom() - 14)):
            if y:
                painter.drawText(QRectF(zero.x() + 4, top, 80, 14), Qt.AlignmentFlag.AlignVCenter, number(y))
        painter.setPen(QColor(theme.current().phases["backward"]))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, "- - g′(u)")

    def _paint_guides(self, painter: QPainter, point: QPointF, zero: QPointF, room: QRectF) -> None:
        """Dotted lines from the axes to the point, with u and z at their ends."""
        assert self.curve is not None
        colours = theme.current()
        painter.setPen(QPen(QColor(colours.accent), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(QPointF(point.x(), zero.y()), point))
        painter.drawLine(QLineF(QPointF(zero.x(), point.y()), point))
        painter.setPen(QColor(colours.text))
        painter.setFont(theme.number_font(11))
        u = QRectF(min(max(point.x() - 50, 0), self.width() - 100), room.bottom() + 2, 100, 14)
        painter.drawText(u, Qt.AlignmentFlag.AlignCenter, f"u = {plain_number(self.curve.u)}")
        is_right = point.x() >= zero.x()
        z = QRectF(zero.x() - 106 if is_right else zero.x() + 6, point.y() - 16, 100, 14)
        align = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(z, align | Qt.AlignmentFlag.AlignVCenter, f"z = {plain_number(self.curve.z)}")

    def _paint_tangent(self, painter: QPainter, at: object, room: QRectF) -> None:
        assert self.curve is not None
        assert callable(at)
        curve = self.curve
        reach = (curve.xs[-1] - curve.xs[0]) / 5
        with saved(painter):
            painter.setClipRect(room.adjusted(-2, -8, 2, 8))
            width = 1.5 if curve.arrived is None else 2.5  # on the way back it is what the gradient is multiplied by
            painter.setPen(QPen(QColor(theme.current().phases["backward"]), width))
            ends = [at(curve.u + side * reach, curve.z + side * reach * curve.slope) for side in (-1, 1)]
            painter.drawLine(QLineF(*ends))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
