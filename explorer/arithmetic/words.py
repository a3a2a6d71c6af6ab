"""A kind of call in words: what it does, in a sentence that a student understands and in symbols, and its way back.

Fields in braces are the debugger's facts of a step. x is what goes in, y what comes out, w a weight, b a bias, L the
loss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DY = "∂L/∂y"
SPREAD = "spread"
"""Stands in `backward` for an argument that is smaller than the output, and was read many times over."""


@dataclass(frozen=True)
class Told:
    """A sentence, and the formula in symbols."""

    sentence: str
    formula: str


@dataclass(frozen=True)
class KindWords:
    """A kind of call: its name, what it does, and what the gradient of each argument is.

    `backward` goes by the argument's name; "" stands for every argument that is not named.
    """

    title: str
    forward: Told
    backward: Mapping[str, Told]


def by_slope(sentence: str, slope: str) -> dict[str, Told]:
    """The way back of an activation: the gradient times `slope`, cell by cell."""
    return {"": Told(sentence, f"∂L/∂x = {DY} · {slope}")}


def moved(sentence: str) -> dict[str, Told]:
    """The way back of what only moves numbers."""
    return {"": Told(sentence, f"∂L/∂x = {DY}, back in the places of x")}


UNKNOWN = KindWords(
    "{kind}",
    Told(
        "PyTorch's {kind} made {made} from {inputs}; it is shown whole, its arithmetic is not taken apart.",
        "y = {kind}(x)",
    ),
    {
        "": Told(
            "The gradient that arrived at {made} passes back through PyTorch's {kind}; it is shown whole, its "
            "arithmetic is not taken apart.",
            f"∂L/∂x = {DY} · ∂y/∂x",
        )
    },
)
