"""Calls that only move cells: permute, indexing, stack, split, pad …: one arithmetic for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, Terms, explain_sum, plain_number
from explorer.arithmetic.merging import explain_copy
from explorer.arithmetic.move_words import MOVE_WORDS, move_line
from explorer.arithmetic.moving import LAYOUTS, PADDED, Numbers
from explorer.arithmetic.operation import CallValues, Family, Index, Operation
from explorer.arithmetic.places import constant, factor_at, one, values_at
from explorer.arithmetic.words import KindWords

MOST_FOLLOWED = 1 << 26
"""Cells of an input; where more are moved, nobody follows one."""


class Move(Operation):
    """Each output cell is one cell of an input, or padding; a cell takes back the gradients of all its copies.

    Of several outputs the first is explained; all take part on the way back. The tensors of a stack are called
    `tensors[0]`, `tensors[1]` …, also where the gradient of one is asked for.
    """

    kinds: ClassVar[tuple[str, ...]] = tuple(LAYOUTS)
    family: ClassVar[Family] = "shape"
    told: ClassVar[Mapping[str, KindWords]] = MOVE_WORDS
    differentiable = ("input", "tensors", "other")

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        return move_line(kind, inputs, settings)

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        number = int(_outputs(call)[0][cell])
        if number == PADDED:
            return _padding(call, cell)
        name, tensor, own = _found(call, number)
        return explain_copy(call, "output", cell, factor_at(name, tensor, one(own)))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        gradients = _gradients(call, _number(call, of, cell))
        if len(gradients.values) == 1 and gradients.cells is not None:
            return explain_copy(call, f"grad_{of}", cell, gradients)
        name = place(call, f"grad_{of}", cell)
        if not len(gradients.values):
            rule = f"{symbol(call, f'grad_{of}')} = 0 where no cell is taken"
            result = "no cell of the output is a copy of it"
            return Explanation(rule, Terms((gradients,)), 0.0, f"{name} = 0, as {result}", result=result)
        rule = f"{symbol(call, f'grad_{of}')} = Σ {symbol(call, gradients.name)} over the cells that are copies of it"
        return explain_sum(rule, (gradients,), name=name)


def _given(call: CallValues) -> list[tuple[str, np.ndarray]]:
    """The tensors whose cells are moved, by name."""
    if "tensors" in call.arguments:
        return [(f"tensors[{at}]", np.asarray(tensor)) for at, tensor in enumerate(call.arguments["tensors"])]
    return [("input", np.asarray(call.arguments["input"]))]


def _outputs(call: CallValues) -> tuple[Numbers, ...]:
    """For each output, in its shape, the numbers of the cells that stand there: of the inputs one after another."""
    given = _given(call)
    shape = given[0][1].shape
    whole = (len(given), *shape) if "tensors" in call.arguments else shape
    size = int(np.prod(whole, dtype=np.int64))
    if size > MOST_FOLLOWED:
        raise ValueError(f"A cell is not followed among more than {MOST_FOLLOWED:,}.")
    laid_out = LAYOUTS[call.kind](np.arange(size).reshape(whole), call.arguments)
    outputs = laid_out if isinstance(laid_out, tuple) else (laid_out,)
    if outputs[0].shape != call.output.shape:
        raise ValueError(f"This way of calling {call.kind} is not explained.")
    return outputs


def _found(call: CallValues, number: int) -> tuple[str, np.ndarray, Index]:
    """The tensor that the cell with this number is of, and its place there."""
    given = _given(call)
    which, flat = divmod(number, max(given[0][1].size, 1))
    name, tensor = given[which]
    return name, tensor, tuple(int(index) for index in np.unravel_index(flat, tensor.shape)) if tensor.ndim else ()


def _number(call: CallValues, of: str, cell: Index) -> int | None:
    """The number of a cell of the input `of`; None for a tensor whose shape alone was read."""
    before = 0
    for name, tensor in _given(call):
        if name == of:
            return before + (int(np.ravel_multi_index(cell, tensor.shape)) if tensor.ndim else 0)
        before += tensor.size
    return None


def _gradients(call: CallValues, number: int | None) -> Factor:
    """What arrived at all copies of a cell."""
    arrivals = call.grad_outputs or (arrived(call),)
    for at, (numbers, gradient) in enumerate(zip(_outputs(call), arrivals, strict=False)):
        cells = np.argwhere(numbers == number)
        if not len(cells) or gradient is None:
            continue
        if at == 0:
            return factor_at("grad_output", gradient, cells)
        return Factor(f"grad_output[{at}]", values_at(gradient, cells))  # of an output that no view shows
    return factor_at("grad_output", np.zeros(call.output.shape, np.float32), np.zeros((0, call.output.ndim), np.int64))


def _padding(call: CallValues, cell: Index) -> Explanation:
    value = float(call.arguments.get("value") or 0)
    line = f"{place(call, 'output', cell)} = {plain_number(value)}, as it is padding"
    rule = f"{symbol(call, 'output')} = {plain_number(value)} outside {symbol(call, 'input')}"
    return Explanation(rule, Terms((constant("padding", value),)), value, line, result="it is padding")
