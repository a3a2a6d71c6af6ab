"""A node-link drawing in words, for those who cannot see it and for the tip."""

from __future__ import annotations

from explorer.ui.debugger.node_link.shown import ShownNumbers, Written
from explorer.ui.debugger.node_link.structure import Bias, Edge, Item, NodeColumn, NodeLink

NAMES = {"input": "Input", "hidden": "Neuron", "output": "Output", "target": "Target", "loss": "Loss"}


def describe(node_link: NodeLink, drawing: ShownNumbers, item: Item) -> str:
    """An item in one sentence."""
    column = node_link.columns[item.column]
    written = drawing.written[item]
    if isinstance(item, Edge):
        head = f"Weight of {_layer(column)} to neuron {item.unit + 1} from {_source(node_link, item)}"
        return f"{head}: {written[0].text}."
    if isinstance(item, Bias):
        return f"Bias of {_layer(column)}, neuron {item.unit + 1}: {written[0].text}."
    head = "Loss" if column.role == "loss" else f"{NAMES[column.role]} {item.unit + 1}"
    place = f" of {_layer(column)}" if column.weights is not None else ""
    return f"{head}{place}: {', '.join(_spoken(line) for line in written)}."


def _layer(column: NodeColumn) -> str:
    assert column.weights is not None
    return column.weights.layer


def _source(node_link: NodeLink, edge: Edge) -> str:
    role = node_link.columns[edge.column - 1].role
    return f"{NAMES[role].lower()} {edge.source + 1}"


def _spoken(line: Written) -> str:
    return f"{line.symbol} = {line.number}" if line.value is not None else f"{line.symbol} not there yet"
