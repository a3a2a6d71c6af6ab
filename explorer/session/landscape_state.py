"""The loss over one or two weights, as the window shows it. Frozen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.training.weight import Weight

SPAN = 5.0


@dataclass(frozen=True)
class LandscapeWish:
    """What a person wants to see.

    weights: None stands for the weights along which the loss changes the most.
    span: how far to both sides, in standard deviations of the weights of the parameter.
    """

    weights: tuple[Weight | None, ...] = (None, None)
    span: float = SPAN


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss over `count` examples along `weights`, all others as they were at `step` of the run.

    axes: the values of each weight. losses: (n,), or (rows, columns): the second weight goes up, the first right.
    trail: (k, weights + 1), where the network was: its weights and its loss; the last one is where it is.
    `message` says why there is nothing.
    """

    weights: tuple[Weight, ...] = ()
    axes: tuple[np.ndarray, ...] = ()
    losses: np.ndarray | None = None
    trail: np.ndarray | None = None
    step: int = 0
    now: int = 0  # the step of the trail's end
    count: int = 0
    loss: str = ""
    message: str = ""
