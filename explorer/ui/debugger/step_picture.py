"""What both pictures of a step tell, the one from outside and the one from inside."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class StepPicture(QWidget):
    """Draws the step of a cursor.

    `cell_chosen` tells of which tensor of the step, and the cell; `followed` the tensor and the cell of a number of
    which the person wants to see where it came from.
    """

    cell_chosen = Signal(str, tuple)
    followed = Signal(str, tuple)
