"""What the mouse does with the cells of a view that are typed over."""

from __future__ import annotations

from functools import partial
from typing import Protocol, cast

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, SignalInstance
from PySide6.QtGui import QContextMenuEvent, QMouseEvent

from explorer.arithmetic.operation import Index
from explorer.session.cell import is_index
from explorer.ui.common.typing.cell_range import CellRange
from explorer.ui.common.typing.clipboard import Chosen
from explorer.ui.common.typing.menu import open_menu
from explorer.ui.common.typing.scale_drag import ScaleDrag
from explorer.ui.common.typing.second_click import SecondClick
from explorer.ui.common.typing.target import CellView, TypingTarget
from explorer.ui.common.typing.writer import NumberWriter

PRESSES = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
)


class Typed(Chosen, Protocol):
    """A chosen range, and the box over one of its cells."""

    double_clicked: SignalInstance

    def open(self, cell: Index, text: str | None = None) -> None: ...

    def write_chosen(self, numbers: np.ndarray, *, merge: str | None = None) -> None: ...


class CellMouse:
    """A click chooses a cell, Shift or dragging a range, a double click types over it, dragging with Ctrl scales it."""

    def __init__(self, typed: Typed, view: CellView, writer: NumberWriter) -> None:
        self._typed, self._view, self._writer = typed, view, writer
        self._pressed: Index | None = None  # while the button is down
        self._clicked: tuple[str, Index] | None = None  # of which target, and where it went down last
        self._second_click = SecondClick(view.surface, partial(self._double_click, None))
        self._scaling: ScaleDrag | None = None

    def hears(self, event: QEvent) -> bool:
        """Whether the view is not to hear of what the mouse did."""
        if event.type() == QEvent.Type.ContextMenu:
            return self._open_menu(cast("QContextMenuEvent", event))
        return event.type() in PRESSES and self._on_mouse(cast("QMouseEvent", event))

    def _on_mouse(self, event: QMouseEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonRelease:
            was_scaling, self._pressed, self._scaling = self._scaling is not None, None, None
            return was_scaling
        if self._scaling is not None:
            self._typed.write_chosen(self._scaling.numbers_at(event.position().y()), merge=self._scaling.merge)
            return True
        cell = self._view.cell_under(event.position())
        if event.type() == QEvent.Type.MouseMove:
            self._drag_to(event, cell)
            return False
        return cell is not None and event.button() == Qt.MouseButton.LeftButton and self._on_press(event, cell)

    def _on_press(self, event: QMouseEvent, cell: Index) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick:
            return self._double_click(cell)
        target = self._view.typing_target()
        is_together = target is not None and target.is_together  # one of three numbers is not scaled by itself
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and not is_together:
            self._begin_scaling(cell, event.position().y())
            return True
        cells = self._typed.cells
        is_extending = cells is not None and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._pressed, self._clicked = cell, None if target is None else (target.name, cell)
        self._second_click.wait()
        self._view.keys.setFocus()
        self._typed.choose(cells.to(cell) if cells is not None and is_extending else CellRange.of(cell))
        return is_extending

    def _drag_to(self, event: QMouseEvent, cell: Index | None) -> None:
        is_dragging = self._pressed is not None and bool(event.buttons() & Qt.MouseButton.LeftButton)
        if is_dragging and cell is not None and self._typed.cells is not None and not self._view.pans:
            self._typed.choose(self._typed.cells.to(cell))

    def _double_click(self, cell: Index | None) -> bool:
        """Type over the cell of the first click, which may have brought others under the mouse; else over `cell`."""
        target = self._view.typing_target()
        if target is None or self._writer.refusal(target.name):
            return False  # the view leads to where the number came from
        meant = self._first_clicked(target) or cell
        if meant is None:
            return False
        self._view.bring_into_sight(meant)
        self._typed.open(meant)
        self._typed.double_clicked.emit()
        return True

    def _first_clicked(self, target: TypingTarget) -> Index | None:
        """The cell of the first click, where it is shown still."""
        name, cell = self._clicked or ("", ())
        is_there = name == target.name and is_index(cell, target.values.shape)
        return cell if is_there and self._view.rect_of(cell) is not None else None

    def _begin_scaling(self, cell: Index, y: float) -> None:
        """Scale the chosen range that `cell` lies in, or this cell alone."""
        self._view.keys.setFocus()
        self._choose_about(cell)
        target, cells = self._typed.target(), self._typed.cells
        if target is not None and cells is not None and not self._typed.refuses():
            self._scaling = ScaleDrag(y, cells.taken(target.values).astype(np.float64), self._writer.new_drag())

    def _open_menu(self, event: QContextMenuEvent) -> bool:
        """The menu of the chosen range, or of the cell under the mouse."""
        is_by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        point = self._view.surface.mapFromGlobal(event.globalPos()) if is_by_mouse else None
        if not self.choose_at(point):
            return False
        open_menu(self._typed, self._view.surface, event.globalPos())
        return True

    def choose_at(self, point: QPoint | None) -> bool:
        """Choose the cell at a point of the surface, or keep what is chosen; whether anything is."""
        if point is not None:
            cell = self._view.cell_under(QPointF(point))
            if cell is None:
                return False
            self._choose_about(cell)
        if self._typed.cells is None:
            return False
        self._view.keys.setFocus()
        return True

    def _choose_about(self, cell: Index) -> None:
        """Keep the chosen range if `cell` is one of its cells, else choose the cell."""
        if self._typed.cells is None or cell not in self._typed.cells:
            self._typed.choose(CellRange.of(cell))
