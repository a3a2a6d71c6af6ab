"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.explanation import Explanation
from explorer.arithmetic.update import Update
from explorer.arithmetic.update_lines import Lines, LineTerm, descended
from explorer.arithmetic.words import Told


class SGD(Update):
    """Stochastic gradient descent, with momentum, dampening, Nesterov's look ahead and weight decay where asked for.

    Source: Sutskever et al. 2013, On the importance of initialization and momentum in deep learning, in the form of
    torch.optim.SGD: the learning rate multiplies the whole buffer, and the first buffer is the gradient undampened.
    """

    name = "SGD"
    reads = ("momentum_buffer",)
    defaults: ClassVar[Mapping[str, Any]] = {
        "lr": 1e-3,
        "momentum": 0.0,
        "dampening": 0.0,
        "weight_decay": 0.0,
        "nesterov": False,
        "maximize": False,
    }
    numbers: ClassVar[tuple[str, ...]] = ("learning_rate", "momentum", "nesterov", "weight_decay")

    def settings(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """PyTorch refuses to look ahead without a momentum."""
        made = super().settings(chosen)
        return {**made, "nesterov": made["nesterov"] and made["momentum"] > 0}

    def words(self, settings: Mapping[str, Any], *, is_first: bool) -> Told:
        decay = " + λ · w" if settings.get("weight_decay") else ""
        decayed = ", pulled towards 0 by the weight decay {weight_decay}" if decay else ""
        if not settings.get("momentum"):
            return Told(
                f"Every number of {{parameter}} is lowered by the learning rate, {{lr}}, times its gradient{decayed}.",
                f"w ← w − lr · {_bracketed('g' + decay)}",
            )
        kept = _bracketed("g" + decay)
        added = f"(1 − τ) · {kept}" if settings.get("dampening") else f"g{decay}"
        buffer = f"b ← g{decay}" if is_first else f"b ← μ · b + {added}"
        begins = "starts as the gradient" if is_first else "keeps {momentum} of itself and adds the gradient"
        nesterov = bool(settings.get("nesterov"))
        against = "against gradient and buffer together" if nesterov else "against it"
        step = f"(g{decay} + μ · b)" if nesterov else "b"
        return Told(
            f"The momentum's buffer {begins}; {{parameter}} steps {against}, times {{lr}}{decayed}.",
            f"{buffer},  w ← w − lr · {step}",
        )

    def run(self, lines: Lines) -> Explanation:
        symbol, direction = lines.gradient()
        momentum = lines.setting("momentum")
        if momentum:
            gradient, gradient_symbol = direction, symbol
            symbol, direction = "b", self._buffer(lines, symbol, float(gradient))
            if lines.hyperparameters["nesterov"]:
                products = [LineTerm((float(gradient),)), LineTerm((momentum, float(direction)))]
                symbol, direction = "d", lines.add("d", f"{gradient_symbol} + μ·b", products)
        return descended(lines, symbol, LineTerm((lines.setting("lr"), float(direction)), True))

    def _buffer(self, lines: Lines, symbol: str, gradient: float) -> np.float64:
        before = lines.before.get("momentum_buffer")
        if before is None:
            return lines.add("b", f"{symbol}, the first", [LineTerm((gradient,))], state="momentum_buffer")
        kept = 1 - lines.setting("dampening")
        formula = f"μ·b + {symbol}" if kept == 1 else f"μ·b + (1 − τ)·{symbol}"
        products = [LineTerm((lines.setting("momentum"), before)), LineTerm((kept, gradient))]
        return lines.add("b", formula, products, state="momentum_buffer")


def _bracketed(text: str) -> str:
    return f"({text})" if "+" in text else text
