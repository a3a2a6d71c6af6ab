"""How the health of layers is told: a figure with a bar for each measure, a sentence where it is beyond its limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from explorer.session.train_state import Training
from explorer.ui.common.text import count, listed, number, percent

if TYPE_CHECKING:
    from explorer.engine.training.health import LayerHealth

Level = Literal["", "warning", "error"]
LEVELS: tuple[Level, ...] = ("error", "warning")
Limits = tuple[float, float]  # from where on it is worth a warning, and from where on it is an error

SHARES: Limits = (0.0, 1.0)
NORMS: Limits = (1e-8, 1e4)  # the ends of the bar; it is logarithmic
RATIOS: Limits = (1e-6, 1.0)
USUAL_RATIO: Limits = (3e-4, 3e-3)
"""About 0.001: A. Karpathy, CS231n, "Ratio of weights:updates"."""

DEAD: Limits = (0.3, 0.8)
SATURATED: Limits = (0.5, 0.9)
VANISHED, EXPLODED = 1e-7, 1e3
NOTHING_TO_LEARN = "the loss of this batch is 0: there is nothing to learn from it"
REWIND = "a smaller learning rate after a rewind"
REVIVE = "fewer dead or saturated outputs behind it, batch normalization, or skip connections"
TOO_SMALL_RATIO, LARGE_RATIO, TOO_LARGE_RATIO = 1e-6, 0.1, 1.0


@dataclass(frozen=True)
class Figure:
    """One number of one layer. `share` is the length of its bar, 0 to 1, or None where it has none.

    `told` is the number in words, `means` what follows from it, and `advice`, beyond its limits, what to try.
    """

    text: str
    share: float | None
    level: Level
    told: str
    means: str = ""
    advice: str = ""

    @property
    def tip(self) -> str:
        """All of it in sentences."""
        first = f"{self.told}: {self.means}" if self.means else self.told
        return f"{first}. Try {self.advice}." if self.advice else f"{first}."


@dataclass(frozen=True)
class Measure:
    """A column: `read` makes the figure of a layer, or None where the measure has no meaning for it.

    `short` is its title where there is little room; `usual` the range to mark on the bar, as shares of its length.
    """

    title: str
    short: str
    tip: str
    read: Callable[[LayerHealth], Figure | None]
    usual: Limits | None = None


@dataclass(frozen=True)
class LayerRow:
    """A layer with a figure for each of `MEASURES`; `nan` says where its first NaN was, `nan_tip` what that means."""

    name: str
    kind: str
    figures: tuple[Figure | None, ...]
    nan: str = ""
    nan_tip: str = ""

    @property
    def level(self) -> Level:
        """The worst of its figures."""
        levels = {figure.level for figure in self.figures if figure is not None}
        if self.nan or "error" in levels:
            return "error"
        return "warning" if "warning" in levels else ""


def layer_rows(health: tuple[LayerHealth, ...], training: Training) -> tuple[LayerRow, ...]:
    """A row for each layer that has anything to tell; the one at which `training` broke off is marked too."""
    rows = (_row(layer, training) for layer in health)
    return tuple(row for row in rows if row.nan or any(row.figures))


def summary(rows: tuple[LayerRow, ...]) -> tuple[str, Level]:
    """What can be seen at a glance and what to try, and how bad it is.

    Dead and saturated outputs are told before gradients, which come to nothing because of them.
    """
    broken = [row.name for row in rows if row.nan]
    if broken:
        return f"NaN or infinite numbers in {_listed(broken)}.", "error"
    for level in LEVELS:
        bad = [row for row in rows if row.level == level]
        columns = zip(*(row.figures for row in bad), strict=True)
        figures = (figure for column in columns for figure in column if figure is not None and figure.level == level)
        if bad:
            worst = next(figures)
            rest = f" {_others(len(bad) - 1)}" if len(bad) > 1 else ""
            return f"{worst.told}. Try {worst.advice}.{rest}", level
    if any(figure is not None and figure.means == NOTHING_TO_LEARN for row in rows for figure in row.figures):
        return f"{NOTHING_TO_LEARN.capitalize()}.", ""
    return "Nothing is beyond its usual limits." if rows else "", ""


def _others(amount: int) -> str:
    return "Another layer needs a look too." if amount == 1 else f"{count(amount)} other layers need a look too."


def _listed(names: list[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {count(len(names) - 3)} other layers"
    return listed(names)


def _row(layer: LayerHealth, training: Training) -> LayerRow:
    figures = tuple(measure.read(layer) for measure in MEASURES)
    if layer.first_nan is not None:
        nan = f"step {count(layer.first_nan)}"
        tip = (
            f"{layer.name} held a NaN or infinite number at step {count(layer.first_nan)}. Rewind, then try a smaller "
        )
        return LayerRow(layer.name, layer.kind, figures, nan, f"{tip}learning rate.")
    if training.status == "ended" and training.layer == layer.name:
        return LayerRow(layer.name, layer.kind, figures, "stopped", training.message)
    return LayerRow(layer.name, layer.kind, figures)


# --- the figures ---


def _dead(layer: LayerHealth) -> Figure | None:
    if layer.dead is None:
        return None
    text = percent(layer.dead)
    if not layer.dead:
        return Figure(text, 0.0, "", f"Every output of {layer.name} was above 0 somewhere in the batch")
    told = f"{layer.name} is {text} dead"
    means = "these outputs are 0 for the whole batch: no gradient passes them, and what feeds them does not learn"
    level = _above(layer.dead, DEAD)
    advice = "a smaller learning rate, other start weights, or ELU" * bool(level)
    return Figure(text, layer.dead, level, told, means, advice)


def _saturated(layer: LayerHealth) -> Figure | None:
    if layer.saturated is None:
        return None
    text, level = percent(layer.saturated), _above(layer.saturated, SATURATED)
    told = f"{layer.name} is {text} saturated"
    means = "these cells are so near a bound that hardly any gradient passes them"
    advice = "smaller start weights, batch normalization, or ReLU" * bool(level)
    return Figure(text, layer.saturated, level, told, means, advice)


def _gradient(layer: LayerHealth) -> Figure | None:
    norm = layer.gradient_norm
    if norm is None:
        return None
    if not math.isfinite(norm):
        return _not_finite(f"The gradient of {layer.name}", norm)
    told = f"The gradient of {layer.name} has the length {number(norm)}"
    if norm == 0 and layer.batch_loss == 0:
        return Figure("0", 0.0, "", told, NOTHING_TO_LEARN)
    if norm == 0:
        return Figure("0", 0.0, "error", f"No gradient reaches {layer.name}", "its weights do not learn", REVIVE)
    if norm < VANISHED:
        return _figure(norm, NORMS, "warning", told, f"it has vanished, and {layer.name} hardly learns", REVIVE)
    if norm > EXPLODED:
        advice = "a smaller learning rate, smaller start weights, or batch normalization"
        return _figure(norm, NORMS, "warning", told, "it grows beyond bounds", advice)
    return _figure(norm, NORMS, "", told, "all its weights and biases taken as one vector")


def _ratio(layer: LayerHealth) -> Figure | None:
    ratio = layer.update_ratio
    if ratio is None:
        return None
    if not math.isfinite(ratio):
        return _not_finite(f"The update of {layer.name}", ratio)
    told = f"An update changes the weights of {layer.name} by {number(ratio)} of their length"
    if ratio > LARGE_RATIO:
        level: Level = "error" if ratio > TOO_LARGE_RATIO else "warning"
        return _figure(ratio, RATIOS, level, told, "far more than usual", "a smaller learning rate")
    if ratio < TOO_SMALL_RATIO and layer.batch_loss == 0:
        return _figure(ratio, RATIOS, "", told, NOTHING_TO_LEARN)
    if ratio < TOO_SMALL_RATIO:
        advice = "a larger learning rate, unless the gradient has vanished or the run is at its end"
        return _figure(ratio, RATIOS, "warning", told, "they stand still", advice)
    return _figure(ratio, RATIOS, "", told, "about 0.001 is usual")


def _figure(value: float, ends: Limits, level: Level, told: str, means: str, advice: str = "") -> Figure:
    return Figure(number(value), log_share(value, ends), level, told, means, advice)


def _not_finite(what: str, value: float) -> Figure:
    return Figure(number(value), None, "error", f"{what} is not finite", "there is nothing to learn from it", REWIND)


def _above(value: float, limits: Limits) -> Level:
    if value >= limits[1]:
        return "error"
    return "warning" if value >= limits[0] else ""


def log_share(value: float, ends: Limits) -> float:
    """Where `value` lies between both ends on a logarithmic scale, 0 to 1; what is outside lies at the end."""
    if value <= ends[0]:
        return 0.0
    low, high = math.log10(ends[0]), math.log10(ends[1])
    return min((math.log10(value) - low) / (high - low), 1.0)


MEASURES = (
    Measure("dead", "dead", "Outputs of a ReLU that were 0 for the whole batch.", _dead),
    Measure("saturated", "satur.", "Cells of a sigmoid, tanh and the like that are next to a bound.", _saturated),
    Measure(
        "gradient norm",
        "gradient",
        f"Length of the gradient of all weights of the layer, from {number(NORMS[0])} to {number(NORMS[1])} on a "
        "logarithmic scale.",
        _gradient,
    ),
    Measure(
        "update / weight",
        "update",
        f"Length of an update over the length of the weights, from {number(RATIOS[0])} to {number(RATIOS[1])} on a "
        "logarithmic scale; the usual range, about 0.001, is marked.",
        _ratio,
        (log_share(USUAL_RATIO[0], RATIOS), log_share(USUAL_RATIO[1], RATIOS)),
    ),
)
