"""A step seen from inside: the map it reads with the patch on it, the arithmetic of one cell, the map it makes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from explorer.arithmetic.operation import Index
from explorer.session.cursor import Cursor
from explorer.session.timeline import Timeline
from explorer.ui.common import theme
from explorer.ui.common.typing.cell_typing import CellTyping
from explorer.ui.common.typing.writer import NumberWriter
from explorer.ui.debugger.cells_read import Read, read_of
from explorer.ui.debugger.into.function_curve import FunctionCurve
from explorer.ui.debugger.into.function_plot import FunctionPlot
from explorer.ui.debugger.into.grid_row import GridRow, MadeGrid
from explorer.ui.debugger.into.move_note import MoveNote
from explorer.ui.debugger.into.moved_cell import Move
from explorer.ui.debugger.into.neighbour_grids import Grids
from explorer.ui.debugger.into.patch_scene import PatchScene
from explorer.ui.debugger.into.patch_steering import steered
from explorer.ui.debugger.into.plan import IntoPlan, given_map, into_plan
from explorer.ui.debugger.into.term_grids import Patches
from explorer.ui.debugger.into.term_table import TermTable
from explorer.ui.debugger.into.term_tables import Table
from explorer.ui.debugger.step_picture import StepPicture
from explorer.ui.debugger.typed_parts import Typed, target_of
from explorer.ui.debugger.unread import NOTHING_UNREAD, unread_of
from explorer.ui.tensors.view import FOOT_HEIGHT, GAP, TITLE_HEIGHT, TensorView

SPACE = 26
LARGEST_SHARE, SMALLEST_SHARE, SHARE_BESIDE_TABLE = 0.225, 0.17, 0.2  # share of the width, for each of the two tensors
SHARE_BESIDE_TWO = 0.31
"""Where only a patch and its largest stand in the middle, the maps get the room that a filter and products would."""
NARROWEST_MAP = 110
READABLE_MIDDLE = 420  # pixels in which three grids of 3 × 3 have room for four digits
NOTHING = "Nothing explains this number."


class IntoView(StepPicture):
    """Draws the cursor's cell. Clicking or dragging on the left moves the patch, on the right it chooses a cell."""

    def __init__(self, writer: NumberWriter, made_grid: MadeGrid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stepIntoView")
        self.setAccessibleName("One cell of the step")
        self._plan: IntoPlan | None = None
        self._cursor = Cursor()
        self._target_of: Callable[[str], Typed] = lambda _tensor: (None, ())
        self.given, self.made = TensorView(self), TensorView(self)
        self.given.pans = True  # dragging moves the patch
        CellTyping(self.given, writer, name="givenEditor")
        self.patches, self.table, self.curve = PatchScene(writer, made_grid, self), TermTable(self), FunctionPlot(self)
        self.note, self.grids = MoveNote(self), GridRow(writer, made_grid, self)
        self.grids.set_line_room(3)
        self.message = QLabel(self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.message.setProperty("role", "dim")
        self._scenes: tuple[QWidget, ...] = (
            self.patches,
            self.table,
            self.curve,
            self.note,
            self.grids,
            self.message,
        )
        self.given.clicked.connect(self._steer)
        self.given.dragged.connect(self._steer)
        self.given.opened.connect(self._follow_given)
        self.made.clicked.connect(self._choose)
        self.made.dragged.connect(self._choose)
        self.given.hovered.connect(lambda cell: self.pointed.emit(self._name_of_given(), cell))
        self.made.hovered.connect(lambda cell: self.pointed.emit(self._name_of_made(), cell))
        self.patches.group_changed.connect(self._show_given)
        self.grids.clicked.connect(self._choose_neighbour)
        for scene in (self.patches, self.table, self.grids):
            scene.opened.connect(self.followed)

    # --- what it shows ---

    def asked_for(self) -> list[QWidget]:
        """The views that show the cursor's cell."""
        return [view for view in (self.made, self.given) if view.isVisible() and view.chosen() is not None]

    def show_cursor(self, timeline: Timeline, cursor: Cursor, classes: tuple[str, ...]) -> None:
        """Draw the arithmetic of the cursor's cell; `classes` are those that the outputs stand for."""
        self._target_of = partial(target_of, timeline=timeline, cursor=cursor, fed=self.fed)
        self.patches.row.set_targets(self._target_of)
        self.grids.set_targets(self._target_of)
        plan = into_plan(timeline, cursor, classes)
        self._plan, self._cursor = plan, cursor
        self._show_middle(plan)
        self._show_given()
        self.made.set_tensor(plan.made)
        self.made.setVisible(not self._is_update())
        self.made.set_marks(None, plan.cell)
        self._arrange()
        self.update()

    def point_at(self, pointed: Read) -> None:
        """Show the channel that the cells of a row of the explanation lie in."""
        patches = self._plan.middle if self._plan is not None else None
        if not isinstance(patches, Patches):
            return
        source = patches.terms.factors[patches.source].name
        for tensor, cells in pointed:
            if tensor == source and len(cells):
                self.patches.show_group(tuple(int(index) for index in cells[0, :-2]))

    def show_pointed(self, place: Callable[[str], Index | None]) -> None:
        """Mark the cell under the mouse in another view, if it lies in a map that is drawn."""
        self.given.set_pointed(place(self._name_of_given()))
        self.made.set_pointed(place(self._name_of_made()))

    def _name_of_given(self) -> str:
        return "" if self._plan is None else self._plan.given_name

    def _name_of_made(self) -> str:
        return "" if self._plan is None else self._plan.made.name

    def set_dimmed(self, dimmed: bool) -> None:
        """Paler while a newer step is being recorded."""
        for view in (self.given, self.made):
            view.set_dimmed(dimmed)

    def _show_middle(self, plan: IntoPlan) -> None:
        middle = plan.middle
        scene: QWidget = self.message
        if isinstance(middle, Patches):
            self.patches.show_patches(middle, (self._cursor.step, self._cursor.of))
            scene = self.patches
        elif isinstance(middle, Table):
            self.table.show_table(middle)
            scene = self.table
        elif isinstance(middle, FunctionCurve):
            self.curve.show_curve(middle)
            scene = self.curve
        elif isinstance(middle, Move):
            self.note.show_move(middle)
            scene = self.note
        elif isinstance(middle, Grids):
            self.grids.show_grids(middle.grids, middle.symbols, middle.lines)
            scene = self.grids
        self.message.setText(plan.message or NOTHING)
        for other in self._scenes:
            other.setVisible(other is scene)

    @Slot()
    def _show_given(self) -> None:
        plan = self._plan
        if plan is None:
            return
        shown, frame = plan.given, None
        if isinstance(plan.middle, Patches) and self.patches.group is not None:
            group = self.patches.group
            shown = given_map(plan, plan.middle, plan.middle.source_key(group))
            frame = plan.middle.frame
        self.given.set_tensor(shown)
        self.given.set_typing_target(*self._target_of(plan.given_name))
        self.given.setVisible(shown is not None)
        if shown is None:
            return
        unread = unread_of(plan.entry, plan.tensors) if plan.given_name == "input" else NOTHING_UNREAD
        self.given.set_unread(unread.rows, unread.columns)
        strong = None
        read = read_of(plan.read, plan.given_name, len(shown.prefix) + shown.values.ndim)
        if plan.entry.call == "loss":
            read = np.zeros((0, 0), np.int64)  # the table's rows are those of the outputs: nothing needs a frame
        if isinstance(plan.middle, Grids):
            strong, read = plan.middle.source, np.zeros((0, 0), np.int64)
        self.given.set_marks(read, strong, frame=frame)
        self.update()

    # --- the mouse ---

    @Slot(tuple)
    def _steer(self, cell: Index) -> None:
        """Bring the patch to `cell` of the given tensor; where there is no patch, choose the cell that reads it."""
        plan = self._plan
        if plan is None or plan.cell is None:
            return
        if isinstance(plan.middle, Patches) and self.patches.group is not None:
            target = steered(plan, plan.middle, cell, self._shape())
        else:
            target = cell if self._is_update() else self._same_place(cell)
        if target is not None and target != plan.cell:
            self.cell_chosen.emit(self._cursor.of, target)

    def _same_place(self, cell: Index) -> Index | None:
        """The same cell of what is made, where both tensors have one shape."""
        plan = self._plan
        if plan is None or plan.given is None or isinstance(plan.middle, Table):
            return None
        if plan.given.values.shape == plan.made.values.shape and len(cell) == len(self._shape()):
            return cell
        return None

    @Slot(str, tuple)
    def _choose_neighbour(self, _tensor: str, cell: Index) -> None:
        if self._is_update():
            self._choose(cell)

    def _is_update(self) -> bool:
        return self._plan is not None and isinstance(self._plan.middle, Grids) and self._plan.middle.is_update

    @Slot(tuple)
    def _follow_given(self, cell: Index) -> None:
        if self._name_of_given():
            self.followed.emit(self._name_of_given(), cell)

    @Slot(tuple)
    def _choose(self, cell: Index) -> None:
        if self._plan is not None and cell != self._plan.cell:
            self.cell_chosen.emit(self._cursor.of, cell)

    def _shape(self) -> Index:
        assert self._plan is not None
        return self._plan.entry.asked[self._cursor.of]

    # --- geometry ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if self._plan is None:
            return
        side = self._side()
        right = 0 if self._is_update() else side + SPACE
        middle = QRectF(side + SPACE, 0, self.width() - side - SPACE - right, self.height())
        self.given.setGeometry(0, 0, round(side), self.height())
        self.made.setGeometry(round(self.width() - side), 0, round(side), self.height())
        for scene in self._scenes:
            scene.setGeometry(middle.toRect())
        if isinstance(self._plan.middle, Move):
            ends = self.given.point_of(self._plan.middle.source), self.made.point_of(self._plan.middle.target)
            heights = [end.y() for end in ends if end is not None]
            self.note.set_above(sum(heights) > len(heights) * self.height() / 2)

    def _side(self) -> float:
        """Width of the given and of the made tensor: what the numbers in the middle leave."""
        assert self._plan is not None
        left = (self.width() - 2 * SPACE - READABLE_MIDDLE) / 2 / max(self.width(), 1)
        has_two = isinstance(self._plan.middle, Patches) and self._plan.middle.is_max
        share = min(max(left, SMALLEST_SHARE), SHARE_BESIDE_TWO if has_two else LARGEST_SHARE)
        if not isinstance(self._plan.middle, (Patches, Move, Grids)):
            share = min(share, SHARE_BESIDE_TABLE)
        tallest = self.height() - TITLE_HEIGHT - FOOT_HEIGHT - 2 * GAP
        has_map = isinstance(self._plan.middle, Patches) and self._plan.made.values.ndim == 2
        return min(self.width() * share, max(tallest, NARROWEST_MAP) if has_map else tallest * 1.2)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        plan = self._plan
        if plan is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(plan.middle, Move):
            self._paint_move(painter, plan.middle)
            return
        if self._is_update():
            return
        painter.setPen(QPen(QColor(theme.current().dim), 1.5))
        y = TITLE_HEIGHT + GAP + min(self.given.width(), self.height() - 60) / 2
        _paint_arrow(painter, QPointF(self.made.x() - SPACE + 6, y), QPointF(self.made.x() - 6, y))

    def _paint_move(self, painter: QPainter, move: Move) -> None:
        start, end = self.given.point_of(move.source), self.made.point_of(move.target)
        if start is None or end is None:
            return
        painter.setPen(QPen(QColor(theme.current().accent), 2))
        start = QPointF(max(start.x() + self.given.x(), self.given.geometry().right()), start.y())
        _paint_arrow(painter, start, QPointF(self.made.x() - 6, end.y()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def _paint_arrow(painter: QPainter, start: QPointF, end: QPointF) -> None:
    along = end - start
    length = max(float(np.hypot(along.x(), along.y())), 1.0)
    along, across = along / length * 7, QPointF(-along.y(), along.x()) / length * 4
    painter.drawLine(start, end)
    painter.drawPolyline(QPolygonF([end - along + across, end, end - along - across]))
