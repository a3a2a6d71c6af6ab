"""One feature map, large: zoom in until the cells carry their numbers, move the chosen cell with the arrow keys."""

from __future__ import annotations

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
    """Shows one channel, of a volume one slice of it with the two planes across. `hovered` tells which cell the mouse
    is over, `chosen` the row and column of a click, `chosen_across` where in the layer's values a click in another
    plane lies, `moved` by how many rows and columns a key moves the chosen cell; Esc and a button let go of it."""

    hovered = Signal(object)
    chosen = Signal(int, int)
    chosen_across = Signal(int, int, int)
    moved = Signal(int, int)

    def __init__(self, clear: NamedAction, parent: QWidget | None = None) -> None:
        super().__init__("Channel", parent)
        self.setObjectName("channelView")
        self.setMinimumWidth(LEAST_WIDTH)
        self.lie_inside()
        self._entry: LayerActivation | None = None
        self._chosen = Selection()
        self._kept: Selection | None = None  # a cell that someone panned away from is not brought back
        self.map = MapMosaic(frames=False, scrolls=False)
        self.map.canvas.setAccessibleName("Chosen channel")
        self.map.hovered.connect(self._on_hovered)
        self.map.clicked.connect(lambda place: self.chosen.emit(place.row, place.column))
        self.map.canvas.walked.connect(self.moved)
        self.map.canvas.escaped.connect(clear.trigger)
        self.map.canvas.key_pressed.connect(self._on_key)
        self.planes = VolumePlanes(self.map)
        self.planes.hovered.connect(self.hovered)
        self.planes.chosen.connect(self.chosen_across)
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
            self.map.show_sheet(None)
            self.planes.show_planes(None)
            return
        tile = sheet.tile_of(chosen.channel)
        values = entry.values[chosen.channel][None]
        scale = sheet.scale if tile is None else sheet.scale_of(tile)
        self.map.show_sheet(Sheet(values, sheet.channels[:1], ("",), scale))
        self.planes.show_planes(Volume.around(entry, chosen), scale)
        place = "" if chosen.row is None else f"row {chosen.row}, column {chosen.column}"
        short = place and f"({chosen.row}, {chosen.column})"
        self.set_title(entry.map_name(chosen.channel))
        self.facts_label.set_ways((short or f"of {entry.name}", ""), tip=place)  # half a place would say another one
        self.set_pointed(None)
        if chosen.row is not None and chosen.column is not None and chosen != self._kept:
            self.map.keep_in_view(Place(0, chosen.row, chosen.column))
        self._kept = chosen
        tell(self.map.canvas, chosen_words(entry, chosen, ()))

    @property
    def channel(self) -> int | None:
        """The channel that is shown."""
        return self._chosen.channel

    def channel_of(self, layer: str) -> int | None:
        """The channel of `layer` that is, or was last, shown; None where it was one of another layer."""
        return self._chosen.channel if self._entry is not None and self._entry.name == layer else None

    def set_pointed(self, cell: Cell | None) -> None:
        """Mark the hovered cell if it is one of this channel."""
        chosen = self._chosen
        mark = None if chosen.row is None or chosen.column is None else Place(0, chosen.row, chosen.column)
        place = None if cell is None or self._entry is None else self._entry.place(cell)
        is_here = place is not None and len(place) == 3 and place[0] == self._chosen.channel
        self.map.set_marks(mark, Place(0, *place[1:]) if place is not None and is_here else None)
        pointed = None if place is None or len(place) != 3 else (place[0], place[1], place[2])
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
        channel = self._chosen.channel
        if place is None or self._entry is None or channel is None:
            self.hovered.emit(None)
        else:
            self.hovered.emit(self._entry.cell(channel, place.row, place.column))

    @Slot(QKeyEvent)
    def _on_key(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.moved.emit(0, -FAR if key == Qt.Key.Key_Home else FAR)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.moved.emit(-FAR if key == Qt.Key.Key_PageUp else FAR, 0)
