"""A step stepped over: what goes in, the operation, what comes out; on an update what was before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.arithmetic.operation import Index
from explorer.session.cursor import Cursor
from explorer.session.timeline import Timeline
from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.tab_order import chain
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.common.typing.cell_typing import CellTyping
from explorer.ui.common.typing.target import TypingTarget
from explorer.ui.common.typing.writer import NumberWriter
from explorer.ui.debugger.cells_read import Read, cells_read, read_of
from explorer.ui.debugger.over_plan import OverPlan, Part, over_plan
from explorer.ui.debugger.step_picture import StepPicture
from explorer.ui.debugger.typed_parts import target_of
from explorer.ui.tensors.view import GAP, TITLE_HEIGHT, TensorView

SPACE = 16
OPERATION_WIDTH, NARROW_OPERATION, TWO_COLUMNS = 132, 96, 184
LINE, ARROW_HEIGHT, SPACE_BELOW = 17, 22, 8
WITHOUT_FACTS = TITLE_HEIGHT + GAP + ARROW_HEIGHT + SPACE_BELOW  # pixels above a weight, if nothing more is written
NUMBER_WIDTH = 150
LEAST_VECTOR, MOST_VECTOR, VECTOR_GAP, LEAST_WEIGHT = 40, 110, 4, 44  # pixels of height
LEAST_WITH_FOOT = 80  # of a weight: in less its filters need the room more than their range does
VECTORS_SHARE = 0.4  # of the height that a weight and its bias have


class OverView(TipsOfPlaces, StepPicture):
    """Draws the step of the cursor. Clicking a cell of what was made asks where it came from."""

    def __init__(
        self, writer: NumberWriter, made_view: Callable[[TensorView], object], parent: QWidget | None = None
    ) -> None:
        """`made_view` is told of each tensor view: how many there are depends on the step."""
        super().__init__(parent)
        self._writer, self._made_view = writer, made_view
        self.setObjectName("stepOverView")
        self.setAccessibleName("The step as a whole")
        self._plan: OverPlan | None = None
        self._shown_at: tuple[object, ...] | None = None
        self._order = (0, 0)  # how many parts are given, and how many views there are
        self.views: list[TensorView] = []
        self._make_views(1)  # where it stands in the order of Tab, all that are made later follow
        self.weight = TensorView(self)
        self.weight.hide()
        CellTyping(self.weight, writer, name="weightEditor")
        made_view(self.weight)
        self.vectors = VectorColumn(writer, made_view, self)
        self.vectors.opened.connect(self.followed)
        self.weight.opened.connect(lambda cell: self.followed.emit("weight", cell))

    def asked_for(self) -> list[QWidget]:
        """The views that show the cursor's cell."""
        return [view for view in (*self.views, self.weight) if view.isVisible() and view.chosen() is not None]

    def show_cursor(self, timeline: Timeline, cursor: Cursor, classes: tuple[str, ...]) -> None:
        """Draw the step, and mark the cursor's cell and what its terms read; the outputs stand for `classes`."""
        plan = over_plan(timeline, cursor, classes)
        self._plan = plan
        target = partial(target_of, timeline=timeline, cursor=cursor, fed=self.fed)
        parts = (*plan.given, *plan.made)
        self._make_views(len(parts))
        for view, part in zip(self.views, parts, strict=False):
            is_read = part.tensor == "input" and part in plan.given
            view.set_unread(*((plan.unread.rows, plan.unread.columns) if is_read else ((), ())))
            view.set_tensor(part.shown, asked=part.asks_for == cursor.of and not plan.is_update and len(plan.made) > 1)
            view.set_typing_target(*target(part.tensor))
        self.weight.setVisible(plan.weight is not None)
        self.weight.set_tensor(plan.weight.shown if plan.weight else None)
        if plan.weight is not None:
            self.weight.set_typing_target(*target(plan.weight.tensor))
        self.vectors.setVisible(bool(plan.vectors))
        self.vectors.show_parts(plan.vectors, [target(part.tensor)[0] for part in plan.vectors])
        self._put_in_order(len(plan.given))
        self._mark(timeline, cursor)
        self._arrange()
        self.update()

    def point_at(self, timeline: Timeline, cursor: Cursor, pointed: Read) -> None:
        """Mark only the cells of a row of the explanation; all that are read where `pointed` is empty."""
        if self._plan is not None:
            self._mark(timeline, cursor, pointed)

    def show_pointed(self, place: Callable[[str], Index | None]) -> None:
        """Mark the cell under the mouse in another view."""
        for at, view in enumerate(self.views):
            part = self._part(at)
            view.set_pointed(place(part.tensor) if part is not None else None)

    def set_dimmed(self, dimmed: bool) -> None:
        """Paler while a newer step is being recorded."""
        for view in (*self.views, self.weight):
            view.set_dimmed(dimmed)
        self.vectors.set_dimmed(dimmed)

    def _make_views(self, count: int) -> None:
        while len(self.views) < count:
            view = TensorView(self)
            CellTyping(view, self._writer, name="cellEditor")
            view.clicked.connect(self._asking(len(self.views)))
            view.opened.connect(self._following(len(self.views)))
            view.hovered.connect(self._pointing(len(self.views)))
            self._made_view(view)
            self.views.append(view)
        for at, view in enumerate(self.views):
            view.setVisible(at < count)

    def _put_in_order(self, given: int) -> None:
        """Let Tab go through the parts as they stand, the weight behind the first `given`."""
        order = (given, len(self.views))
        if order != self._order:  # Qt takes a millisecond for it
            self._order = order
            chain(*self.views[:given], self.weight, self.vectors, *self.views[given:])

    def _asking(self, at: int) -> Callable[[Index], None]:
        def ask(cell: Index) -> None:
            part = self._part(at)
            if part is not None and part.asks_for:
                self.cell_chosen.emit(part.asks_for, cell)

        return ask

    def _following(self, at: int) -> Callable[[Index], None]:
        def follow(cell: Index) -> None:
            part = self._part(at)
            if part is not None and not part.asks_for and part.tensor:
                self.followed.emit(part.tensor, cell)

        return follow

    def _pointing(self, at: int) -> Callable[[Index | None], None]:
        def point(cell: Index | None) -> None:
            part = self._part(at)
            self.pointed.emit(part.tensor if part is not None else "", cell)

        return point

    def _part(self, at: int) -> Part | None:
        parts = (*self._plan.given, *self._plan.made) if self._plan else ()
        return parts[at] if at < len(parts) else None

    def _mark(self, timeline: Timeline, cursor: Cursor, pointed: Read = ()) -> None:
        assert self._plan is not None
        read = pointed or cells_read(timeline.explain(cursor.step, cursor.of, cursor.cell))
        for view, part in zip(self.views, (*self._plan.given, *self._plan.made), strict=False):
            strong = cursor.cell if part.asks_for == cursor.of else None
            self._mark_view(view, part, read, strong=strong)
        if self._plan.weight is not None:
            self._mark_view(self.weight, self._plan.weight, read, strong=None)

    @staticmethod
    def _mark_view(view: TensorView, part: Part, read: Read, *, strong: Index | None) -> None:
        ndim = len(part.shown.prefix) + part.shown.values.ndim
        view.set_marks(read_of(read, part.tensor, ndim) if strong is None and part.tensor else None, strong)

    # --- geometry ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if self._plan is None:
            return
        widths = self._widths()
        left = 0.0
        for at, view in enumerate(self.views[: len(widths)]):
            if at == len(self._plan.given):
                left += self._operation_width() + SPACE
            view.setGeometry(round(left), 0, round(widths[at]), self.height())
            left += widths[at] + SPACE
        room = self._operation_rect()
        top = room.top() + self._text_height() + SPACE_BELOW
        high = max(40.0, self.height() - top)
        below = high if self._plan.weight is None else min(high * VECTORS_SHARE, len(self._plan.vectors) * MOST_VECTOR)
        below = max(below, least_of_vectors(len(self._plan.vectors), self._vector_columns()))
        self.weight.has_foot = high - below >= LEAST_WITH_FOOT
        self.weight.setGeometry(QRectF(room.left(), top, room.width(), high - below).toRect())
        self.vectors.setGeometry(QRectF(room.left(), top + high - below, room.width(), below).toRect())

    def _vector_columns(self) -> int:
        """Two where one has no room for all rows of numbers."""
        return 1 if self._needed(1) <= self.height() else 2

    def _needed(self, columns: int) -> int:
        """The height in which the weight and all rows of numbers are seen."""
        assert self._plan is not None
        weight = LEAST_WEIGHT if self._plan.weight is not None else 0
        return WITHOUT_FACTS + weight + least_of_vectors(len(self._plan.vectors), columns)

    def _operation_width(self) -> float:
        usual = OPERATION_WIDTH if self.width() > 700 else NARROW_OPERATION
        return max(usual, TWO_COLUMNS) if self._vector_columns() > 1 else usual

    def _widths(self) -> list[float]:
        """Equal widths, except for single numbers and biases, which need little."""
        assert self._plan is not None
        parts = (*self._plan.given, *self._plan.made)
        room = self.width() - self._operation_width() - SPACE * len(parts)
        narrow = [part.shown.values.ndim == 0 for part in parts]
        wide = len(parts) - sum(narrow)
        narrow_width = min(NUMBER_WIDTH, room / len(parts))
        share = (room - sum(narrow) * narrow_width) / max(wide, 1)
        return [narrow_width if is_narrow else share for is_narrow in narrow]

    def _operation_rect(self) -> QRectF:
        assert self._plan is not None
        widths = self._widths()[: len(self._plan.given)]
        return QRectF(sum(widths) + SPACE * len(widths), 0, self._operation_width(), self.height())

    def _text_height(self) -> float:
        return WITHOUT_FACTS - SPACE_BELOW + LINE * len(self._facts())

    def _facts(self) -> tuple[str, ...]:
        """What is written below the arrow. In a low room numbers come first: all of it is told by a tip as well."""
        assert self._plan is not None
        room = self.height() - self._needed(self._vector_columns())
        return self._plan.facts[: max(0, room // LINE)]

    def explained_at(self, point: QPoint) -> Tipped | None:
        """The operation and its settings, which are cut where there is no room."""
        if self._plan is None:
            return None
        room = self._operation_rect()
        room.setHeight(self._text_height())
        words = "\n".join((self._plan.operation, *self._plan.facts))
        return (words, room) if room.contains(QPointF(point)) else None

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._plan is None:
            return
        painter = QPainter(self)
        colours, room = theme.current(), self._operation_rect()
        painter.setFont(theme.interface_font(13, semibold=True))
        painter.setPen(QColor(colours.text))
        title = elided(self._plan.operation, painter.fontMetrics(), int(room.width()))
        painter.drawText(QRectF(room.left(), 0, room.width(), TITLE_HEIGHT), Qt.AlignmentFlag.AlignCenter, title)
        self._paint_arrow(painter, QRectF(room.left(), TITLE_HEIGHT + GAP, room.width(), 18))
        painter.setFont(theme.interface_font(12))
        painter.setPen(QColor(colours.dim))
        for at, fact in enumerate(self._facts()):
            line = QRectF(room.left(), TITLE_HEIGHT + GAP + ARROW_HEIGHT + at * LINE, room.width(), LINE)
            text = elided(fact, painter.fontMetrics(), int(room.width()))
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_arrow(self, painter: QPainter, rect: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.current().dim), 1.5))
        y, right = rect.center().y(), rect.right() - 6
        painter.drawLine(int(rect.left() + 6), int(y), int(right), int(y))
        painter.drawLine(int(right - 6), int(y - 4), int(right), int(y))
        painter.drawLine(int(right - 6), int(y + 4), int(right), int(y))


