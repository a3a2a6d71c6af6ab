"""interpolate: each output cell is one input cell (nearest) or a weighted mean of the nearest two along each axis.

Source: PyTorch's aten/src/ATen/native/UpSample.h, from which the positions follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, explain_sum
from explorer.arithmetic.merging import explain_copy
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.places import factor_at, grid
from explorer.arithmetic.words import DY, KindWords, Told

NEAREST = ("nearest", "nearest-exact")
LINEAR = ("linear", "bilinear", "trilinear")


@dataclass(frozen=True, eq=False)
class Reads:
    """What each cell along an output axis reads: cell `low` by 1 − `share` and cell `high` by `share`, (out,) each."""

    low: np.ndarray
    high: np.ndarray
    share: np.ndarray

    def of_output(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Which input indices one output index reads, and their weights."""
        share = float(self.share[index])
        if self.low[index] == self.high[index]:
            return self.low[index : index + 1], np.ones(1)
        return np.asarray([self.low[index], self.high[index]]), np.asarray([1 - share, share])

    def of_input(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Which output indices read one input index, and with what weights."""
        weights = (self.low == index) * (1 - self.share) + (self.high == index) * self.share
        readers = np.flatnonzero((self.low == index) | (self.high == index))
        return readers, weights[readers]


class Interpolate(Operation):
    """nearest, nearest-exact, linear, bilinear and trilinear; the axes are independent, so that weights multiply.

    input (N, C, *), output (N, C, *). On the way back a cell takes the gradients of the cells that read it, by weight.
    """

    kinds = ("interpolate", "upsample")
    family = "shape"
    told: ClassVar[Mapping[str, KindWords]] = {
        "interpolate": KindWords(
            "Upsampling by repetition",
            Told(
                "Each cell of {made} repeats the nearest cell of {input}.", "y[c, i, j] = x[c, nearest(i), nearest(j)]"
            ),
            {
                "": Told(
                    "The gradient of each cell of {input} is the sum of the gradients of its copies.",
                    f"∂L/∂x[c, p, q] = Σ {DY}[c, i, j] over its copies",
                )
            },
        ),
        "interpolate linear": KindWords(
            "Upsampling by interpolation",
            Told(
                "Each cell of {made} is a mean of the nearest cells of {input}, the nearer the heavier.",
                "y[c, i, j] = Σ share · x[c, p, q] over the nearest cells",
            ),
            {
                "": Told(
                    "The gradient of each cell of {input} gathers those of the cells that read it, by the share they "
                    "read.",
                    f"∂L/∂x[c, p, q] = Σ share · {DY}[c, i, j]",
                )
            },
        ),
    }

    def words(self, kind: str, arguments: Mapping[str, Any]) -> KindWords:
        return self.told["interpolate linear" if arguments.get("mode") in LINEAR else "interpolate"]

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        taken, weights = self._taken(call, cell, is_small=False)
        if _mode(call) in NEAREST and taken.values[0] != call.output[cell]:
            taken, weights = self._taken(call, cell, is_small=True)
        return self._explained(call, "output", cell, factors=(taken, weights))

    @staticmethod
    def _taken(call: CallValues, cell: Index, *, is_small: bool) -> tuple[Factor, Factor]:
        """The input cells that an output cell reads, and their weights."""
        axes = zip(_reads(call, is_small=is_small), cell[2:], strict=True)
        cells, weights = _combined(cell, [reads.of_output(index) for reads, index in axes])
        return factor_at("input", np.asarray(call.arguments["input"]), cells), weights

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        axes = zip(_reads(call, is_small=True), cell[2:], strict=True)
        found = [reads.of_input(index) for reads, index in axes]
        cells, weights = _combined(cell, found)
        return self._explained(
            call, f"grad_{of}", cell, factors=(factor_at("grad_output", arrived(call), cells), weights)
        )

    @staticmethod
    def _explained(call: CallValues, name: str, cell: Index, *, factors: tuple[Factor, Factor]) -> Explanation:
        mode, taken = _mode(call), factors[0]
        if mode in LINEAR:
            factors = _counted(*factors)
            rule = f"{symbol(call, name)} = Σ {symbol(call, taken.name)} · weight, nearer cells weigh more"
            return explain_sum(rule, factors, name=place(call, name, cell))
        if len(taken.values) == 1:
            return explain_copy(call, name, cell, taken)
        rule = f"{symbol(call, name)} = Σ {symbol(call, taken.name)} over the cells that are copies of it"
        return explain_sum(rule, (taken,), name=place(call, name, cell))


def _combined(cell: Index, found: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, Factor]:
    """The cells in every combination of the axes' indices, and the product of their weights for each."""
    cells = grid([[cell[0]], [cell[1]], *(indices for indices, _ in found)])
    weights: np.ndarray = np.ones(1)
    for _, own in found:
        weights = np.multiply.outer(weights, own).reshape(-1)
    return cells, Factor("weight", weights)


def _counted(values: Factor, weights: Factor) -> tuple[Factor, Factor]:
    """Without the cells of weight 0, which PyTorch reads too: they count where they are NaN or infinite."""
    kept = np.flatnonzero((weights.values != 0) | ~np.isfinite(values.values))
    return values.taken(kept), weights.taken(kept)


def _mode(call: CallValues) -> str:
    """Raises ValueError for a mode that is not explained."""
    mode = str(call.arguments.get("mode", "nearest"))
    if mode not in NEAREST + LINEAR or call.arguments.get("antialias"):
        suffix = " with antialias" if call.arguments.get("antialias") else ""
        raise ValueError(f"Interpolation by {mode}{suffix} is not explained.")
    return mode


def _reads(call: CallValues, *, is_small: bool) -> list[Reads]:
    """One entry for each axis after the batch and the channels.

    `is_small`: by the rule of the kernel for small maps, which works out nearest in float32 whatever the tensor's
    precision, and where an output is exactly as long or twice as long as the input takes place or place / 2, whatever
    scale was given. PyTorch does so on the way back, and on the way forward in some of its kernels (measured on 2.13,
    CPU: scale_factor=2.3 on 2 cells, scale_factor=41 in float64), so that the forward rule is read off the output
    where the two differ.
    """
    mode, sizes = _mode(call), np.shape(call.arguments["input"])[2:]
    factors = _scale_factors(call, len(sizes))
    precision = np.dtype(np.float32) if is_small else np.asarray(call.arguments["input"]).dtype
    align = bool(call.arguments.get("align_corners"))
    found = []
    for size, made, factor in zip(sizes, call.output.shape[2:], factors, strict=True):
        if mode in LINEAR:
            found.append(_linear(size, made, factor, align_corners=align))
        elif is_small and mode == "nearest" and made in (size, 2 * size):
            found.append(_repeated(size, made))
        else:
            found.append(_nearest(size, made, factor, exact=mode == "nearest-exact", precision=precision))
    return found


def _scale_factors(call: CallValues, count: int) -> list[float | None]:
    """What the caller gave for each axis; None where the scale follows from the sizes."""
    given: Any = call.arguments.get("scale_factor")
    if given is None or call.arguments.get("recompute_scale_factor"):
        return [None] * count
    return [float(value) for value in given] if isinstance(given, (tuple, list)) else [float(given)] * count


def _nearest(size: int, made: int, factor: float | None, *, exact: bool, precision: np.dtype[Any]) -> Reads:
    """floor(place · scale), worked out in `precision`, on which it depends at whole numbers."""
    kind = precision.type if precision in (np.float32, np.float64) else np.float32
    scale = kind(1 / factor) if factor else kind(size) / kind(made)
    position = (np.arange(made).astype(kind) + kind(0.5 if exact else 0)) * scale
    low = np.minimum(np.floor(position.astype(np.float32)).astype(np.int64), size - 1)
    return Reads(low, low, np.zeros(made))


def _repeated(size: int, made: int) -> Reads:
    """Every cell once, or every cell twice."""
    low = np.arange(made) // (made // size)
    return Reads(low, low, np.zeros(made))


def _linear(size: int, made: int, factor: float | None, *, align_corners: bool) -> Reads:
    """Where corners are aligned, the outermost cells' centres fall together; else their outer edges do."""
    if size == made:
        position: np.ndarray = np.arange(made, dtype=np.float64)
    elif align_corners:
        position = np.arange(made) * ((size - 1) / (made - 1) if made > 1 else 0.0)
    else:
        position = np.maximum((np.arange(made) + 0.5) * (1 / factor if factor else size / made) - 0.5, 0)
    low = np.minimum(np.floor(position).astype(np.int64), size - 1)
    return Reads(low, np.minimum(low + 1, size - 1), np.clip(position - low, 0, 1))
