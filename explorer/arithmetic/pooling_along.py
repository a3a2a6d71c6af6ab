"""Pooling along one axis or three, and the largest of patches that are chosen for a size: what is seldom of maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from explorer.arithmetic.operation import CallValues
from explorer.arithmetic.pooling import Axes, LargestOfPatch, MeanOfPatch, adaptive_axes, mean_says, sliding_axes
from explorer.arithmetic.words import DY, KindWords, Told

ALONG: Mapping[str, int] = {
    **dict.fromkeys(("max_pool1d", "avg_pool1d", "adaptive_max_pool1d", "adaptive_avg_pool1d"), 1),
    "adaptive_max_pool2d": 2,
    **dict.fromkeys(("max_pool3d", "avg_pool3d", "adaptive_max_pool3d", "adaptive_avg_pool3d"), 3),
}
"""How many axes a kind pools along."""

_WON = Told(
    "The whole gradient of a cell of {made} goes to the one cell that had won; the others get 0.",
    f"∂L/∂x = Σ {DY} over the patches that the cell won",
)
_SHARED = Told(
    "Each cell gets an equal share of the gradient of every mean it went into.",
    f"∂L/∂x = Σ 1/n · {DY} over the patches",
)


def _largest(title: str, sentence: str) -> KindWords:
    return KindWords(title, Told(sentence, "y = max of x over the patch"), {"": _WON})


def _mean(title: str, sentence: str) -> KindWords:
    return KindWords(title, Told(sentence, "y = 1/n Σ x over the n cells of the patch"), {"": _SHARED})


class MaxPoolAlong(LargestOfPatch):
    """The largest of a stretch, or of a box, of each channel."""

    kinds = ("max_pool1d", "max_pool3d")
    told: ClassVar[Mapping[str, KindWords]] = {
        "max_pool1d": _largest(
            "Max pooling along an axis", "Each cell of {made} is the largest of a stretch of {input}."
        ),
        "max_pool3d": _largest("Max pooling of volumes", "Each cell of {made} is the largest of a box of {input}."),
    }

    def _axes(self, call: CallValues) -> Axes:
        return sliding_axes(call, ALONG[call.kind], dilation=call.arguments.get("dilation", 1))


class AdaptiveMaxPool(LargestOfPatch):
    """The largest of each of the patches that make the size that was asked for."""

    kinds = ("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d")
    told: ClassVar[Mapping[str, KindWords]] = {
        "adaptive_max_pool1d": _largest(
            "Adaptive max pooling", "{input} is divided into stretches; each cell of {made} is the largest of one."
        ),
        "adaptive_max_pool2d": _largest(
            "Adaptive max pooling",
            "Each map of {input} is divided into patches; each cell of {made} is the largest of one.",
        ),
        "adaptive_max_pool3d": _largest(
            "Adaptive max pooling", "{input} is divided into boxes; each cell of {made} is the largest of one."
        ),
    }

    def _axes(self, call: CallValues) -> Axes:
        return adaptive_axes(call, ALONG[call.kind])


class AvgPoolAlong(MeanOfPatch):
    """The mean of a stretch, or of a box, of each channel."""

    kinds = ("avg_pool1d", "avg_pool3d")
    told: ClassVar[Mapping[str, KindWords]] = {
        "avg_pool1d": _mean(
            "Average pooling along an axis", "Each cell of {made} is the mean of a stretch of {input}."
        ),
        "avg_pool3d": _mean("Average pooling of volumes", "Each cell of {made} is the mean of a box of {input}."),
    }

    def _axes(self, call: CallValues) -> Axes:
        return sliding_axes(call, ALONG[call.kind])

    def _says(self, call: CallValues, count: int) -> str:
        return mean_says(call, count, ALONG[call.kind])


class AdaptiveAvgPoolAlong(MeanOfPatch):
    """The mean of each of the stretches, or boxes, that make the size that was asked for."""

    kinds = ("adaptive_avg_pool1d", "adaptive_avg_pool3d")
    told: ClassVar[Mapping[str, KindWords]] = {
        "adaptive_avg_pool1d": _mean(
            "Adaptive average pooling", "{input} is divided into stretches; each cell of {made} is the mean of one."
        ),
        "adaptive_avg_pool3d": _mean(
            "Adaptive average pooling", "{input} is divided into boxes; each cell of {made} is the mean of one."
        ),
    }

    def _axes(self, call: CallValues) -> Axes:
        return adaptive_axes(call, ALONG[call.kind])

    def _says(self, call: CallValues, count: int) -> str:
        return f"n = {count}"
