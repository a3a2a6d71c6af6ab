"""One curve and how it is drawn: its colour tells what was measured, its dashes which run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from explorer.ui.common import theme

Role = Literal["training", "validation"]
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
PALE = 100  # of 255


@dataclass(frozen=True, eq=False)
class Curve:
    """One line: `xs` (n,), rising, and `ys` (n,). `style` counts runs; `end` is written where the line ends."""

    name: str
    xs: np.ndarray = field(repr=False)
    ys: np.ndarray = field(repr=False)
    role: Role = "training"
    style: int = 0
    is_pale: bool = False
    has_marks: bool = False
    end: str = ""


def colour_of(role: Role) -> QColor:
    """Training is blue and validation orange, in every plot."""
    colours = theme.current()
    return QColor(colours.phases["forward"] if role == "training" else colours.signed_high)


def pen_of(role: Role, style: int, *, is_pale: bool = False) -> QPen:
    """The pen of a run's line; pale ones are thin and solid, since a zigzag of dashes tells nothing."""
    colour = colour_of(role)
    if is_pale:
        colour.setAlpha(PALE)
        return pg.mkPen(colour, width=1)
    return pg.mkPen(colour, width=1.8, style=STYLES[style % len(STYLES)])
