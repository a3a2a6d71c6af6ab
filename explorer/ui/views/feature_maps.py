"""The feature-map viewer: all channels of the selected layer, the chosen one large, its filters, and their export."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.session import Cell, LayerActivation, Selection, Session, State
from explorer.ui import theme
from explorer.ui.map_sheet import Sheet, filter_sheet, flattened, map_sheet, order_of
from explorer.ui.map_words import facts, filter_words, hint, why_empty
from explorer.ui.mosaic import Place
from explorer.ui.text import exact
from explorer.ui.views.cell_facts import CellFacts
from explorer.ui.views.channel_view import ARROWS, ChannelView
from explorer.ui.views.explanation import ExplanationLine
from explorer.ui.views.map_controls import MapControls
from explorer.ui.views.map_export import MapExport, OnShow
from explorer.ui.widgets.empty_state import EmptyState
from explorer.ui.widgets.map_mosaic import MapMosaic
from explorer.ui.widgets.pane import ElidedLabel
from explorer.ui.widgets.value_bars import ValueBars

SLOW_MS = 200
WHOLE_TILE = -1
WIDE = 1.8
FACTS_HEIGHT = 172
NO_LIMIT = 16_777_215  # Qt's own


class FeatureMaps(QWidget):
    """Follows the selected layer. Its own are only how to look: order, scale, maps or filters, zoom."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("featureMaps")
        self.setProperty("role", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._sheet: Sheet | None = None
        self._is_stale = True
        self._controls = MapControls()
        self._controls.changed.connect(self._redraw)
        self.export = MapExport(session, self._on_show, self)
        self._controls.export_wanted.connect(self.export.ask)
        self._controls.copy_picture_wanted.connect(self.export.copy_picture)
        self._controls.copy_values_wanted.connect(self.export.copy_values)
        self._make_panes()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._controls)
        column.addWidget(self._stack, 1)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(self._dim)
        session.hovered.connect(self.show_hovered)
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    # --- parts ---

    def _make_panes(self) -> None:
        self._maps = MapMosaic()
        self._maps.setObjectName("mosaic")
        self._maps.canvas.setAccessibleName("Feature maps")
        self._maps.hovered.connect(self._on_hovered)
        self._maps.clicked.connect(self._on_clicked)
        self._maps.canvas.key_pressed.connect(self._on_key)
        self._bars = ValueBars()
        self._bars.hovered.connect(self._on_bar_hovered)
        self._bars.chosen.connect(lambda index: self._session.select(layer=self._name(), channel=index))
        self._where = ElidedLabel()
        self._where.setProperty("role", "dim")
        self._where.setFont(theme.number_font())
        self._where.setObjectName("hoveredValue")
        self._shown = QStackedWidget()
        self._shown.addWidget(self._maps)
        self._shown.addWidget(self._bars)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._shown, 1)
        column.addWidget(self._where)
        self._channel = ChannelView(self._session)
        self._cell = CellFacts(self._session)
        self._cell.setFixedWidth(280)
        parts = QWidget()
        row = self._beside = QHBoxLayout(parts)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._channel, 1)
        row.addWidget(self._cell)
        row.addStretch()
        self._below = QWidget()
        under = QVBoxLayout(self._below)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(4)
        under.addWidget(parts, 1)
        under.addWidget(ExplanationLine(self._session))
        self._split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self._split.addWidget(top)
        self._split.addWidget(self._below)
        self._split.setSizes([500, 340])
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._split)
        self._stack.addWidget(self._empty)

    # --- what it shows ---

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """Redraw what differs; hidden, only remember that something does."""
        if not self.isVisible():
            self._is_stale = True
            return
        if old is None or old.computing != new.computing:
            self._slow.start() if new.computing else self._dim()
        if old is None or self._is_stale or _differs(old, new):
            self._redraw()
        elif old.selection != new.selection:
            self._show_selection(old.selection)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]  # Qt's own event
        if self._is_stale:
            self.show_state(None, self._session.state)

    def resizeEvent(self, event: object) -> None:
        """A wide pane has the channel beside the mosaic, any other below it."""
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt's own event
        is_wide = self.width() > WIDE * self.height()
        self._split.setOrientation(Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical)
        self._beside.setDirection(QHBoxLayout.Direction.TopToBottom if is_wide else QHBoxLayout.Direction.LeftToRight)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_stack"):
            self._redraw()

    @Slot()
    def _redraw(self) -> None:
        self._is_stale = False
        entry = self._entry()
        message = why_empty(self._session.state, entry)
        self._stack.setCurrentWidget(self._empty if message else self._split)
        self._controls.set_choices_visible(not message)
        if message or entry is None:
            self._show_empty(message)
            return
        self._sheet = self._sheet_of(entry)
        self._show_entry(entry)
        self._show_selection(None)
        self._where.set_whole(self._hint())

    def _show_entry(self, entry: LayerActivation) -> None:
        sheet = self._sheet
        is_filters = self._is_filters(entry)
        has_maps = sheet is not None and not is_filters
        self._controls.show_layer(entry, facts(entry, sheet if is_filters else None), has_maps=has_maps)
        self._shown.setCurrentWidget(self._bars if sheet is None else self._maps)
        if sheet is not None:
            self._maps.show_sheet(sheet)
            self._controls.show_scale(None if sheet.per_map or sheet.composite else sheet.scale)
        else:
            self._controls.show_scale(None)
            order = order_of(entry, "maximum" if self._controls.order != "index" else "index")
            self._bars.show_values(entry.values, self._names(entry), order)

    def _show_selection(self, before: Selection | None) -> None:
        entry, chosen = self._entry(), self._session.state.selection
        if before is not None and before.channel != chosen.channel and entry is not None and self._is_filters(entry):
            self._redraw()  # the slices of the chosen filter, or all filters again
            return
        is_chosen = entry is not None and chosen.layer == entry.name and chosen.channel is not None
        self._below.setVisible(is_chosen)
        self._bars.set_selected(chosen.channel if is_chosen else None)
        place = self._place(chosen) if is_chosen else None
        self._maps.set_marks(place, None)
        if place is not None and before is not None:
            self._maps.keep_in_view(place)
        if is_chosen and entry is not None:
            self._channel.setVisible(entry.values.ndim == 3)
            self._below.setMaximumHeight(NO_LIMIT if entry.values.ndim == 3 else FACTS_HEIGHT)
            self._channel.show_channel(entry, None if entry.values.ndim == 1 else self._map_sheet(entry))
            self._cell.show_facts(entry)
            self._show_own_scale(place)
            # Only a chosen cell takes the keys: they still walk over the mosaic where a whole channel is chosen.
            if before is not None and before.channel is None and chosen.row is not None:
                self._channel.take_focus()

    def _show_own_scale(self, place: Place | None) -> None:
        if self._sheet is not None and self._sheet.per_map and place is not None:
            self._controls.show_scale(self._sheet.scale_of(place.tile))

    def _show_empty(self, message: str) -> None:
        state = self._session.state
        self._controls.show_nothing(state.selection.layer or "Feature maps")
        problem = next((found for found in state.problems if found.severity == "error"), None)
        fix = problem.fix if problem and message.endswith(problem.message) else None
        action = (lambda: self._session.apply_fix(problem)) if problem and fix else None
        self._empty.show_message(message, fix.label if fix else "", action)

    @Slot(object)
    def show_hovered(self, cell: Cell | None) -> None:
        """The exact value under the mouse, wherever the mouse is."""
        if not self.isVisible():
            return
        entry = self._entry()
        self._where.set_whole(self._words(cell) or self._hint())
        is_here = cell is not None and entry is not None and cell.layer == entry.name and self._sheet is not None
        chosen = self._session.state.selection
        mark = self._place(chosen) if chosen.channel is not None else None
        if is_here and cell is not None:
            self._maps.set_marks(mark, self._place(Selection(cell.layer, cell.channel, cell.row, cell.column)))
        else:
            self._maps.set_marks(mark, None)
        self._channel.set_pointed(cell if cell is not None and cell.channel == chosen.channel else None)

    def _words(self, cell: Cell | None) -> str:
        activations = self._session.state.activations
        entry = activations.by_name.get(cell.layer) if cell and activations else None
        if cell is None or entry is None or cell.channel >= entry.values.shape[0]:
            return ""
        if entry.values.ndim == 1 or cell.row is None or cell.column is None:
            if entry.values.ndim != 1:
                return ""
            return f"{entry.name} · {self._names(entry)[cell.channel]} · {exact(float(entry.values[cell.channel]))}"
        value = exact(float(entry.values[cell.channel, cell.row, cell.column]))
        return f"{entry.name} · channel {cell.channel} · row {cell.row}, column {cell.column} · {value}"

    # --- what is behind it ---

    def _name(self) -> str | None:
        return self._session.state.selection.layer

    def _entry(self) -> LayerActivation | None:
        activations = self._session.state.activations
        return activations.by_name.get(self._name() or "") if activations else None

    def _is_filters(self, entry: LayerActivation) -> bool:
        return self._controls.shows_filters and entry.weight is not None

    def _on_show(self) -> OnShow | None:
        """What there is to save or copy."""
        entry = self._entry()
        if entry is None:
            return None
        colours = None if self._sheet is None else self._maps.colours()
        if self._is_filters(entry) and entry.weight is not None:
            return OnShow(f"{entry.name}.weight", entry.weight, colours)
        return OnShow(entry.name, entry.values, colours)

    def _hint(self) -> str:
        entry = self._entry()
        return hint(is_filters=entry is not None and self._is_filters(entry), is_bars=self._sheet is None)

    def _sheet_of(self, entry: LayerActivation) -> Sheet | None:
        if self._is_filters(entry):
            activations = self._session.state.activations
            source = flattened(entry, activations.by_name) if activations else None
            return filter_sheet(entry, self._session.state.selection.channel, source)
        if entry.values.ndim == 1:
            return None
        return self._map_sheet(entry, only_dead=self._controls.only_dead)

    def _map_sheet(self, entry: LayerActivation, *, only_dead: bool = False) -> Sheet:
        only_dead = only_dead and bool(entry.dead.any())
        return map_sheet(entry, order=self._controls.order, per_map=self._controls.per_map, only_dead=only_dead)

    def _names(self, entry: LayerActivation) -> tuple[str, ...]:
        classes = self._session.state.classes
        count = entry.values.shape[0]
        return classes if len(classes) == count else tuple(str(index) for index in range(count))

    def _place(self, chosen: Selection) -> Place | None:
        entry = self._entry()
        if self._sheet is None or entry is None or self._is_filters(entry):
            return None
        tile = self._sheet.tile_of(chosen.channel)
        if tile is None:
            return None
        if chosen.row is None or chosen.column is None:
            return Place(tile, WHOLE_TILE, WHOLE_TILE)
        return Place(tile, chosen.row, chosen.column)

    # --- the mouse and keys ---

    @Slot(object)
    def _on_hovered(self, place: Place | None) -> None:
        entry = self._entry()
        if place is None or entry is None or self._sheet is None:
            self._session.hover(None)
            self._where.set_whole(self._hint())
        elif self._is_filters(entry):
            self._where.set_whole(filter_words(self._sheet, place))
        else:
            channel = int(self._sheet.channels[place.tile])
            self._session.hover(Cell(entry.name, channel, place.row, place.column))

    @Slot(object)
    def _on_bar_hovered(self, index: int | None) -> None:
        name = self._name()
        self._session.hover(None if index is None or name is None else Cell(name, index))

    @Slot(object)
    def _on_clicked(self, place: Place) -> None:
        entry = self._entry()
        if entry is None or self._sheet is None:
            return
        channel = int(self._sheet.channels[place.tile])
        if self._is_filters(entry):
            self._session.select(layer=entry.name, channel=channel, row=None, column=None)
        else:
            self._session.select(layer=entry.name, channel=channel, row=place.row, column=place.column)

    @Slot(object)
    def _on_key(self, event: object) -> None:
        key = Qt.Key(event.key())  # type: ignore[attr-defined]  # a QKeyEvent
        if key == Qt.Key.Key_Escape:
            self._session.clear_cell()
        elif key in ARROWS:
            self._step_channel(*ARROWS[key])

    def _step_channel(self, down: int, across: int) -> None:
        """Choose the map beside the chosen one, as they lie; the first one where none is chosen."""
        entry = self._entry()
        if entry is None or self._sheet is None or not len(self._sheet.tiles) or self._is_filters(entry):
            return
        tile = self._sheet.tile_of(self._session.state.selection.channel)
        wanted = 0 if tile is None else tile + across + down * self._maps.columns
        if 0 <= wanted < len(self._sheet.tiles):
            self._session.select(channel=int(self._sheet.channels[wanted]), row=None, column=None)

    @Slot()
    def _dim(self) -> None:
        dimmed = self._session.state.computing
        self._maps.canvas.set_dimmed(dimmed)
        self._channel.set_dimmed(dimmed)


def _differs(old: State, new: State) -> bool:
    return (
        old.activations is not new.activations
        or old.selection.layer != new.selection.layer
        or old.problems != new.problems
        or old.classes != new.classes
    )
