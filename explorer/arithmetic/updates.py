"""All optimizers whose updates are explained, by their names in torch.optim. A new one is a class and an entry here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.explanation import Explanation
from explorer.arithmetic.update import Lines, Product, Update, line
from explorer.arithmetic.written import Exact, Function, Minus, Number, Power, Quotient, Sum, Written
from explorer.arithmetic.written import Product as Products


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

    def run(self, lines: Lines) -> Explanation:
        symbol, direction = lines.gradient()
        momentum = lines.setting("momentum")
        if momentum:
            gradient, gradient_symbol = direction, symbol
            symbol, direction = "b", self._buffer(lines, symbol, float(gradient))
            if lines.hyperparameters["nesterov"]:
                products = [Product((float(gradient),)), Product((momentum, float(direction)))]
                symbol, direction = "d", lines.add("d", f"{gradient_symbol} + μ·b", products)
        return _descended(lines, symbol, Product((lines.setting("lr"), float(direction)), True))

    def _buffer(self, lines: Lines, symbol: str, gradient: float) -> np.float64:
        before = lines.before.get("momentum_buffer")
        if before is None:
            return lines.add("b", f"{symbol}, the first", [Product((gradient,))], state="momentum_buffer")
        kept = 1 - lines.setting("dampening")
        formula = f"μ·b + {symbol}" if kept == 1 else f"μ·b + (1 − τ)·{symbol}"
        products = [Product((lines.setting("momentum"), before)), Product((kept, gradient))]
        return lines.add("b", formula, products, state="momentum_buffer")


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

    def run(self, lines: Lines) -> Explanation:
        decoupled = bool(lines.hyperparameters["decoupled_weight_decay"])
        step = lines.count_step()
        symbol, gradient = lines.gradient(with_decay=not decoupled)
        mean_decay, square_decay = (float(beta) for beta in lines.hyperparameters["betas"])
        mean = _moving(lines, "m", "β₁", mean_decay, "exp_avg", symbol, gradient)
        square_symbol, square = "v", _moving(lines, "v", "β₂", square_decay, "exp_avg_sq", f"{symbol}²", gradient)
        if lines.hyperparameters["amsgrad"]:
            square_symbol, square = "v⁺", _largest(lines, square)
        mean = _corrected(lines, "m̂", "m", "β₁", mean, mean_decay, step)
        square = _corrected(lines, "v̂", square_symbol, "β₂", square, square_decay, step)
        lr, eps = lines.setting("lr"), lines.setting("eps")
        change = Product(
            (lr, float(mean / (np.sqrt(square) + eps))),
            is_subtracted=True,
            shown=Products((Number(lr), _over_root(mean, square, eps))),
        )
        return _descended(lines, "m̂/(√v̂ + ε)", change, decoupled=decoupled)


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


class RMSprop(Update):
    """The gradient over the root of its mean square; `centered` takes the mean gradient's square off it first.

    Source: Hinton, Neural Networks for Machine Learning, lecture 6e; centered: Graves, arXiv:1308.0850, equations 38
    to 41, but that PyTorch adds ε outside the root.
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

    def run(self, lines: Lines) -> Explanation:
        lines.count_step()
        symbol, gradient = lines.gradient()
        alpha = lines.setting("alpha")
        root_symbol, square = "v", _moving(lines, "v", "α", alpha, "square_avg", f"{symbol}²", gradient)
        cancelled = 0.0
        if lines.hyperparameters["centered"]:
            mean = _moving(lines, "m", "α", alpha, "grad_avg", symbol, gradient)
            root_symbol, (square, cancelled) = "s", self._spread(lines, square, mean)
        scaled, shown, scaled_symbol = self._scaled(lines, symbol, root_symbol, gradient, square)
        lr, momentum = lines.setting("lr"), lines.setting("momentum")
        lines.rounded = abs(lr * scaled) * cancelled
        if momentum:
            before = lines.before.get("momentum_buffer", 0.0)
            products = [Product((momentum, before)), Product((scaled,), shown=shown)]
            buffer = lines.add("b", f"μ·b + {scaled_symbol}", products, state="momentum_buffer")
            return _descended(lines, "b", Product((lr, float(buffer)), True))
        return _descended(lines, scaled_symbol, Product((lr, scaled), True, Products((Number(lr), shown))))

    def _spread(self, lines: Lines, square: np.float64, mean: np.float64) -> tuple[np.float64, float]:
        """The mean square without the square of the mean, and how many times larger the mean square is.

        Of both as they are kept: what rounding leaves of v − m² may be below 0, and then PyTorch's root is NaN.
        """
        square, mean = lines.stored(square), lines.stored(mean)
        spread = lines.add("s", "v − m²", [Product((float(square),)), Product((float(mean), float(mean)), True)])
        return spread, float(square / spread) if square and np.isfinite(square) else 0.0

    def _scaled(
        self, lines: Lines, symbol: str, root_symbol: str, gradient: np.float64, square: np.float64
    ) -> tuple[float, Written, str]:
        eps = lines.setting("eps")
        scaled = float(gradient / (np.sqrt(square) + eps))
        return scaled, _over_root(gradient, square, eps), f"{symbol}/(√{root_symbol} + ε)"


