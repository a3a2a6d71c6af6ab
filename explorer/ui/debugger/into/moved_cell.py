"""A step that only moves cells: which one went where, and the arithmetic of its place. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.arithmetic import Explanation
from explorer.arithmetic.explanation import plain_number
from explorer.arithmetic.operation import Index
from explorer.session.step_tensors import StepTensors, Tensor
from explorer.session.timeline import TimelineStep
from explorer.ui.common.text import count, shape_text

RESHAPES = ("flatten", "reshape", "view")


@dataclass(frozen=True, eq=False)
class Move:
    """`value` stands at `source` of the tensor `tensor` and at `target` of what is made; `lines` say how.

    `ends` are the two cells as they are told: without the batch axis, where they have one.
    """

    tensor: str
    source: Index
    target: Index
    value: float
    source_title: str
    target_title: str
    lines: tuple[str, ...]
    ends: tuple[Index, Index]


def move_of(
    explanation: Explanation, entry: TimelineStep, tensors: StepTensors, *, of: str, cell: Index
) -> Move | None:
    """The move of an explanation whose only term is one cell, unchanged; None for others."""
    factors = explanation.terms.factors
    if len(explanation.terms.parts) != 1 or len(factors) != 1 or len(explanation.terms) != 1:
        return None
    if factors[0].cells is None or factors[0].made or explanation.result:
        return None
    source = tuple(int(index) for index in factors[0].cells[0])
    name = factors[0].name
    made = "output" if entry.phase != "backward" else f"grad_{of}"
    given_tensor, made_tensor = tensors.by_name[name], tensors.by_name[made]
    lines = _places(source, given_tensor.sizes, cell, made_tensor.sizes) if _reshapes(entry) else ()
    if not lines and source == cell:
        lines = ("The same cell of both: nothing is changed.",)
    ends = _own(source, given_tensor), _own(cell, made_tensor)
    return Move(name, source, cell, explanation.total, given_tensor.title, made_tensor.title, lines, ends)


def _own(cell: Index, tensor: Tensor) -> Index:
    return cell[1:] if tensor.has_batch else cell


def _reshapes(entry: TimelineStep) -> bool:
    return entry.kind in RESHAPES


def _places(source: Index, shape: Index, target: Index, made: Index) -> tuple[str, ...]:
    """The row-by-row number of the cell, from the longer index to the shorter one."""
    own, sizes = (source, shape) if len(source) >= len(target) else (target, made)
    flat = target if len(source) >= len(target) else source
    if len(flat) != 2 or len(own) < 3 or shape[0] != made[0]:  # the first axis was joined with others, or split
        return ()
    strides = [1]
    for size in reversed(sizes[2:]):
        strides.insert(0, strides[0] * size)
    products = " + ".join(
        f"{index} · {stride}" if stride > 1 else str(index) for index, stride in zip(own[1:], strides, strict=True)
    )
    return (
        f"{products} = {count(flat[1])}",
        f"A map has {shape_text(sizes[2:])} = {count(strides[0])} cells; a row has {sizes[-1]}.",
    )


def move_words(move: Move) -> str:
    """ "(125, 2, 3) → (2011)" without the batch axis."""
    return " → ".join(f"({', '.join(map(str, cell))})" for cell in move.ends)


def value_words(move: Move) -> str:
    """The value, unchanged."""
    return plain_number(move.value)
