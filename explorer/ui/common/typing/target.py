"""What can be typed over, and the view that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, SignalInstance
from PySide6.QtWidgets import QWidget

from explorer.arithmetic.operation import Index
from explorer.session.cell import block_from

INPUT = "input"
EXAMPLE = "example "
"""With its number: what is typed over a further example of the batch."""


@dataclass(frozen=True, eq=False)
class TypingTarget:
    """What can be typed over: all `values` of the parameter or buffer `name` ("conv1.weight"), or of "input".

    `columns` is how many numbers a row of the parameter has where it is shown as maps: a matrix on flattened maps.
    `colours` are the names of the kernels of a filter on a colour picture; `is_together`: one picture shows them all,
    so that a cell stands for a number of each, and is known by that of the first.
    """

    name: str
    values: np.ndarray
    columns: int | None = None
    colours: tuple[str, ...] = ()
    is_together: bool = False

    def called(self, cell: Index) -> str:
        """ "conv1.weight [2, 0, 1, 1], red"."""
        colour = f", {self.colours[cell[1]]}" if self.colours else ""
        return f"{self.name} [{', '.join(map(str, cell))}]{colour}"

    def as_kept(self, start: Index, numbers: np.ndarray) -> tuple[Index, np.ndarray]:
        """`numbers` from cell `start` of the maps on as they lie in the parameter, with what is between their rows."""
        if self.columns is None:
            return start, numbers
        if len(numbers) > 1:  # the whole of it
            return (0, 0), numbers.reshape(-1, self.columns)
        row = np.array(self.values[start[0]])
        inside = block_from(start[1:], numbers.shape[1:])
        row[inside] = numbers[0]
        first = int(np.ravel_multi_index(start[1:], row.shape))
        last = int(np.ravel_multi_index(tuple(each.stop - 1 for each in inside), row.shape))
        return (start[0], first), row.reshape(1, -1)[:, first : last + 1]


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

    def standing(self) -> Index | None:
        """The cell of the target that is chosen or pointed at by the keys in the view itself; None where none is."""

    def bring_into_sight(self, cell: Index) -> None:
        """Scroll to a cell of the target, where the view shows but a part of it."""
