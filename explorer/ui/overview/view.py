"""The overview: the whole network on one screen with the picture running through it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from explorer.session import Cell, Selection, Session, State
from explorer.session.cell import has_places
from explorer.session.document import Document
from explorer.ui.common.colour_bar import ColourBar
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.icons import icon
from explorer.ui.common.late import Late
from explorer.ui.common.number_things import thing_of_maps
from explorer.ui.common.pane import Pane
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import plural
from explorer.ui.common.things import Thing, offer
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.overview.entries import Entry, entries_of
from explorer.ui.overview.head import Head, channel_head, layer_head, whole_head
from explorer.ui.overview.lines import Lines, Spot
from explorer.ui.overview.preview import preview_of
from explorer.ui.overview.sources import Sources, sources_into
from explorer.ui.overview.tips import active_words
from explorer.ui.overview.walking import walked

if TYPE_CHECKING:
    from explorer.ui.overview.call_table import CallTable

EMPTY = (
    "Open a network, or add a layer on the left: its layers stand here side by side, "
    "with the picture running through them."
)


class Overview(FollowingView, QWidget):
    """All layers side by side; hovering shows what a map was made of, a click chooses it in every view."""

    shows = ("document", "maps.activations", "maps.fault", "maps.computing", "selection")

    opened = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("overview")
        self.setAccessibleName("Overview")
        self._drawn: Document | None = None
        self._entries: dict[str, Entry] = {}
        self._by_layer: dict[str, Entry] = {}
        self._make_parts()
        self._late = Late(self)
        self._late.turned.connect(self._dim)
        session.selection.hovered.connect(self.show_hovered)
        self.follow_session(draws_now=False)

    def _make_parts(self) -> None:
        self.pane = Pane("Overview")
        self.pane.keep_corners()
        self._make_canvas()
        self._fill_corner()
        self.calls: CallTable | None = None
        self.empty_label = QLabel(EMPTY, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self.empty_label.setProperty("role", "dim")
        self.empty_label.setContentsMargins(40, 0, 40, 0)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.empty_label)
        self.pane.body.addLayout(self._stack)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pane)

    def _make_canvas(self) -> None:
        self.canvas = OverviewCanvas()
        self.canvas.hovered.connect(self._hover)
        self.canvas.picked.connect(self._pick)
        self.canvas.opened.connect(self._open)
        self.canvas.cleared.connect(self._clear)
        self.canvas.stepped.connect(self._step)
        self.canvas.redrawn.connect(self._session.watching.count_drawing)
        self.canvas.laid_out.connect(self._show_chosen_head)
        offer(self.canvas, self._session, self._thing_at, self._place_of_chosen)

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        """The cell, map or number there; without a point what is chosen."""
        state = self._session.state
        spot = None if point is None else self.canvas.spot_at(QPointF(point))
        entry = self._entries.get(spot.column) if spot is not None else None
        if spot is None or entry is None:
            shown = state.entry(state.selection.layer) if point is None else None
            return None if shown is None else thing_of_maps(self._session, shown, state.selection)
        shown = state.entry(entry.layer)
        chosen = Selection(entry.layer, entry.own_channel(spot.channel), spot.row, spot.cell)
        return None if shown is None else thing_of_maps(self._session, shown, chosen)

    def _place_of_chosen(self) -> QPointF | None:
        """The middle of the chosen cell, map or column, wherever it stands."""
        state = self._session.state
        entry, spot = self._shown(state), self._spot_of(state.chosen_cell)
        if entry is None:
            return None
        rect = None if spot is None else self.canvas.cell_rect(spot)
        rect = rect or self.canvas.place_of(entry.name, state.selection.channel)
        return None if rect is None else rect.center()

    def _fill_corner(self) -> None:
        self.bars = (ColourBar(), ColourBar())
        for bar in self.bars:
            self.pane.corner.addWidget(bar)
            self.pane.corner.addSpacing(8)
        self.fit_button = QToolButton(text="Fit", objectName="overviewFit")
        self.fit_button.setProperty("role", "flat")
        self.fit_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fit_button.setToolTip("Show the whole network (F). The wheel zooms, dragging pans.")
        self.fit_button.setAccessibleName("Fit the whole network")
        self.fit_button.clicked.connect(self.canvas.fit)
        self.calls_button = QToolButton(text="Calls", checkable=True, objectName="overviewCalls")
        self.calls_button.setProperty("role", "flat")
        self.calls_button.setToolTip("List every call of a recorded training step, with sizes, gradients and times.")
        self.calls_button.setAccessibleName("List the calls")
        self.calls_button.toggled.connect(self._show_calls)
        for button in (self.fit_button, self.calls_button):
            self.pane.corner.addWidget(button)

    @Slot(bool)
    def _show_calls(self, are_wanted: bool) -> None:
        """The table of calls takes the place of the drawing; it is made when first asked for."""
        if self.calls is None:
            from explorer.ui.overview.call_table import CallTable

            self.calls = CallTable(self._session)
            self._stack.addWidget(self.calls)
        for part in (*self.bars, self.fit_button):
            part.setEnabled(not are_wanted)
        self._show_all(self._session.state)

    # --- what the session shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        if old is None:
            self._show_all(new)
            return
        if self._has_other_columns(old, new):
            self._show_columns(new)
        elif old.selection != new.selection:
            self._show_selection(new)
        if old.maps.computing is not new.maps.computing:
            self._late.wait(new.maps.computing)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit_button.setIcon(icon("ph.frame-corners"))

    def _show_all(self, state: State) -> None:
        self._show_columns(state)
        self._late.wait(state.maps.computing)

    def _has_other_columns(self, old: State, new: State) -> bool:
        """While a new pass runs the old maps stay; a network without any is drawn at once."""
        if old.maps.activations is not new.maps.activations or old.maps.fault is not new.maps.fault:
            return True
        waits = new.maps.computing and new.maps.activations is not None
        return new.document is not self._drawn and not waits

    def _show_columns(self, state: State) -> None:
        entries = entries_of(state)
        self._drawn = state.document
        is_empty = not entries or (len(entries) == 1 and not entries[0].maps)
        self.empty_label.setText(state.no_parts_yet or EMPTY)
        drawing = self.empty_label if is_empty else self.canvas
        self._stack.setCurrentWidget(self.calls if self.calls and self.calls_button.isChecked() else drawing)
        self._entries = {entry.name: entry for entry in entries}
        self._by_layer = {entry.layer: entry for entry in entries} | self._entries
        is_learning = state.training.status == "running"
        self.canvas.set_entries(entries, keeps_channels=is_learning, step=state.training.step)
        self._show_selection(state)
        self.canvas.hover_again()

    def _show_selection(self, state: State) -> None:
        entry = self._shown(state)
        chosen = None
        if entry is not None and entry.maps is not None and state.selection.channel is not None:
            spot = Spot(entry.name, state.selection.channel)
            chosen = Lines(spot, self._sources(entry, spot.channel).drawn)
        self.canvas.set_selected(entry.name if entry else None, chosen)
        self._mark_cells(self._session.selection.pointed)
        head = self._show_chosen_head()
        columns = f"{plural(len(self._entries), 'column')}: " + ", ".join(self._entries)
        tell(self.canvas, columns if entry is None else f"{head.title}, {head.facts}")

    @Slot()
    def _show_chosen_head(self) -> Head:
        state = self._session.state
        head = self._head(self._shown(state), state.selection.channel)
        self._show_head(head)
        return head

    def _shown(self, state: State) -> Entry | None:
        return self._by_layer.get(state.selection.layer or "")

    @Slot(bool)
    def _dim(self, is_late: bool) -> None:
        self.canvas.set_dimmed(is_late and self._session.state.maps.activations is not None)

    def _show_head(self, head: Head) -> None:
        self.pane.set_title(head.title)
        self.pane.set_facts(head.facts)
        for bar, scale in zip(self.bars, head.scales, strict=True):
            bar.set_scale(scale, remark=head.remark)
            bar.setVisible(scale is not None)

    def _head(self, entry: Entry | None, channel: int | None) -> Head:
        if entry is None:
            has_input = self._session.state.values is not None
            return self._dated(whole_head(tuple(self._entries.values()), has_input=has_input))
        if channel is None or entry.maps is None or not has_places((channel,), entry.shape or ()):
            return self._dated(layer_head(entry, self._drawn_for(entry)))
        return channel_head(entry, channel, self._sources(entry, channel), self._drawn_for(entry))

    def _drawn_for(self, entry: Entry) -> Entry:
        """Whose maps its column shows: of a layer inside a block those that leave the block."""
        column = self.canvas.column(entry.name)
        return entry if column is None else column.entry

    def _dated(self, head: Head) -> Head:
        """While a run goes on the maps stay those that they were, whichever are most active meanwhile: it says so."""
        since = self.canvas.chosen_before
        return head if since is None else replace(head, facts=f"{head.facts} · maps {active_words(since)}")

    def _sources(self, entry: Entry, channel: int) -> Sources:
        """What a channel was made of; of a layer inside a block, what enters the block."""
        column = self.canvas.column(entry.name)
        return sources_into(self._by_layer, entry, channel, {} if column is None else column.inside)

    @Slot(object)
    def show_hovered(self, cell: Cell | None) -> None:
        """Mark the cell under the mouse, where the mouse is in another view."""
        if self.isVisible():
            self._mark_cells(cell)

    def _mark_cells(self, pointed: Cell | None) -> None:
        chosen = self._session.state.chosen_cell
        self.canvas.set_cells(self._spot_of(chosen), None if self.canvas.over is not None else self._spot_of(pointed))

    def _spot_of(self, cell: Cell | None) -> Spot | None:
        entry = None if cell is None else self._session.state.entry(cell.call)
        place = None if cell is None or entry is None else entry.place(cell)
        return None if cell is None or place is None else Spot(cell.call, *place)

    # --- what the person does ---

    @Slot(object)
    def _hover(self, spot: Spot | None) -> None:
        entry = self._entries.get(spot.column) if spot is not None else None
        if spot is None or entry is None or entry.maps is None:
            self.canvas.set_lines(None)
            self.canvas.show_preview(None)
            self._show_chosen_head()
            self._session.selection.hover(None)
            return
        sources = self._sources(entry, spot.channel)
        self.canvas.set_lines(Lines(spot, sources.drawn))
        self.canvas.show_preview(preview_of(entry, spot, self.canvas.images))
        self._show_head(channel_head(entry, spot.channel, sources, self._drawn_for(entry)))
        row, column = (0, 0) if entry.maps.values.ndim == 3 and spot.row is None else (spot.row, spot.cell)
        self._session.selection.hover_at(entry.layer, entry.own_channel(spot.channel), row, column)

    @Slot(object, object)
    def _pick(self, name: str, channel: int | None) -> None:
        """Choose a map; another column with what was chosen of it last, the chosen one as a whole."""
        entry, select = self._entries[name], self._session.selection.select
        self.canvas.setFocus()
        if channel is None and entry.layer != self._session.state.selection.layer:
            select(layer=entry.layer)
        else:
            channel = None if channel is None else entry.own_channel(channel)
            select(layer=entry.layer, channel=channel, row=None, column=None)

    @Slot()
    def _open(self) -> None:
        if self._session.state.selection.layer is not None:
            self.opened.emit()

    @Slot()
    def _clear(self) -> None:
        self._session.selection.select(layer=None, channel=None, row=None, column=None)

    @Slot(int, int)
    def _step(self, columns: int, channels: int) -> None:
        """Go to the next column or channel, stopping at the ends."""
        chosen = self._session.state.selection
        found = walked(self.canvas.scene.layout, chosen.layer, chosen.channel, columns=columns, channels=channels)
        if found is not None:
            column, channel = found
            self._session.selection.select(layer=column.entry.layer, channel=channel, row=None, column=None)
            self.canvas.reveal(column.name)
