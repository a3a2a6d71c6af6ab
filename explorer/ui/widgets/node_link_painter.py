"""Paints a node-link drawing: columns of neurons with their numbers, weights on the edges between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import atan2, cos, isfinite, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from explorer.ui import theme
from explorer.ui.node_link import Bias, Edge, Item, Node, NodeLink, Positions, Shown
from explorer.ui.node_link.boxes import Box, Segment
from explorer.ui.node_link.layout import FOOT
from explorer.ui.node_link.shown import Written
from explorer.ui.widgets.edge_layers import EdgeLayers, Stroke
from explorer.ui.widgets.node_link_text import CENTRE, LEFT, RIGHT, advance, draw_text, label_lines, rect

TINT = 0.22
BEHIND = 0.45
ARROW = 8.0
PLATE_INSET = 8.0
SMALL_LABEL = 56


@dataclass(frozen=True)
class Scene:
    """What one painting shows. `fan` are labels that only now have their place: those of the item looked at."""

    drawing: NodeLink
    places: Positions
    shown: Shown
    looked_at: Item | None = None
    focused: Item | None = None
    fan: Mapping[Edge, Box] = field(default_factory=dict)

    @property
    def labels(self) -> dict[Edge, Box]:
        """All labels that are written."""
        return {**self.places.labels, **self.fan}


class NodeLinkPainter:
    """Paints one scene with the theme's colours; text is never in a phase's colour, only on a tint of it."""

    def __init__(self, painter: QPainter, scene: Scene, layers: EdgeLayers) -> None:
        self._painter, self._scene, self._layers = painter, scene, layers
        self._theme = theme.current()
        self._phase = QColor(self._theme.phases[scene.shown.phase])
        self._largest = _largest_weight(scene)

    def paint(self) -> None:
        """Everything but the legend."""
        self._titles()
        self._loss_links()
        for at, column in enumerate(self._scene.drawing.columns):
            if column.weights is not None:
                self._gap(at)
        self._arrows()
        for edge, box in self._scene.labels.items():
            self._label(edge, box)
        for node in self._scene.drawing.nodes:
            self._node(node)
        for bias in self._scene.drawing.biases:
            self._bias(bias)
        self._callout()
        self._focus()

    # --- headings ---

    def _titles(self) -> None:
        self._painter.setFont(theme.interface_font(11))
        self._painter.setPen(QColor(self._theme.dim))
        for column, box in zip(self._scene.drawing.columns, self._scene.places.titles, strict=True):
            metrics = QFontMetricsF(self._painter.font())
            text = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, box.width)
            self._painter.drawText(
                rect(self._title_box(box, metrics.horizontalAdvance(text), column_of=column)), LEFT, text
            )

    def _title_box(self, box: Box, wanted: float, *, column_of: object) -> Box:
        """The heading begins over its column's middle as far as its own room allows."""
        at = next(i for i, column in enumerate(self._scene.drawing.columns) if column is column_of)
        nodes = [self._scene.places.nodes[node] for node in self._scene.drawing.nodes if node.column == at]
        left = min(max(nodes[0].middle[0] - wanted / 2, box.x), box.right - wanted)
        return Box(left, box.y, wanted + 2, box.height)

    # --- edges ---

    def _loss_links(self) -> None:
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

    def _gap(self, column: int) -> None:
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
            self._painter.setPen(QPen(self._tint(0.45), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            self._draw(self._scene.places.edges[edge])

    def _band(self, column: int) -> None:
        """A tint behind a whole fan, where a tint of every line would make a wall."""
        near = [box for node, box in self._scene.places.nodes.items() if node.column in (column - 1, column)]
        top, bottom = min(box.y for box in near), max(box.bottom for box in near)
        line = next(iter(self._scene.places.edges[edge] for edge in self._scene.drawing.edges_into(column)))
        self._painter.fillRect(QRectF(line.x0, top, line.x1 - line.x0, bottom - top), self._tint(TINT / 2))

    def _arrows(self) -> None:
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

    def _label(self, edge: Edge, box: Box) -> None:
        lines = self._label_lines(edge, box)
        plate = self._plate_box(edge, box)
        self._plate(plate, edge)
        self._painter.setFont(self._label_font(box))
        for at, text in enumerate(lines):
            is_old = len(lines) == 2 and at == 0
            height = plate.height / len(lines)
            row = Box(plate.x, plate.y + height * at, plate.width, height)
            self._text(row, text, align=CENTRE, colour=self._theme.dim if is_old else self._theme.text)

    def _label_lines(self, edge: Edge, box: Box) -> list[str]:
        return label_lines(self._scene.shown.written[edge][0], box, self._label_font(box))

    def _label_font(self, box: Box) -> QFont:
        return theme.number_font(10 if box.width < SMALL_LABEL else 11)

    def _plate_box(self, edge: Edge, box: Box) -> Box:
        """As large as the text in the label's box."""
        lines, metrics = self._label_lines(edge, box), QFontMetricsF(self._label_font(box))
        width = min(box.width, max(metrics.horizontalAdvance(text) for text in lines) + 8)
        return Box.around(*box.middle, width, min(box.height, 15.0 * len(lines)))

    def _plate(self, box: Box, item: Item) -> None:
        """What a label stands on, so that lines do not run through its figures."""
        is_current = item in self._scene.shown.current
        self._painter.setPen(QPen(self._phase if is_current else QColor(self._theme.border), 1))
        self._painter.setBrush(QColor(self._theme.pane))
        self._painter.drawRoundedRect(rect(box), 4, 4)
        if is_current:
            self._painter.setBrush(self._tint(TINT / 2))
            self._painter.drawRoundedRect(rect(box), 4, 4)

    # --- nodes ---

    def _node(self, node: Node) -> None:
        box, style = self._scene.places.nodes[node], self._scene.places.styles[node.column]
        is_current = node in self._scene.shown.current
        self._painter.setBrush(QColor(self._theme.sunken))
        self._painter.setPen(QPen(self._phase if is_current else QColor(self._theme.border), 1.8 if is_current else 1))
        self._painter.drawRoundedRect(rect(box), 5, 5)
        if style.name == "dot":
            return
        lines = self._scene.shown.written[node] if style.is_stacked else (self._scene.shown.newest(node),)
        self._painter.setFont(theme.number_font(style.text))
        for at, line in enumerate(lines):
            row = Box(box.x, box.y + style.pad + at * style.row, box.width, style.row)
            self._row(row, line, inset=style.inset)

    def _row(self, row: Box, line: Written, *, inset: float) -> None:
        """Symbol and number; drawn narrower together where they are too long for the box."""
        if line.is_now:
            self._painter.fillRect(rect(Box(row.x + 3, row.y, row.width - 6, row.height)), self._tint(TINT))
        inner = Box(row.x + inset, row.y, row.width - 2 * inset, row.height)
        share = inner.width / advance(f"{line.symbol} {line.number}", self._painter.font())
        self._text(inner, line.symbol, align=LEFT, colour=self._theme.dim, share=share)
        colour = self._theme.dim if line.value is None else self._theme.text
        self._text(inner, line.number, align=RIGHT, colour=colour, share=share)

    def _bias(self, bias: Bias) -> None:
        box, written = self._scene.places.biases[bias], self._scene.shown.written[bias][0]
        style = self._scene.places.styles[bias.column]
        if style.has_bias_line:
            if bias in self._scene.shown.current:
                self._painter.fillRect(rect(box), self._tint(TINT))
            self._painter.setFont(theme.number_font(10 if style.is_slim else 11))
            self._text(box, f"{written.symbol} {written.text}", align=CENTRE, colour=self._theme.text)
            return
        value = written.value or 0.0
        colour = QColor(self._theme.signed_high if value >= 0 else self._theme.signed_low)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._phase if bias in self._scene.shown.current else colour)
        self._painter.drawRoundedRect(rect(Box(box.x + 1.5, box.y + 2, 3.5, box.height - 4)), 1.5, 1.5)

    # --- what is looked at ---

    def _callout(self) -> None:
        """The numbers of what is looked at, beside it, where it is too small to hold them."""
        lines = self._unwritten()
        if not lines or self._scene.looked_at is None:
            return
        self._painter.setFont(theme.number_font(11))
        metrics = QFontMetricsF(self._painter.font())
        width = max(metrics.horizontalAdvance(f"{line.symbol}  {line.text}") for line in lines) + 2 * PLATE_INSET
        box = self._beside(self._scene.places.box(self._scene.looked_at), width, 16.0 * len(lines) + 6)
        self._plate(box, self._scene.looked_at)
        for at, line in enumerate(lines):
            row = Box(box.x + PLATE_INSET, box.y + 3 + 16 * at, box.width - 2 * PLATE_INSET, 16)
            self._text(row, line.symbol, align=LEFT, colour=self._theme.dim)
            self._text(row, line.text, align=RIGHT, colour=self._theme.text)

    def _unwritten(self) -> tuple[Written, ...]:
        """What there is to say of the item looked at that is not on the drawing."""
        item, written = self._scene.looked_at, self._scene.shown.written
        if item is None:
            return ()
        if isinstance(item, Edge):
            return () if item in self._scene.labels else written[item]
        style = self._scene.places.styles[item.column]
        node, bias = Node(item.column, item.unit), Bias(item.column, item.unit)
        lines = (*written[node], *written.get(bias, ()))
        is_whole = style.has_bias_line or (len(lines) == 1 and style.name == "line")
        if style.is_stacked:
            lines = written.get(bias, ())
        return () if is_whole else lines

    def _beside(self, node: Box, width: float, height: float) -> Box:
        """Over the node's own box and what lies below or above it in the column, inside the widget."""
        x = min(max(node.middle[0] - width / 2, 2.0), self._scene.places.width - width - 2)
        below = node.bottom + 3
        fits = below + height < self._scene.places.height - FOOT
        return Box(x, below if fits else node.y - height - 3, width, height)

    def _focus(self) -> None:
        item = self._scene.focused
        if item is None:
            return
        box = self._scene.labels.get(item) if isinstance(item, Edge) else None
        box = self._plate_box(item, box) if isinstance(item, Edge) and box is not None else self._scene.places.box(item)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setPen(QPen(QColor(self._theme.accent), 1.6))
        self._painter.drawRoundedRect(rect(box).adjusted(-2, -2, 2, 2), 6, 6)

    # --- text ---

    def _text(self, box: Box, text: str, *, align: Qt.AlignmentFlag, colour: str, share: float | None = None) -> None:
        draw_text(self._painter, box, text, align=align, colour=colour, share=share)

    def _tint(self, share: float) -> QColor:
        colour = QColor(self._phase)
        colour.setAlphaF(share)
        return colour


def _largest_weight(scene: Scene) -> float:
    """The largest size of a weight before the update, so that a step changes no line but the updated ones."""
    edges = [lines[0] for item, lines in scene.shown.written.items() if isinstance(item, Edge)]
    before = [line.value if line.old is None else line.old for line in edges]
    return max((abs(value) for value in before if value and isfinite(value)), default=1.0)
