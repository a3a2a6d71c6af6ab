"""Functions of one number by table: each a row with its derivative beside it, and its words; one class for them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.arithmetic.activation import Activation, Parts, Point
from explorer.arithmetic.words import KindWords
from explorer.arithmetic.written import Written

Shown = Written | tuple[Written | None, str]


@dataclass(frozen=True)
class Curve:
    """z = g(u): `written` and `slope_written` are the formulas of g and g′, `value` and `slope` the numbers.

    `slope` gives one number, or parts that add up to it. `numbers` is g with the numbers of one place in it, where
    needed with what is to be said of it; None there stands for u itself.
    """

    written: str
    slope_written: str
    value: Callable[[Point], Any]
    slope: Callable[[Point], Any]
    numbers: Callable[[Point], Shown]
    words: KindWords
    is_straight: bool = False


class CurveByTable(Activation):
    """A function whose row of a table says all of it."""

    table: ClassVar[Mapping[str, Curve]]

    def rules(self, kind: str) -> tuple[str, str]:
        return self.table[kind].written, self.table[kind].slope_written

    def is_straight_in(self, kind: str) -> bool:
        return self.table[kind].is_straight

    @np.errstate(all="ignore")  # beyond the largest number, and where there is no logarithm, it is what numpy says
    def value(self, point: Point) -> float:
        return float(self.table[point.call.kind].value(_exact(point)))

    @np.errstate(all="ignore")
    def slope(self, point: Point) -> Parts:
        found = self.table[point.call.kind].slope(_exact(point))
        return tuple(float(part) for part in (found if isinstance(found, tuple) else (found,)))

    def numbers(self, point: Point) -> tuple[Written | None, str]:
        found = self.table[point.call.kind].numbers(point)
        return found if isinstance(found, tuple) else (found, "")


def in_its_type(point: Point) -> Any:
    """u as float32, or as float64 where the tensor has it: where PyTorch goes beyond the largest number on its way."""
    is_long = np.asarray(point.call.arguments.get("input", 0.0)).dtype == np.float64
    return np.float64(point.u) if is_long else np.float32(point.u)


def _exact(point: Point) -> Point:
    """With numbers of numpy, which divide by 0 and overflow as PyTorch's do."""
    return Point(np.float64(point.u), np.float64(point.z), point.call)
