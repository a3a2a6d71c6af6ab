"""Explanations as tables: a neuron's terms, the exponentials of a softmax, a normalization line by line. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.amounts import bracketed, summed
from explorer.arithmetic import Explanation
from explorer.arithmetic.explanation import Terms, plain_number
from explorer.arithmetic.operation import Index
from explorer.session.step_tensors import StepTensors, Tensor
from explorer.ui.common.colour import Scale
from explorer.ui.common.text import count, number
from explorer.ui.debugger.class_labels import NO_NAMES, Labels, labels_of
from explorer.ui.tensors.tiles import NO_COLOUR, scale_of

SORTED_FROM = 12  # rows; fewer stay in their own order
DIGITS = 4
OPERATORS = ("×", "−", "+")  # behind one a negative number stands between brackets


@dataclass(frozen=True, eq=False)
class TableColumn:
    """Numbers under a title: in coloured cells, or with `is_bar` beside bars. NaN is left empty."""

    title: str
    values: np.ndarray
    scale: Scale
    is_bar: bool = False


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of numbers with `symbols` between the columns. `order` is the order they are drawn in, as far as they fit.

    `marked` is the row asked for. `lines` stand below, the last one the result; they do not say again what the
    explanation's own line says. `adds_up` tells that the last column is summed, so that what does not fit can be summed
    too. `sources` holds for each row the tensor and cell it came from.
    """

    labels: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    symbols: tuple[str, ...]
    order: np.ndarray
    lines: tuple[str, ...]
    marked: int | None = None
    adds_up: bool = False
    sources: tuple[tuple[str, Index] | None, ...] = ()

    def figures(self, at: int, rows: Sequence[int]) -> list[str]:
        """The numbers of a column in these rows, as arithmetic writes them: "0.5 × (−2) = −1"."""
        values = [float(self.columns[at].values[row]) for row in rows]
        numbers = ["" if math.isnan(value) else number(value, DIGITS) for value in values]
        return [
            bracketed(text) if self._sign_before(at, row) in OPERATORS else text
            for row, text in zip(rows, numbers, strict=True)
        ]

    def _sign_before(self, at: int, row: int) -> str:
        """What stands between the number and the one to its left; of the first number, before what it is called."""
        return self.symbols[at - 1] if at else self.labels[row].partition(" ")[0]

    def left_out(self, shown: np.ndarray) -> str:
        """What is said of all rows but those that are `shown`."""
        rest = self.order[~np.isin(self.order, shown)]
        if not len(rest):
            return ""
        words = f"{count(len(rest))} more"
        return (
            f"{words}, together {plain_number(float(self.columns[-1].values[rest].sum()))}" if self.adds_up else words
        )


def terms_table(
    explanation: Explanation, tensors: StepTensors, *, classes: Sequence[str] = (), names: Labels = NO_NAMES
) -> Table:
    """The terms of a sum as rows: factor × factor = product; the largest first where they are many.

    `names` are those of the numbers of rows, by the titles of the tensors.
    """
    main = explanation.terms.parts[0]
    order = np.arange(len(main)) if len(main) < SORTED_FROM else main.ranked()
    columns, symbols = _factor_columns(main, tensors)
    if len(main.factors) > 1:
        columns.append(TableColumn("product", main.values, scale_of(main.values, is_signed=True), is_bar=True))
        symbols.append("=")
    else:
        columns[-1] = TableColumn(columns[-1].title, main.values, columns[-1].scale, is_bar=True)
    labels, sources = _labels(main, classes, _names_in(main, tensors, names))
    lines = _sum_lines(explanation)
    return Table(labels, tuple(columns), tuple(symbols), order, lines, adds_up=True, sources=sources)


