"""One example of a tensor, whatever its shape: maps beside each other, one map large, filters, bars, or a number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.arithmetic.operation import Index
from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ARROWS
from explorer.ui.common.focus_ring import FocusRing
from explorer.ui.common.late import LATE_OPACITY
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import hovered
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.common.typing.cell_widget import CellWidget
from explorer.ui.common.typing.target import TypingTarget
from explorer.ui.tensors.cell_painting import paint_frame, paint_note, paint_range, paint_title
from explorer.ui.tensors.layout import TensorLayout, boxes, lay_out
from explorer.ui.tensors.tiles import Shown

TITLE_HEIGHT, FOOT_HEIGHT, GAP = 20, 18, 4
FRAMED_AT_MOST = 50_000  # cells; more of them would frame everything


class TensorView(TipsOfPlaces, CellWidget):
    """Shows a `Shown` between a title above and its range below; a hovered cell's number takes the range's place.

    `clicked` and `dragged` emit a whole cell of the tensor, `hovered` one or None, `opened` a double-clicked one.
    Arrow keys move the chosen cell and emit `clicked`. `relaid` is emitted when its cells lie elsewhere, or are others.
    """

    clicked = Signal(tuple)
    dragged = Signal(tuple)
    hovered = Signal(object)
    opened = Signal(tuple)
    has_foot = True  # where the range and the hovered number stand

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: Shown | None = None
        self._cells = np.zeros((0, 0), np.int64)
        self._strong: Index | None = None
        self._frame: tuple[int, int, int, int] | None = None
        self._unread: tuple[Sequence[int], Sequence[int]] = ((), ())
        self._asked = False
        self._dimmed = False
        self._under: Index | None = None
        self._pointed: Index | None = None  # the mouse is on the same number elsewhere
        self._layout: TensorLayout | None = None
        self._laid_out_for = QSize()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(200, 220)

    # --- what it shows ---

    def set_tensor(self, shown: Shown | None, *, asked: bool = False) -> None:
        """Show `shown`; `asked` marks the title of the tensor whose cell is explained."""
        if shown is self.shown and asked == self._asked:
            return
        is_another = _called(shown) != _called(self.shown)
        self.shown, self._asked, self._layout = shown, asked, None
        if is_another:
            self._forget_pointed()
        name = shown.title if shown else ""
        self.setAccessibleName(name)
        if self._strong is None:  # another cell is told of next
            self._tell()
        self.setToolTip(f"{name}, {shown.facts}. Click a cell to see where its number comes from." if shown else "")
        self.update()

    def _tell(self) -> None:
        """The facts, and the chosen cell with its exact value."""
        shown, cell = self.shown, self._strong
        words = "" if shown is None else shown.facts
        if shown is not None and cell is not None and len(shown.own(np.asarray([cell], np.int64))):
            value = hovered(shown.values[cell[len(shown.prefix) :]])
            words = ", ".join(filter(None, (words, f"{self._place_words(shown, cell)}: {value}")))
        tell(self, words)

    @staticmethod
    def _place_words(shown: Shown, cell: Index) -> str:
        """A number of a row by its name, any other cell by its indices."""
        is_named = shown.values.ndim == 1 and cell[-1] < len(shown.names)
        return shown.names[cell[-1]] if is_named else f"cell ({', '.join(map(str, cell))})"

    def _forget_pointed(self) -> None:
        """What lies under the mouse now is another cell: nothing is pointed at until the mouse moves."""
        was, self._under, self._pointed = self._under, None, None
        if was is not None:
            self.hovered.emit(None)

    def set_typing_target(self, target: TypingTarget | None, prefix: Index = ()) -> None:
        """What is typed over here; its cells are those of the tensor without `prefix`, as the example."""
        super().set_typing_target(target, prefix)
        if target is not None and self.shown is not None:
            self.setToolTip(f"{self.shown.title}, {self.shown.facts}. Double-click a number to type another.")

    def set_marks(
        self, cells: np.ndarray | None, strong: Index | None, *, frame: tuple[int, int, int, int] | None = None
    ) -> None:
        """Mark whole `cells` (T, ndim) as read, and `strong` as the one asked for.

        `frame` is (row, column, rows, columns) of a patch on a single map, which may reach into the padding.
        """
        self._cells = np.zeros((0, 0), np.int64) if cells is None else cells
        self._strong, self._frame = strong, frame
        self._tell()
        self.update()

    def set_pointed(self, cell: Index | None) -> None:
        """Mark the cell that the mouse is over in another view, and tell its number."""
        if cell != self._pointed:
            self._pointed = cell
            self.update()

    def chosen(self) -> Index | None:
        """The cell that is asked for, if it is one of those shown."""
        return self._strong if self._strong is not None and self._place(self._strong) is not None else None

    def told(self) -> Index | None:
        """The cell whose number stands below: the one under the mouse, here or in another view."""
        return self._pointed if self._under is None else self._under

    def set_unread(self, rows: Sequence[int] = (), columns: Sequence[int] = ()) -> None:
        """Strike out rows and columns of the maps that nothing reads."""
        if (rows, columns) != self._unread:
            self._unread = rows, columns
            self.update()

    def set_dimmed(self, dimmed: bool) -> None:
        """Paler while a newer tensor is worked out."""
        if dimmed != self._dimmed:
            self._dimmed = dimmed
            self.update()

    def point_of(self, cell: Index) -> QPointF | None:
        """The middle of a whole cell in this widget's pixels."""
        layout, place = self._laid_out(), self._place(cell)
        if layout is None or place is None:
            return None
        return layout.rect(*place).center()

    def picture_rect(self) -> QRectF:
        """Where the cells lie, without padding; empty where nothing is shown."""
        layout = self._laid_out()
        return QRectF() if layout is None else layout.area

    # --- what is typed over ---

    def cell_under(self, point: QPointF) -> Index | None:
        """The cell of the target under a point."""
        return self.own_cell(self.cell_at(point))

    def rect_of(self, cell: Index) -> QRectF | None:
        """The pixels of a cell of the target; None where it is not shown."""
        layout, place = self._laid_out(), self._place(self.whole_cell(cell))
        return None if layout is None or place is None else layout.rect(*place)

    def standing(self) -> Index | None:
        """The cell of the target that is asked for."""
        return self.own_cell(self.chosen())

    def explained_at(self, point: QPoint) -> Tipped | None:
        """What the tensor is, below its title; over the cells there is no tip: their numbers are told below them."""
        is_title = self.cell_at(QPointF(point)) is None
        return (self.toolTip(), QRectF(0, 0, self.width(), TITLE_HEIGHT)) if is_title else None

    # --- geometry ---

    def _body(self) -> QRectF:
        below = FOOT_HEIGHT + GAP if self.has_foot else 0
        return QRectF(0, TITLE_HEIGHT + GAP, self.width(), max(1, self.height() - TITLE_HEIGHT - GAP - below))

    def _laid_out(self) -> TensorLayout | None:
        if self.shown is None or not self.shown.values.size:
            return None
        if self._layout is None or self._laid_out_for != self.size():
            self._layout, self._laid_out_for = lay_out(self.shown, self._body()), self.size()
        return self._layout

    def _place(self, cell: Index) -> tuple[int, int, int] | None:
        layout = self._laid_out()
        if layout is None or self.shown is None:
            return None
        own = self.shown.own(np.asarray([cell], np.int64).reshape(1, len(cell)))
        if not len(own):
            return None
        tile, row, column = layout.folding.places(own)[0].tolist()
        return tile, row, column

    def cell_at(self, point: QPointF) -> Index | None:
        """The whole cell under a point of this widget."""
        layout = self._laid_out()
        found = None if layout is None else layout.cell_at(point)
        return None if found is None or self.shown is None else (*self.shown.prefix, *found)

    # --- mouse and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell != self._under:
            self._under = cell
            self.hovered.emit(cell)
            self.update()
            if cell is not None and event.buttons() & Qt.MouseButton.LeftButton:
                self.dragged.emit(cell)

    def leaveEvent(self, _event: QEvent) -> None:
        if self._under is not None:
            self._under = None
            self.hovered.emit(None)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        layout, place = self._laid_out(), None if self._strong is None else self._place(self._strong)
        if step is None or layout is None or place is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            super().keyPressEvent(event)
            return
        moved = layout.folding.cell(place[0], place[1] + step[0], place[2] + step[1])
        if moved is not None and self.shown is not None:
            self.clicked.emit((*self.shown.prefix, *moved))

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.shown is None:
            return
        painter = QPainter(self)
        if self._dimmed:
            painter.setOpacity(LATE_OPACITY)
        paint_title(painter, QRectF(0, 0, self.width(), TITLE_HEIGHT), self.shown.title, self.shown.facts, self._asked)
        layout = self._laid_out()
        if layout is None:
            paint_note(painter, self._body(), "It has no cells.")
            return
        layout.paint(painter, self.shown, ratio=self.devicePixelRatioF())
        if layout.mode == "map":
            layout.paint_unread(painter, *self._unread)
        self._paint_marks(painter, layout)
        if self.has_foot:
            self._paint_foot(painter, layout)

    def _paint_marks(self, painter: QPainter, layout: TensorLayout) -> None:
        if layout.mode == "number":
            return
        colours = theme.current()
        for rect in self._frames(layout):
            paint_frame(painter, rect, colours.accent)
        place = None if self._strong is None else self._place(self._strong)
        if place is not None:
            paint_frame(painter, layout.rect(*place), colours.text)
        told = self.told()
        under = None if told is None else self._place(told)
        if under is not None and under != place:
            painter.setPen(QPen(QColor(colours.dim), 1))
            painter.drawRect(layout.rect(*under))

    def _frames(self, layout: TensorLayout) -> list[QRectF]:
        if self._frame is None:
            return self._read(layout)
        row, column, rows, columns = self._frame
        within = self._read(layout) if self.has_gaps() else []
        return [layout.rect(0, row, column, rows, columns), *within]

    def _read(self, layout: TensorLayout) -> list[QRectF]:
        assert self.shown is not None
        own = self._own_cells()
        if not len(own) or len(own) >= self.shown.values.size:
            return []  # where a tensor is read as a whole nothing stands out
        return [layout.rect(*box) for box in boxes(layout.folding.places(own))]

    def _own_cells(self) -> np.ndarray:
        """Those of the cells that are read which this view shows; none where they are too many to be framed."""
        if self.shown is None or not len(self._cells) or len(self._cells) > FRAMED_AT_MOST:
            return np.zeros((0, 0), np.int64)
        return self.shown.own(self._cells)

    def has_gaps(self) -> bool:
        """Whether the patch passes over cells of the map that it does not read, as a dilated one does."""
        own = self._own_cells()
        if self._frame is None or not len(own):
            return False
        sides = np.ptp(own, axis=0) + 1
        return len(np.unique(own, axis=0)) < int(np.prod(sides))

    def _paint_foot(self, painter: QPainter, layout: TensorLayout) -> None:
        assert self.shown is not None
        foot = QRectF(0, min(layout.bottom + GAP, self.height() - FOOT_HEIGHT), self.width(), FOOT_HEIGHT)
        told = self.told()
        if told is not None and self._place(told) is not None:
            value = hovered(self.shown.values[told[len(self.shown.prefix) :]])
            own = ", ".join(str(index) for index in told[len(self.shown.prefix) :])
            paint_note(painter, foot, *((f"({own})  {value}", value) if own else (value,)), is_strong=True)
        elif layout.mode == "map":
            paint_range(painter, foot, self.shown)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def _called(shown: Shown | None) -> tuple[object, ...]:
    """What tells a tensor from another that is shown in its place."""
    return () if shown is None else (shown.name, shown.title, shown.values.shape, shown.prefix)
