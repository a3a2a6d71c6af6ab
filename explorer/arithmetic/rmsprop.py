"""RMSprop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.explanation import Explanation
from explorer.arithmetic.update import Update
from explorer.arithmetic.update_lines import Lines, LineTerm, descended, moving, over_root
from explorer.arithmetic.words import Told
from explorer.arithmetic.written import Number, Product, Written


class RMSprop(Update):
    """The gradient over the root of its mean square; `centered` takes the mean gradient's square off it first.

    Source: Hinton, Neural Networks for Machine Learning, lecture 6e; centered: Graves, arXiv:1308.0850, equations 38
    to 41, except that PyTorch adds ε outside the root.
    """

    name = "RMSprop"
    reads = ("step", "square_avg", "momentum_buffer", "grad_avg")
    defaults: ClassVar[Mapping[str, Any]] = {
        "lr": 1e-2,
        "alpha": 0.99,
        "eps": 1e-8,
        "weight_decay": 0.0,
        "momentum": 0.0,
        "centered": False,
        "maximize": False,
    }
    numbers: ClassVar[tuple[str, ...]] = ("learning_rate", "alpha", "momentum", "weight_decay")

    def words(self, settings: Mapping[str, Any], *, is_first: bool) -> Told:
        g = "(g + λ · w)" if settings.get("weight_decay") else "g"
        root = "√(v − m²)" if settings.get("centered") else "√v"
        mean = f"m ← α · m + (1 − α) · {g},  " if settings.get("centered") else ""
        scaled = f"{g}/({root} + ε)"
        momentum = bool(settings.get("momentum"))
        last = f"b ← μ · b + {scaled},  w ← w − lr · b" if momentum else f"w ← w − lr · {scaled}"
        buffered = ", gathered in a buffer that keeps {momentum} of itself" if momentum else ""
        return Told(
            "Every number of {parameter} steps against its gradient over the root of its running mean square, times "
            f"{{lr}}{buffered}.",
            f"v ← α · v + (1 − α) · {g}²,  {mean}{last}",
        )

    def run(self, lines: Lines) -> Explanation:
        lines.count_step()
        symbol, gradient = lines.gradient()
        alpha = lines.setting("alpha")
        root_symbol, square = "v", moving(lines, "v", "α", alpha, "square_avg", f"{symbol}²", gradient)
        cancelled = 0.0
        if lines.hyperparameters["centered"]:
            mean = moving(lines, "m", "α", alpha, "grad_avg", symbol, gradient)
            root_symbol, (square, cancelled) = "s", self._spread(lines, square, mean)
        scaled, shown, scaled_symbol = self._scaled(lines, symbol, root_symbol, gradient, square)
        lr, momentum = lines.setting("lr"), lines.setting("momentum")
        lines.rounded = abs(lr * scaled) * cancelled
        if momentum:
            before = lines.before.get("momentum_buffer", 0.0)
            products = [LineTerm((momentum, before)), LineTerm((scaled,), shown=shown)]
            buffer = lines.add("b", f"μ·b + {scaled_symbol}", products, state="momentum_buffer")
            return descended(lines, "b", LineTerm((lr, float(buffer)), True))
        return descended(lines, scaled_symbol, LineTerm((lr, scaled), True, Product((Number(lr), shown))))

    def _spread(self, lines: Lines, square: np.float64, mean: np.float64) -> tuple[np.float64, float]:
        """The mean square without the square of the mean, and how many times larger the mean square is.

        Both are taken as they are kept: what rounding leaves of v − m² may be below 0, and then PyTorch's root is NaN.
        """
        square, mean = lines.stored(square), lines.stored(mean)
        terms = [LineTerm((float(square),)), LineTerm((float(mean), float(mean)), True)]
        spread = lines.add("s", "v − m²", terms)
        return spread, float(square / spread) if square and np.isfinite(square) else 0.0

    def _scaled(
        self, lines: Lines, symbol: str, root_symbol: str, gradient: np.float64, square: np.float64
    ) -> tuple[float, Written, str]:
        eps = lines.setting("eps")
        scaled = float(gradient / (np.sqrt(square) + eps))
        return scaled, over_root(gradient, square, eps), f"{symbol}/(√{root_symbol} + ε)"
