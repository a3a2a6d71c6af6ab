"""The parts of a node-link drawing: columns of nodes, the weights between them, and where their numbers are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from explorer.arithmetic.cells import subscript


@dataclass(frozen=True, order=True)
class Node:
    """A neuron, an input, a target or the loss. Units count from 0."""

    column: int
    unit: int


@dataclass(frozen=True, order=True)
class Bias:
    """The bias of the neuron `unit` of `column`."""

    column: int
    unit: int


@dataclass(frozen=True, order=True)
class Edge:
    """The weight to neuron `unit` of `column` from neuron `source` of the column before."""

    column: int
    unit: int
    source: int


Item = Node | Bias | Edge


@dataclass(frozen=True)
class Line:
    """A number each node of a column has: `tensor` of `step`, made there unless it `is_given` from the start."""

    symbol: str
    step: int
    tensor: str
    sign: int = 1
    is_given: bool = False


@dataclass(frozen=True)
class Weights:
    """The steps of the linear call into a column; None for what is not on the timeline."""

    layer: str
    forward: int
    backward: int | None
    weight_update: int | None
    bias_update: int | None
    has_bias: bool


@dataclass(frozen=True)
class NodeColumn:
    """Nodes one above the other. `role` is "input", "hidden", "output", "target" or "loss".

    `lines` are the numbers forwards, in their order; `gradients` those on the way back, of which the newest is shown.
    `steps` are all steps forwards that work on this column.
    """

    role: str
    title: str
    size: int
    lines: tuple[Line, ...]
    gradients: tuple[Line, ...] = ()
    weights: Weights | None = None
    steps: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """How many lines of text a node has when there is room."""
        return len(self.lines) + bool(self.gradients)


@dataclass(frozen=True)
class NodeLink:
    """The drawing's parts. Two networks of the same sizes have the same layout."""

    columns: tuple[NodeColumn, ...]
    input_shape: tuple[int, ...] = ()
    has_class_target: bool = False

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(Node(at, unit) for at, column in enumerate(self.columns) for unit in range(column.size))

    @cached_property
    def biases(self) -> tuple[Bias, ...]:
        return tuple(
            Bias(at, unit)
            for at, column in enumerate(self.columns)
            if column.weights is not None and column.weights.has_bias
            for unit in range(column.size)
        )

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        return tuple(edge for at in range(len(self.columns)) for edge in self.edges_into(at))

    def edges_into(self, column: int) -> tuple[Edge, ...]:
        """All weights of the linear call that makes `column`."""
        if self.columns[column].weights is None:
            return ()
        sources = range(self.columns[column - 1].size)
        return tuple(Edge(column, unit, source) for unit in range(self.columns[column].size) for source in sources)

    def find(self, role: str) -> int | None:
        """The column of that role; of hidden ones the first."""
        return next((at for at, column in enumerate(self.columns) if column.role == role), None)

    def next_weights(self, column: int) -> Weights | None:
        """The linear call that reads `column`."""
        return self.columns[column + 1].weights if column + 1 < len(self.columns) else None


def spelled(symbol: str, unit: int) -> str:
    """The symbol of a unit, counted from 1 as in textbooks: "u₁", "a₂=y₂". Words and derivatives have no number."""
    if symbol == "E" or any(len(part) > 1 for part in symbol.split("=")):
        return symbol
    return "=".join(subscript(part, unit) for part in symbol.split("="))
