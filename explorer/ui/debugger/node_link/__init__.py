"""The node-link drawing of a small network: what is drawn, where, and what stands in it at a cursor. Pure; no Qt.

`reading` turns a timeline into columns of neurons (`structure`), `layout` places them, `shown` tells which numbers are
there yet, `asking` where each number was made, `walking` how the arrow keys go, `typed` reads what a person types.
`view` shows it.
"""

from explorer.ui.debugger.node_link.asking import Ask, ask
from explorer.ui.debugger.node_link.layout import Positions, fan, least_height, positions
from explorer.ui.debugger.node_link.reading import drawable, drawing_of
from explorer.ui.debugger.node_link.shown import ShownNumbers, shown
from explorer.ui.debugger.node_link.structure import Bias, Edge, Item, Node, NodeLink
from explorer.ui.debugger.node_link.words import describe

__all__ = [
    "Ask",
    "Bias",
    "Edge",
    "Item",
    "Node",
    "NodeLink",
    "Positions",
    "ShownNumbers",
    "ask",
    "describe",
    "drawable",
    "drawing_of",
    "fan",
    "least_height",
    "positions",
    "shown",
]
