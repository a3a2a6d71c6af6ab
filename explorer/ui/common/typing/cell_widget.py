"""What every widget has whose cells are typed over where they are seen."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.arithmetic.operation import Index
from explorer.ui.common.typing.target import TypingTarget


class CellWidget(QWidget):
    """A `CellView` but for where its cells lie. `relaid` is emitted when they lie elsewhere, or are others."""

    relaid = Signal()
    pans = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typed_over: TypingTarget | None = None
        self._typed_prefix: Index = ()

    @property
    def surface(self) -> QWidget:
        return self

    @property
    def keys(self) -> QWidget:
        return self

    def typing_target(self) -> TypingTarget | None:
        """What can be typed over; None where it is only looked at."""
        return self._typed_over

    def set_typing_target(self, target: TypingTarget | None, prefix: Index = ()) -> None:
        """What is typed over here; `prefix` are indices that cells of the widget have before those of the target."""
        self._typed_over, self._typed_prefix = target, prefix
        self.relaid.emit()

    def own_cell(self, cell: Index | None) -> Index | None:
        """A cell of the widget as one of the target."""
        return None if cell is None else cell[len(self._typed_prefix) :]

    def whole_cell(self, cell: Index) -> Index:
        """A cell of the target as one of the widget."""
        return (*self._typed_prefix, *cell)

    def standing(self) -> Index | None:
        """The cell of the target that the view stands at; None for one that does not tell."""
        return None

    def bring_into_sight(self, _cell: Index) -> None:
        """All of it is in sight."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.relaid.emit()
