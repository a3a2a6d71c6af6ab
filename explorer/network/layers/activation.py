"""Activation functions: each cell on its own, except for softmax."""

from dataclasses import dataclass
from typing import Any

from explorer.network.layer import Arguments, Layer
from explorer.network.setting import setting
from explorer.network.shape import NetworkError, Shape


@dataclass(frozen=True)
class ReLU(Layer):
    """max(0, x)."""

    kind = "ReLU"
    word = "relu"
    stem = "relu"
    family = "activation"
    summary = "Keeps positive numbers and makes negative ones zero."


@dataclass(frozen=True)
class LeakyReLU(Layer):
    """x where positive, a small multiple of x elsewhere."""

    kind = "LeakyReLU"
    word = "leakyrelu"
    stem = "leakyrelu"
    family = "activation"
    summary = "Keeps positive numbers and shrinks negative ones."

    negative_slope: float = setting(0.01, "float", label="Negative slope", help="Factor of negative numbers.")


@dataclass(frozen=True)
class ELU(Layer):
    """x where positive, alpha·(exp(x) − 1) elsewhere."""

    kind = "ELU"
    word = "elu"
    stem = "elu"
    family = "activation"
    summary = "Keeps positive numbers and bends negative ones smoothly towards −alpha."

    alpha: float = setting(1.0, "float", label="Alpha", help="Very negative numbers come near minus this one.")


@dataclass(frozen=True)
class GELU(Layer):
    """x times the probability that a normal number is below x."""

    kind = "GELU"
    word = "gelu"
    stem = "gelu"
    family = "activation"
    summary = "A smooth ReLU: x times the probability that a normally distributed number is below x."

    approximate: str = setting(
        "none",
        "choice",
        label="Approximation",
        help="none: exact; tanh: the formula with a hyperbolic tangent.",
        choices=("none", "tanh"),
    )


@dataclass(frozen=True)
class SiLU(Layer):
    """x·sigmoid(x)."""

    kind = "SiLU"
    word = "silu"
    stem = "silu"
    family = "activation"
    summary = "A smooth ReLU: x times its sigmoid."


@dataclass(frozen=True)
class Sigmoid(Layer):
    """1/(1 + exp(−x))."""

    kind = "Sigmoid"
    word = "sigmoid"
    stem = "sigmoid"
    family = "activation"
    summary = "Squeezes every number into the range from 0 to 1."


@dataclass(frozen=True)
class Tanh(Layer):
    """The hyperbolic tangent."""

    kind = "Tanh"
    word = "tanh"
    stem = "tanh"
    family = "activation"
    summary = "Squeezes every number into the range from −1 to 1."


@dataclass(frozen=True)
class Softmax(Layer):
    """exp(x) divided by the sum of exp over all channels (or features)."""

    kind = "Softmax"
    word = "softmax"
    stem = "softmax"
    family = "activation"
    summary = "Turns numbers into probabilities that add up to 1, over the features or channels."

    def arguments(self, *shapes: Shape) -> Arguments:
        return (), {"dim": 1}

    @classmethod
    def read_settings(cls, module: Any, shape: Shape | None) -> dict[str, Any]:
        axes = len(shape) + 1 if shape else None
        if module.dim != 1 and not (axes and module.dim in (1, 1 - axes)):
            raise NetworkError(f"Softmax with dim={module.dim} has no counterpart here (only dim=1).")
        return {}


@dataclass(frozen=True)
class Identity(Layer):
    """What arrives."""

    kind = "Identity"
    word = "identity"
    stem = "identity"
    family = "activation"
    summary = "Passes on what arrives, unchanged."


@dataclass(frozen=True)
class Dropout(Layer):
    """In training, zeroes cells at random and scales the others up; does nothing in evaluation."""

    kind = "Dropout"
    word = "dropout"
    stem = "dropout"
    family = "activation"
    summary = "In training, makes a random part of the numbers zero; passes everything on otherwise."

    p: float = setting(
        0.5, "float", label="Probability", help="How likely a number is dropped.", minimum=0, maximum=1, required=True
    )
