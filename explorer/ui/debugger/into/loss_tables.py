"""A loss and its gradient class by class: output, what the loss makes of it, target. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.arithmetic import Explanation
from explorer.arithmetic.explanation import plain_number
from explorer.arithmetic.loss import Loss
from explorer.arithmetic.operation import Index
from explorer.arithmetic.probabilities import READ
from explorer.session.row_names import MADE, row_names
from explorer.session.step_tensors import StepTensors
from explorer.ui.debugger.into.term_tables import SORTED_FROM, Table, TableColumn
from explorer.ui.tensors.tiles import NO_COLOUR, scale_of


def loss_table(
    explanation: Explanation,
    tensors: StepTensors,
    *,
    loss: Loss,
    example: int,
    cell: Index,
    of: str = "output",
    classes: Sequence[str] = (),
) -> Table | None:
    """The rows of one example; None where outputs are not one row of numbers an example.

    `of` is "output" for the loss itself; for its gradient `cell` is the output it is asked of.
    """
    output, target = tensors.by_name["input"].values, tensors.by_name.get("target")
    if output.ndim != 2 or target is None:
        return None
    at = cell[0] if of == "input" and cell else min(example, len(output) - 1)
    scores = output[at].astype(np.float64)
    wanted = _wanted(target.values, at, len(scores))
    if wanted is None:
        return None
    columns = [TableColumn("output", scores, scale_of(scores, is_signed=True))]
    columns += _worked_out(loss, scores, wanted)
    labels = tuple(classes) if len(classes) == len(scores) else tuple(row_names(MADE, len(scores)))
    if of == "input":
        columns, symbols = _with_gradient(columns, tensors, at, loss=loss)
        lines: tuple[str, ...] = ()
        marked = cell[-1] if cell else None
    else:
        columns, symbols = _with_terms(columns, explanation, at, len(scores))
        noun = "examples" if tensors.by_name["input"].has_batch else "rows"
        lines, marked = _loss_lines(explanation, at, len(output), noun=noun), None
    if loss.targets == "classes" and marked is None:
        marked = int(wanted.argmax())
    order = np.argsort(-scores, kind="stable") if len(scores) > SORTED_FROM else np.arange(len(scores))
    if marked is not None and len(order) > SORTED_FROM:
        order = np.concatenate(([marked], order[order != marked]))
    sources = tuple(("input", (at, index)) for index in range(len(scores)))
    return Table(labels, tuple(columns), symbols, order, lines, marked, sources=sources)


def _wanted(target: np.ndarray, at: int, count: int) -> np.ndarray | None:
    """The target as one number for each output: 1 at its class, or the numbers themselves."""
    if target.ndim == 2 and target.shape[1] == count:
        return np.asarray(target[at], np.float64)
    if target.ndim == 1 and 0 <= int(target[at]) < count:
        hot = np.zeros(count)
        hot[int(target[at])] = 1
        return hot
    return None


def _worked_out(loss: Loss, scores: np.ndarray, wanted: np.ndarray) -> list[TableColumn]:
    """What the loss makes of the outputs before it compares them, and the target beside it."""
    target = TableColumn("target", wanted, NO_COLOUR)
    if not loss.activation:
        return [target]
    shares = READ[loss.activation](scores)
    return [TableColumn(loss.activation, shares, scale_of(np.append(shares, 1), is_signed=True)), target]


def _with_gradient(
    columns: list[TableColumn], tensors: StepTensors, at: int, *, loss: Loss
) -> tuple[list[TableColumn], tuple[str, ...]]:
    made = tensors.by_name.get("grad_input")
    if made is not None:
        values = made.values[at].astype(np.float64)
        columns = [*columns, TableColumn("gradient", values, scale_of(values, is_signed=True), is_bar=True)]
    between = "−" if loss.pulls_by_difference else "|"
    symbols = ("→", between, "⇒") if len(columns) == 4 else (between, "⇒")
    return columns, symbols[: len(columns) - 1]


def _with_terms(
    columns: list[TableColumn], explanation: Explanation, at: int, count: int
) -> tuple[list[TableColumn], tuple[str, ...]]:
    """The terms of this example beside the outputs they are made from; empty where an output has none."""
    terms = np.full(count, np.nan)
    factor = next((factor for factor in explanation.terms.factors if factor.cells is not None), None)
    if factor is not None and factor.cells is not None and factor.cells.shape[1] == 2:
        own = factor.cells[:, 0] == at
        terms[factor.cells[own, 1]] = explanation.terms.values[own]
    symbols = ("→",) * (len(columns) - 2) + ("|", "⇒")
    return [*columns, TableColumn("loss", terms, scale_of(terms, is_signed=True), is_bar=True)], symbols


def _loss_lines(explanation: Explanation, at: int, count: int, *, noun: str) -> tuple[str, ...]:
    """Which part of the loss is drawn, where there are several; the arithmetic of the whole is told elsewhere."""
    if count == 1:
        return ()
    total = f"loss = {plain_number(explanation.total)}"
    return (f"{total}, the mean over {count} {noun}; this one is number {at}",)
