"""conv2d and conv_transpose2d: a kernel slid over the input, and the three sums its gradients are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.biased import explain_biased
from explorer.arithmetic.cells import arrived, formula, picked, place
from explorer.arithmetic.explanation import Explanation, Factor, explain_sum
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.patches import Axis, padding_before, pair
from explorer.arithmetic.words import DY, KindWords, Told

Factors = tuple[Factor, Factor]


@dataclass(frozen=True, eq=False)
class _Sliding:
    """The kernel's patches over the wide maps; the narrow maps have one cell a patch.

    `wide` (N, W, H, W) is conv2d's input and conv_transpose2d's output, `narrow` (N, O, h, w) the other one, `weight`
    (O, W / groups, kh, kw) in both; a single example may come without its axis N. Narrow channel and wide channels of
    a group see only each other.
    """

    wide: Any
    narrow: Any
    weight: Any
    rows: Axis
    columns: Axis
    groups: int
    names: tuple[str, str]  # what the wide and the narrow tensor are called

    @property
    def _narrow_channels(self) -> int:
        """Narrow channels of one group."""
        return int(np.shape(self.weight)[0]) // self.groups

    @property
    def _wide_channels(self) -> int:
        """Wide channels of one group."""
        return int(np.shape(self.weight)[1])

    def _cells_of_wide(self, *indices: Any) -> Factor:
        return replace(picked(self.names[0], self.wide, *indices), channel_axis=np.ndim(self.wide) - 3)

    def _cells_of_narrow(self, *indices: Any) -> Factor:
        return replace(picked(self.names[1], self.narrow, *indices), channel_axis=np.ndim(self.narrow) - 3)

    def at_narrow(self, cell: Index) -> Factors:
        """Wide cells under the patch of a narrow cell, with the weights they meet; by channel, row, column."""
        *example, channel, row, column = cell
        within = np.arange(self._wide_channels).reshape(-1, 1, 1)
        wide = channel // self._narrow_channels * self._wide_channels + within
        (down, rows), (across, columns) = self.rows.of_patch(row), self.columns.of_patch(column)
        return (
            self._cells_of_wide(*example, wide, rows[:, None], columns),
            picked("weight", self.weight, channel, within, down[:, None], across),
        )

    def at_wide(self, cell: Index) -> Factors:
        """Narrow cells whose patches hold a wide cell, with the weights it meets there."""
        *example, channel, row, column = cell
        group, within = divmod(channel, self._wide_channels)
        narrow = (group * self._narrow_channels + np.arange(self._narrow_channels)).reshape(-1, 1, 1)
        (down, rows), (across, columns) = self.rows.of_cell(row), self.columns.of_cell(column)
        return (
            self._cells_of_narrow(*example, narrow, rows[:, None], columns),
            picked("weight", self.weight, narrow, within, down[:, None], across),
        )

    def at_weight(self, cell: Index) -> Factors:
        """Narrow cells and the wide cells that this weight joins them to, in every example."""
        channel, within, down, across = cell
        examples = [np.arange(size).reshape(-1, 1, 1) for size in np.shape(self.wide)[:-3]]
        wide = channel // self._narrow_channels * self._wide_channels + within
        (top, rows), (left, columns) = self.rows.of_tap(down), self.columns.of_tap(across)
        return (
            self._cells_of_narrow(*examples, channel, top[:, None], left),
            self._cells_of_wide(*examples, wide, rows[:, None], columns),
        )


_MAP_BIAS = Told(
    "A bias is added to every cell of its map, so its gradient is the sum of the gradients of them all.",
    f"∂L/∂b[o] = Σ {DY}[o, i, j]",
)


class Convolution(Operation):
    """What the two convolutions share. Places of the padding hold a 0 and are not among the terms."""

    differentiable = ("input", "weight", "bias")
    family = "convolution"
    always = ("stride", "padding")
    is_transposed: ClassVar[bool]

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        sliding, bias = self._sliding(call, call.output), call.arguments.get("bias")
        factors = sliding.at_wide(cell) if self.is_transposed else sliding.at_narrow(cell)
        note = "" if self.is_transposed else _left_out(sliding, factors)
        rule = formula(call, "output", "input", "weight", bias=bias is not None, note=note)
        return explain_biased(rule, factors, bias, (cell[-3],), name=place(call, "output", cell))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        factors, note = self._backward_factors(call, of, cell)
        rule = formula(call, f"grad_{of}", *(factor.name for factor in factors), note=note)
        return explain_sum(rule, factors, name=place(call, f"grad_{of}", cell))

    def _backward_factors(self, call: CallValues, of: str, cell: Index) -> tuple[tuple[Factor, ...], str]:
        if of == "bias":
            shape = call.output.shape
            *examples, rows, columns = np.indices((*shape[:-3], *shape[-2:]))
            return (picked("grad_output", arrived(call), *examples, cell[0], rows, columns),), "over the whole map"
        sliding = self._sliding(call, arrived(call))
        if of == "weight":
            factors = sliding.at_weight(cell)
            return (factors[::-1] if self.is_transposed else factors), "over every place of the kernel"
        if self.is_transposed:
            return sliding.at_narrow(cell), "a convolution with the same kernel"
        return sliding.at_wide(cell), "a full correlation with the kernel flipped"

    def _sliding(self, call: CallValues, made: np.ndarray) -> _Sliding:
        """The call's patches; `made` is its output or the gradient of it."""
        given, weight = call.arguments["input"], call.arguments["weight"]
        wide, narrow = (made, given) if self.is_transposed else (given, made)
        name = "output" if made is call.output else "grad_output"
        dilation, stride = pair(call.arguments.get("dilation", 1)), pair(call.arguments.get("stride", 1))
        padding = padding_before(call.arguments.get("padding", 0), np.shape(weight)[2:], dilation)
        rows, columns = (
            Axis(narrow.shape[at], wide.shape[at], np.shape(weight)[at], stride[at], padding[at], dilation[at])
            for at in (-2, -1)
        )
        groups = int(call.arguments.get("groups", 1))
        return _Sliding(
            wide, narrow, weight, rows, columns, groups, (name, "input") if self.is_transposed else ("input", name)
        )


