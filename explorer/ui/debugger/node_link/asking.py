"""Which step and cell a click asks about: where the number was made, in the phase the cursor is in if it can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.ui.debugger.node_link.structure import Bias, Edge, Item, Line, Node, NodeLink, Weights

if TYPE_CHECKING:
    from explorer.session.cursor import Cursor
    from explorer.session.timeline import Timeline

PREFERENCE = {
    "forward": ("forward", "loss", "backward", "update"),
    "loss": ("loss", "forward", "backward", "update"),
    "backward": ("backward", "loss", "forward", "update"),
    "update": ("update", "backward", "loss", "forward"),
}


@dataclass(frozen=True)
class Ask:
    """A cell of the tensor `of` at a step of the timeline."""

    step: int
    of: str
    cell: tuple[int, ...]


def ask(node_link: NodeLink, timeline: Timeline, cursor: Cursor, item: Item, *, line: int | None = None) -> Ask | None:
    """Where the item's number comes from; None for what was only given. `line` is the line of the node that was hit."""
    made = list(_made(node_link, timeline, cursor, item))
    phases = PREFERENCE[timeline.steps[cursor.step].phase]
    if isinstance(item, Node) and line is not None and phases[0] == "forward":
        lines = node_link.columns[item.column].lines
        hit = [found for found in made if line < len(lines) and found.step == lines[line].step]
        made = hit or made
    return next((found for phase in phases for found in made if timeline.steps[found.step].phase == phase), None)


def _made(node_link: NodeLink, timeline: Timeline, cursor: Cursor, item: Item) -> Iterator[Ask]:
    """Every step that makes a number of the item; where several do in one phase, the one at the cursor first."""
    found = list(_steps(node_link, timeline, cursor, item))
    yield from sorted(found, key=lambda each: _order(each, timeline, cursor))


def _order(found: Ask, timeline: Timeline, cursor: Cursor) -> tuple[bool, bool, int]:
    """The cursor's own step, then the newest behind it, then the nearest ahead."""
    is_ahead = found.step > cursor.step
    return found.step != cursor.step, is_ahead, found.step if is_ahead else -found.step


def _steps(node_link: NodeLink, timeline: Timeline, cursor: Cursor, item: Item) -> Iterator[Ask]:
    column = node_link.columns[item.column]
    if isinstance(item, Edge):
        assert column.weights is not None
        yield from _of_parameter(
            timeline, column.weights, "weight", cell=(item.unit, item.source), sums=(cursor.example, item.unit)
        )
    elif isinstance(item, Bias):
        assert column.weights is not None
        yield from _of_parameter(timeline, column.weights, "bias", cell=(item.unit,), sums=(cursor.example, item.unit))
    elif column.role == "target":
        yield from _of_target(node_link, timeline, cursor, item)
    else:
        for line in (*column.lines, *column.gradients):
            found = _of_line(timeline, cursor, line, unit=item.unit)
            if found is not None:
                yield found
        if column.weights is not None:
            yield from (
                each
                for each in _of_parameter(timeline, column.weights, "bias", cell=(item.unit,))
                if _is_update(timeline, each)
            )


def _is_update(timeline: Timeline, found: Ask) -> bool:
    return timeline.steps[found.step].phase == "update"


def _of_parameter(
    timeline: Timeline, weights: Weights, name: str, *, cell: tuple[int, ...], sums: tuple[int, ...] | None = None
) -> Iterator[Ask]:
    """Forwards a weight is a term of the sum it goes into; on the way back it has a gradient; then it is updated."""
    update = weights.weight_update if name == "weight" else weights.bias_update
    if sums is not None:
        yield Ask(weights.forward, "output", sums)
    if weights.backward is not None and name in timeline.steps[weights.backward].asked:
        yield Ask(weights.backward, name, cell)
    if update is not None:
        yield Ask(update, name, cell)


def _of_target(node_link: NodeLink, timeline: Timeline, cursor: Cursor, node: Node) -> Iterator[Ask]:
    """A target is read by the loss, and on the way back by the gradient of its output."""
    loss = timeline.find("loss", "loss")
    back = timeline.find("backward", "loss")
    if loss is not None:
        yield Ask(loss, "output", ())
    if back is not None:
        yield Ask(back, "input", _cell(timeline, cursor, back, of="input", unit=node.unit))


def _of_line(timeline: Timeline, cursor: Cursor, line: Line, *, unit: int) -> Ask | None:
    if line.is_given:
        return None
    of = line.tensor.removeprefix("grad_")
    return Ask(line.step, of, _cell(timeline, cursor, line.step, of=of, unit=unit))


def _cell(timeline: Timeline, cursor: Cursor, step: int, *, of: str, unit: int) -> tuple[int, ...]:
    shape = timeline.steps[step].asked[of]
    if not shape:
        return ()
    return (min(cursor.example, shape[0] - 1), *(int(index) for index in np.unravel_index(unit, shape[1:])))
