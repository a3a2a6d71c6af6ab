"""Calls that only move cells: permute, indexing, stack, split, pad …: one arithmetic for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, Terms, explain_sum, plain_number
from explorer.arithmetic.merging import explain_copy
from explorer.arithmetic.move_words import MOVE_WORDS, move_line
from explorer.arithmetic.moving import LAYOUTS, MOVED, PADDED, Numbers
from explorer.arithmetic.operation import CallValues, Family, Index, Operation
from explorer.arithmetic.places import constant, factor_at, one, values_at
from explorer.arithmetic.words import KindWords

UNMOVED: Mapping[str, str] = {
    **dict.fromkeys(("setitem", "fill", "zero", "scatter"), "set"),
    "masked_fill": "masked",
    "where": "chosen",
    **dict.fromkeys(("triu", "tril"), "outside the triangle"),
}
"""What a number is that no cell is: of other kinds it is padding."""
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
    differentiable = ("input", "tensors", "other", "value", "source", "src", "weight")
    plain: ClassVar[Mapping[str, Any]] = {"scale_grad_by_freq": False, "max_norm": None, "reduce": None}

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        return move_line(kind, [*inputs, *weights.values()], settings)

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        number = int(_outputs(call)[0][cell])
        if number < 0:
            return _unmoved(call, cell, number)
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
    moved = ((name, call.arguments.get(name)) for name in _moved(call))
    return [(name, tensor) for name, tensor in moved if isinstance(tensor, np.ndarray)]


def _moved(call: CallValues) -> tuple[str, ...]:
    return MOVED.get(call.kind, ("input",))


def _outputs(call: CallValues) -> tuple[Numbers, ...]:
    """For each output, in its shape, the numbers of the cells that stand there: of the inputs one after another."""
    laid_out = LAYOUTS[call.kind](*_numbered(call))
    outputs = laid_out if isinstance(laid_out, tuple) else (laid_out,)
    if outputs[0].shape != call.output.shape:
        raise ValueError(f"This way of calling {call.kind} is not explained.")
    return outputs


def _numbered(call: CallValues) -> tuple[Numbers, Mapping[str, Any]]:
    """The first tensor as the numbers of its cells, and the settings with those of the others in them.

    A plain number among what is moved is PADDED less its place. The tensors of a stack are one.
    """
    given = _given(call)
    if sum(tensor.size for _, tensor in given) > MOST_FOLLOWED:
        raise ValueError(f"A cell is not followed among more than {MOST_FOLLOWED:,}.")
    starts = np.cumsum([0, *(tensor.size for _, tensor in given)])
    numbers = {
        name: np.arange(start, start + tensor.size).reshape(tensor.shape)
        for (name, tensor), start in zip(given, starts, strict=False)
    }
    if "tensors" in call.arguments:
        return np.stack(list(numbers.values())), call.arguments
    plain = {
        name: np.asarray(PADDED - at)
        for at, name in enumerate(_moved(call))
        if call.arguments.get(name) is not None and name not in numbers
    }
    settings = {**call.arguments, **plain, **numbers}
    return settings[_moved(call)[0]], settings


def _found(call: CallValues, number: int) -> tuple[str, np.ndarray, Index]:
    """The tensor that the cell with this number is of, and its place there."""
    for name, tensor in _given(call):
        if number < tensor.size:
            return name, tensor, tuple(int(at) for at in np.unravel_index(number, tensor.shape)) if tensor.ndim else ()
        number -= tensor.size
    raise IndexError(number)


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
        cells = np.argwhere((numbers == number) & _takes_part(call, numbers.shape))
        if not len(cells) or gradient is None:
            continue
        if at == 0:
            return factor_at("grad_output", gradient, cells)
        return Factor(f"grad_output[{at}]", values_at(gradient, cells))  # of an output that no view shows
    return factor_at("grad_output", np.zeros(call.output.shape, np.float32), np.zeros((0, call.output.ndim), np.int64))


def _takes_part(call: CallValues, shape: tuple[int, ...]) -> np.ndarray:
    """Which cells of the output send their gradient back: not those of the row that stands for padding."""
    padding = call.arguments.get("padding_idx")
    if call.kind != "embedding" or padding is None or ("indices" in call.arguments and padding < 0):
        return np.ones((), bool)
    index = call.arguments["indices"] if "indices" in call.arguments else call.arguments["input"]
    return np.broadcast_to((index != padding % len(call.arguments["weight"]))[..., None], shape)


def _unmoved(call: CallValues, cell: Index, number: int) -> Explanation:
    """A cell that is a plain number given to the call, or 0."""
    value = float(call.arguments.get(_plain_name(call, number)) or 0)
    what = UNMOVED.get(call.kind, "padding")
    line = f"{place(call, 'output', cell)} = {plain_number(value)}, as it is {what}"
    rule = f"{symbol(call, 'output')} = {plain_number(value)} where it is {what}"
    return Explanation(rule, Terms((constant(what, value),)), value, line, result=f"it is {what}")


def _plain_name(call: CallValues, number: int) -> str:
    at = PADDED - number
    return _moved(call)[at] if at or call.kind == "where" else "value"
