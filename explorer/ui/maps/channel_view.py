"""One feature map, large: zoom in until the cells carry their numbers, move the chosen cell with the arrow keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from explorer.session import Cell, LayerActivation, Selection
from explorer.ui.common.command_button import CommandTool
from explorer.ui.common.icons import icon
from explorer.ui.common.mosaic import Place
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.pane import Pane
from explorer.ui.common.spoken import tell
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.maps.planes import Volume, VolumePlanes
from explorer.ui.maps.sheet import Sheet
from explorer.ui.maps.words import chosen_words

FAR = 1_000_000
LEAST_WIDTH = 176


class ChannelView(Pane):
    """Shows one channel, of a volume one slice of it with the two planes across, of tokens one map of them.

    `hovered` tells which cell the mouse is over, `chosen` where in the layer's values a click lies: channel, row and
    column; `moved` by how many rows and columns a key moves the chosen cell; Esc and a button let go of it."""

    hovered = Signal(object)
    chosen = Signal(int, int, int)
    moved = Signal(int, int)

    def __init__(self, clear: NamedAction, parent: QWidget | None = None) -> None:
        super().__init__("Channel", parent)
        self.setObjectName("channelView")
        self.setMinimumWidth(LEAST_WIDTH)
        self.lie_inside()
        self._entry: LayerActivation | None = None
        self._sheet: Sheet | None = None
        self._chosen = Selection()
        self._kept: Selection | None = None  # a cell that someone panned away from is not brought back
        self.map = MapMosaic(frames=False, scrolls=False)
        self.map.canvas.setAccessibleName("Chosen channel")
        self.map.hovered.connect(self._on_hovered)
        self.map.clicked.connect(self._on_clicked)
        self.map.canvas.walked.connect(self._walk)
        self.map.canvas.escaped.connect(clear.trigger)
        self.map.canvas.key_pressed.connect(self._on_key)
        self.planes = VolumePlanes(self.map)
        self.planes.hovered.connect(self.hovered)
        self.planes.chosen.connect(self.chosen)
        for plane in (self.planes.row, self.planes.column):
            plane.canvas.escaped.connect(clear.trigger)
        self.body.addWidget(self.planes)
        fit = QToolButton(toolTip="Fit the whole channel into the pane (F).")
        fit.setAccessibleName("Fit the whole channel into the pane")
        fit.setIcon(icon("ph.corners-out"))
        for each in (self.map, self.planes.row, self.planes.column):
            fit.clicked.connect(each.canvas.fit)
        for button in (fit, CommandTool(clear)):
            button.setProperty("role", "flat")
            button.setStyleSheet("QToolButton { padding: 3px; }")
            self.corner.addWidget(button)

    def show_channel(self, entry: LayerActivation, sheet: Sheet | None, chosen: Selection) -> None:
        """Show the chosen channel of `entry`, in the colours it has in `sheet`."""
        self._entry, self._chosen = entry, chosen
        if sheet is None or chosen.channel is None or entry.values.ndim != 3:
            self._sheet = None
            self.map.show_sheet(None)
            self.planes.show_planes(None)
            return
        self._show_map(entry, sheet, self._which(sheet, chosen))
        mark = self._mark()
        if mark is not None and chosen != self._kept:
            self.map.keep_in_view(mark)
        self._kept = chosen
        tell(self.map.canvas, chosen_words(entry, chosen, ()))

    def show_whole(self, entry: LayerActivation, sheet: Sheet, which: int) -> None:
        """Show one of the maps of `sheet`, nothing of it chosen."""
        chosen = Selection(entry.name, which if sheet.tokens is None else None)
        self._entry, self._chosen = entry, chosen
        self._show_map(entry, sheet, which)
        self._kept = chosen
        tell(self.map.canvas, chosen_words(entry, chosen, ()))

    def _show_map(self, entry: LayerActivation, sheet: Sheet, which: int) -> None:
        tile, values = sheet.tile_of(which), sheet.maps[which][None]
        scale = sheet.scale if tile is None else sheet.scale_of(tile)
        self._sheet = Sheet(values, np.array([which]), ("",), scale, tokens=sheet.tokens, under=sheet.under)
        self.map.show_sheet(self._sheet)
        self.planes.show_planes(Volume.around(entry, self._chosen), scale)
        self._say_place(entry, self._chosen)
        self.set_pointed(None)

    def _which(self, sheet: Sheet, chosen: Selection) -> int:
        """Which of the maps is chosen."""
        channel, row, column = chosen.channel or 0, chosen.row or 0, chosen.column or 0
        return channel if sheet.tokens is None else sheet.tokens.which((channel, row, column))

    def _say_place(self, entry: LayerActivation, chosen: Selection) -> None:
        assert self._sheet is not None
        tokens, which = self._sheet.tokens, int(self._sheet.channels[0])
        place = "" if chosen.row is None else f"row {chosen.row}, column {chosen.column}"
        short = place and f"({chosen.row}, {chosen.column})"
        if tokens is not None and chosen.row is not None and chosen.column is not None:
            at = (chosen.channel or 0, chosen.row, chosen.column)
            place = short = tokens.grid.words(at[tokens.axis])
        self.set_title(entry.map_name(which) if tokens is None else tokens.name(which))
        self.facts_label.set_ways((short or f"of {entry.name}", ""), tip=place)  # half a place would say another one

    def _mark(self) -> Place | None:
        """Where the chosen cell lies; None for a whole map, and for a token that is no patch."""
        chosen, sheet = self._chosen, self._sheet
        if sheet is None or chosen.row is None or chosen.column is None:
            return None
        place = sheet.place_of(chosen.channel, chosen.row, chosen.column)
        return None if place is None or place.row < 0 else place

    @property
    def sheet(self) -> Sheet | None:
        """The one map that is shown."""
        return self._sheet

    def map_of(self, layer: str) -> int | None:
        """The map of `layer` that is, or was last, shown; None where it was one of another layer."""
        is_of_it = self._entry is not None and self._entry.name == layer and self._sheet is not None
        return int(self._sheet.channels[0]) if self._sheet is not None and is_of_it else None

    def set_pointed(self, cell: Cell | None) -> None:
        """Mark the hovered cell if it is one of this channel."""
        mark, sheet = self._mark(), self._sheet
        place = None if cell is None or self._entry is None else self._entry.place(cell)
        pointed = None if place is None or len(place) != 3 else (place[0], place[1], place[2])
        here = None if pointed is None or sheet is None else sheet.place_of(*pointed)
        self.map.set_marks(mark, None if here is None or here.row < 0 else here)
        self.planes.mark(is_cell=mark is not None, pointed=pointed)

    def set_dimmed(self, dimmed: bool) -> None:
        """Paler while a newer map is computed."""
        for each in (self.map, self.planes.row, self.planes.column):
            each.canvas.set_dimmed(dimmed)

    def take_focus(self) -> None:
        """Let the arrow keys move the cell."""
        self.map.canvas.setFocus()

    @Slot(object)
    def _on_hovered(self, place: Place | None) -> None:
        if place is None or self._entry is None or self._sheet is None:
            self.hovered.emit(None)
        else:
            self.hovered.emit(self._entry.cell(*self._sheet.cell(place)))

    @Slot(object)
    def _on_clicked(self, place: Place) -> None:
        if self._sheet is not None:
            self.chosen.emit(*self._sheet.cell(place))

    @Slot(int, int)
    def _walk(self, down: int, across: int) -> None:
        """Rows and columns of a map are those of the layer, but where tokens lie as maps."""
        sheet = self._sheet
        if sheet is None or sheet.tokens is None:
            self.moved.emit(down, across)
            return
        here, (rows, columns) = self._mark() or Place(0, 0, 0), sheet.size
        row, column = min(max(here.row + down, 0), rows - 1), min(max(here.column + across, 0), columns - 1)
        self.chosen.emit(*sheet.cell(Place(0, row, column)))

    @Slot(QKeyEvent)
    def _on_key(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._walk(0, -FAR if key == Qt.Key.Key_Home else FAR)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._walk(-FAR if key == Qt.Key.Key_PageUp else FAR, 0)
