"""Where everything of the node-link drawing lies: a function of the network's sizes and the widget's size alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from explorer.ui.common.box import Box
from explorer.ui.debugger.node_link.labels import label_boxes
from explorer.ui.debugger.node_link.segment import Segment
from explorer.ui.debugger.node_link.structure import Bias, Edge, Item, Node, NodeColumn, NodeLink, spelled

MARGIN = 10.0
HEAD = 22.0
FOOT = 26.0
SHORT_GAP = 20.0
"""Between outputs, targets and loss, where there are no weights to read."""
HIT_DISTANCE = 5.0
DIGITS = 7
"""A number of four digits with point and minus."""
LONG_SYMBOL = 4
"""Characters of a symbol that a slim box has room for; "−∂E/∂y" has six."""
TALLEST_PITCH = 170.0
LOWEST, TALL = 110, 200
ONE_SHORT_VALUE = 15.0
"""The height of a label that has room for one value of few digits only."""


@dataclass(frozen=True)
class Style:
    """How much of a node is written: all its lines one above the other (`is_stacked`), the newest alone, or nothing.

    `text` is the type's size, `row` a line's height, `pad` the margin above and below, `inset` to the sides, px. It is
    used where the gaps between columns stay at least `least_gap` wide.
    """

    name: str
    text: int
    row: float
    pad: float
    inset: float
    least_gap: float
    is_stacked: bool = False
    has_bias_line: bool = False

    def height(self, column: NodeColumn) -> float:
        """Of a node's box."""
        return self.row * (column.rows if self.is_stacked else 1) + 2 * self.pad

    def pitch(self, column: NodeColumn) -> float:
        """The least distance from node to node of the column."""
        below = BIAS_HEIGHT + 2 if self.has_bias_line and column.weights is not None else 0.0
        return self.height(column) + below + (4 if self.has_bias_line else 1)

    def width(self, column: NodeColumn) -> float:
        """Of a node's box: room for the longest symbol beside a number. A slim one squeezes long symbols a little."""
        if self.name == "dot":
            return 16.0
        lines = (*column.lines, *column.gradients) if self.is_stacked else column.lines
        symbol = max(len(spelled(line.symbol, column.size - 1)) for line in lines)
        characters = min(symbol, LONG_SYMBOL) + DIGITS if self.is_slim else symbol + 1 + DIGITS
        return characters * self.text * CHARACTER + 2 * self.inset

    @property
    def is_slim(self) -> bool:
        return self.name in ("slim", "slim table", "line")


CHARACTER = 0.602
"""Width of a character of the number font for a height of one."""
BIAS_HEIGHT = 14.0
OVERHANG = 12.0
"""How far the bias under a slim node reaches into the gaps."""
DOT = Style("dot", 10, 8, 0, 0, 0)
STYLES = (
    Style("roomy", 12, 17, 5, 8, 76, is_stacked=True, has_bias_line=True),
    Style("medium", 11, 14, 2, 8, 84, is_stacked=True, has_bias_line=True),
    Style("slim", 10, 11.5, 1.5, 5, 60, is_stacked=True, has_bias_line=True),
    Style("table", 10, 11, 0.5, 8, 60, is_stacked=True),
    Style("slim table", 10, 11, 0.5, 7, 44, is_stacked=True),
    Style("line", 10, 13, 0.5, 7, 18),
    DOT,
)


@dataclass(frozen=True)
class Positions:
    """Boxes of nodes, biases and labels, the lines of edges, and how each column is written."""

    width: float
    height: float
    styles: tuple[Style, ...]
    titles: tuple[Box, ...]
    nodes: Mapping[Node, Box]
    biases: Mapping[Bias, Box]
    edges: Mapping[Edge, Segment]
    labels: Mapping[Edge, Box]

    def box(self, item: Item) -> Box:
        """Where an item is; for an edge its label, or a small box about its middle."""
        if isinstance(item, Node):
            return self.nodes[item]
        if isinstance(item, Bias):
            return self.biases[item]
        return self.labels.get(item) or Box.around(*self.edges[item].at(0.5), 12, 12)

    def item_at(self, x: float, y: float, labels: Mapping[Edge, Box] | None = None) -> Item | None:
        """What lies under a point: labels (also those of a fan, given as `labels`), biases, nodes, then edges."""
        boxes: tuple[Mapping, ...] = (labels or {}, self.labels, self.biases, self.nodes)
        for places in boxes:
            found = next((item for item, box in places.items() if box.contains(x, y)), None)
            if found is not None:
                return found
        near = min(self.edges, key=lambda edge: self.edges[edge].distance(x, y), default=None)
        return near if near is not None and self.edges[near].distance(x, y) <= HIT_DISTANCE else None


def positions(node_link: NodeLink, width: float, height: float) -> Positions:
    """Where everything lies in a widget of that size."""
    styles, gap = _styles(node_link, width, height)
    lefts, widths = _lefts(node_link, styles, gap)
    nodes = {node: _node(node_link, node, styles, lefts=lefts, height=height) for node in node_link.nodes}
    edges = {edge: _segment(nodes, edge) for edge in node_link.edges}
    biases = {bias: _bias(nodes[Node(bias.column, bias.unit)], styles[bias.column]) for bias in node_link.biases}
    labels: dict[Edge, Box] = {}
    for at in range(len(node_link.columns)):
        within = {edge: edges[edge] for edge in node_link.edges_into(at)}
        labels |= label_boxes(within, around=list(biases.values()))
    titles = tuple(
        _title(node_link, at, lefts=lefts, widths=widths, width=width) for at in range(len(node_link.columns))
    )
    return Positions(width, height, styles, titles, nodes, biases, edges, labels)