def ladder(explanation: Explanation, tensors: StepTensors) -> Table:
    """A few single terms as rows, one a part: what is multiplied, and what that adds."""
    rows: list[tuple[str, float, float]] = []
    so_far = 0.0
    for part in explanation.terms.parts:
        for at in range(len(part)):
            product = 1.0
            for place, factor in enumerate(part.factors):
                product *= float(factor.values[at])
                symbol = "×" if place else ("+" if rows else "")
                rows.append((f"{symbol} {factor.label}".strip(), float(factor.values[at]), product))
            so_far += product
    title = "product so far" if any(len(part.factors) > 1 for part in explanation.terms.parts) else "adds"
    values = np.asarray([value for _, value, _ in rows])
    products = np.asarray([product for _, _, product in rows])
    columns = (
        TableColumn("number", values, scale_of(values, is_signed=True)),
        TableColumn(title, products, scale_of(products, is_signed=True), is_bar=True),
    )
    labels = tuple(_titled(label, tensors) for label, _, _ in rows)
    return Table(labels, columns, ("",), np.arange(len(rows)), _result_lines(explanation))


def normalization_table(explanation: Explanation) -> Table:
    """x, less the mean, times 1/√(variance + eps), times weight, plus bias: each with the number that results."""
    scaled, mean = explanation.terms.parts[:2]
    steps = [("input", float(scaled.factors[0].values[0])), ("− mean", -float(mean.factors[0].values[0]))]
    steps += [(f"× {factor.label}", float(factor.values[0])) for factor in scaled.factors[1:]]
    running = [steps[0][1], steps[0][1] - steps[1][1]]
    for _, value in steps[2:]:
        running.append(running[-1] * value)
    for part in explanation.terms.parts[2:]:
        steps.append((f"+ {part.factors[0].label}", float(part.values[0])))
        running.append(running[-1] + steps[-1][1])
    values, results = np.asarray([value for _, value in steps]), np.asarray(running)
    columns = (
        TableColumn("number", values, scale_of(values, is_signed=True)),
        TableColumn("so far", results, scale_of(results, is_signed=True), is_bar=True),
    )
    labels = tuple(label for label, _ in steps)
    return Table(labels, columns, ("",), np.arange(len(steps)), _result_lines(explanation))


def three_ways_table(explanation: Explanation) -> Table:
    """A normalization's gradient: from the cell's own output, through the mean, and through the variance."""
    values = explanation.terms.values
    half = (len(values) - 1) // 2
    ways = np.asarray([values[0], values[1 : 1 + half].sum(), values[1 + half :].sum()])
    column = TableColumn("adds", ways, scale_of(ways, is_signed=True), is_bar=True)
    labels = ("from its own output", f"through the mean of {count(half)}", f"through the variance of {count(half)}")
    return Table(labels, (column,), (), np.arange(3), _result_lines(explanation), adds_up=True)


def softmax_table(
    explanation: Explanation,
    tensors: StepTensors,
    cell: Index,
    *,
    kind: str,
    classes: Sequence[str] = (),
    names: Labels = NO_NAMES,
) -> Table:
    """x, exp(x) and what each is of their sum; for a log softmax its logarithm."""
    factor = explanation.terms.parts[0].factors[0]
    assert factor.cells is not None
    given = tensors.by_name["input"].values[tuple(factor.cells.T)].astype(np.float64)
    exponentials = factor.values
    total = float(exponentials.sum())
    shares = exponentials / total
    result = shares if kind == "softmax" else np.log(shares)
    is_shifted = not np.allclose(exponentials, np.exp(np.minimum(given, 700)))
    columns = (
        TableColumn("x", given, scale_of(given, is_signed=True)),
        TableColumn(
            "exp(x − largest)" if is_shifted else "exp(x)", exponentials, scale_of(exponentials, is_signed=True)
        ),
        TableColumn("÷ Σ" if kind == "softmax" else "log(÷ Σ)", result, scale_of(result, is_signed=False), is_bar=True),
    )
    marked = int(np.flatnonzero((factor.cells == np.asarray(cell)).all(axis=1))[0])
    order = np.argsort(-exponentials, kind="stable") if len(shares) >= SORTED_FROM else np.arange(len(shares))
    main = explanation.terms.parts[0]
    labels, sources = _labels(main, classes, _names_in(main, tensors, names))
    lines = (f"Σ exp = {plain_number(total)}", f"{explanation.result} = {plain_number(explanation.total)}")
    return Table(labels, columns, ("→", "→"), order, lines, marked, sources=sources)


