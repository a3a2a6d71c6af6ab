"""All channels of a layer, its filters, or its numbers as bars, and what mouse and keys do on them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from explorer.session import Cell, LayerActivation, Selection
from explorer.ui.common import theme
from explorer.ui.common.mosaic import Place
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.spoken import tell
from explorer.ui.common.typing.cell_typing import CellTyping
from explorer.ui.common.typing.writer import NumberWriter
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.maps.sheet import Sheet
from explorer.ui.maps.token_maps import TokenMaps
from explorer.ui.maps.typed_sheet import typed_sheet
from explorer.ui.maps.value_bars import Order, ValueBars
from explorer.ui.maps.words import attention_words, cell_words, chosen_words, filter_words, hint, names_of


class LayerMaps(QWidget):
    """Pointing tells the exact value, a click chooses the cell, the arrow keys walk from map to map.

    `hovered` tells which cell the mouse is over, `chosen` what was chosen; `left` that Esc was pressed. `sheet` is what
    the `mosaic` shows, None where the numbers stand as `bars`.
    """

    hovered = Signal(object)
    chosen = Signal(object)
    left = Signal()

    def __init__(self, writer: NumberWriter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = Selection()
        self._classes: tuple[str, ...] = ()
        self._entry: LayerActivation | None = None
        self.sheet: Sheet | None = None
        self.are_filters = False
        self.mosaic = MapMosaic()
        self.mosaic.setObjectName("mosaic")
        self.mosaic.canvas.setAccessibleName("Feature maps")
        self.mosaic.hovered.connect(self._on_hovered)
        self.mosaic.clicked.connect(self._on_clicked)
        self.mosaic.canvas.walked.connect(self._step)
        self.mosaic.canvas.escaped.connect(self.left)
        self.typing = CellTyping(self.mosaic, writer, name="mapEditor")
        self.bars = ValueBars()
        self.bars.hovered.connect(self._on_bar_hovered)
        self.bars.chosen.connect(self._on_bar_chosen)
        self._where = ElidedLabel()
        self._where.setProperty("role", "dim")
        self._where.setFont(theme.number_font())
        self._where.setObjectName("hoveredValue")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.mosaic)
        self._pages.addWidget(self.bars)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._pages, 1)
        column.addWidget(self._where)

    # --- what it shows ---

    def show_layer(
        self, entry: LayerActivation, sheet: Sheet | None, *, are_filters: bool, rows: Order, classes: tuple[str, ...]
    ) -> None:
        """Show `sheet`, which are the filters of `entry` or its maps; where there is none, its numbers by `rows`."""
        self._entry, self.sheet, self.are_filters, self._classes = entry, sheet, are_filters, classes
        self._pages.setCurrentWidget(self.bars if sheet is None else self.mosaic)
        if sheet is not None:
            self.mosaic.show_sheet(sheet, typed_sheet(entry, sheet, are_filters=are_filters))
        else:
            names = names_of(entry, classes)
            ends, amount = (entry.low, entry.high), entry.shape[0]
            self.bars.show_values(entry.values, names, rows, ends=ends, amount=amount)
        self._where.set_ways(self._hint())

    def mark_chosen(self, chosen: Selection, *, brings_into_view: bool) -> None:
        """Mark the chosen cell, map or number."""
        self._chosen = chosen
        self.bars.set_selected(chosen.channel)
        if self._entry is not None:
            tell(self.mosaic.canvas, chosen_words(self._entry, chosen, self._classes))
        place = self._chosen_place()
        self.mosaic.set_marks(place, None)
        if place is not None and brings_into_view:
            self.mosaic.keep_in_view(place)

    def show_hovered(self, cell: Cell | None, entry: LayerActivation | None) -> None:
        """The exact value under the mouse, wherever the mouse is; `entry` is what the layer of the cell gave."""
        words = cell_words(entry, cell, self._classes, self._tokens(entry)) if cell and entry is not None else ""
        self._where.set_ways((words,) if words else self._hint())
        pointed = None if cell is None or self._entry is None else self._entry.place(cell)
        self.mosaic.set_marks(self._chosen_place(), None if pointed is None else self._place(*pointed))

    def set_dimmed(self, dimmed: bool) -> None:
        """Paler while newer maps are computed."""
        self.mosaic.canvas.set_dimmed(dimmed)

    def take_focus(self) -> None:
        """Let the arrow keys walk over the maps, or the numbers."""
        (self.bars if self.sheet is None else self.mosaic.canvas).setFocus()

    def colours(self) -> np.ndarray | None:
        """The picture of the maps (H, W, 4) as they lie; None for a row of numbers."""
        return None if self.sheet is None else self.mosaic.colours()

    @property
    def _are_cells(self) -> bool:
        """Whether the cells of what the layer gave are shown, not weights."""
        return self.sheet is not None and self.sheet.of_cells and not self.are_filters

    def _tokens(self, entry: LayerActivation | None) -> TokenMaps | None:
        """How the tokens of a layer lie as maps, if that is how it is shown here."""
        is_here = entry is self._entry and self._are_cells
        return self.sheet.tokens if self.sheet is not None and is_here else None

    def _hint(self) -> tuple[str, ...]:
        attends = self.sheet is not None and not self.sheet.of_cells
        return hint(is_filters=self.are_filters, is_bars=self.sheet is None, attends=attends)

    def _chosen_place(self) -> Place | None:
        chosen = self._chosen
        return self._place(chosen.channel, chosen.row, chosen.column)

    def _place(self, channel: int | None, row: int | None = None, column: int | None = None) -> Place | None:
        """Where a cell or a whole map lies on the sheet."""
        return self.sheet.place_of(channel, row, column) if self.sheet is not None and self._are_cells else None

    # --- the mouse and keys ---

    @Slot(object)
    def _on_hovered(self, place: Place | None) -> None:
        if place is None or self._entry is None or self.sheet is None:
            self.hovered.emit(None)
            self._where.set_ways(self._hint())
        elif self.are_filters:
            self._where.set_whole(filter_words(self.sheet, place))
        elif not self._are_cells:
            self._where.set_whole(attention_words(self.sheet, place))
        else:
            self.hovered.emit(self._entry.cell(*self.sheet.cell(place)))

    @Slot(object)
    def _on_bar_hovered(self, index: int | None) -> None:
        self.hovered.emit(None if index is None or self._entry is None else self._entry.cell(index))

    @Slot(int)
    def _on_bar_chosen(self, index: int) -> None:
        if self._entry is not None:
            self.chosen.emit(Selection(self._entry.name, index))

    @Slot(object)
    def _on_clicked(self, place: Place) -> None:
        if self._entry is None or self.sheet is None:
            return
        if self.are_filters:
            self.chosen.emit(Selection(self._entry.name, int(self.sheet.channels[place.tile])))
        elif self._are_cells:
            self.chosen.emit(Selection(self._entry.name, *self.sheet.cell(place)))

    @Slot(int, int)
    def _step(self, down: int, across: int) -> None:
        """Choose the map beside the chosen one, as they lie; the first one where none is chosen."""
        if self._entry is None or self.sheet is None or not self.sheet.count or not self._are_cells:
            return
        place = self._chosen_place()
        wanted = 0 if place is None else place.tile + across + down * self.mosaic.columns
        if not 0 <= wanted < self.sheet.count:
            return
        if self.sheet.tokens is None:
            self.chosen.emit(Selection(self._entry.name, int(self.sheet.channels[wanted])))
        else:  # a map of tokens has no number of its own: its cell has one
            row, column = (0, 0) if place is None else (max(place.row, 0), max(place.column, 0))
            self.chosen.emit(Selection(self._entry.name, *self.sheet.cell(Place(wanted, row, column))))
