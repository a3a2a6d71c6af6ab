"""Paints a node-link drawing: columns of neurons with their numbers, weights on the edges between them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from explorer.ui.common import theme
from explorer.ui.common.box import Box
from explorer.ui.common.eliding import elided
from explorer.ui.debugger.node_link import Bias, Edge, Item, Node
from explorer.ui.debugger.node_link.edge_layers import EdgeLayers
from explorer.ui.debugger.node_link.edges import NodeLinkEdges
from explorer.ui.debugger.node_link.layout import FOOT
from explorer.ui.debugger.node_link.scene import TINT, NodeLinkScene
from explorer.ui.debugger.node_link.shown import Written
from explorer.ui.debugger.node_link.text import CENTRE, LEFT, RIGHT, advance, draw_text, label_lines, rect

PLATE_INSET = 8.0
SMALL_LABEL = 56


class NodeLinkPainter:
    """Paints one scene with the theme's colours; text is never in a phase's colour, only on a tint of it."""

    def __init__(self, painter: QPainter, scene: NodeLinkScene, layers: EdgeLayers) -> None:
        self._painter, self._scene = painter, scene
        self._edges = NodeLinkEdges(painter, scene, layers)
        self._theme = theme.current()
        self._phase = scene.phase_colour

    def paint(self) -> None:
        """Everything but the legend."""
        self._titles()
        self._edges.loss_links()
        for at, column in enumerate(self._scene.drawing.columns):
            if column.weights is not None:
                self._edges.gap(at)
        self._edges.arrows()
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
            text = elided(column.title, metrics, box.width)
            self._painter.drawText(
                rect(self._title_box(box, metrics.horizontalAdvance(text), column_of=column)), LEFT, text
            )

    def _title_box(self, box: Box, wanted: float, *, column_of: object) -> Box:
        """The heading begins over its column's middle as far as its own room allows."""
        at = next(i for i, column in enumerate(self._scene.drawing.columns) if column is column_of)
        nodes = [self._scene.places.nodes[node] for node in self._scene.drawing.nodes if node.column == at]
        left = min(max(nodes[0].middle[0] - wanted / 2, box.x), box.right - wanted)
        return Box(left, box.y, wanted + 2, box.height)

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
            self._painter.setBrush(self._scene.tint(TINT / 2))
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
            self._painter.fillRect(rect(Box(row.x + 3, row.y, row.width - 6, row.height)), self._scene.tint(TINT))
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
                self._painter.fillRect(rect(box), self._scene.tint(TINT))
            self._painter.setFont(theme.number_font(10 if style.is_slim else 11))
            self._text(box, f"{written.symbol} {written.text}", align=CENTRE, colour=self._theme.text)
            return
        value = written.value or 0.0
        colour = QColor(self._theme.of_sign(value))
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