UPDATES: tuple[Update, ...] = (SGD(), Adam(), AdamW(), RMSprop())


def update_named(name: str) -> Update:
    """The update of torch.optim's class `name`. Raises ValueError, naming those there are."""
    for update in UPDATES:
        if update.name == name:
            return update
    known = ", ".join(update.name for update in UPDATES)
    raise ValueError(f"The updates of {name} are not explained; those of {known} are.")


def _descended(lines: Lines, symbol: str, change: Product, *, decoupled: bool = False) -> Explanation:
    """The last line: the old value, the decay of the weight itself if there is one, and the change."""
    products = [Product((lines.parameter,)), change]
    formula = f"{lines.w} − lr·{symbol}"
    decay = lines.setting("weight_decay")
    if decoupled and decay and np.isinf(lines.parameter):  # PyTorch multiplies: ∞ − ∞ would be NaN
        kept = Sum((Exact(1), Minus(Products((Number(lines.setting("lr")), Number(decay))))))
        left = 1 - lines.setting("lr") * decay
        products[0] = Product(
            (left, lines.parameter), shown=Products((kept, Number(lines.parameter, is_bracketed=True)))
        )
        formula = f"(1 − lr·λ)·{lines.w} − lr·{symbol}"
    elif decoupled and decay:
        products.insert(1, Product((lines.setting("lr"), decay, lines.parameter), True))
        formula = f"{lines.w} − lr·λ·{lines.w} − lr·{symbol}"
    return line(lines.w, formula, products)


def _moving(
    lines: Lines, symbol: str, decay_symbol: str, decay: float, state: str, averaged: str, gradient: np.float64
) -> np.float64:
    """A moving average of the gradient, or of its square if `averaged` ends in one; it starts at 0."""
    times = 2 if averaged.endswith("²") else 1
    own = Number(float(gradient), is_bracketed=True)
    shown = Products((Number(1 - decay), Power(own, 2) if times == 2 else own))
    products = [
        Product((decay, lines.before.get(state, 0.0))),
        Product((1 - decay, *[float(gradient)] * times), shown=shown),
    ]
    formula = f"{decay_symbol}·{symbol} + (1 − {decay_symbol})·{averaged}"
    return lines.add(symbol, formula, products, state=state)


def _largest(lines: Lines, square: np.float64) -> np.float64:
    """AMSGrad's largest mean square so far. Source: Reddi et al. 2018, arXiv:1904.09237, algorithm 2."""
    before = np.float64(lines.before.get("max_exp_avg_sq", 0.0))
    largest = float(np.maximum(before, square))
    shown = Function("max", (Number(float(before)), Number(float(square))))
    return lines.add("v⁺", "max(v⁺, v)", [Product((largest,), shown=shown)], state="max_exp_avg_sq")


def _corrected(
    lines: Lines, symbol: str, of: str, decay_symbol: str, value: np.float64, decay: float, step: int
) -> np.float64:
    shown = Quotient(Number(float(value)), Sum((Exact(1), Minus(Power(Number(decay), step)))))
    product = Product((float(1 / np.float64(1 - decay**step)), float(value)), shown=shown)
    return lines.add(symbol, f"{of}/(1 − {decay_symbol}^t)", [product], is_tensor=False)


def _over_root(value: np.float64, square: np.float64, eps: float) -> Written:
    """ "(−0.1)/(√0.04 + 1e−8)"."""
    root = Function("√", (Number(float(square)),))
    return Quotient(Number(float(value), is_bracketed=True), Sum((root, Number(eps))))