def _factor_columns(main: Terms, tensors: StepTensors) -> tuple[list[TableColumn], list[str]]:
    """The factors, each behind the number that it was made of where that is another, and what stands between them."""
    columns: list[TableColumn] = []
    symbols: list[str] = []
    for factor in main.factors:
        tensor = tensors.by_name.get(factor.name)
        if columns:
            symbols.append("×")
        if factor.made and factor.cells is not None and _is_read_from(tensor, factor.cells):
            assert tensor is not None
            raw = tensor.values[tuple(factor.cells.T)].astype(np.float64)
            columns.append(TableColumn(tensor.title, raw, scale_of(raw, is_signed=True)))
            symbols.append("→")
            columns.append(TableColumn(factor.label, factor.values, scale_of(factor.values, is_signed=True)))
            continue
        scale = NO_COLOUR if tensor is None else scale_of(factor.values, is_signed=True)
        columns.append(TableColumn(_short(factor.label, tensor), factor.values, scale))
    return columns, symbols


def _is_read_from(tensor: Tensor | None, cells: np.ndarray) -> bool:
    return tensor is not None and tensor.values.ndim == cells.shape[1]


def _short(label: str, tensor: Tensor | None) -> str:
    return "gradient" if label == "grad_output" else (tensor.title if tensor and label == "input" else label)


def _titled(label: str, tensors: StepTensors) -> str:
    symbol, _, name = label.rpartition(" ")
    if name == "grad_output":
        return f"{symbol} gradient".strip()
    tensor = tensors.by_name.get(name)
    return f"{symbol} {tensor.title}".strip() if tensor is not None and tensor.role == "activation" else label


def _labels(
    main: Terms, classes: Sequence[str], names: Sequence[str]
) -> tuple[tuple[str, ...], tuple[tuple[str, Index] | None, ...]]:
    """What each term is called: a class, the number of a row that it is made from, or its index in what varies from
    term to term; and where it came from."""
    factor = next((factor for factor in main.factors if factor.cells is not None), None)
    if factor is None or factor.cells is None:
        return tuple(str(at) for at in range(len(main))), (None,) * len(main)
    cells = factor.cells
    varying = [axis for axis in range(cells.shape[1]) if len(np.unique(cells[:, axis])) > 1] or [cells.shape[1] - 1]
    rows = cells.tolist()
    sources = tuple((factor.name, tuple(row)) for row in rows)
    if len(varying) == 1 and len(classes) == len(main):
        return tuple(classes[row[varying[0]]] for row in rows), sources
    if names:
        return tuple(names[row[-1]] for row in rows), sources
    return tuple(", ".join(str(row[axis]) for axis in varying) for row in rows), sources


def _names_in(main: Terms, tensors: StepTensors, names: Labels) -> Sequence[str]:
    """The names of the numbers that the terms are made from, one for each of them, where they are all of a row."""
    factor = next((factor for factor in main.factors if factor.cells is not None), None)
    tensor = None if factor is None else tensors.by_name.get(factor.name)
    if factor is None or factor.cells is None or tensor is None or factor.cells.shape[1] != tensor.values.ndim:
        return ()
    return labels_of(tensor, names) if len(np.unique(factor.cells[:, :-1], axis=0)) == 1 else ()


def _sum_lines(explanation: Explanation) -> tuple[str, ...]:
    parts = explanation.terms.parts
    sums = [float(part.values.sum()) for part in parts]
    if len(parts) == 1:
        return (f"Σ = {plain_number(explanation.total)}",)
    names = ["", *(f" ({part.factors[0].label})" for part in parts[1:])]
    added = summed([f"{plain_number(value)}{name}" for value, name in zip(sums, names, strict=True)])
    return f"Σ = {plain_number(sums[0])}", f"{added} = {plain_number(explanation.total)}"


def _result_lines(explanation: Explanation) -> tuple[str, ...]:
    sums = [plain_number(float(part.values.sum())) for part in explanation.terms.parts]
    return (
        f"{summed(sums)} = {plain_number(explanation.total)}"
        if len(sums) > 1
        else f"= {plain_number(explanation.total)}",
    )
