"""The overview: the whole network on one screen with the picture running through it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.session.snapshot import LayerActivation
from explorer.session.state import Cell, Document
from explorer.ui.colour import Scale, scale_for
from explorer.ui.icons import icon
from explorer.ui.overview.entries import Entry, entries_of
from explorer.ui.overview.geometry import Column
from explorer.ui.overview.sources import Sources, sources_of
from explorer.ui.text import number, plural, shape_text
from explorer.ui.widgets.colour_bar import ColourBar
from explorer.ui.widgets.map_preview import Preview
from explorer.ui.widgets.overview_canvas import OverviewCanvas
from explorer.ui.widgets.overview_lines import Lines, Spot
from explorer.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from explorer.ui.views.call_table import CallTable

DIM_AFTER_MS = 200
EMPTY = (
    "Open a network, or add a layer on the left: its layers stand here side by side, "
    "with the picture running through them."
)
NO_INPUT = "Open or drop a picture to see what each layer makes of it."


class Overview(QWidget):
    """All layers side by side; hovering shows what a map was made of, a click chooses it in every view."""

    opened = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overview")
        self.setAccessibleName("Overview")
        self._session = session
        self._is_stale = True
        self._drawn: Document | None = None
        self._make_parts()
        self._dim_timer = QTimer(self, singleShot=True, interval=DIM_AFTER_MS)
        self._dim_timer.timeout.connect(self._dim)
        session.changed.connect(self.show_state)
        self.show_state(None, session.state)

    def _make_parts(self) -> None:
        self.pane = Pane("Overview")
        self.canvas = OverviewCanvas()
        self.canvas.hovered.connect(self._hover)
        self.canvas.picked.connect(self._pick)
        self.canvas.opened.connect(self._open)
        self.canvas.cleared.connect(self._clear)
        self.canvas.stepped.connect(self._step)
        self.canvas.redrawn.connect(self._session.count_drawing)
        self.bars = (ColourBar(), ColourBar())
        for bar in self.bars:
            self.pane.corner.addWidget(bar)
            self.pane.corner.addSpacing(8)
        self.fit_button = QToolButton()
        self.fit_button.setObjectName("overviewFit")
        self.fit_button.setText("Fit")
        self.fit_button.setProperty("role", "flat")
        self.fit_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fit_button.setToolTip("Show the whole network (F). The wheel zooms, dragging pans.")
        self.fit_button.setAccessibleName("Fit the whole network")
        self.fit_button.clicked.connect(self.canvas.fit)
        self.pane.corner.addWidget(self.fit_button)
        self.calls_button = QToolButton(text="Calls", checkable=True, objectName="overviewCalls")
        self.calls_button.setProperty("role", "flat")
        self.calls_button.setToolTip("List every call of a recorded training step, with sizes, gradients and times.")
        self.calls_button.setAccessibleName("List the calls")
        self.calls_button.toggled.connect(self._show_calls)
        self.pane.corner.addWidget(self.calls_button)
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
        self.setFocusProxy(self.canvas)

    @Slot(bool)
    def _show_calls(self, are_wanted: bool) -> None:
        """The table of calls takes the place of the drawing; it is made when first asked for."""
        if self.calls is None:
            from explorer.ui.views.call_table import CallTable

            self.calls = CallTable(self._session)
            self._stack.addWidget(self.calls)
        for part in (*self.bars, self.fit_button):
            part.setEnabled(not are_wanted)
        self._is_stale = True
        self._show_all(self._session.state)

    # --- what the session shows ---

    @Slot(object, object)
    def show_state(self, old: State | None, new: State) -> None:
        """Draw what differs; hidden, only remember that something does."""
        if not self.isVisible():
            self._is_stale = True
            return
        if self._is_stale or old is None:
            self._show_all(new)
            return
        if self._has_other_columns(old, new):
            self._show_columns(new)
        elif old.selection != new.selection:
            self._show_selection(new)
        if old.computing is not new.computing:
            self._show_computing(new)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit_button.setIcon(icon("ph.frame-corners"))
        if self._is_stale:
            self._show_all(self._session.state)

    def _show_all(self, state: State) -> None:
        self._is_stale = False
        self._show_columns(state)
        self._show_computing(state)

    def _has_other_columns(self, old: State, new: State) -> bool:
        """While a new pass runs the old maps stay; a network without any is drawn at once."""
        if old.activations is not new.activations or old.fault is not new.fault:
            return True
        waits = new.computing and new.activations is not None
        return new.document is not self._drawn and not waits

    def _show_columns(self, state: State) -> None:
        entries = entries_of(state)
        self._drawn = state.document
        is_empty = not entries or (len(entries) == 1 and state.network is not None and not entries[0].maps)
        drawing = self.empty_label if is_empty else self.canvas
        self._stack.setCurrentWidget(self.calls if self.calls and self.calls_button.isChecked() else drawing)
        self._entries = {entry.name: entry for entry in entries}
        self._by_layer = {entry.layer: entry for entry in entries} | self._entries
        self.canvas.set_entries(entries)
        self.canvas.setAccessibleDescription(f"{plural(len(entries), 'column')}: " + ", ".join(self._entries))
        self._show_selection(state)
        self.canvas.hover_again()

    def _show_selection(self, state: State) -> None:
        entry = self._shown(state)
        chosen = None
        if entry is not None and entry.maps is not None and state.selection.channel is not None:
            spot = Spot(entry.name, state.selection.channel)
            chosen = Lines(spot, self._sources(entry, spot.channel).drawn)
        self.canvas.set_selected(entry.name if entry else None, chosen)
        self._show_title(entry, state.selection.channel)

    def _shown(self, state: State) -> Entry | None:
        return self._by_layer.get(state.selection.layer or "")

    def _show_computing(self, state: State) -> None:
        if state.computing:
            self._dim_timer.start()
        else:
            self._dim_timer.stop()
            self.canvas.set_dimmed(False)

    @Slot()
    def _dim(self) -> None:
        self.canvas.set_dimmed(self._session.state.computing and self._session.state.activations is not None)

    # --- title line and legends ---

    def _show_title(self, entry: Entry | None, channel: int | None) -> None:
        if entry is None:
            self.pane.set_title("Overview")
            self.pane.set_facts(self._whole())
            self._show_scales(*self._widest())
            return
        if channel is None or entry.maps is None:
            self.pane.set_title(entry.name)
            shape = f"{shape_text(entry.shape)}" if entry.shape else ""
            self.pane.set_facts(entry.remark or shape)
        else:
            self.pane.set_title(_title(entry, channel))
            self.pane.set_facts(self._sources(entry, channel).sentence)
        self._show_scales(scale_for(entry.maps.low, entry.maps.high) if entry.maps else None)

    def _whole(self) -> str:
        ran = [entry for entry in self._entries.values() if entry.maps is not None]
        if not ran:
            return NO_INPUT if self._entries and self._session.state.values is None else ""
        layers = sum(entry.family != "input" and entry.name == entry.layer for entry in self._entries.values())
        if not layers:
            return "no layers yet: add one on the left"
        return f"{plural(layers, 'layer')}; hover a map to see what it was made of"

    def _widest(self) -> tuple[Scale | None, Scale | None]:
        """The widest scale of each kind in use: what each layer's own scale stays within."""
        scales = [scale_for(each.maps.low, each.maps.high) for each in self._entries.values() if each.maps]
        found = []
        for signed in (False, True):
            of_kind = [scale for scale in scales if scale.signed is signed]
            found.append(max(of_kind, key=lambda scale: scale.high) if of_kind else None)
        return found[0], found[1]

    def _show_scales(self, first: Scale | None, second: Scale | None = None) -> None:
        for bar, scale in zip(self.bars, (first, second), strict=True):
            bar.set_scale(scale)
            bar.setVisible(scale is not None)
            if scale is not None and second is not None:
                bar.setToolTip("The widest of these scales; each layer has its own, shown when it is hovered.")

    # --- what the person does ---

    @Slot(object)
    def _hover(self, spot: Spot | None) -> None:
        entry = self._entries.get(spot.column) if spot is not None else None
        if spot is None or entry is None or entry.maps is None:
            state = self._session.state
            self.canvas.set_lines(None)
            self.canvas.show_preview(None)
            self._show_title(self._shown(state), state.selection.channel)
            self._session.hover(None)
            return
        self.canvas.set_lines(Lines(spot, self._sources(entry, spot.channel).drawn))
        self.canvas.show_preview(self._preview(entry, spot))
        self._show_title(entry, spot.channel)
        row, column = (0, 0) if entry.maps.values.ndim == 3 and spot.row is None else (spot.row, spot.cell)
        self._session.hover(Cell(entry.layer, _own_channel(entry, spot.channel), row, column))

    @Slot(object, object)
    def _pick(self, name: str, channel: int | None) -> None:
        entry = self._entries[name]
        self.canvas.setFocus()
        channel = None if channel is None else _own_channel(entry, channel)
        self._session.select(layer=entry.layer, channel=channel, row=None, column=None)

    @Slot()
    def _open(self) -> None:
        if self._session.state.selection.layer is not None:
            self.opened.emit()

    @Slot()
    def _clear(self) -> None:
        self._session.select(layer=None, channel=None, row=None, column=None)

    @Slot(int, int)
    def _step(self, columns: int, channels: int) -> None:
        """Go to the next column or channel, stopping at the ends."""
        layout, state = self.canvas.scene.layout, self._session.state
        if not layout.columns:
            return
        here = layout.shown_as.get(state.selection.layer or "")
        if here is None:
            self._select(layout.columns[0], None)
            return
        column = layout.columns[here]
        if columns:
            self._select(layout.columns[min(max(here + columns, 0), len(layout.columns) - 1)], state.selection.channel)
        else:
            self._select(column, _next_channel(column, state.selection.channel, channels))

    def _select(self, column: Column, channel: int | None) -> None:
        if channel is not None:
            channel = min(channel, column.entry.channels - 1) if column.entry.channels else None
        self._session.select(layer=column.entry.layer, channel=channel, row=None, column=None)
        self.canvas.reveal(column.name)

    # --- what a map was made of ---

    def _sources(self, entry: Entry, channel: int) -> Sources:
        assert entry.maps is not None
        channel = _own_channel(entry, channel)
        if entry.prediction is not None and entry.name != entry.layer:
            parents = [entry.maps]
            return sources_of(_as_read(entry, entry.maps), channel, parents)
        found = [self._entries.get(name) or self._by_layer.get(name) for name in entry.parents]
        return sources_of(entry.maps, channel, [each.maps for each in found if each is not None and each.maps])

    def _preview(self, entry: Entry, spot: Spot) -> Preview:
        maps = entry.maps
        assert maps is not None
        facts = f"layer: {number(maps.low)} to {number(maps.high)}"
        if entry.prediction is not None:
            chance = float(entry.prediction.values[spot.channel])
            is_share = entry.prediction.is_probability and math.isfinite(chance)
            value = f"{100 * chance:.3g} %" if is_share else number(chance)
            return Preview(_title(entry, spot.channel), entry.prediction.title, value)
        if maps.values.ndim == 1:
            return Preview(_title(entry, spot.channel), facts, number(float(maps.values[spot.channel])))
        image, part = self._image(maps, spot.channel)
        value, cell = "", None
        if spot.row is not None and spot.cell is not None:
            at = float(maps.values[spot.channel, spot.row, spot.cell])
            value = f"{number(at)} at row {spot.row}, column {spot.cell}"
            rows, columns = maps.values.shape[1:]
            cell = (int(spot.row * part.height() / rows), int(spot.cell * part.width() / columns))
        return Preview(_title(entry, spot.channel), facts, value, image, part, cell)

    def _image(self, maps: LayerActivation, channel: int) -> tuple[QImage, QRectF]:
        atlas = self.canvas.images.atlas(maps, 1000.0)
        return atlas.image, QRectF(atlas.part(channel))


def _own_channel(entry: Entry, channel: int) -> int:
    """The layer's channel behind a class: one sigmoid neuron speaks for both of its two classes."""
    return channel if entry.maps is None else min(channel, len(entry.maps.values) - 1)


def _as_read(entry: Entry, maps: LayerActivation) -> LayerActivation:
    """The prediction's own column: a softmax over all that the last layer gave, or a sigmoid of each."""
    kind = entry.name.split(" ", maxsplit=1)[0]  # of "softmax of linear1"
    return LayerActivation(kind, kind, "activation", (maps.name,), maps.values)


def _title(entry: Entry, channel: int) -> str:
    if entry.prediction is not None:
        return entry.prediction.names[channel]
    noun = "number" if entry.is_numbers else "channel"
    return f"{entry.name}, {noun} {channel}"


def _next_channel(column: Column, channel: int | None, step: int) -> int | None:
    """The next channel as they stand on the screen; before the first stands the whole layer."""
    order = column.channels or tuple(range(column.entry.channels))
    if not order:
        return None
    if channel is None:
        return order[0] if step > 0 else None
    place = (order.index(channel) if channel in order else 0) + step
    return None if place < 0 else order[min(place, len(order) - 1)]
