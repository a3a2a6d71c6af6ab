"""Calls that make one tensor of several, or one number of many: add, mul, cat, mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, Terms, explain_sum, plain_number, written_sum
from explorer.arithmetic.joined import joined
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.places import constant, factor_at, grid, one
from explorer.arithmetic.python_call import unusual, value_text
from explorer.arithmetic.words import DY, SPREAD, KindWords, Told, moved
from explorer.arithmetic.written import Exact, Minus, Number, Quotient, Sum, Written, equation, product


class Add(Operation):
    """output = input + alpha · other, or less alpha · other, each broadcast to the shape of the output.

    On the way back an input takes the gradient as it is, `other` alpha times it; a cell that was broadcast takes the
    sum over all cells it went into. Either may be a plain number.
    """

    kinds = ("add", "sub")
    family = "merge"
    told: ClassVar[Mapping[str, KindWords]] = {
        "add": KindWords(
            "Sum",
            Told("Each cell of {made} is the sum of the cells at the same place of {input} and {other}.", "y = x + x₂"),
            {
                "": Told(
                    "A sum passes its gradient on whole to each of its inputs: {of} gets all of it.", f"∂L/∂x = {DY}"
                ),
                SPREAD: Told(
                    "{of} was added to many cells of {made}, so its gradient is the sum of theirs.",
                    f"∂L/∂x = Σ {DY} over the cells that x was added to",
                ),
            },
        ),
        "sub": KindWords(
            "Difference",
            Told("What {other} has is taken off each cell of {input}, at the same place.", "y = x − x₂"),
            {
                "input": Told("{of} gets the gradient as it is.", f"∂L/∂x = {DY}"),
                "other": Told("{of} was taken off, so it gets the gradient with the other sign.", f"∂L/∂x₂ = −{DY}"),
            },
        ),
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        if kind == "sub" and "input" in settings:  # 1 − x
            return f"{value_text(settings['input'])} - {inputs[0]}"
        return f"{inputs[0]} {'-' if kind == 'sub' else '+'} {_second(inputs, settings)}"

    differentiable = ("input", "other")

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        alpha = _alpha(call)
        left, right = (factor_under(call, name, one(cell)) for name in self.differentiable)
        scaled = (right,) if alpha == 1 else (right, constant("alpha", alpha))
        terms = joined((left,), scaled)
        total = float(terms.values.sum())
        products = Number(left.values[0]), _second_written(float(right.values[0]), alpha)
        sign = "−" if call.kind == "sub" else "+"
        rule = f"{symbol(call, 'output')} = {symbol(call, 'input')} {sign} {'' if abs(alpha) == 1 else 'alpha · '}"
        line = equation(place(call, "output", cell), Sum(products), total=total)
        return Explanation(rule + symbol(call, "other"), terms, total, line)

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        gradients = gradients_over(call, of, cell)
        if len(gradients.values) == 1 and (of == "input" or _alpha(call) == 1):
            return explain_copy(call, f"grad_{of}", cell, gradients)
        alpha = 1.0 if of == "input" else _alpha(call)
        factors = [gradients] if alpha == 1 else [gradients, Factor("alpha", np.full(len(gradients.values), alpha))]
        rule = f"{symbol(call, f'grad_{of}')} = Σ {symbol(call, 'grad_output')}{'' if alpha == 1 else ' · alpha'}"
        rule += " over the cells it was added to"
        return explain_sum(rule, factors, name=place(call, f"grad_{of}", cell))


class Mul(Operation):
    """output = input · other, each broadcast to the output; each takes back the gradient times the other."""

    kinds = ("mul",)
    family = "merge"
    told: ClassVar[Mapping[str, KindWords]] = {
        "mul": KindWords(
            "Product",
            Told(
                "Each cell of {made} is the product of the cells at the same place of {input} and {other}.",
                "y = x · x₂",
            ),
            {
                "input": Told(
                    "{of} gets the gradient times what it was multiplied by, cell by cell.", f"∂L/∂x = {DY} · x₂"
                ),
                "other": Told(
                    "{of} gets the gradient times what it was multiplied by, cell by cell.", f"∂L/∂x₂ = {DY} · x"
                ),
            },
        ),
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        return f"{inputs[0]} * {_second(inputs, settings)}"

    differentiable = ("input", "other")

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        factors = [factor_under(call, name, one(cell)) for name in self.differentiable]
        rule = f"{symbol(call, 'output')} = {symbol(call, 'input')} · {symbol(call, 'other')}"
        return explain_sum(rule, factors, name=place(call, "output", cell))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        gradients = gradients_over(call, of, cell)
        assert gradients.cells is not None
        other = "other" if of == "input" else "input"
        factors = (gradients, factor_under(call, other, gradients.cells))
        rule = f"{symbol(call, f'grad_{of}')} = Σ {symbol(call, 'grad_output')} · {symbol(call, other)}"
        rule += " over the cells it was multiplied into"
        return explain_sum(rule, factors, name=place(call, f"grad_{of}", cell))


class Cat(Operation):
    """Tensors laid one after another along an axis: each output cell is a cell of one of them, unchanged.

    The tensors are called `tensors[0]`, `tensors[1]` …, also where the gradient of one is asked for.
    """

    kinds = ("cat",)
    family = "merge"
    told: ClassVar[Mapping[str, KindWords]] = {
        "cat": KindWords(
            "Concatenation",
            Told("{made} puts {inputs} one after the other; no number changes.", "y = x₁, then x₂, …"),
            moved("Each cell of {of} takes back the gradient of its copy in {made}."),
        ),
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        return f"torch.cat(({', '.join(inputs)}), dim={settings.get('dim', 0)})"

    differentiable = ("tensors",)

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        dim, starts = _starts(call)
        which = int(np.searchsorted(starts, cell[dim], side="right")) - 1
        source = _moved(cell, dim, -int(starts[which]))
        taken = factor_at(f"tensors[{which}]", np.asarray(call.arguments["tensors"][which]), one(source))
        return explain_copy(call, "output", cell, taken)

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        dim, starts = _starts(call)
        target = _moved(cell, dim, int(starts[int(of.removeprefix("tensors[").removesuffix("]"))]))
        return explain_copy(call, f"grad_{of}", cell, factor_at("grad_output", arrived(call), one(target)))


class Mean(Operation):
    """The sum over some axes, or over all, divided by their number; each cell takes back that share of the gradient."""

    kinds = ("mean",)
    told: ClassVar[Mapping[str, KindWords]] = {
        "mean": KindWords(
            "Mean",
            Told("Each number of {made} is the mean of {mean_of} cells of {input}.", "y = 1/{mean_of} Σ x"),
            {
                "": Told(
                    "Every cell gets an equal share, 1/{mean_of}, of the gradient of the mean it went into.",
                    f"∂L/∂x = 1/{{mean_of}} · {DY}",
                )
            },
        ),
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        return f"{inputs[0]}.mean({unusual(settings, 'dim', 'keepdim')})"

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        given = np.asarray(call.arguments["input"])
        axes = mean_axes(call, given.ndim)
        kept = iter(without_kept_ones(call, cell, axes))
        cells = grid([range(size) if axis in axes else [next(kept)] for axis, size in enumerate(given.shape)])
        values = factor_at("input", given, cells)
        terms = Terms((values, Factor("1/n", np.full(len(cells), 1 / len(cells)))))
        total = float(values.values.sum() / len(cells))
        line = Quotient(written_sum(Terms((values,))), Exact(len(cells)), is_wide=True)
        rule = f"{symbol(call, 'output')} = Σ {symbol(call, 'input')} / n, n = {len(cells):,}"
        return Explanation(rule, terms, total, equation(place(call, "output", cell), line, total=total))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        given = np.asarray(call.arguments["input"])
        axes = mean_axes(call, given.ndim)
        if call.arguments.get("keepdim"):
            target = tuple(0 if axis in axes else index for axis, index in enumerate(cell))
        else:
            target = tuple(index for axis, index in enumerate(cell) if axis not in axes)
        count = int(np.prod([given.shape[axis] for axis in axes], dtype=np.int64))
        gradient = factor_at("grad_output", arrived(call), one(target))
        terms = Terms((gradient, Factor("1/n", np.asarray([1 / count]))))
        total = float(gradient.values[0] / count)
        share = Quotient(Number(gradient.values[0]), Exact(count), is_wide=True)
        line = equation(place(call, f"grad_{of}", cell), share, total=total)
        rule = f"{symbol(call, f'grad_{of}')} = {symbol(call, 'grad_output')} / n, n = {count:,}"
        return Explanation(rule, terms, total, line)


def explain_copy(call: CallValues, name: str, cell: Index, taken: Factor) -> Explanation:
    """A cell that is another one, unchanged: "output[0, 5] = input[0, 1, 2] = 0.3"."""
    terms = Terms((taken,))
    assert taken.cells is not None
    source = place(call, taken.name, tuple(int(index) for index in taken.cells[0]))
    value = float(taken.values[0])
    rule = f"{symbol(call, name)} = {symbol(call, taken.name)}, cell for cell"
    return Explanation(rule, terms, value, f"{place(call, name, cell)} = {source} = {plain_number(value)}")


def explain_unread(call: CallValues, name: str, cell: Index, what: str) -> Explanation:
    """Of a tensor none of whose numbers was read: "grad_other[0, 5] = 0, as its shape alone was read"."""
    none = factor_at("grad_output", arrived(call), np.zeros((0, call.output.ndim), np.int64))
    result = f"its {what} alone was read"
    written = f"{place(call, name, cell)} = 0, as {result}"
    return Explanation(f"{symbol(call, name)} = 0", Terms((none,)), 0.0, written, result=result)


def _alpha(call: CallValues) -> float:
    """How many times the second is added; of a difference it is negative."""
    return float(call.arguments.get("alpha", 1)) * (-1 if call.kind == "sub" else 1)


def _second_written(value: float, alpha: float) -> Written:
    return Minus(Number(value)) if alpha == -1 else product(*([] if alpha == 1 else [alpha]), value)


def factor_under(call: CallValues, name: str, cells: np.ndarray) -> Factor:
    """What of the argument `name` went into each of the output's `cells`; a constant where it is a plain number."""
    value = call.arguments[name]
    if not isinstance(value, np.ndarray):
        return Factor(name, np.full(len(cells), float(value)))
    own = cells[:, cells.shape[1] - value.ndim :] * (np.asarray(value.shape, dtype=np.int64) > 1)
    return factor_at(name, value, own)