class Conv2d(Convolution):
    """output[n, o, y, x] = Σ input[n, c, y·s − p + i·d, x·s − p + j·d] · weight[o, c, i, j] + bias[o].

    input (N, C, H, W), weight (O, C / groups, kh, kw), bias (O,) or None, output (N, O, h, w).
    Source: Dumoulin & Visin, arXiv:1603.07285; the gradients are the derivatives of this sum.
    """

    kinds = ("conv2d",)
    told: ClassVar[Mapping[str, KindWords]] = {
        "conv2d": KindWords(
            "Convolution",
            Told(
                "Each cell of {made} is a weighted sum of a {kernel} patch over {maps} of {input}{plus_bias}.",
                "y[o, i, j] = Σ w[o, c, r, s] · x[c, {row}, {column}]{bias_term}",
            ),
            {
                "input": Told(
                    "The gradient of each cell of {input} gathers what every patch that saw it sends back through the "
                    "weight it met there.",
                    f"∂L/∂x[c, p, q] = Σ w[o, c, r, s] · {DY}[o, i, j], p = {{row}}, q = {{column}}",
                ),
                "weight": Told(
                    "The gradient of each weight sums, over all places of the patch, the cell of {input} it met "
                    "times the gradient of the cell it helped to make.",
                    f"∂L/∂w[o, c, r, s] = Σ x[c, {{row}}, {{column}}] · {DY}[o, i, j]",
                ),
                "bias": _MAP_BIAS,
            },
        ),
    }
    is_transposed = False


class ConvTranspose2d(Convolution):
    """output[n, o, y·s − p + i·d, x·s − p + j·d] gets input[n, c, y, x] · weight[c, o, i, j], and bias[o] once.

    What conv2d does to a gradient on its way back is done here to the input on its way forward.
    input (N, C, H, W), weight (C, O / groups, kh, kw), bias (O,) or None, output (N, O, h, w).
    Source: Dumoulin & Visin, arXiv:1603.07285, chapter 4.
    """

    kinds = ("conv_transpose2d",)
    told: ClassVar[Mapping[str, KindWords]] = {
        "conv_transpose2d": KindWords(
            "Transposed convolution",
            Told(
                "Each cell of {input} spreads a {kernel} stamp of weights over {made}; where stamps overlap they add up"
                "{plus_bias}.",
                "y[o, p, q] = Σ w[c, o, r, s] · x[c, i, j]{bias_term}, p = {row}, q = {column}",
            ),
            {
                "input": Told(
                    "The gradient of each cell of {input} is a weighted sum of the gradients of the patch it was "
                    "spread over.",
                    f"∂L/∂x[c, i, j] = Σ w[c, o, r, s] · {DY}[o, {{row}}, {{column}}]",
                ),
                "weight": Told(
                    "The gradient of each weight sums the cells of {input} it multiplied, each times the gradient of "
                    "the cell it gave to.",
                    f"∂L/∂w[c, o, r, s] = Σ x[c, i, j] · {DY}[o, {{row}}, {{column}}]",
                ),
                "bias": _MAP_BIAS,
            },
        ),
    }
    is_transposed = True


def _left_out(sliding: _Sliding, factors: Factors) -> str:
    """Says how many places of the patch lie in the padding."""
    count = int(np.prod(np.shape(sliding.weight)[1:])) - len(factors[0].values)
    return f"{count:,} places in the padding hold 0 and are left out" if count else ""