def least_height(node_link: NodeLink, width: float) -> float | None:
    """The least height at which every weight and every bias is written; None where that takes more than a tall one."""
    for height in range(LOWEST, TALL + 1, 10):
        places = positions(node_link, width, height)
        has_biases = all(places.styles[bias.column].has_bias_line for bias in node_link.biases)
        labels = [places.labels.get(edge) for edge in node_link.edges]
        if has_biases and all(box is not None and box.height > ONE_SHORT_VALUE for box in labels):
            return float(height)
    return None


def fan(node_link: NodeLink, places: Positions, item: Item | None) -> dict[Edge, Box]:
    """Labels for the edges of one node that have none of their own: at the far ends, where they are furthest apart."""
    if isinstance(item, Edge):
        near: Iterable[Edge] = (item,)
    elif isinstance(item, Node | Bias):
        near = (edge for edge in node_link.edges if _touches(edge, item))
    else:
        return {}
    wanted = [edge for edge in near if edge not in places.labels]
    for width, height in FAN_SIZES:
        boxes = {
            edge: _far_label(places.edges[edge], width, height, is_incoming=item.column == edge.column)
            for edge in wanted
        }
        if not _overlap(list(boxes.values())) and all(
            box.width <= _room(places.edges[edge]) for edge, box in boxes.items()
        ):
            return boxes
    return {}


def _touches(edge: Edge, item: Node | Bias) -> bool:
    into = (edge.column, edge.unit) == (item.column, item.unit)
    return into or (isinstance(item, Node) and (edge.column - 1, edge.source) == (item.column, item.unit))


def _far_label(line: Segment, width: float, height: float, *, is_incoming: bool) -> Box:
    """At the end of the line that is not the item's own."""
    if is_incoming:
        return Box(line.x0 + 2, line.y0 - height / 2, width, height)
    return Box(line.x1 - 2 - width, line.y1 - height / 2, width, height)


def _room(line: Segment) -> float:
    return line.x1 - line.x0 - 4


def _overlap(boxes: Sequence[Box]) -> bool:
    return any(one.overlaps(other) for one, other in combinations(boxes, 2))


FAN_SIZES = ((64.0, 29.0), (110.0, 14.0), (56.0, 14.0), (40.0, 14.0))


def _styles(node_link: NodeLink, width: float, height: float) -> tuple[tuple[Style, ...], float]:
    """The fullest way to write each column that leaves room for the edges, and the gap that weights have."""
    found: tuple[Style, ...] = ()
    gap = 0.0
    for first in range(len(STYLES)):
        found = tuple(_style(column, height, STYLES[first:]) for column in node_link.columns)
        gap = _gap(node_link, found, width)
        if gap >= max(style.least_gap for style in found):
            break
    return found, max(gap, 0.0)


def _style(column: NodeColumn, height: float, allowed: tuple[Style, ...]) -> Style:
    room = (height - HEAD - FOOT) / column.size
    return next((style for style in allowed if style.pitch(column) <= room), DOT)


def _gap(node_link: NodeLink, styles: tuple[Style, ...], width: float) -> float:
    taken = sum(style.width(column) for style, column in zip(styles, node_link.columns, strict=True))
    weighted = sum(column.weights is not None for column in node_link.columns)
    short = len(node_link.columns) - 1 - weighted
    return (width - 2 * MARGIN - taken - short * SHORT_GAP) / weighted


def _lefts(node_link: NodeLink, styles: tuple[Style, ...], gap: float) -> tuple[list[float], list[float]]:
    lefts, widths, x = [], [], MARGIN
    for at, (style, column) in enumerate(zip(styles, node_link.columns, strict=True)):
        if at:
            x += gap if column.weights is not None else SHORT_GAP
        lefts.append(x)
        widths.append(style.width(column))
        x += widths[-1]
    return lefts, widths


def _node(node_link: NodeLink, node: Node, styles: tuple[Style, ...], *, lefts: list[float], height: float) -> Box:
    column, style = node_link.columns[node.column], styles[node.column]
    room = height - HEAD - FOOT
    pitch = min(room / column.size, TALLEST_PITCH)
    middle = HEAD + room / 2 + (node.unit - (column.size - 1) / 2) * pitch
    x, width = lefts[node.column], style.width(column)
    return Box(x, middle - style.height(column) / 2, width, style.height(column))


def _segment(nodes: Mapping[Node, Box], edge: Edge) -> Segment:
    source, target = nodes[Node(edge.column - 1, edge.source)], nodes[Node(edge.column, edge.unit)]
    return Segment(source.right, source.middle[1], target.x, target.middle[1])


def _bias(node: Box, style: Style) -> Box:
    """Under the node where there is a line for it; else the bar at the node's left edge."""
    if style.has_bias_line:
        over = OVERHANG if style.is_slim else 0.0
        return Box(node.x - over, node.bottom + 2, node.width + 2 * over, BIAS_HEIGHT)
    return Box(node.x, node.y, 6, node.height)


def _title(node_link: NodeLink, at: int, *, lefts: list[float], widths: list[float], width: float) -> Box:
    """The column's heading may reach half into the gaps on both sides."""
    left = 0.0 if at == 0 else (lefts[at - 1] + widths[at - 1] + lefts[at]) / 2
    last = at == len(lefts) - 1
    right = width if last else (lefts[at] + widths[at] + lefts[at + 1]) / 2
    return Box(left + 2, 2, right - left - 4, HEAD - 6)
