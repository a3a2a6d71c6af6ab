"""The arithmetic of curves: smoothing them, thinning them to the pixels there are, finding a step. Pure numpy."""

from __future__ import annotations

import math

import numpy as np

from explorer.session.run_curves import RunCurves

LARGEST_BLOCK = 1024
MOST_DECADES = 250  # a block's weights span less than what a float64 can hold
LEAST_WEIGHT = 1e-12  # below it nothing is left in a float64 of what came before
ROUND_STEPS = 12
FINE_ENOUGH = 4  # points a pixel column up to which nothing is thinned


def smoothed(values: np.ndarray, weight: float) -> np.ndarray:
    """The exponential moving average of `values` (n,), each with `weight` of what came before; holes are passed over.

    weight: 0 to below 1. The first values are not pulled to zero: the sum of the weights divides, as in Adam's own
    correction (arXiv:1412.6980, section 3).
    """
    return Smoothing(weight).follow(values)


class Smoothing:
    """The moving average of values that grow: what was averaged stays, only what is new is worked out."""

    def __init__(self, weight: float) -> None:
        self.weight = weight if weight > LEAST_WEIGHT else 0.0
        self._sums = (0.0, 0.0)  # of the weighted values, and of the weights
        self._marks: tuple[tuple[int, float], ...] = ()  # places and what stood there
        self._averaged = np.empty(0)
        self._count = 0

    def follow(self, values: np.ndarray) -> np.ndarray:
        """The average of all `values` (n,); a read-only view. Values that are not those of before begin it anew."""
        if not self._goes_on(values):
            self._sums, self._count = (0.0, 0.0), 0
        self._make_room(len(values))
        for at in range(self._count, len(values), self._block):
            block = values[at : at + self._block]
            self._averaged[at : at + len(block)] = self._averages(block)
        self._count = len(values)
        self._marks = tuple((at, float(values[at])) for at in (0, self._count // 2, self._count - 1) if self._count)
        view = self._averaged[: self._count]
        view.flags.writeable = False
        return view

    @property
    def _block(self) -> int:
        if self.weight <= 0:
            return LARGEST_BLOCK
        return max(1, min(LARGEST_BLOCK, int(MOST_DECADES / -math.log10(self.weight))))

    def _goes_on(self, values: np.ndarray) -> bool:
        return len(values) >= self._count and all(
            np.array_equal(values[at], value, equal_nan=True) for at, value in self._marks
        )

    def _make_room(self, count: int) -> None:
        if count > len(self._averaged):
            room = np.empty(max(2 * len(self._averaged), count))
            self._averaged = np.concatenate([self._averaged, room])

    def _averages(self, block: np.ndarray) -> np.ndarray:
        known = np.isfinite(block)
        values, self._sums = self._decayed(np.where(known, block, 0.0), known)
        return np.where(known, values, np.nan)

    def _decayed(self, values: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
        """Averages of a block, and both sums at its end; in closed form: values grow as their weights fall."""
        keep = self.weight
        if keep <= 0:
            return values, (0.0, 0.0)
        powers = keep ** np.arange(1, len(values) + 1)
        value_sum = powers * (self._sums[0] + np.cumsum((1 - keep) * values / powers))
        weight_sum = powers * (self._sums[1] + np.cumsum((1 - keep) * known / powers))
        with np.errstate(invalid="ignore", divide="ignore"):
            averages = value_sum / weight_sum
        return averages, (float(value_sum[-1]), float(weight_sum[-1]))


def thinned(xs: np.ndarray, ys: np.ndarray, *, low: float, high: float, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """The line through `xs` (n,), rising, and `ys` (n,) as `columns` pixel columns between `low` and `high` show it.

    Each column keeps its smallest and its largest value, so that no peak is lost, and the last point of all; one
    neighbour on each side lets the line run off the edge.
    """
    start = max(int(np.searchsorted(xs, low)) - 1, 0)
    end = min(int(np.searchsorted(xs, high, "right")) + 1, len(xs))
    xs, ys = xs[start:end], ys[start:end]
    if len(xs) <= FINE_ENOUGH * max(columns, 1):
        return xs, ys
    firsts = np.unique(np.searchsorted(xs, np.linspace(low, high, columns, endpoint=False)))
    firsts = np.concatenate([[0], firsts[(firsts > 0) & (firsts < len(xs))]])
    lows, highs = np.fmin.reduceat(ys, firsts), np.fmax.reduceat(ys, firsts)
    return _zigzag(xs, ys, firsts, lows, highs)


def _zigzag(
    xs: np.ndarray, ys: np.ndarray, firsts: np.ndarray, lows: np.ndarray, highs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both extremes a column, the one first that the column begins nearer to; then the very last point."""
    begins_high = ys[firsts] > (lows + highs) / 2
    pairs = np.where(begins_high[:, None], np.stack([highs, lows], 1), np.stack([lows, highs], 1))
    return np.append(np.repeat(xs[firsts], 2), xs[-1]), np.append(pairs.ravel(), ys[-1])


def logarithms(ys: np.ndarray) -> np.ndarray:
    """log10 of `ys`; what has none is a hole."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.log10(ys)
    return np.where(np.isfinite(found), found, np.nan)


def count_without_logarithm(lines: list[np.ndarray]) -> tuple[int, int]:
    """How many numbers of all `lines` are 0 or below, and how many there are; NaN is none."""
    return sum(int((line <= 0).sum()) for line in lines), sum(int((~np.isnan(line)).sum()) for line in lines)


def extent(lines: list[np.ndarray]) -> tuple[float, float] | None:
    """The smallest and the largest finite number of all `lines`; None where there is none."""
    finite = [line[np.isfinite(line)] for line in lines]
    held = [line for line in finite if line.size]
    if not held:
        return None
    return min(float(line.min()) for line in held), max(float(line.max()) for line in held)


def nearest(xs: np.ndarray, x: float) -> int | None:
    """The place in `xs` (n,), rising, of what is nearest to `x`; None if that is more than half a step outside."""
    if not len(xs):
        return None
    after = int(np.searchsorted(xs, x))
    places = [at for at in (after - 1, after) if 0 <= at < len(xs)]
    at = min(places, key=lambda place: abs(xs[place] - x))
    spacing = (xs[-1] - xs[0]) / max(len(xs) - 1, 1)
    return at if xs[0] - spacing / 2 - 0.5 <= x <= xs[-1] + spacing / 2 + 0.5 else None


def next_step(xs: np.ndarray, start: float, direction: int) -> float | None:
    """What comes after `start` in `xs` (n,), rising; with `direction` −1 what comes before it. None if nothing does."""
    at = int(np.searchsorted(xs, start, "right" if direction > 0 else "left")) - (0 if direction > 0 else 1)
    return float(xs[at]) if 0 <= at < len(xs) else None


def round_step(span: float) -> float:
    """A twelfth of `span` at most: a range that grows in such steps, and the marks of its axis, mostly stand still."""
    return float(2.0 ** math.floor(math.log2(span / ROUND_STEPS))) if span > 0 else 1.0


def rounded_up(value: float) -> float:
    """`value`, or up to a sixth more, in round steps of itself."""
    step = 2 * round_step(value)
    return math.ceil(value / step) * step


def line_of(run: RunCurves, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Steps and values of a figure that a run tells at each epoch's end, where it tells it."""
    told = [(figures.step, getattr(figures, name)) for figures in run.epochs]
    pairs = [(step, value) for step, value in told if value is not None]
    steps, values = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(steps, np.float64), np.array(values, np.float64)
