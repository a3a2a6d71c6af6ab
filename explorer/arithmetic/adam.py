"""Adam, and AdamW, whose weight decay leaves the gradient alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.explanation import Explanation
from explorer.arithmetic.update import Update
from explorer.arithmetic.update_lines import Lines, LineTerm, descended, moving, over_root
from explorer.arithmetic.words import Told
from explorer.arithmetic.written import Exact, Function, Minus, Number, Power, Product, Quotient, Sum


class Adam(Update):
    """The mean gradient over the root of the mean squared gradient, both corrected for their start at 0.

    Source: Kingma & Ba, arXiv:1412.6980, algorithm 1; the weight decay is added to the gradient.
    """

    name = "Adam"
    reads = ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq")
    defaults: ClassVar[Mapping[str, Any]] = {
        "lr": 1e-3,
        "betas": (0.9, 0.999),
        "eps": 1e-8,
        "weight_decay": 0.0,
        "amsgrad": False,
        "maximize": False,
        "decoupled_weight_decay": False,
    }
    numbers: ClassVar[tuple[str, ...]] = ("learning_rate", "betas", "weight_decay")

    def words(self, settings: Mapping[str, Any], *, is_first: bool) -> Told:
        decays = bool(settings.get("weight_decay"))
        decoupled = decays and bool(settings.get("decoupled_weight_decay"))
        gradient = "(g + λ · w)" if decays and not decoupled else "g"
        shrunk = " − lr · λ · w" if decoupled else ""
        also = ""
        if decays:
            also = "; the weight decay shrinks it too" if decoupled else "; the weight decay adds to it"
        return Told(
            "Every number of {parameter} moves against its running mean gradient over the root of its running mean "
            f"square: by about {{lr}}, however large{also}.",
            f"m ← β₁ · m + (1 − β₁) · {gradient},  v ← β₂ · v + (1 − β₂) · {gradient}²,  "
            f"w ← w{shrunk} − lr · m̂/(√v̂ + ε)",
        )

    def run(self, lines: Lines) -> Explanation:
        decoupled = bool(lines.hyperparameters["decoupled_weight_decay"])
        step = lines.count_step()
        symbol, gradient = lines.gradient(with_decay=not decoupled)
        mean_decay, square_decay = (float(beta) for beta in lines.hyperparameters["betas"])
        mean = moving(lines, "m", "β₁", mean_decay, "exp_avg", symbol, gradient)
        square_symbol, square = "v", moving(lines, "v", "β₂", square_decay, "exp_avg_sq", f"{symbol}²", gradient)
        if lines.hyperparameters["amsgrad"]:
            square_symbol, square = "v⁺", _largest(lines, square)
        mean = _corrected(lines, "m̂", "m", "β₁", mean, mean_decay, step)
        square = _corrected(lines, "v̂", square_symbol, "β₂", square, square_decay, step)
        lr, eps = lines.setting("lr"), lines.setting("eps")
        change = LineTerm(
            (lr, float(mean / (np.sqrt(square) + eps))),
            is_subtracted=True,
            shown=Product((Number(lr), over_root(mean, square, eps))),
        )
        return descended(lines, "m̂/(√v̂ + ε)", change, decoupled=decoupled)


class AdamW(Adam):
    """Adam whose weight decay shrinks the weight itself and leaves the gradient alone.

    Source: Loshchilov & Hutter, arXiv:1711.05101, algorithm 2.
    """

    name = "AdamW"
    defaults: ClassVar[Mapping[str, Any]] = {
        **Adam.defaults,
        "weight_decay": 1e-2,
        "decoupled_weight_decay": True,
    }


def _largest(lines: Lines, square: np.float64) -> np.float64:
    """AMSGrad's largest mean square so far. Source: Reddi et al. 2018, arXiv:1904.09237, algorithm 2."""
    before = np.float64(lines.before.get("max_exp_avg_sq", 0.0))
    largest = float(np.maximum(before, square))
    shown = Function("max", (Number(float(before)), Number(float(square))))
    return lines.add("v⁺", "max(v⁺, v)", [LineTerm((largest,), shown=shown)], state="max_exp_avg_sq")


def _corrected(
    lines: Lines, symbol: str, of: str, decay_symbol: str, value: np.float64, decay: float, step: int
) -> np.float64:
    shown = Quotient(Number(float(value)), Sum((Exact(1), Minus(Power(Number(decay), step)))))
    product = LineTerm((float(1 / np.float64(1 - decay**step)), float(value)), shown=shown)
    return lines.add(symbol, f"{of}/(1 − {decay_symbol}^t)", [product], is_tensor=False)
