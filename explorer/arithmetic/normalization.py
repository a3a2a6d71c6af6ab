"""Normalization: x̂ = (x − mean) / √(variance + eps), then weight · x̂ + bias. The kinds differ in who shares a mean.

Where the mean and the variance are made from the cells themselves, a cell's gradient reaches the others through both:
with g = grad_output · weight and r = 1/√(variance + eps), over the n cells that share them,

    grad_xᵢ = r · (gᵢ − Σⱼ gⱼ / n − x̂ᵢ · Σⱼ gⱼ x̂ⱼ / n).

Source: Ioffe & Szegedy, arXiv:1502.03167, section 3 (its chain of derivatives, put together).
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.cells import arrived, place, symbol
from explorer.arithmetic.explanation import Explanation, Factor, Otherwise, Terms, explain_sum
from explorer.arithmetic.joined import joined
from explorer.arithmetic.operation import CallValues, Index, Operation
from explorer.arithmetic.places import Region, cells_in, constant, factor_at, one, seen_at
from explorer.arithmetic.written import Function, Number, Product, Quotient, Sum, Written, added, difference, equation

TOO_WIDE = "the sum of squares goes beyond float32's largest number and PyTorch"


class Normalization(Operation):
    """What all kinds have in common. Weight and bias may be None: then they are 1 and 0."""

    differentiable = ("input", "weight", "bias")
    family = "normalization"
    scales_apart: ClassVar[bool] = True
    """Whether PyTorch scales x and the mean before it subtracts them: not the same where weights are ∞."""

    @abstractmethod
    def together(self, call: CallValues, cell: Index) -> Region:
        """The box of cells that share a mean and a variance with `cell`."""

    @abstractmethod
    def scaled_by(self, call: CallValues, weight_cell: Index) -> Region:
        """The box of cells that one cell of weight scales and one of bias is added to."""

    @abstractmethod
    def weight_cells(self, call: CallValues, cells: np.ndarray) -> np.ndarray:
        """Which cell of weight scales each of `cells` (T, ndim), (T, weight's ndim)."""

    @abstractmethod
    def statistics(self, call: CallValues, region: Region) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of every cell of the box, in a shape that broadcasts to it."""

    def is_measured(self, call: CallValues) -> bool:
        """Whether mean and variance are the cells' own, and not numbers kept from training."""
        return True

    def forward(self, call: CallValues, cell: Index) -> Explanation:
        cells = one(cell)
        mean, rate = self._mean_and_rate(call, box(cell))
        given = factor_at("input", input_of(call), cells)
        weight = self._parameter(call, "weight", cells)
        scale = (constant("1/√(variance + eps)", rate), *weight)
        parts = [(given, *scale), (constant("−mean", -mean), *scale)]
        bias = self._parameter(call, "bias", cells)
        terms = joined(*parts, *([bias] if bias else []))
        total = float(terms.values.sum())
        variance = 1 / rate**2 - _eps(call)
        spread = Function("√", (Sum((Number(variance), Number(_eps(call)))),))
        factors = [Number(factor.values[0]) for factor in weight]
        normalized = Quotient(difference(float(given.values[0]), mean), spread, is_wide=True)
        scaled: list[Written] = [Product((normalized, *factors))]
        if not self.scales_apart:
            total = float((given.values[0] - mean) * rate * np.prod([factor.values[0] for factor in weight]))
            total += sum(float(factor.values[0]) for factor in bias)
        elif math.isnan(total):  # ∞ − ∞ where the weight is infinite
            numbers = Number(given.values[0]), Number(-mean)
            scaled = [Product((Quotient(each, spread, is_wide=True), *factors)) for each in numbers]
        line = added([*scaled, *(Number(factor.values[0]) for factor in bias)])
        rule = f"{symbol(call, 'output')} = ({symbol(call, 'input')} − mean) / √(variance + eps)"
        rule += f" · {symbol(call, 'weight')}" * bool(weight) + f" + {symbol(call, 'bias')}" * bool(bias)
        origin = self._origin(call, cell)
        written = f"{equation(place(call, 'output', cell), line, total=total)}, mean and variance {origin}"
        region = self.together(call, cell)
        seen = seen_at("input", input_of(call), region) if self.is_measured(call) else None
        explained = Explanation(rule, terms, total, written, seen=seen)
        return self._unless_too_wide(call, box(cell), explained, sum(float(factor.values[0]) for factor in bias))

    def backward(self, call: CallValues, of: str, cell: Index) -> Explanation:
        if of == "input":
            return self._through_statistics(call, cell) if self.is_measured(call) else self._straight(call, cell)
        region = self.scaled_by(call, cell)
        cells = cells_in(region, call.output.shape)
        factors = [factor_at("grad_output", arrived(call), cells)]
        if of == "weight":
            factors.append(Factor("input", self._normalized(call, region).reshape(-1), cells, made="x̂"))
        rule = f"{symbol(call, f'grad_{of}')} = Σ {symbol(call, 'grad_output')}"
        rule += " · x̂, x̂ = (input − mean) / √(variance + eps)" if of == "weight" else ""
        explained = explain_sum(rule, factors, name=place(call, f"grad_{of}", cell))
        if of != "weight":
            return explained
        explained = replace(explained, rounded=float(np.abs(factors[0].values) @ self._rounded(call, region)))
        kept = np.where(self._is_too_wide(call, region), 0, factors[1].values)
        return self._unless_too_wide(call, region, explained, float(factors[0].values @ kept))

    def _straight(self, call: CallValues, cell: Index) -> Explanation:
        """The mean and the variance are fixed numbers: the gradient is only scaled."""
        _, rate = self._mean_and_rate(call, box(cell))
        weight = self._parameter(call, "weight", one(cell))
        gradient = factor_at("grad_output", arrived(call), one(cell))
        rule = (
            f"{symbol(call, 'grad_input')} = {symbol(call, 'grad_output')}"
            + f" · {symbol(call, 'weight')}" * bool(weight)
            + " / √(variance + eps)"
        )
        factors = (gradient, *weight, constant("1/√(variance + eps)", rate))
        return explain_sum(rule, factors, name=place(call, "grad_input", cell))

    def _through_statistics(self, call: CallValues, cell: Index) -> Explanation:
        """Three ways back to the cell: from its own output, through the mean, and through the variance."""
        region = self.together(call, cell)
        group = cells_in(region, call.output.shape)
        count = len(group)
        normalized = self._normalized(call, region).reshape(-1)
        own = float(self._normalized(call, box(cell)).reshape(-1)[0])
        _, rate = self._mean_and_rate(call, box(cell))
        cells = np.concatenate((one(cell), group, group))
        through = np.concatenate((np.ones(1 + count), normalized))
        share = rate * np.repeat([1.0, -1 / count, -own / count], [1, count, count])
        gradient = factor_at("grad_output", arrived(call), cells)
        terms = Terms((gradient, *self._parameter(call, "weight", cells), Factor("x̂", through), Factor("share", share)))
        values, total = terms.values, float(terms.values.sum())
        ways = (float(values[0]), float(values[1 : 1 + count].sum()), float(values[1 + count :].sum()))
        line = added([Number(way) for way in ways])
        reason = f"its own output + through the mean + through the variance of {count:,} cells"
        rule = f"{symbol(call, 'grad_input')} = r · (gᵢ − Σⱼ gⱼ / n − x̂ᵢ · Σⱼ gⱼ · x̂ⱼ / n), "
        rule += f"g = {symbol(call, 'grad_output')}"
        rule += f" · {symbol(call, 'weight')}" * (call.arguments.get("weight") is not None)
        rule += ", r = 1/√(variance + eps), x̂ = (input − mean) · r"
        written = f"{equation(place(call, 'grad_input', cell), line, total=total)}, from {reason}"
        passed = np.abs(values[1 : 1 + count])  # |g| · r / n
        own_rounded = float(self._rounded(call, box(cell))[0])
        rounded = float(passed @ np.abs(normalized)) * own_rounded + abs(own) * float(
            passed @ self._rounded(call, region)
        )
        explained = Explanation(rule, terms, total, written, result=reason, rounded=rounded)
        return self._unless_too_wide(call, box(cell), explained, 0.0)

    def _unless_too_wide(self, call: CallValues, region: Region, explained: Explanation, kept: float) -> Explanation:
        """`explained`, or `kept` where the squares of the cells leave float32: ∞, and what is divided by it 0."""
        is_too_wide = bool(self._is_too_wide(call, region).any())
        return replace(explained, otherwise=Otherwise((kept, math.nan), TOO_WIDE)) if is_too_wide else explained

    def _is_too_wide(self, call: CallValues, region: Region) -> np.ndarray:
        """For which cells of the box the squares add up to more than float32 holds, flat."""
        given = input_of(call)
        if not self.is_measured(call) or given.dtype == np.float64:
            return np.zeros(1, bool)
        squares = self.statistics(call, region)[1] * given[self.together(call, (0,) * given.ndim)].size
        return np.broadcast_to(squares > np.finfo(np.float32).max, given[region].shape).reshape(-1)

    def _mean_and_rate(self, call: CallValues, box: Region) -> tuple[float, float]:
        """The mean of a box of one cell, and 1/√(variance + eps)."""
        mean, variance = (float(np.asarray(value).reshape(-1)[0]) for value in self.statistics(call, box))
        return mean, 1 / float(np.sqrt(variance + _eps(call)))

    def _normalized(self, call: CallValues, region: Region) -> np.ndarray:
        """x̂ of every cell of the box, in the box's shape, float64."""
        mean, variance = self.statistics(call, region)
        return np.asarray((input_of(call)[region].astype(np.float64) - mean) / np.sqrt(variance + _eps(call)))

    def _rounded(self, call: CallValues, region: Region) -> np.ndarray:
        """What x̂ of every cell of the box is the difference of, (|x| + |mean|) / √(variance + eps), flat."""
        mean, variance = self.statistics(call, region)
        sizes = np.abs(input_of(call)[region].astype(np.float64)) + np.abs(mean)
        return np.asarray(sizes / np.sqrt(variance + _eps(call))).reshape(-1)

    def _parameter(self, call: CallValues, name: str, cells: np.ndarray) -> tuple[Factor, ...]:
        """The weight or the bias of each of `cells`; nothing where there is none."""
        parameter = call.arguments.get(name)
        if parameter is None:
            return ()
        return (factor_at(name, np.asarray(parameter), self.weight_cells(call, cells)),)

    def _origin(self, call: CallValues, cell: Index) -> str:
        if not self.is_measured(call):
            return "kept from training"
        return f"over {call.output[self.together(call, cell)].size:,} cells"


def mean_and_variance(values: np.ndarray, axes: tuple[int, ...] | None) -> tuple[np.ndarray, np.ndarray]:
    """Over `axes`, which are kept with size 1, or over all; the variance divides by n."""
    keepdims = axes is not None
    mean: Any = values.mean(axis=axes, keepdims=keepdims, dtype=np.float64)
    variance: Any = np.square(values - mean).mean(axis=axes, keepdims=keepdims)
    return mean, variance


def input_of(call: CallValues) -> np.ndarray:
    return np.asarray(call.arguments["input"])


def _eps(call: CallValues) -> float:
    return float(call.arguments.get("eps", 1e-5))


def box(cell: Index) -> Region:
    return tuple(slice(index, index + 1) for index in cell)


def whole(count: int) -> Region:
    return (slice(None),) * count


def channel(call: CallValues, channel: int) -> Region:
    return (slice(None), slice(channel, channel + 1), *whole(call.output.ndim - 2))