def gradients_over(call: CallValues, of: str, cell: Index) -> Factor:
    """The gradients of all output cells that `cell` of the argument `of` was broadcast into."""
    gradient = arrived(call)
    shape = np.shape(call.arguments[of])
    added = gradient.ndim - len(shape)
    axes: list[Any] = [range(size) for size in gradient.shape[:added]]
    for axis, (size, index) in enumerate(zip(shape, cell, strict=True)):
        axes.append(range(gradient.shape[added + axis]) if size == 1 else [index])
    return factor_at("grad_output", gradient, grid(axes))


def _starts(call: CallValues) -> tuple[int, np.ndarray]:
    """The axis, and where along it each tensor begins; an empty tensor of one axis takes no place, as in PyTorch."""
    dim = int(call.arguments.get("dim", 0)) % call.output.ndim
    shapes = [np.shape(tensor) for tensor in call.arguments["tensors"]]
    sizes = [0 if shape == (0,) else shape[dim] for shape in shapes]
    return dim, np.concatenate(([0], np.cumsum(sizes)[:-1]))


def _moved(cell: Index, dim: int, by: int) -> Index:
    return (*cell[:dim], cell[dim] + by, *cell[dim + 1 :])


def mean_axes(call: CallValues, count: int) -> tuple[int, ...]:
    """The axes that a call adds up along, all of them where it names none."""
    dim = call.arguments.get("dim")
    if dim is None or dim == () or dim == []:
        return tuple(range(count))
    dims = dim if isinstance(dim, (tuple, list)) else (dim,)
    return tuple(int(axis) % count for axis in dims) if count else ()


def without_kept_ones(call: CallValues, cell: Index, axes: tuple[int, ...]) -> tuple[int, ...]:
    """The output's cell without the axes of length 1 that `keepdim` leaves."""
    if not call.arguments.get("keepdim"):
        return cell
    return tuple(index for axis, index in enumerate(cell) if axis not in axes)


def _second(names: Sequence[str], settings: Mapping[str, Any]) -> str:
    """What is added or multiplied, as Python writes it: a variable or a number, `alpha` times."""
    other = names[1] if len(names) > 1 else value_text(settings.get("other", names[0]))
    alpha = settings.get("alpha", 1)
    return other if alpha == 1 else f"{value_text(alpha)} * {other}"
