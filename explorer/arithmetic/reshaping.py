"""Calls whose every output cell is one input cell: flatten, reshape, view, identity; dropout, which also scales it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Terms, plain_number
from explorer.arithmetic.merging import explain_copy, explain_unread
from explorer.arithmetic.operation import CallValues, Family, Index, Operation
from explorer.arithmetic.places import constant, factor_at, one
from explorer.arithmetic.python_call import method_text
from explorer.arithmetic.words import DY, KindWords, Told, by_slope, moved
from explorer.arithmetic.written import equation, product


class Reshape(Operation):
    """The same cells in the same order (the last axis fastest) under other indices; the same on the way back."""

    kinds: ClassVar[tuple[str, ...]] = (
        *("flatten", "reshape", "view", "squeeze", "unsqueeze"),
        *("unflatten", "reshape_as", "view_as"),
    )
    family: ClassVar[Family] = "shape"
    told: ClassVar[Mapping[str, KindWords]] = {
        "flatten": KindWords(
            "Flatten",
            Told(
                "The {numbers} numbers of {input} are laid out in one row, map after map, row after row; none changes.",
                "y[k] = x[c, i, j], k counting row by row, map by map",
            ),
            moved("The gradient of each number in the row goes back to the cell that it came from."),
        ),
        "reshape": KindWords(
            "Reshape",
            Told(
                "The {numbers} numbers of {input} in another shape, {shape}; none changes.", "y = x, in the same order"
            ),
            moved("The gradients go back into the shape that the numbers came in."),
        ),
        "view": KindWords(
            "View",
            Told(
                "The {numbers} numbers of {input} are looked at in another shape, {shape}; nothing is copied.",
                "y = x, in the same order",
            ),
            moved("The gradients are looked at in the shape that the numbers came in."),
        ),
        "squeeze": KindWords(
            "Squeeze",
            Told(
                "Axes of length 1 are taken out of {input}; no number changes.", "y = x, without its axes of length 1"
            ),
            moved("The axes of length 1 come back; no gradient changes."),
        ),
        "unsqueeze": KindWords(
            "Unsqueeze",
            Told(
                "{input} gets one more axis, of length 1; no number changes.", "y = x, with one axis of length 1 more"
            ),
            moved("The axis of length 1 goes again; no gradient changes."),
        ),
        "unflatten": KindWords(
            "Unflatten",
            Told("One axis of {input} becomes several, {shape}; no number changes.", "y = x, in the same order"),
            moved("The axes become one again; no gradient changes."),
        ),
        "reshape_as": KindWords(
            "Reshape",
            Told("The {numbers} numbers of {input} are given the shape of {other}.", "y = x, in the same order"),
            moved("The gradients go back into the shape that the numbers came in."),
        ),
        "view_as": KindWords(
            "View",
            Told("The {numbers} numbers of {input} are looked at in the shape of {other}.", "y = x, in the same order"),
            moved("The gradients are looked at in the shape that the numbers came in."),
        ),
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        if kind == "flatten":
            return f"torch.flatten({inputs[0]}, {settings.get('start_dim', 0)})"
        if kind == "unflatten":
            return f"{inputs[0]}.unflatten({settings['dim']}, {settings['sizes']!r})"
        if len(inputs) > 1:  # reshape_as
            return f"{inputs[0]}.{kind}({inputs[1]})"
        return method_text(inputs[0], kind, settings)

    def check_settings(self, call: CallValues) -> None:
        """A view of another type holds other numbers in the same memory."""
        if np.asarray(call.arguments["input"]).dtype != call.output.dtype:
            raise ValueError("A view of the same memory as numbers of another type is not explained.")

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        given = np.asarray(call.arguments["input"])
        source = _same_place(cell, call.output.shape, given.shape)
        return explain_copy(call, "output", cell, factor_at("input", given, one(source)))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        if of != "input":
            return explain_unread(call, f"grad_{of}", cell, "shape")
        target = _same_place(cell, np.shape(call.arguments[of]), call.output.shape)
        return explain_copy(call, f"grad_{of}", cell, factor_at("grad_output", arrived(call), one(target)))


class Identity(Reshape):
    """Every cell as it is: an activation that changes nothing."""

    kinds = ("identity",)
    family = "activation"
    told: ClassVar[Mapping[str, KindWords]] = {
        "identity": KindWords(
            "Identity",
            Told("Every number of {input} passes as it is: the identity as an activation.", "y = x"),
            by_slope("The identity has the slope 1 everywhere, so the gradient passes unchanged.", "1"),
        ),
    }

    def line(self, kind: str, inputs: Sequence[str], weights: Mapping[str, str], settings: Mapping[str, Any]) -> str:
        return f"nn.Identity()({inputs[0]})"


class Dropout(Operation):
    """In training each cell is dropped with probability p, else divided by 1 − p; in evaluation nothing happens.

    `mask` among the call's arguments says which cells were kept; those of dropout1d, 2d and 3d are kept by whole
    channels. Without it that is read off: a cell that was not 0 and is 0 now. Where the input is 0 it cannot be seen,
    and the gradient is not explained.
    Source: Srivastava et al. 2014, JMLR 15, section 10 (the scaling at training time).
    """

    kinds = ("dropout", "dropout1d", "dropout2d", "dropout3d")
    family = "activation"
    told: ClassVar[Mapping[str, KindWords]] = {
        "dropout": KindWords(
            "Dropout, switched off",
            Told("Outside training dropout lets every number pass unchanged.", "y = x"),
            by_slope("Dropout is switched off, so the gradient passes unchanged.", "1"),
        ),
        "dropout training": KindWords(
            "Dropout",
            Told(
                "Each number is set to 0 with probability {p}; the others are multiplied by {keep_scale}, so that the "
                "mean stays.",
                "y = x · {keep_scale} if kept, else 0",
            ),
            {
                "": Told(
                    "The gradient passes, times {keep_scale}, where a number was kept, and stops where it was dropped.",
                    f"∂L/∂x = {DY} · {{keep_scale}} if kept, else 0",
                )
            },
        ),
        "dropout2d": KindWords(
            "Dropout of whole maps, switched off",
            Told("Outside training dropout lets every map pass unchanged.", "y = x"),
            by_slope("Dropout is switched off, so every map's gradient passes unchanged.", "1"),
        ),
        "dropout2d training": KindWords(
            "Dropout of whole maps",
            Told(
                "Each whole map is set to 0 with probability {p}; the others are multiplied by {keep_scale}, so that "
                "the mean stays.",
                "y = x · {keep_scale} if its map is kept, else 0",
            ),
            {
                "": Told(
                    "The gradient passes, times {keep_scale}, through maps that were kept, and stops at those dropped.",
                    f"∂L/∂x = {DY} · {{keep_scale}} if its map is kept, else 0",
                )
            },
        ),
    }

    def words(self, kind: str, arguments: Mapping[str, Any]) -> KindWords:
        what = "dropout" if kind == "dropout" else "dropout2d"
        return self.told[f"{what} training" if arguments.get("training") else what]

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        given = factor_at("input", np.asarray(call.arguments["input"]), one(cell))
        if not _is_training(call):
            return explain_copy(call, "output", cell, given)
        kept = _was_kept(call, cell)
        terms = Terms((given, constant("kept / (1 − p)", _share(call, bool(kept)))))
        reason = {True: "it was kept", False: "it was dropped", None: "0 stays 0, kept or dropped"}[kept]
        return self._explained(call, "output", cell, terms=terms, reason=reason)

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        gradient = factor_at("grad_output", arrived(call), one(cell))
        if not _is_training(call):
            return explain_copy(call, f"grad_{of}", cell, gradient)
        kept = _was_kept(call, cell)
        if kept is None:
            raise ValueError("The input is 0 here, so it cannot be seen whether dropout kept this cell.")
        terms = Terms((gradient, constant("kept / (1 − p)", _share(call, kept))))
        reason = "the cell was kept" if kept else "the cell was dropped"
        return self._explained(call, f"grad_{of}", cell, terms=terms, reason=reason)

    @staticmethod
    def _explained(call: CallValues, name: str, cell: Index, *, terms: Terms, reason: str) -> Explanation:
        total = float(terms.values[0]) + 0.0  # no −0
        line = product(*(float(factor.values[0]) for factor in terms.factors))
        rule = f"{symbol(call, name)} = {symbol(call, terms.factors[0].name)} · kept / (1 − p), kept 0 or 1"
        written = equation(place(call, name, cell), line, total=total)
        return Explanation(rule, terms, total, f"{written}, as {reason} (p = {plain_number(_p(call))})", result=reason)


def _same_place(cell: Index, shape: tuple[int, ...], other: tuple[int, ...]) -> Index:
    """The cell of a tensor of shape `other` that stands where `cell` stands in one of `shape`."""
    flat = np.ravel_multi_index(cell, shape) if shape else 0
    return tuple(int(index) for index in np.unravel_index(flat, other)) if other else ()


def _is_training(call: CallValues) -> bool:
    return bool(call.arguments.get("training", True))


def _p(call: CallValues) -> float:
    return float(call.arguments.get("p", 0.5))


def _share(call: CallValues, kept: bool) -> float:
    return 1 / (1 - _p(call)) if kept and _p(call) < 1 else 0.0


def _was_kept(call: CallValues, cell: Index) -> bool | None:
    """None where it cannot be seen."""
    if "mask" in call.arguments:
        return bool(call.arguments["mask"][cell])
    if _p(call) in (0.0, 1.0):
        return _p(call) == 0
    if float(call.arguments["input"][cell]) == 0:
        return None
    return float(call.output[cell]) != 0
