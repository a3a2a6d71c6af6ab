"""What both pictures of a step tell, the one from outside and the one from inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.arithmetic.operation import Index
from explorer.ui.common.typing.target import TypingTarget


class StepPicture(QWidget):
    """Draws the step of a cursor.

    `cell_chosen` tells of which tensor of the step, and the cell; `followed` the tensor and the cell of a number of
    which the person wants to see where it came from; `pointed` the tensor and the cell under the mouse, or None.
    `fed` is what the cursor's example was fed as, where it can be typed over.
    """

    cell_chosen = Signal(str, tuple)
    followed = Signal(str, tuple)
    pointed = Signal(str, object)
    fed: TypingTarget | None = None

    def asked_for(self) -> Sequence[QWidget]:
        """The views that show the cell which is asked for."""
        return ()

    def show_pointed(self, place: Callable[[str], Index | None]) -> None:
        """Mark the cell under the mouse in another view: `place` gives it for a tensor of the step, by its name."""
