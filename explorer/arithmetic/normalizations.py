"""The kinds of normalization: over the batch, over groups of maps, over single examples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.explanation import Explanation
from explorer.arithmetic.joined import joined
from explorer.arithmetic.normalization import Normalization, box, channel, input_of, mean_and_variance, whole
from explorer.arithmetic.operation import CallValues, Index
from explorer.arithmetic.places import Region, constant, factor_at, one, seen_at
from explorer.arithmetic.words import DY, KindWords, Told
from explorer.arithmetic.written import Number, Product, added, equation

_SCALE = Told(
    "The weight scales every normalized cell x̂ of its own, so its gradient sums each x̂ times the gradient there.",
    f"∂L/∂γ = Σ x̂ · {DY}",
)
_SHIFT = Told(
    "The bias shifts every cell of its own, so its gradient is the sum of their gradients.", f"∂L/∂β = Σ {DY}"
)
_KEPT = "The running mean and variance, which evaluation reads, go {momentum} of the way to those of the batch."
_NORMALIZED = "y = {gamma}(x − μ)/√(σ² + ε){shift}"
_NORMALIZED_BACK = f"∂L/∂x = 1/√(σ² + ε) · (g − mean(g) − x̂ · mean(g · x̂)), where g = {{gamma}}{DY}"


class BatchNorm(Normalization):
    """One mean and variance a channel, over the batch and the map; in evaluation those kept from training.

    input (N, C, *), weight and bias (C,).
    """

    kinds = ("batch_norm",)
    told: ClassVar[Mapping[str, KindWords]] = {
        "batch_norm": KindWords(
            "Batch normalization, as after training",
            Told(
                "Each map of {input} is shifted and scaled by the mean and variance remembered from training{affine}.",
                _NORMALIZED,
            ),
            {
                "input": Told(
                    "Mean and variance are fixed after training, so the gradient is only scaled, map by map.",
                    f"∂L/∂x = {DY} · {{gamma}}1/√(σ² + ε)",
                ),
                "weight": _SCALE,
                "bias": _SHIFT,
            },
        ),
        "batch_norm training": KindWords(
            "Batch normalization",
            Told("Each map of {input} is brought to mean 0 and variance 1 over the whole batch{affine}.", _NORMALIZED),
            {
                "input": Told(
                    "Each cell also moved the mean and variance of its map, so what would only shift or stretch the "
                    "whole map is taken off the gradient.",
                    _NORMALIZED_BACK,
                ),
                "weight": _SCALE,
                "bias": _SHIFT,
            },
        ),
    }

    def words(self, kind: str, arguments: Mapping[str, Any]) -> KindWords:
        found = super().words(f"{kind} training" if arguments.get("training") else kind, arguments)
        if not arguments.get("training") or arguments.get("running_mean") is None:
            return found
        return replace(found, forward=replace(found.forward, sentence=f"{found.forward.sentence} {_KEPT}"))

    def kept_after(self, call: CallValues, of: str, cell: Index) -> Explanation:
        """The running mean or variance goes a part of the way to that of the batch.

        Source: Ioffe & Szegedy, arXiv:1502.03167, section 3.1, with the unbiased variance, as torch.nn.BatchNorm2d.
        """
        name, momentum = of.removesuffix("_after"), float(call.arguments.get("momentum", 0.1))
        region = self.scaled_by(call, cell)
        values = input_of(call)[region]
        mean, variance = mean_and_variance(values, None)
        is_mean, count = name == "running_mean", values.size
        measured = float(mean) if is_mean else float(variance) * count / (count - 1)
        word = "mean" if is_mean else "variance"
        before = factor_at(name, np.asarray(call.arguments[name]), one(cell))
        kept, new = constant("1 − momentum", 1 - momentum), constant("momentum", momentum)
        terms = joined((before, kept), (constant(f"the batch's {word}", measured), new))
        line = added(
            [
                Product((Number(1 - momentum), Number(float(before.values[0])))),
                Product((Number(momentum), Number(measured))),
            ]
        )
        total = float(terms.values.sum())
        written = f"{equation(f'{name}[{cell[0]}]', line, total=total)}, the batch's {word} over {count:,} cells"
        written += "" if is_mean else f", divided by {count - 1:,}"
        rule = f"{name} ← (1 − momentum) · {name} + momentum · the batch's {word}"
        explained = Explanation(rule, terms, total, written, seen=seen_at("input", input_of(call), region))
        return explained if is_mean else self._unless_too_wide(call, region, explained, math.inf)

    def together(self, call: CallValues, cell: Index) -> Region:
        return self.scaled_by(call, cell[1:2])

    def scaled_by(self, call: CallValues, weight_cell: Index) -> Region:
        return channel(call, weight_cell[0])

    def weight_cells(self, call: CallValues, cells: np.ndarray) -> np.ndarray:
        return cells[:, 1:2]

    def statistics(self, call: CallValues, region: Region) -> tuple[np.ndarray, np.ndarray]:
        channel = int(region[1].start)
        if not self.is_measured(call):
            kept = (np.asarray(call.arguments[name][channel], np.float64) for name in ("running_mean", "running_var"))
            mean, variance = kept
            return mean, variance
        return mean_and_variance(input_of(call)[:, channel], None)

    def is_measured(self, call: CallValues) -> bool:
        return bool(call.arguments.get("training"))


class GroupNorm(Normalization):
    """One mean and variance for each example and each group of channels next to each other.

    input (N, C, *), weight and bias (C,).
    """

    kinds = ("group_norm",)
    names_weights = True
    told: ClassVar[Mapping[str, KindWords]] = {
        "group_norm": KindWords(
            "Group normalization",
            Told(
                "The maps of {input} are taken in {num_groups} groups, each brought to mean 0 and variance 1{affine}.",
                _NORMALIZED,
            ),
            {
                "input": Told(
                    "Each cell also moved the mean and variance of its group, so what would only shift or stretch the "
                    "whole group is taken off the gradient.",
                    _NORMALIZED_BACK,
                ),
                "weight": _SCALE,
                "bias": _SHIFT,
            },
        ),
    }

    def together(self, call: CallValues, cell: Index) -> Region:
        return (slice(cell[0], cell[0] + 1), self._group(call, cell[1]), *whole(call.output.ndim - 2))

    def scaled_by(self, call: CallValues, weight_cell: Index) -> Region:
        return channel(call, weight_cell[0])

    def weight_cells(self, call: CallValues, cells: np.ndarray) -> np.ndarray:
        return cells[:, 1:2]

    def statistics(self, call: CallValues, region: Region) -> tuple[np.ndarray, np.ndarray]:
        group = input_of(call)[region[0], self._group(call, int(region[1].start))]
        return mean_and_variance(group, tuple(range(1, group.ndim)))

    @staticmethod
    def _group(call: CallValues, channel: int) -> slice:
        size = call.output.shape[1] // int(call.arguments["num_groups"])
        return slice(channel // size * size, channel // size * size + size)


class LayerNorm(Normalization):
    """One mean and variance for each place before the last axes, which `normalized_shape` counts.

    input (*, *normalized_shape), weight and bias (*normalized_shape).
    """

    kinds = ("layer_norm",)
    names_weights = True
    told: ClassVar[Mapping[str, KindWords]] = {
        "layer_norm": KindWords(
            "Layer normalization",
            Told(
                "The {normalized_shape} numbers of each place are brought to mean 0 and variance 1 together{affine}.",
                _NORMALIZED,
            ),
            {
                "input": Told(
                    "Each number also moved the mean and variance of its neighbours, so what would only shift or "
                    "stretch them together is taken off the gradient.",
                    _NORMALIZED_BACK,
                ),
                "weight": _SCALE,
                "bias": _SHIFT,
            },
        ),
    }
    scales_apart = False

    def together(self, call: CallValues, cell: Index) -> Region:
        leading = self._leading(call)
        return (*box(cell)[:leading], *whole(len(cell) - leading))

    def scaled_by(self, call: CallValues, weight_cell: Index) -> Region:
        return (*whole(self._leading(call)), *box(weight_cell))

    def weight_cells(self, call: CallValues, cells: np.ndarray) -> np.ndarray:
        return cells[:, self._leading(call) :]

    def statistics(self, call: CallValues, region: Region) -> tuple[np.ndarray, np.ndarray]:
        leading = self._leading(call)
        return mean_and_variance(input_of(call)[region[:leading]], tuple(range(leading, call.output.ndim)))

    @staticmethod
    def _leading(call: CallValues) -> int:
        shape = call.arguments["normalized_shape"]
        return call.output.ndim - (1 if isinstance(shape, int) else len(shape))
