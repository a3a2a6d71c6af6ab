"""An activation function around the point where it is looked at, and its slope there. Pure."""

from __future__ import annotations

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
    """The function's graph `xs`, `ys`; the point (`u`, `z`); on the way back its `slope` there and the gradient.

    `arrived` is the gradient that comes back to z, `total` what the step makes of the cell.
    """

    name: str
    formula: str
    xs: np.ndarray
    ys: np.ndarray
    u: float
    z: float
    total: float
    slope: float | None = None
    arrived: float | None = None


def curve_of(
    explanation: Explanation, tensors: StepTensors, cell: Index, *, function: Activation, step: TimelineStep
) -> FunctionCurve | None:
    """The curve of an activation function's step; None where the input is not finite."""
    u = float(tensors.by_name["input"].values[cell])
    if not np.isfinite(u):
        return None
    kind = step.kind
    call = CallValues(kind, tensors.settings, np.zeros(0))
    z = function.value(Point(u, 0.0, call))
    # A straight function's point can stand where it is seen.
    reach = 2.2 * abs(u) if function.is_straight and u else max(LEAST_REACH, abs(u) * 1.3)
    xs = np.linspace(-reach, reach, SAMPLES)
    ys = np.asarray([function.value(Point(float(x), 0.0, call)) for x in xs])
    if step.phase != "backward":
        return FunctionCurve(kind, function.written, xs, ys, u, z, explanation.total)
    slope = float(np.sum(function.slope(Point(u, z, call))))
    arrived = float(explanation.terms.factors[0].values[0])
    return FunctionCurve(kind, function.slope_written, xs, ys, u, z, explanation.total, slope, arrived)