def least_of_vectors(count: int, columns: int) -> int:
    """Pixels of height that so many rows of numbers need at least, with the gap above them."""
    return -(-count // columns) * (LEAST_VECTOR + VECTOR_GAP)


class VectorColumn(QWidget):
    """All of them, in two columns where one has no room. `opened` is emitted with the name of a double-clicked one."""

    opened = Signal(str, tuple)

    def __init__(
        self, writer: NumberWriter, made_view: Callable[[TensorView], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._writer, self._made_view = writer, made_view
        self._parts: tuple[Part, ...] = ()
        self.views: list[TensorView] = []

    def show_parts(self, parts: Sequence[Part], targets: Sequence[TypingTarget | None]) -> None:
        """Show `parts`, each of which is typed over as its target says."""
        self._parts = tuple(parts)
        while len(self.views) < len(parts):
            self.views.append(self._make_view(len(self.views)))
        for view, part, target in zip(self.views, parts, targets, strict=False):
            view.set_tensor(part.shown)
            view.set_typing_target(target)
        self._arrange()

    def set_dimmed(self, dimmed: bool) -> None:
        """Paler while a newer step is being recorded."""
        for view in self.views:
            view.set_dimmed(dimmed)

    def _make_view(self, at: int) -> TensorView:
        view = TensorView(self)
        view.has_foot = False
        CellTyping(view, self._writer, name="vectorEditor")
        self._made_view(view)
        view.opened.connect(lambda cell: self._open(at, cell))
        return view

    def _open(self, at: int, cell: Index) -> None:
        if at < len(self._parts):
            self.opened.emit(self._parts[at].tensor, cell)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        columns = 1 if least_of_vectors(len(self._parts), 1) - VECTOR_GAP <= self.height() else 2
        rows = max(1, -(-len(self._parts) // columns))
        height = min((self.height() + VECTOR_GAP) // rows - VECTOR_GAP, MOST_VECTOR)
        width = (self.width() - (columns - 1) * VECTOR_GAP) // columns
        for at, view in enumerate(self.views):
            row, column = at % rows, at // rows
            view.setVisible(at < len(self._parts))
            view.setGeometry(column * (width + VECTOR_GAP), row * (height + VECTOR_GAP), width, height)
