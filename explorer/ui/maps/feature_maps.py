"""The feature-map viewer: all channels of the selected layer, the chosen one large, its filters, and their export."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from explorer.session import Cell, LayerActivation, Selection, Session, State
from explorer.ui.common.actions import Actions
from explorer.ui.common.empty_state import EmptyState
from explorer.ui.common.fault_card import SHOW_CARD, lead_to_card
from explorer.ui.common.fed_pixels import paled, pixels_of
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.late import Late
from explorer.ui.common.text import shape_text
from explorer.ui.common.typing.writer import NumberWriter
from explorer.ui.maps.cell_facts import ChosenCell
from explorer.ui.maps.chosen_channel import ChosenChannel
from explorer.ui.maps.controls import MapControls
from explorer.ui.maps.depth_view import DepthView
from explorer.ui.maps.export import MapExport, OnShow
from explorer.ui.maps.layer_maps import LayerMaps
from explorer.ui.maps.map_things import MapThings
from explorer.ui.maps.sheet import Sheet, attention_sheet, filter_sheet, flattened, has_filters, map_sheet, token_sheet
from explorer.ui.maps.shown_order import ShownOrder
from explorer.ui.maps.slice_slider import QUERY, SLICE
from explorer.ui.maps.token_maps import TokenMaps, attention_maps, token_maps, with_query
from explorer.ui.maps.why import WhyOfMaps
from explorer.ui.maps.words import attention_facts, facts, what_to_choose, why_empty

WIDE = 1.8
LEAST_BESIDE = 200  # pixels of width for all maps
BELOW, BESIDE = (3, 2), (2, 3)  # shares of all maps and of what stands below or beside them


class FeatureMaps(FollowingView, QWidget):
    """Follows the selected layer. It keeps only how to look: order, scale, maps or filters, zoom."""

    shows = ("document", "maps.activations", "maps.computing", "maps.measured", "selection")

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("featureMaps")
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sheet: Sheet | None = None
        self._tokens: TokenMaps | None = None
        self._order = ShownOrder(session.measuring.order)
        self._controls = MapControls()
        self._controls.changed.connect(self._redraw)
        self._controls.slices.moved.connect(self._go_to_slice)
        self.export = MapExport(session, self._on_show, self)
        self._controls.export_wanted.connect(self.export.ask)
        self._controls.copy_picture_wanted.connect(self.export.copy_picture)
        self._controls.copy_values_wanted.connect(self.export.copy_values)
        self._make_panes(actions)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._controls)
        column.addWidget(self._stack, 1)
        self._late = Late(self)
        self._late.turned.connect(self._dim)
        session.selection.hovered.connect(self.show_hovered)
        self.follow_session(draws_now=False)

    def _make_panes(self, actions: Actions) -> None:
        selection = self._session.selection
        self._maps = LayerMaps(NumberWriter(self._session))
        self._maps.chosen.connect(self._choose)
        self._maps.left.connect(actions["clearCell"].trigger)
        self._chosen = ChosenChannel(actions["clearCell"], WhyOfMaps(self._session), DepthView(self._session))
        self._chosen.channel.chosen.connect(self._choose_place)
        self._chosen.channel.moved.connect(self._move)
        self._things = MapThings(self._session, self._maps, self._chosen.channel)
        for view in (self._maps, self._chosen.channel):
            view.hovered.connect(selection.hover)
        self._split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self._split.addWidget(self._maps)
        self._split.addWidget(self._chosen)
        self._share(BELOW)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._split)
        self._stack.addWidget(self._empty)

    # --- what it shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        if old is None or old.maps.computing != new.maps.computing:
            self._late.wait(new.maps.computing)
        if old is None or _differs(old, new):
            self._redraw()
        elif old.selection != new.selection:
            self._show_selection(old.selection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A wide pane has the channel beside the mosaic, any other below it."""
        super().resizeEvent(event)
        is_wide = self.width() > WIDE * self.height()
        way = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if way != self._split.orientation():
            self._split.setOrientation(way)
            self._chosen.keep_width(is_wide)
            self._share(BESIDE if is_wide else BELOW)
        if self._session.state.selection.channel is None:
            self._chosen.setVisible(self._has_room_for_both())

    def _has_room_for_both(self) -> bool:
        """Whether a chosen channel has its room before one is chosen; in a low pane of very little width it has not."""
        is_wide = self._split.orientation() == Qt.Orientation.Horizontal
        return not is_wide or self.width() - self._chosen.minimumSizeHint().width() >= LEAST_BESIDE

    def _share(self, shares: tuple[int, int]) -> None:
        for at, share in enumerate(shares):
            self._split.setStretchFactor(at, share)
        self._split.setSizes([1000 * share for share in shares])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._redraw()

    @Slot()
    def _redraw(self) -> None:
        entry = self._entry()
        message = why_empty(self._session.state, entry)
        self._stack.setCurrentWidget(self._empty if message else self._split)
        self._controls.set_choices_visible(not message)
        if message or entry is None:
            self._show_empty(message)
            return
        self._tokens = self._tokens_of(entry)
        self._go_through(entry, self._tokens)
        self._sheet = self._sheet_of(entry)
        self._show_entry(entry, self._sheet)
        self._show_selection(None)

    def _tokens_of(self, entry: LayerActivation) -> TokenMaps | None:
        """How the tokens of `entry` lie in the picture, if they do."""
        activations = self._session.state.maps.activations
        return None if activations is None else token_maps(entry, activations.layers)

    def _go_through(self, entry: LayerActivation, tokens: TokenMaps | None) -> None:
        """Let the slider go through the depth of a volume, or through whose attention is shown."""
        slider, depth = self._controls.slices, shape_text(entry.volume[1:-2])
        self._controls.offer(grid=tokens is not None, attention=entry.attention is not None, filters=has_filters(entry))
        if self._attends(entry):
            tokens = None if entry.attention is None else attention_maps(entry.attention, tokens)
        elif not self._shows_tokens(entry):
            tokens = None
        if tokens is not None and tokens.query is not None:
            slider.show_depth(QUERY, tokens.shape[1], tokens.grid.words)
        else:
            is_flat = self._are_filters(entry) or self._attends(entry)
            slider.show_depth(SLICE, 1 if is_flat else entry.slices, lambda at: f"{at} of {depth}")
        self._follow_slice(entry)

    def _follow_slice(self, entry: LayerActivation) -> bool:
        """Stand at the slice of the chosen map, or the chosen query; whether that is another one than before."""
        chosen, tokens = self._session.state.selection, self._tokens
        if chosen.channel is None or self._attends(entry):
            return False
        if not self._shows_tokens(entry) or tokens is None:
            return self._controls.slices.follow(chosen.channel % entry.slices)
        return tokens.query is not None and chosen.row is not None and self._controls.slices.follow(chosen.row)

    def _show_entry(self, entry: LayerActivation, sheet: Sheet | None) -> None:
        are_filters = self._are_filters(entry)
        shows_maps = sheet is not None and not are_filters
        tokens = None if sheet is None else sheet.tokens
        told = facts(entry, sheet if are_filters else None) if tokens is None else tokens.facts
        if self._attends(entry) and tokens is None and entry.attention is not None:
            told = attention_facts(entry.attention)
        self._controls.show_layer(entry, told, has_maps=shows_maps, has_grid=tokens is not None)
        has_one_scale = sheet is not None and not sheet.per_map and not sheet.composite
        self._controls.show_scale(sheet.scale if sheet is not None and has_one_scale else None)
        rows = self._order.rows(entry, self._controls.order) if sheet is None else range(0)
        self._maps.show_layer(entry, sheet, are_filters=are_filters, rows=rows, classes=self._session.state.classes)

    def _show_selection(self, before: Selection | None) -> None:
        entry, chosen = self._entry(), self._session.state.selection
        if before is not None and before.channel != chosen.channel and entry is not None and self._are_filters(entry):
            self._redraw()  # the slices of the chosen filter, or all filters again
            return
        if before is not None and entry is not None and self._follow_slice(entry):
            self._sheet = self._sheet_of(entry)
            self._show_entry(entry, self._sheet)
        self._maps.mark_chosen(chosen, brings_into_view=before is not None)
        if entry is None:
            return
        if chosen.channel is None:
            self._show_none_chosen(entry)
            return
        self._chosen.show()
        shown = self._cells_sheet(entry) if has_maps(entry) else None
        self._chosen.show_chosen(self._known(entry, chosen), shown)
        self._show_own_scale(chosen.channel)
        # Only a chosen cell takes the keys: they still walk over the mosaic where a whole channel is chosen.
        if before is not None and before.channel is None and chosen.row is not None:
            self._chosen.channel.take_focus()

    def _show_none_chosen(self, entry: LayerActivation) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self._chosen.isAncestorOf(focus):
            self._maps.take_focus()  # Esc leads back to where the channel was chosen
        self._chosen.setVisible(self._has_room_for_both())
        words = what_to_choose(entry, are_filters=self._are_filters(entry), attends=self._attends(entry))
        self._chosen.show_nothing(words, has_maps=has_maps(entry))
        sheet = self._sheet
        if sheet is not None and has_maps(entry) and sheet.of_cells and not self._are_filters(entry):
            self._chosen.show_pointed(entry, sheet, self._large_of(entry, sheet))

    def _large_of(self, entry: LayerActivation, sheet: Sheet) -> int:
        """Which map is large while none is chosen or pointed at: the one that was, or else the most active one."""
        found = self._chosen.channel.map_of(entry.name)
        if sheet.tokens is not None:
            is_there = found is not None and found < len(sheet.maps)
            return found if found is not None and is_there else int(np.abs(sheet.maps).max(axis=(1, 2)).argmax())
        if found is None or found >= len(entry.values):
            order = self._session.measuring.order(entry, "activity")
            found = 0 if order is None or not len(order) else int(order[0])
        return found if entry.slices == 1 else found - found % entry.slices + self._controls.slices.at

    def _show_own_scale(self, channel: int) -> None:
        tile = self._sheet.tile_of(channel) if self._sheet is not None and self._sheet.per_map else None
        if self._sheet is not None and tile is not None:
            self._controls.show_scale(self._sheet.scale_of(tile))

    def _show_empty(self, message: str) -> None:
        state = self._session.state
        self._controls.show_nothing(state.selection.layer or "Feature maps")
        at = state.told_at if message == state.pointer else ""
        self._empty.show_message(message, SHOW_CARD if at else "", lambda: lead_to_card(self, self._session, at))

    @Slot(object)
    def show_hovered(self, cell: Cell | None) -> None:
        """Tell and mark the cell under the mouse, wherever the mouse is."""
        if self.isVisible():
            self._maps.show_hovered(cell, self._session.state.entry(cell.call if cell is not None else None))
            self._enlarge(cell)
            self._chosen.channel.set_pointed(cell)

    def _enlarge(self, cell: Cell | None) -> None:
        """Show the map under the mouse large, while none is chosen."""
        entry, sheet = self._entry(), self._sheet
        if cell is None or entry is None or sheet is None or self._session.state.selection.channel is not None:
            return
        place = entry.place(cell)
        if place is not None and len(place) == 3 and not self._are_filters(entry):
            which = place[0] if sheet.tokens is None else sheet.tokens.which((place[0], place[1], place[2]))
            self._chosen.show_pointed(entry, sheet, which)

    @Slot(bool)
    def _dim(self, is_late: bool) -> None:
        self._maps.set_dimmed(is_late)
        self._chosen.channel.set_dimmed(is_late)

    # --- what was chosen in it ---

    @Slot(object)
    def _choose(self, chosen: Selection) -> None:
        self._session.selection.select(layer=chosen.layer, channel=chosen.channel, row=chosen.row, column=chosen.column)

    @Slot(int)
    def _go_to_slice(self, at: int) -> None:
        """Show another slice of a volume, or another query; what is chosen is the same place in it."""
        entry, channel = self._entry(), self._session.state.selection.channel
        if entry is not None and channel is not None and not self._attends(entry):
            if self._shows_tokens(entry):
                self._session.selection.select(row=at)
            else:
                self._session.selection.select(channel=channel - channel % entry.slices + at)
        self._redraw()

    @Slot(int, int, int)
    def _choose_place(self, channel: int, row: int, column: int) -> None:
        self._session.selection.select(channel=channel, row=row, column=column)

    @Slot(int, int)
    def _move(self, rows: int, columns: int) -> None:
        """Move the chosen cell; from a whole channel to its first one."""
        if self._session.state.selection.row is None:
            self._session.selection.select(row=0, column=0)
        else:
            self._session.selection.move_cell(rows, columns)

    # --- what is behind it ---

    def _known(self, entry: LayerActivation, chosen: Selection) -> ChosenCell:
        assert chosen.channel is not None
        session, state = self._session, self._session.state
        of_channel = session.measuring.facts(entry, chosen.channel) if entry.values.ndim == 3 else None
        seen = session.selection.receptive_field(state.chosen_cell)
        return ChosenCell(entry, chosen, state.classes, seen, state.input_shape, of_channel)

    def _entry(self) -> LayerActivation | None:
        activations = self._session.state.maps.activations
        return activations.by_name.get(self._session.state.selection.layer or "") if activations else None

    def _are_filters(self, entry: LayerActivation) -> bool:
        return self._controls.shows_filters and has_filters(entry)

    def _shows_tokens(self, entry: LayerActivation) -> bool:
        """Whether its tokens are shown as maps, not as one picture of a line each."""
        return self._tokens is not None and self._controls.shows_grid and not self._are_filters(entry)

    def _attends(self, entry: LayerActivation) -> bool:
        """Whether the weights of its attention are shown."""
        return entry.attention is not None and self._controls.shows_attention

    def _on_show(self) -> OnShow | None:
        """What there is to save or copy."""
        entry = self._entry()
        if entry is None:
            return None
        if self._are_filters(entry) and entry.weight is not None:
            return OnShow(f"{entry.name}.weight", entry.weight, self._maps.colours())
        if self._attends(entry) and entry.attention is not None:
            return OnShow(f"{entry.name}.attention", entry.attention, self._maps.colours())
        return OnShow(entry.name, entry.values, self._maps.colours())

    def _sheet_of(self, entry: LayerActivation) -> Sheet | None:
        if self._are_filters(entry):
            activations = self._session.state.maps.activations
            source = flattened(entry, activations.by_name) if activations else None
            return filter_sheet(entry, self._session.state.selection.channel, source)
        if self._attends(entry) and entry.attention is not None:
            tokens = attention_maps(entry.attention, self._tokens, self._controls.slices.at)
            return attention_sheet(entry.attention, tokens, under=None if tokens is None else self._under())
        if entry.values.ndim == 1:
            return None
        return self._cells_sheet(entry, only_dead=self._controls.only_dead)

    def _cells_sheet(self, entry: LayerActivation, *, only_dead: bool = False) -> Sheet:
        if self._shows_tokens(entry) and self._tokens is not None:
            return self._token_sheet(entry, self._tokens)
        return self._map_sheet(entry, only_dead=only_dead)

    def _token_sheet(self, entry: LayerActivation, tokens: TokenMaps) -> Sheet:
        if tokens.query is not None:
            tokens = with_query(tokens, self._controls.slices.at)
        return token_sheet(tokens, entry.values, order=self._controls.order, under=self._under())

    def _under(self) -> np.ndarray | None:
        """The picture that maps of tokens are to lie over."""
        picture = pixels_of(self._session.state.input) if self._controls.over_picture else None
        return None if picture is None else paled(picture)

    def _map_sheet(self, entry: LayerActivation, *, only_dead: bool = False) -> Sheet:
        only_dead = only_dead and bool(entry.dead.any())
        order = self._order.maps(entry, self._controls.order)
        controls = self._controls
        return map_sheet(entry, order=order, per_map=controls.per_map, only_dead=only_dead, at_slice=controls.slices.at)


def has_maps(entry: LayerActivation) -> bool:
    """Whether what it gave are maps, not a row of numbers."""
    return entry.values.ndim == 3


def _differs(old: State, new: State) -> bool:
    return (
        old.maps.activations is not new.maps.activations
        or old.maps.measured != new.maps.measured
        or old.selection.layer != new.selection.layer
        or old.problems != new.problems
        or old.classes != new.classes
    )
