"""What can be typed over, and the view that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, SignalInstance
from PySide6.QtWidgets import QWidget

from explorer.arithmetic.operation import Index

INPUT = "input"


@dataclass(frozen=True, eq=False)
class TypingTarget:
    """What can be typed over: all `values` of the parameter or buffer `name` ("conv1.weight"), or of "input"."""

    name: str
    values: np.ndarray


class CellView(Protocol):
    """A view of a target's cells: `surface` shows them and hears the mouse, `keys` has the focus."""

    @property
    def surface(self) -> QWidget: ...

    @property
    def keys(self) -> QWidget: ...

    @property
    def relaid(self) -> SignalInstance:
        """Emitted when cells lie elsewhere, or others are shown."""

    @property
    def pans(self) -> bool:
        """Whether dragging moves the picture, so that it cannot choose a range."""

    def typing_target(self) -> TypingTarget | None:
        """What can be typed over now; None where nothing can."""

    def cell_under(self, point: QPointF) -> Index | None:
        """The cell of the target under a point of the surface."""

    def rect_of(self, cell: Index) -> QRectF | None:
        """The pixels of a cell of the target on the surface; None where it is not shown."""
