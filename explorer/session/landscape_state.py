"""The loss over one or two weights, as the window shows it. Frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

SPAN = 5.0


class WeightCell(NamedTuple):
    """One weight: the parameter's name ("linear1.weight") and the cell in it."""

    parameter: str
    cell: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.parameter} [{', '.join(map(str, self.cell))}]"


@dataclass(frozen=True)
class LandscapeWish:
    """What a person wants to see.

    cells: None stands for the weights along which the loss changes the most.
    span: how far to both sides, in standard deviations of the weights of the parameter.
    """

    cells: tuple[WeightCell | None, ...] = (None, None)
    span: float = SPAN


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss over `count` examples along `cells`, all other weights as they were at `step` of the run.

    axes: the values of each weight. losses: (n,), or (rows, columns): the second weight goes up, the first right.
    trail: (k, cells + 1), where the network was: its weights and its loss; the last one is where it is.
    `message` says why there is nothing.
    """

    cells: tuple[WeightCell, ...] = ()
    axes: tuple[np.ndarray, ...] = ()
    losses: np.ndarray | None = None
    trail: np.ndarray | None = None
    step: int = 0
    now: int = 0  # the step of the trail's end
    count: int = 0
    loss: str = ""
    message: str = ""
