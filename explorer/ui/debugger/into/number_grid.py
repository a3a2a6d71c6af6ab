"""A small grid of numbers in coloured cells: a patch, a filter, their products; a map where the cells are many."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.arithmetic.operation import Index
from explorer.ui.common import theme
from explorer.ui.common.colour import colourise, ink_on
from explorer.ui.common.focus_ring import FocusRing
from explorer.ui.common.images import image_of
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import exact
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.common.typing.cell_widget import CellWidget
from explorer.ui.debugger.into.term_grids import Grid
from explorer.ui.debugger.typed_parts import Typed
from explorer.ui.tensors.cell_numbers import Writing, writing_for
from explorer.ui.tensors.cell_painting import paint_number, paint_title, set_number_font

TITLE_HEIGHT = 20
GAP = 1
TALLEST_CELL, WIDEST_CELL = 60.0, 84.0
LARGEST_MAP_CELL = 24.0
PALE = 0.35
RING = 4  # pixels at each side that the frame of a chosen cell takes from its number


class NumberGrid(TipsOfPlaces, CellWidget):
    """Shows one `Grid` under its title, at the top left of its room. Double-clicking a cell emits `opened`
    with the name of its tensor and the cell, a click `clicked`. The tip over a cell has its number with every digit."""

    opened = Signal(str, tuple)
    clicked = Signal(str, tuple)
    hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid: Grid | None = None
        self._under: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(self)

    def set_grid(self, grid: Grid | None, typed: Typed = (None, ())) -> None:
        """Show `grid`; None shows nothing. `typed` says what is typed over."""
        self.grid = grid
        self.setAccessibleName(grid.title if grid else "")
        tell(self, "" if grid is None else ", ".join(filter(None, (grid.facts, self._ringed()))))
        self.setVisible(grid is not None)
        self.set_typing_target(*typed)
        self.update()

    def _ringed(self) -> str:
        return "" if self.grid is None or self.grid.ringed is None else self.tip(*self.grid.ringed)

    # --- what is typed over ---

    def cell_under(self, point: QPointF) -> Index | None:
        """The cell of the target under a point."""
        place = self.place_at(point)
        return None if place is None or self.grid is None else self.own_cell(self.grid.cell(*place))

    def rect_of(self, cell: Index) -> QRectF | None:
        """The pixels of a cell of the target; None where it is not shown."""
        whole = self.whole_cell(cell)
        if self.grid is None or self.grid.cells is None or self.grid.cells.shape[-1] != len(whole):
            return None
        places = np.argwhere((self.grid.cells == whole).all(axis=-1) & self.grid.present)
        return self.cell_rect(*places[0].tolist()) if len(places) else None

    def standing(self) -> Index | None:
        """The cell of the target that the grid begins with: padding has none."""
        if self.grid is None:
            return None
        cells = (self.grid.cell(*place) for place in np.argwhere(self.grid.present).tolist())
        return self.own_cell(next((cell for cell in cells if cell is not None), None))

    # --- geometry ---

    def cell_rect(self, row: int, column: int) -> QRectF:
        """The pixels of a cell."""
        width, height = self.cell_size()
        return QRectF(column * width, TITLE_HEIGHT + row * height, width, height)

    def area(self) -> QRectF:
        """The pixels of all cells."""
        if self.grid is None:
            return QRectF()
        rows, columns = self.grid.values.shape
        width, height = self.cell_size()
        return QRectF(0, TITLE_HEIGHT, columns * width, rows * height)

    def cell_size(self) -> tuple[float, float]:
        """Width and height of a cell in pixels: whole ones where there is room."""
        assert self.grid is not None
        rows, columns = self.grid.values.shape
        width, height = self.width() / columns, (self.height() - TITLE_HEIGHT) / rows
        if self.grid.is_map:
            side = min(width, height, LARGEST_MAP_CELL)
            return (float(int(side)), float(int(side))) if side >= 2 else (side, side)
        return float(int(min(width, WIDEST_CELL))), float(int(min(height, TALLEST_CELL, max(width, 18.0))))

    def chosen_place(self) -> tuple[int, int] | None:
        """The place that won; None where none did."""
        return None if self.grid is None else self.grid.ringed

    def place_at(self, point: QPointF) -> tuple[int, int] | None:
        """The row and column under a point."""
        if self.grid is None or not self.area().contains(point):
            return None
        width, height = self.cell_size()
        rows, columns = self.grid.values.shape
        row, column = int((point.y() - TITLE_HEIGHT) / height), int(point.x() / width)
        return (row, column) if row < rows and column < columns else None

    # --- mouse ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place != self._under:
            self._under = place
            self.hovered.emit(place)

    def leaveEvent(self, _event: QEvent) -> None:
        self._under = None
        self.hovered.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and self.grid is not None and (cell := self.grid.cell(*place)) is not None:
            self.clicked.emit(self.grid.tensor, cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if place is not None and self.grid is not None and (cell := self.grid.cell(*place)) is not None:
            self.opened.emit(self.grid.tensor, cell)

    def explained_at(self, point: QPoint) -> Tipped | None:
        place = self.place_at(QPointF(point))
        if self.grid is None or (place is None and point.y() >= TITLE_HEIGHT):
            return None
        if place is None:  # the title, which is cut where there is no room
            words = " · ".join(word for word in (self.grid.title, self.grid.facts) if word)
            return words, QRectF(0, 0, self.width(), TITLE_HEIGHT)
        return self.tip(*place), self.cell_rect(*place)

    def neighbours_at(self, _point: QPoint) -> QRectF:
        """All its numbers, and those of the grids that stand in a row with it."""
        row = self.parentWidget() or self
        return QRectF(self.mapFrom(row, QPoint()).x(), 0, row.width(), self.area().bottom())

    def tip(self, row: int, column: int) -> str:
        """What is said of a place: its number with every digit, and where it comes from."""
        assert self.grid is not None
        if not self.grid.present[row, column]:
            return "Padding: a 0 that adds nothing."
        cell = self.grid.cell(row, column)
        place = f"{self.grid.tensor}[{', '.join(map(str, cell))}] = " if cell else ""
        return f"{place}{exact(float(self.grid.values[row, column]))}"

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.grid is None:
            return
        painter = QPainter(self)
        writing = self.writing()
        factor = writing.factor if writing is not None else ""
        facts = " · ".join(word for word in (factor, self.grid.facts) if word)
        room = self._title_room(painter, facts)
        paint_title(painter, QRectF(0, 0, self.width(), TITLE_HEIGHT - 2), self.grid.title, facts if room else factor)
        colours = colourise(self.grid.values, self.grid.scale)
        if self.grid.is_map:
            self._paint_map(painter, colours)
        else:
            set_number_font(painter, writing)
            for row, column in np.ndindex(self.grid.values.shape):
                self._paint_cell(painter, row, column, colour=colours[row, column], writing=writing)
        if self.grid.ringed is not None:
            self._paint_ring(painter, self.cell_rect(*self.grid.ringed))

    def _title_room(self, painter: QPainter, facts: str) -> bool:
        """Whether all of `facts` fits beside the title; else the power of ten alone is said."""
        assert self.grid is not None
        painter.setFont(theme.interface_font(13, semibold=True))
        title = painter.fontMetrics().horizontalAdvance(self.grid.title) + 8
        painter.setFont(theme.interface_font(11))
        return title + painter.fontMetrics().horizontalAdvance(facts) <= self.width()

    def writing(self) -> Writing | None:
        """How the numbers stand in the cells; None where they are not written."""
        assert self.grid is not None
        present = self.grid.values[self.grid.present]
        if self.grid.is_map or not present.size:
            return None
        width, height = self.cell_size()
        return writing_for(present, width - (2 * RING if self.grid.ringed is not None else 0), height)

    def _paint_map(self, painter: QPainter, colours: np.ndarray) -> None:
        assert self.grid is not None
        colours[~self.grid.present] = 0
        area = self.area()
        painter.drawImage(area, image_of(colours))
        painter.setPen(QPen(QColor(theme.current().border), 1))
        painter.drawRect(area.adjusted(0, 0, -1, -1))

    def _paint_cell(
        self, painter: QPainter, row: int, column: int, *, colour: np.ndarray, writing: Writing | None
    ) -> None:
        assert self.grid is not None
        rect = self.cell_rect(row, column).adjusted(0, 0, -GAP, -GAP)
        if not self.grid.present[row, column]:
            painter.fillRect(rect, QColor(theme.current().sunken))
            painter.setPen(QPen(QColor(theme.current().border), 1, Qt.PenStyle.DotLine))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
            return
        is_pale = self.grid.pale is not None and bool(self.grid.pale[row, column])
        painter.setOpacity(PALE if is_pale else 1.0)
        painter.fillRect(rect, QColor(*colour[:3].tolist()))
        painter.setOpacity(1.0)
        painter.setPen(QPen(QColor(theme.current().border), 1))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))
        if writing is not None:
            ink = theme.current().text if is_pale else ink_on(colour)
            paint_number(painter, rect, float(self.grid.values[row, column]), writing, ink)

    def _paint_ring(self, painter: QPainter, rect: QRectF) -> None:
        colours = theme.current()
        for colour, width in ((colours.pane, 5), (colours.text, 3)):
            pen = QPen(QColor(colour), width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(rect.adjusted(1, 1, -2, -2))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
