"""What stands where at a cursor: numbers appear as the cursor passes the step that made them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.ui.common.text import number
from explorer.ui.debugger.node_link.structure import (
    Bias,
    Edge,
    Item,
    Line,
    Node,
    NodeColumn,
    NodeLink,
    Weights,
    spelled,
)

if TYPE_CHECKING:
    from explorer.session.cursor import Cursor
    from explorer.session.timeline import Timeline

DIGITS = 4
UNKNOWN = "–"
ARROW = " → "


@dataclass(frozen=True)
class Written:
    """A number beside its symbol. `value` is None before it is made; `old` is what an update replaced."""

    symbol: str
    value: float | None
    is_now: bool = False
    old: float | None = None

    @property
    def number(self) -> str:
        """The number as it is now, four significant digits."""
        return UNKNOWN if self.value is None else number(self.value, DIGITS)

    @property
    def text(self) -> str:
        """With the old number before an arrow once there is a new one."""
        return self.number if self.old is None else f"{number(self.old, DIGITS)}{ARROW}{self.number}"


@dataclass(frozen=True)
class ShownNumbers:
    """All that is written at a cursor.

    `flow` tells how numbers run along the `current` edges: 1 forwards, −1 back, 0 where none do; `loss_flow` the same
    between outputs, targets and loss. `chosen` is the item whose number is explained.
    """

    phase: str
    written: Mapping[Item, tuple[Written, ...]]
    current: frozenset[Item]
    chosen: Item | None
    flow: int = 0
    loss_flow: int = 0

    def newest(self, item: Item) -> Written:
        """The last number that is there, for where only one has room."""
        known = [line for line in self.written[item] if line.value is not None]
        return known[-1] if known else self.written[item][0]


def shown(node_link: NodeLink, timeline: Timeline, cursor: Cursor) -> ShownNumbers:
    """What stands in each node and on each edge when the cursor is there."""
    pen = _Pen(node_link, timeline, cursor)
    written: dict[Item, tuple[Written, ...]] = {node: pen.node(node) for node in node_link.nodes}
    written |= {bias: (pen.bias(bias),) for bias in node_link.biases}
    written |= {edge: (pen.edge(edge),) for edge in node_link.edges}
    entry = timeline.steps[cursor.step]
    passes = "input" in entry.asked
    at_loss = entry.call == "loss"
    direction = {"forward": 1, "loss": 1, "backward": -1 if passes else 0, "update": 0}[entry.phase]
    return ShownNumbers(
        phase=entry.phase,
        written=written,
        current=frozenset(pen.current()),
        chosen=pen.chosen(),
        flow=0 if at_loss else direction,
        loss_flow=direction if at_loss else 0,
    )


class _Pen:
    """Writes one cursor's drawing; holds what every number needs to be looked up."""

    def __init__(self, node_link: NodeLink, timeline: Timeline, cursor: Cursor) -> None:
        self._drawing, self._timeline, self._cursor = node_link, timeline, cursor

    # --- numbers ---

    def node(self, node: Node) -> tuple[Written, ...]:
        column = self._drawing.columns[node.column]
        lines = [self._line(column, line, node.unit) for line in column.lines]
        made = [self._line(column, line, node.unit) for line in column.gradients]
        known = [line for line in made if line.value is not None]
        return (*lines, *(known[-1:] or made[-1:]))

    def bias(self, bias: Bias) -> Written:
        weights = self._drawing.columns[bias.column].weights
        assert weights is not None
        return self._parameter(weights, "bias", (bias.unit,), symbol=spelled("b", bias.unit))

    def edge(self, edge: Edge) -> Written:
        weights = self._drawing.columns[edge.column].weights
        assert weights is not None
        return self._parameter(weights, "weight", (edge.unit, edge.source), symbol="w")

    def _line(self, column: NodeColumn, line: Line, unit: int) -> Written:
        of = line.tensor.removeprefix("grad_")
        is_made = line.is_given or self._is_made(line.step, of, self._cell(line.step, of, unit))
        is_now = is_made and not line.is_given and line.step == self._cursor.step
        value = self._value(column, line, unit) if is_made else None
        return Written(spelled(line.symbol, unit), value, is_now)

    def _value(self, column: NodeColumn, line: Line, unit: int) -> float:
        values = self._timeline.tensors(line.step).by_name[line.tensor].values
        if values.ndim == 0:
            return line.sign * float(values)
        own = values[min(self._cursor.example, len(values) - 1)]
        if column.role == "target" and self._drawing.has_class_target:
            return float(int(own) == unit)
        return line.sign * float(np.reshape(own, -1)[unit])

    def _parameter(self, weights: Weights, name: str, cell: tuple[int, ...], *, symbol: str) -> Written:
        before = float(self._timeline.tensors(weights.forward).by_name[name].values[cell])
        update = weights.weight_update if name == "weight" else weights.bias_update
        if update is None or not self._is_made(update, name, cell):
            return Written(symbol, before)
        after = float(self._timeline.tensors(update).by_name["after"].values[cell])
        return Written(symbol, after, update == self._cursor.step, before)

    def _is_made(self, step: int, of: str, cell: tuple[int, ...]) -> bool:
        """Whether the cursor has passed the cell; inside a step the cells behind it are made one by one."""
        cursor = self._cursor
        if cursor.step != step or not cursor.is_inside or cursor.of != of or cursor.cell is None:
            return cursor.step >= step
        return cell <= cursor.cell

    def _cell(self, step: int, of: str, unit: int) -> tuple[int, ...]:
        shape = self._timeline.steps[step].asked.get(of, ())
        if not shape:
            return ()
        return (self._cursor.example, *(int(i) for i in np.unravel_index(unit, shape[1:])))

    # --- what is going on ---

    def chosen(self) -> Item | None:
        """The item that has the cursor's cell."""
        return self._item(self._cursor.cell) if self._cursor.cell is not None else None

    def current(self) -> Iterator[Item]:
        """What the step works on: all of it, inside a step the one cell with what it is made of."""
        if self._cursor.is_inside:
            chosen = self.chosen()
            yield from () if chosen is None else self._with_neighbours(chosen)
            return
        entry = self._timeline.steps[self._cursor.step]
        for at, column in enumerate(self._drawing.columns):
            if entry.index in self._made_at(column):
                yield from (Node(at, unit) for unit in range(column.size))
            if column.weights is not None:
                yield from self._parameters_now(at, column.weights)

    def _made_at(self, column: NodeColumn) -> set[int]:
        made = {line.step for line in (*column.lines, *column.gradients) if not line.is_given}
        return made | set(column.steps)

    def _parameters_now(self, at: int, weights: Weights) -> Iterator[Item]:
        step = self._cursor.step
        if step in (weights.forward, weights.backward, weights.weight_update):
            yield from self._drawing.edges_into(at)
        if step in (weights.forward, weights.backward, weights.bias_update):
            yield from (bias for bias in self._drawing.biases if bias.column == at)

    def _with_neighbours(self, item: Item) -> Iterator[Item]:
        yield item
        phase = self._timeline.steps[self._cursor.step].phase
        if isinstance(item, Edge) and phase == "backward":
            yield from (Node(item.column, item.unit), Node(item.column - 1, item.source))
        if not isinstance(item, Node):
            return
        column = self._drawing.columns[item.column]
        if column.weights is not None and column.weights.forward == self._cursor.step:
            yield from (edge for edge in self._drawing.edges_into(item.column) if edge.unit == item.unit)
            yield from (bias for bias in self._drawing.biases if (bias.column, bias.unit) == (item.column, item.unit))
        after = self._drawing.next_weights(item.column)
        if after is not None and after.backward == self._cursor.step:
            yield from (edge for edge in self._drawing.edges_into(item.column + 1) if edge.source == item.unit)

    def _item(self, cell: tuple[int, ...]) -> Item | None:
        step, of = self._cursor.step, self._cursor.of
        for at, column in enumerate(self._drawing.columns):
            weights = column.weights
            if weights is not None and of in ("weight", "bias") and step in _parameter_steps(weights):
                return Edge(at, cell[0], cell[1]) if of == "weight" else Bias(at, cell[0])
            if of not in ("weight", "bias") and self._is_of(column, step, of):
                return Node(at, self._unit(cell))
        return None

    def _is_of(self, column: NodeColumn, step: int, of: str) -> bool:
        if of == "output":
            return step in column.steps
        return any(line.step == step for line in column.gradients)

    def _unit(self, cell: tuple[int, ...]) -> int:
        shape = self._timeline.steps[self._cursor.step].asked[self._cursor.of]
        return int(np.ravel_multi_index(cell[1:], shape[1:])) if len(shape) > 1 else 0


def _parameter_steps(weights: Weights) -> tuple[int | None, ...]:
    return weights.backward, weights.weight_update, weights.bias_update
