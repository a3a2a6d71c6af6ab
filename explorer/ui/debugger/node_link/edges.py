"""Paints the lines of a node-link drawing: weights, the ways to the loss, and the heads that say which way it goes."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, isfinite, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from explorer.ui.common import theme
from explorer.ui.debugger.node_link import Edge, Node
from explorer.ui.debugger.node_link.edge_layers import EdgeLayers, Stroke
from explorer.ui.debugger.node_link.scene import TINT, NodeLinkScene
from explorer.ui.debugger.node_link.segment import Segment

BEHIND = 0.45
ARROW = 8.0


class NodeLinkEdges:
    """Paints the edges of one scene; the weights between two columns lie in a picture kept in `layers`."""

    def __init__(self, painter: QPainter, scene: NodeLinkScene, layers: EdgeLayers) -> None:
        self._painter, self._scene, self._layers = painter, scene, layers
        self._theme = theme.current()
        self._phase = scene.phase_colour
        self._largest = _largest_weight(scene)

    def loss_links(self) -> None:
        """Thin lines from outputs by way of their targets to the loss: nothing is multiplied there."""
        drawing, nodes = self._scene.drawing, self._scene.places.nodes
        target, loss = drawing.find("target"), drawing.find("loss")
        if target is None or loss is None:
            return
        flow = self._scene.shown.loss_flow
        for unit in range(drawing.columns[target].size):
            for start, end in (
                (nodes[Node(target - 1, unit)], nodes[Node(target, unit)]),
                (nodes[Node(target, unit)], nodes[Node(loss, 0)]),
            ):
                line = Segment(start.right, start.middle[1], end.x, end.middle[1])
                colour = self._phase if flow else QColor(self._theme.border)
                self._painter.setPen(QPen(colour, 1.6 if flow else 1.0, Qt.PenStyle.DashLine))
                self._draw(line)
                if flow:
                    self._arrow(line, flow)

    def gap(self, column: int) -> None:
        """All weights into a column, over a tint of what the step works on; those of the item looked at in front."""
        edges = self._scene.drawing.edges_into(column)
        lines, is_fan = self._scene.places.edges, edges[0] not in self._scene.places.labels
        if lines[edges[0]].x1 <= lines[edges[0]].x0:
            return
        current = [edge for edge in edges if edge in self._scene.shown.current]
        if is_fan and len(current) == len(edges):
            self._band(column)
        else:
            self._halos(current)
        looked_at = [edge for edge in edges if edge in self._scene.fan]
        self._painter.setOpacity(BEHIND if is_fan and self._scene.fan else 1.0)
        ratio = self._painter.device().devicePixelRatioF()
        strokes = [self._stroke(edge, is_fan=is_fan) for edge in edges]
        picture = self._layers.picture(column, strokes, height=self._scene.places.height, ratio=ratio)
        self._painter.drawPixmap(QPointF(lines[edges[0]].x0, 0), picture)
        self._painter.setOpacity(1.0)
        for edge in looked_at:
            self._stroke(edge, is_fan=False).paint(self._painter)

    def _stroke(self, edge: Edge, *, is_fan: bool) -> Stroke:
        value = self._scene.shown.written[edge][0].value or 0.0
        share = min(abs(value) / self._largest, 1.0) if isfinite(value) else 1.0
        return Stroke(self._scene.places.edges[edge], value, share, is_fan)

    def _halos(self, edges: Sequence[Edge]) -> None:
        for edge in edges:
            width = self._stroke(edge, is_fan=False).width + 5
            self._painter.setPen(QPen(self._scene.tint(0.45), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            self._draw(self._scene.places.edges[edge])

    def _band(self, column: int) -> None:
        """A tint behind a whole fan, where a tint of every line would make a wall."""
        near = [box for node, box in self._scene.places.nodes.items() if node.column in (column - 1, column)]
        top, bottom = min(box.y for box in near), max(box.bottom for box in near)
        line = next(iter(self._scene.places.edges[edge] for edge in self._scene.drawing.edges_into(column)))
        self._painter.fillRect(QRectF(line.x0, top, line.x1 - line.x0, bottom - top), self._scene.tint(TINT / 2))

    def arrows(self) -> None:
        flow = self._scene.shown.flow
        if not flow:
            return
        heads = {self._head(item, flow) for item in self._scene.shown.current if isinstance(item, Edge)}
        for line in heads:
            self._arrow(line, flow)

    def _head(self, edge: Edge, flow: int) -> Segment:
        """The line that an arrow's head lies on; those of a fan share one, level, where they arrive."""
        line = self._scene.places.edges[edge]
        if edge in self._scene.places.labels:
            return line
        y = line.y1 if flow > 0 else line.y0
        return Segment(line.x0, y, line.x1, y)

    def _arrow(self, line: Segment, flow: int) -> None:
        """A head at the end that the numbers run to."""
        x, y = line.at(1.0 if flow > 0 else 0.0)
        angle = atan2(line.y1 - line.y0, line.x1 - line.x0) + (0 if flow > 0 else pi)
        corners = [QPointF(x - ARROW * cos(angle + turn), y - ARROW * sin(angle + turn)) for turn in (-pi / 7, pi / 7)]
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._phase)
        self._painter.drawPolygon(QPolygonF([QPointF(x, y), *corners]))

    def _draw(self, line: Segment) -> None:
        self._painter.drawLine(QPointF(line.x0, line.y0), QPointF(line.x1, line.y1))


def _largest_weight(scene: NodeLinkScene) -> float:
    """The largest size of a weight before the update, so that a step changes no line but the updated ones."""
    edges = [lines[0] for item, lines in scene.shown.written.items() if isinstance(item, Edge)]
    before = [line.value if line.old is None else line.old for line in edges]
    return max((abs(value) for value in before if value and isfinite(value)), default=1.0)
