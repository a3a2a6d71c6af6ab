"""An activation function and its derivative around the point where it is looked at. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.arithmetic import CallValues, Explanation
from explorer.arithmetic.activation import Activation, Point
from explorer.arithmetic.operation import Index
from explorer.session.step_tensors import StepTensors
from explorer.session.timeline import TimelineStep

SAMPLES = 121
LEAST_REACH = 3.0


@dataclass(frozen=True, eq=False)
class FunctionCurve:
    """The function's graph `xs`, `ys` and its derivative's `slopes`; the point (`u`, `z`) and the `slope` there.

    `arrived` is the gradient that comes back to z, None forwards; `total` is what the step makes of the cell.
    """

    name: str
    formula: str
    xs: np.ndarray
    ys: np.ndarray
    slopes: np.ndarray
    u: float
    z: float
    slope: float
    total: float
    arrived: float | None = None


def curve_of(
    explanation: Explanation, tensors: StepTensors, cell: Index, *, function: Activation, step: TimelineStep
) -> FunctionCurve | None:
    """The curve of an activation function's step; None where the input or what is made of it is not finite."""
    u = float(tensors.by_name["input"].values[cell])
    if not np.isfinite(u):
        return None
    kind = step.kind
    call = CallValues(kind, tensors.settings, np.zeros(0))
    z = function.value(Point(u, 0.0, call))
    # A straight function's point can stand where it is seen.
    reach = 2.2 * abs(u) if function.is_straight_in(kind) and u else max(LEAST_REACH, abs(u) * 1.3)
    xs = np.linspace(-reach, reach, SAMPLES)
    ys = [float(function.value(Point(float(x), 0.0, call))) for x in xs]
    slopes = np.array([_slope(function, Point(float(x), y, call)) for x, y in zip(xs, ys, strict=True)])
    kept = np.isfinite(ys) & np.isfinite(slopes)  # a logarithm has no graph below 0
    if not (math.isfinite(z) and kept.any()):
        return None
    is_back = step.phase == "backward"
    formula = function.rules(kind)[int(is_back)]
    arrived = float(explanation.terms.factors[0].values[0]) if is_back else None
    slope = _slope(function, Point(u, z, call))
    return FunctionCurve(
        kind, formula, xs[kept], np.array(ys)[kept], slopes[kept], u, z, slope, explanation.total, arrived
    )


def _slope(function: Activation, point: Point) -> float:
    return float(np.sum(function.slope(point)))
