"""One feature map, large: zoom in until the cells carry their numbers, move the chosen cell with the arrow keys."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton, QWidget

from explorer.session import Cell, LayerActivation, Selection, Session
from explorer.ui.common.actions import NamedAction
from explorer.ui.common.command_button import CommandTool
from explorer.ui.common.icons import icon
from explorer.ui.common.mosaic import Place
from explorer.ui.common.pane import Pane
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.maps.sheet import Sheet

FAR = 1_000_000


class ChannelView(Pane):
    """Shows the channel of the selection; clicking a cell selects it everywhere."""

    def __init__(self, session: Session, clear: NamedAction, parent: QWidget | None = None) -> None:
        super().__init__("Channel", parent)
        self.setObjectName("channelView")
        self.setProperty("role", "")  # it lies inside another pane: no frame within a frame
        self._session = session
        self._entry: LayerActivation | None = None
        self._channel: int | None = None
        self._kept: Selection | None = None  # a cell that someone panned away from is not brought back
        self._map = MapMosaic(frames=False)
        self._map.canvas.scrolls = False
        self._map.canvas.setAccessibleName("Chosen channel")
        self._map.hovered.connect(self._on_hovered)
        self._map.clicked.connect(self._on_clicked)
        self._map.canvas.walked.connect(self._move)
        self._map.canvas.escaped.connect(session.selection.clear_cell)
        self._map.canvas.key_pressed.connect(self._on_key)
        self.body.addWidget(self._map)
        fit = QToolButton(toolTip="Fit the whole channel into the pane (F).")
        fit.setAccessibleName("Fit the whole channel into the pane")
        fit.setIcon(icon("ph.corners-out"))
        fit.clicked.connect(self._map.canvas.fit)
        for button in (fit, CommandTool(clear)):
            button.setProperty("role", "flat")
            self.corner.addWidget(button)

    def show_channel(self, entry: LayerActivation | None, sheet: Sheet | None) -> None:
        """Show the selection's channel of `entry`, in the colours it has in `sheet`."""
        chosen = self._session.state.selection
        self._entry, self._channel = entry, chosen.channel
        if entry is None or sheet is None or chosen.channel is None or entry.values.ndim != 3:
            self._map.show_sheet(None)
            return
        tile = sheet.tile_of(chosen.channel)
        values = entry.values[chosen.channel][None]
        scale = sheet.scale if tile is None else sheet.scale_of(tile)
        self._map.show_sheet(Sheet(values, sheet.channels[:1], ("",), scale))
        place = "" if chosen.row is None else f"row {chosen.row}, column {chosen.column}"
        self.set_title(entry.map_name(chosen.channel))
        self.set_facts(place or f"of {entry.name}")
        self.set_pointed(None)
        if chosen.row is not None and chosen.column is not None and chosen != self._kept:
            self._map.keep_in_view(Place(0, chosen.row, chosen.column))
        self._kept = chosen

    def set_pointed(self, cell: Cell | None) -> None:
        """Mark the hovered cell if it is one of this channel."""
        chosen = self._session.state.selection
        mark = None if chosen.row is None or chosen.column is None else Place(0, chosen.row, chosen.column)
        place = None if cell is None or self._entry is None else self._entry.place(cell)
        is_here = place is not None and len(place) == 3 and place[0] == self._channel
        self._map.set_marks(mark, Place(0, *place[1:]) if place is not None and is_here else None)

    def set_dimmed(self, dimmed: bool) -> None:
        """Paler while a newer map is computed."""
        self._map.canvas.set_dimmed(dimmed)

    def take_focus(self) -> None:
        """Let the arrow keys move the cell."""
        self._map.canvas.setFocus()

    @Slot(object)
    def _on_hovered(self, place: Place | None) -> None:
        if place is None or self._entry is None or self._channel is None:
            self._session.selection.hover(None)
        else:
            self._session.selection.hover_at(self._entry.name, self._channel, place.row, place.column)

    @Slot(object)
    def _on_clicked(self, place: Place) -> None:
        self._session.selection.select(row=place.row, column=place.column)

    @Slot(QKeyEvent)
    def _on_key(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._move(0, -FAR if key == Qt.Key.Key_Home else FAR)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._move(-FAR if key == Qt.Key.Key_PageUp else FAR, 0)

    @Slot(int, int)
    def _move(self, rows: int, columns: int) -> None:
        if self._session.state.selection.row is None:
            self._session.selection.select(row=0, column=0)
        else:
            self._session.selection.move_cell(rows, columns)
