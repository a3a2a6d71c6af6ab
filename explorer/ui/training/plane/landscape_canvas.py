"""The loss over one weight as a line, over two as a picture, with the network as a point and where it came from."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.ui.common import theme
from explorer.ui.common.plot_axis import BELOW_HEIGHT, BELOW_WITHOUT_LABEL, dress_axes, label_width
from explorer.ui.training.plane.canvas import Smooth
from explorer.ui.training.plane.loss_picture import loss_picture
from explorer.ui.training.plane.plane_plot import PlanePlot

POINT, ROOM = 11, 0.06
LOW = 120  # pixels: a lower plot gives the room of the label below to the picture


class LandscapeCanvas(PlanePlot):
    """Nothing in it is dragged: what it shows is chosen beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box.setMouseEnabled(False, False)
        self._losses: np.ndarray | None = None
        self._labels = ("", "")
        self.message = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.message.setProperty("role", "dim")
        QVBoxLayout(self).addWidget(self.message)
        self.picture, self.line = Smooth(axisOrder="row-major"), pg.PlotCurveItem(antialias=True)
        self.halo, self.trail = pg.PlotCurveItem(antialias=True), pg.PlotCurveItem(antialias=True)
        self.point = pg.ScatterPlotItem(symbol="o", size=POINT)
        for depth, item in enumerate((self.picture, self.line, self.halo, self.trail, self.point)):
            item.setZValue(depth)
            self.addItem(item, ignoreBounds=True)
        self._dress()
        self.show_message("")

    def show_message(self, words: str) -> None:
        """Say in the place of the plot why there is none; "" shows the plot."""
        self.message.setText(words)
        self.message.setVisible(bool(words))
        self.getPlotItem().setVisible(not words)

    def show_line(self, values: np.ndarray, losses: np.ndarray, trail: np.ndarray, *, name: str) -> None:
        """`losses` (n,) along a weight's `values` (n,); trail: (k, 2), the weight and the loss, the last one now."""
        self._losses = None
        self.picture.setVisible(False)
        self.line.setVisible(True)
        self.line.setData(values, np.where(np.isfinite(losses), losses, np.nan), connect="finite")
        self._show_trail(trail)
        finite = np.concatenate([losses[np.isfinite(losses)], trail[-1:, 1][np.isfinite(trail[-1:, 1])]])
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        room = max(high - low, 1e-9) * ROOM
        self._box.setRange(QRectF(values[0], low - room, values[-1] - values[0], high - low + 2 * room), padding=0)
        self._name(name, "loss")

    def show_picture(
        self, across: np.ndarray, up: np.ndarray, losses: np.ndarray, *, trail: np.ndarray, names: tuple[str, str]
    ) -> None:
        """`losses` (rows, columns) over the values of two weights; trail: (k, 3), both weights and the loss."""
        self.line.setVisible(False)
        area = QRectF(across[0], up[0], across[-1] - across[0], up[-1] - up[0])
        if losses is not self._losses:
            self._losses = losses
            self.picture.setImage(loss_picture(losses), autoLevels=False, levels=(0, 255))
            self.picture.setRect(area)
        self.picture.setVisible(True)
        self._show_trail(trail)
        self._box.setRange(area, padding=0)
        self._name(*names)

    def _show_trail(self, trail: np.ndarray) -> None:
        x, y = trail[:, 0], trail[:, 1]
        for item in (self.halo, self.trail):
            item.setData(x, y, connect="finite")
        self.point.setData(x[-1:], y[-1:])

    def _name(self, below: str, left: str) -> None:
        if (below, left) != self._labels:
            self._labels = (below, left)
            self._dress()

    def _dress(self) -> None:
        """Colours and type of the theme."""
        colours = theme.current()
        dress_axes(self, *self._fitting_labels())
        for axis in (self.getAxis("bottom"), self.getAxis("left")):
            axis.setStyle(hideOverlappingLabels=True)  # the picture fills the plot: nothing is free beyond its ends
        self.getAxis("left").setWidth(58)
        self.line.setPen(pg.mkPen(colours.phases["forward"], width=2))
        self.halo.setPen(pg.mkPen(colours.pane, width=4))
        self.trail.setPen(pg.mkPen(colours.text, width=1.6))
        self.point.setPen(pg.mkPen(colours.pane, width=2))
        self.point.setBrush(pg.mkBrush(colours.text))

    def _fitting_labels(self) -> tuple[str, str]:
        """What is beside the axes; the one below not in a low plot, the upright one where the whole of it has room."""
        below, left = self._labels
        below = below if self.height() >= LOW else ""
        room = self.height() - (BELOW_HEIGHT if below else BELOW_WITHOUT_LABEL)
        return below, left if label_width(left) <= room else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "point"):  # Qt sizes it while pyqtgraph still builds it
            self._dress()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # pyqtgraph would keep the keys of the window's commands

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "point"):
            self._dress()
            losses, self._losses = self._losses, None
            if losses is not None:
                self._losses = losses
                self.picture.setImage(loss_picture(losses), autoLevels=False, levels=(0, 255))
