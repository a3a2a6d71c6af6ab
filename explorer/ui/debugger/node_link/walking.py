"""How the arrow keys go through the drawing: from node to weight to node, and up and down within a column."""

from __future__ import annotations

from explorer.ui.debugger.node_link.layout import Positions
from explorer.ui.debugger.node_link.structure import Bias, Edge, Item, Node, NodeLink


def neighbour(node_link: NodeLink, places: Positions, item: Item, *, right: int = 0, down: int = 0) -> Item:
    """The item that an arrow key leads to; the same one at the rim. `right` and `down` are −1, 0 or 1."""
    if down:
        return _beside(_row(node_link, item), item, down)
    if isinstance(item, Edge):
        return Node(item.column, item.unit) if right > 0 else Node(item.column - 1, item.source)
    column = item.column + right
    if not 0 <= column < len(node_link.columns):
        return item
    near = [node for node in node_link.nodes if node.column == column]
    found = min(near, key=lambda node: abs(places.nodes[node].middle[1] - places.nodes[_node(item)].middle[1]))
    later, earlier = (found, item) if right > 0 else (item, found)
    edge = Edge(later.column, later.unit, earlier.unit)
    return edge if edge in places.edges else found


def _node(item: Node | Bias) -> Node:
    return Node(item.column, item.unit)


def _row(node_link: NodeLink, item: Item) -> list[Item]:
    """What lies above and below: the nodes of a column with their biases, or the weights into it."""
    if isinstance(item, Edge):
        return list(node_link.edges_into(item.column))
    every: tuple[Node | Bias, ...] = (*node_link.nodes, *node_link.biases)
    both = [each for each in every if each.column == item.column]
    return [*sorted(both, key=lambda each: (each.unit, isinstance(each, Bias)))]


def _beside(row: list[Item], item: Item, step: int) -> Item:
    return row[min(max(row.index(item) + step, 0), len(row) - 1)]
