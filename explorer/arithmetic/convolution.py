"""Convolutions and transposed ones, along one, two or three axes: a kernel slid over the input, and the three sums its
gradients are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.biased import explain_biased
from explorer.arithmetic.cells import arrived, formula, picked, place
from explorer.arithmetic.explanation import Explanation, Factor, explain_sum
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.patches import Axis, each_axis, padding_of_axes
from explorer.arithmetic.words import DY, KindWords, Told

Factors = tuple[Factor, Factor]


@dataclass(frozen=True, eq=False)
class _Sliding:
    """The kernel's patches over the wide maps; the narrow maps have one cell a patch.

    Of two axes: `wide` (N, W, H, W) is conv2d's input and conv_transpose2d's output, `narrow` (N, O, h, w) the other
    one, `weight` (O, W / groups, kh, kw) in both; a single example may come without its axis N. Narrow channel and wide
    channels of a group see only each other.
    """

    wide: Any
    narrow: Any
    weight: Any
    axes: tuple[Axis, ...]
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
        return replace(picked(self.names[0], self.wide, *indices), channel_axis=np.ndim(self.wide) - len(self.axes) - 1)

    def _cells_of_narrow(self, *indices: Any) -> Factor:
        axis = np.ndim(self.narrow) - len(self.axes) - 1
        return replace(picked(self.names[1], self.narrow, *indices), channel_axis=axis)

    def _split(self, cell: Index) -> tuple[Index, int, Index]:
        """A cell's example, channel and place along the axes."""
        count = len(self.axes)
        return cell[: -count - 1], cell[-count - 1], cell[-count:]

    def at_narrow(self, cell: Index) -> Factors:
        """Wide cells under the patch of a narrow cell, with the weights they meet; by channel, row, column."""
        example, channel, places = self._split(cell)
        within = self._behind(np.arange(self._wide_channels))
        wide = channel // self._narrow_channels * self._wide_channels + within
        taps, cells = _crossed([axis.of_patch(at) for axis, at in zip(self.axes, places, strict=True)])
        return self._cells_of_wide(*example, wide, *cells), picked("weight", self.weight, channel, within, *taps)

    def at_wide(self, cell: Index) -> Factors:
        """Narrow cells whose patches hold a wide cell, with the weights it meets there."""
        example, channel, places = self._split(cell)
        group, within = divmod(channel, self._wide_channels)
        narrow = self._behind(group * self._narrow_channels + np.arange(self._narrow_channels))
        taps, cells = _crossed([axis.of_cell(at) for axis, at in zip(self.axes, places, strict=True)])
        return self._cells_of_narrow(*example, narrow, *cells), picked("weight", self.weight, narrow, within, *taps)

    def at_weight(self, cell: Index) -> Factors:
        """Narrow cells and the wide cells that this weight joins them to, in every example."""
        channel, within, *taps = cell
        lead = np.shape(self.wide)[: -len(self.axes) - 1]
        examples = [self._behind(np.arange(size)) for size in lead]
        wide = channel // self._narrow_channels * self._wide_channels + within
        patches, cells = _crossed([axis.of_tap(at) for axis, at in zip(self.axes, taps, strict=True)])
        return self._cells_of_narrow(*examples, channel, *patches), self._cells_of_wide(*examples, wide, *cells)

    def _behind(self, indices: np.ndarray) -> np.ndarray:
        """In front of the axes, so that each meets every place along them."""
        return indices.reshape(-1, *(1 for _ in self.axes))


