"""A plot of a plane whose places are told from pixels, and the other way round."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtWidgets import QWidget

from explorer.ui.common.plot_axis import Axis
from explorer.ui.common.tips import Tipped, TipsInArea


class PlanePlot(TipsInArea, pg.PlotWidget):
    """It shows what it is told to show, and never chooses a range by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, axisItems={side: Axis(side) for side in ("left", "bottom")}, enableMenu=False)
        self.setMinimumSize(120, 80)
        self.hideButtons()
        self._box = self.getViewBox()
        self._box.disableAutoRange()

    def explained_at(self, _point: QPoint) -> Tipped | None:
        return self.toolTip(), QRectF(self.viewport().rect())

    def place_at(self, point: QPoint) -> tuple[float, float] | None:
        """The place under a point of the viewport, as the axes count; None beside the plot."""
        scene = self.mapToScene(point)
        if not self._box.sceneBoundingRect().contains(scene):
            return None
        place = self._box.mapSceneToView(scene)
        return place.x(), place.y()

    def point_of(self, x: float, y: float) -> QPointF:
        """Where such a place lies in the viewport."""
        return QPointF(self.mapFromScene(self._box.mapViewToScene(QPointF(x, y))))