def _crossed(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The indices of both sides, each along an axis of its own."""
    shapes = [(-1, *(1 for _ in pairs[at + 1 :])) for at in range(len(pairs))]
    first = [one.reshape(shape) for (one, _), shape in zip(pairs, shapes, strict=True)]
    return first, [other.reshape(shape) for (_, other), shape in zip(pairs, shapes, strict=True)]


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
        channel = cell[-len(sliding.axes) - 1]
        return explain_biased(rule, factors, bias, (channel,), name=place(call, "output", cell))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        factors, note = self._backward_factors(call, of, cell)
        rule = formula(call, f"grad_{of}", *(factor.name for factor in factors), note=note)
        return explain_sum(rule, factors, name=place(call, f"grad_{of}", cell))

    def _backward_factors(self, call: CallValues, of: str, cell: Index) -> tuple[tuple[Factor, ...], str]:
        if of == "bias":
            shape, count = call.output.shape, np.ndim(call.arguments["weight"]) - 2
            indices = list(np.indices((*shape[: -count - 1], *shape[-count:])))
            indices.insert(len(indices) - count, np.asarray(cell[0]))
            return (picked("grad_output", arrived(call), *indices),), "over the whole map"
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
        taps = np.shape(weight)[2:]
        dilation, stride = (each_axis(call.arguments.get(name, 1), len(taps)) for name in ("dilation", "stride"))
        padding = padding_of_axes(call.arguments.get("padding", 0), taps, dilation)
        axes = tuple(
            Axis(narrow.shape[at], wide.shape[at], taps[at], stride[at], padding[at], dilation[at])
            for at in range(-len(taps), 0)
        )
        groups = int(call.arguments.get("groups", 1))
        return _Sliding(wide, narrow, weight, axes, groups, (name, "input") if self.is_transposed else ("input", name))


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


_MEETS = (
    "The gradient of each weight sums, over all places, what it met times the gradient of the cell it helped to make."
)
_GATHERS = (
    "The gradient of each cell of {input} gathers what every patch that saw it sends back through the weight there."
)


def _along(count: int, title: str, sentence: str, formula: str) -> KindWords:
    """The words of one or three axes."""
    axes = "i" if count == 1 else "i, j, k"
    back = {
        "input": Told(_GATHERS, f"∂L/∂x[c, …] = Σ w[o, c, …] · {DY}[o, {axes}]"),
        "weight": Told(_MEETS, f"∂L/∂w[o, c, …] = Σ x[c, …] · {DY}[o, {axes}]"),
        "bias": replace(_MAP_BIAS, formula=f"∂L/∂b[o] = Σ {DY}[o, {axes}]"),
    }
    return KindWords(title, Told(sentence, formula), back)


class ConvAlong(Convolution):
    """A convolution along one axis, (N, C, L), or three, (N, C, D, H, W)."""

    kinds = ("conv1d", "conv3d")
    told: ClassVar[Mapping[str, KindWords]] = {
        "conv1d": _along(
            1,
            "Convolution along an axis",
            "Each cell of {made} is a weighted sum of a stretch of {input}, over all its channels{plus_bias}.",
            "y[o, i] = Σ w[o, c, r] · x[c, s·i + d·r − p]{bias_term}",
        ),
        "conv3d": _along(
            3,
            "Convolution of volumes",
            "Each cell of {made} is a weighted sum of a box of {input}, over all its channels{plus_bias}.",
            "y[o, i, j, k] = Σ w[o, c, …] · x[c, …] over the box at (i, j, k){bias_term}",
        ),
    }
    is_transposed = False


class ConvTransposeAlong(Convolution):
    """A transposed convolution along one axis or three."""

    kinds = ("conv_transpose1d", "conv_transpose3d")
    told: ClassVar[Mapping[str, KindWords]] = {
        "conv_transpose1d": _along(
            1,
            "Transposed convolution along an axis",
            "Each cell of {input} spreads a stamp of weights along {made}; stamps that overlap add up{plus_bias}.",
            "y[o, s·i + d·r − p] gets Σ w[c, o, r] · x[c, i]{bias_term}",
        ),
        "conv_transpose3d": _along(
            3,
            "Transposed convolution of volumes",
            "Each cell of {input} spreads a box of weights over {made}; where boxes overlap they add up{plus_bias}.",
            "y[o, …] gets Σ w[c, o, …] · x[c, i, j, k]{bias_term}",
        ),
    }
    is_transposed = True


def _left_out(sliding: _Sliding, factors: Factors) -> str:
    """Says how many places of the patch lie in the padding."""
    count = int(np.prod(np.shape(sliding.weight)[1:])) - len(factors[0].values)
    return f"{count:,} places in the padding hold 0 and are left out" if count else ""
