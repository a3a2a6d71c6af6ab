"""The column through depth: what all channels of a layer give at one place, as bars, each with its filter."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget

from explorer.session import Selection, Session, State
from explorer.session.numbered import Numbered
from explorer.session.ranges import finite_range
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.images import image_of
from explorer.ui.common.number_things import thing_of_maps
from explorer.ui.common.pane import Pane
from explorer.ui.common.text import count, plural
from explorer.ui.common.things import Thing, offer
from explorer.ui.maps.cell_facts import seen_words
from explorer.ui.maps.depth_column import DepthColumn, depth_column, filter_owner
from explorer.ui.maps.filter_pictures import FilterPictures
from explorer.ui.maps.value_bars import PICTURE_HEIGHT, RowPictures, ValueBars

LABEL_WIDTH = 34
PICTURE_GAP = 6
LEAST_HEIGHT = 150
CHOOSE = "Choose a cell of the map: here stands what every channel gives at its place."


class DepthView(FollowingView, Pane):
    """Pointing at a bar marks its cell in every view, a click or a key chooses its channel; the place stays."""

    shows = ("maps.activations", "selection")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "All channels", parent)
        self.setObjectName("depthColumn")
        self.lie_inside()
        self.setMinimumHeight(LEAST_HEIGHT)
        self._column: DepthColumn | None = None
        self._filters: FilterPictures | None = None
        self._ranked = QToolButton(text="ranked", checkable=True, checked=True, accessibleName="Largest first")
        self._ranked.setToolTip("The largest number first; otherwise the channels in their own order.")
        self._ranked.setProperty("role", "flat")
        self._ranked.toggled.connect(self.redraw)
        self.corner.addWidget(self._ranked)
        self._none = QLabel(CHOOSE, wordWrap=True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._none.setProperty("role", "dim")
        self._none.setContentsMargins(0, 0, 0, 4)
        self._bars = ValueBars(label_width=LABEL_WIDTH)
        self._bars.setAccessibleName("Channels at the chosen place")
        self._bars.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._bars.hovered.connect(self._point)
        self._bars.chosen.connect(self._choose)
        offer(self._bars, session, self._thing_at, self._bars.chosen_point)
        self.body.addWidget(self._none, 1)
        self.body.addWidget(self._bars, 1)
        self.follow_session(draws_now=False)

    def show_changes(self, old: State | None, new: State) -> None:
        entry = new.entry(new.selection.layer)
        self._column = column = None if entry is None else depth_column(entry, new.selection)
        self._bars.setVisible(column is not None)
        self._none.setVisible(column is None)
        self._ranked.setVisible(column is not None)
        self.set_facts("")
        if column is not None:
            self._show_filters(column, new)
            self._show_column(column)

    def _show_column(self, column: DepthColumn) -> None:
        seen = self._seen(column)
        self.facts_label.set_whole(seen, tip=self._words(column, seen))
        order = column.ranked() if self._ranked.isChecked() else range(len(column.values))
        names = Numbered(range(len(column.values)))
        self._bars.show_values(column.values, names, order, ends=finite_range(column.values))
        self._bars.set_selected(column.chosen)

    @Slot()
    def redraw(self) -> None:
        super().redraw()

    def _show_filters(self, column: DepthColumn, state: State) -> None:
        ran = state.maps.activations.by_name if state.maps.activations is not None else {}
        owner = filter_owner(column.entry, ran, len(column.values))
        if owner is None:
            self._filters = None
        elif self._filters is None or self._filters.owner is not owner:
            self._filters = FilterPictures(owner)
        self._bars.set_pictures(None if self._filters is None else _pictures(self._filters))

    def _seen(self, column: DepthColumn) -> str:
        """What all of them are made from: the same patch of the input, in groups each in channels of its own."""
        amount = len(column.values)
        seen = self._session.selection.receptive_field(self._session.state.chosen_cell)
        if seen is None or column.entry.family == "input":
            return f"{plural(amount, 'channel')} at one place"
        patch = seen_words(seen, self._session.state.input_shape)
        has_own_channels = seen.channels is not None and len(seen.channels) < self._session.state.input_shape[0]
        if amount > 1 and has_own_channels:
            return f"all {count(amount)} see {patch}, each in its own channels"
        return f"all {count(amount)} see the same {patch}" if amount > 1 else f"it sees {patch}"

    def _words(self, column: DepthColumn, seen: str) -> str:
        """All that is told of them: what they are made from, where they lie, and which filter stands beside each."""
        words = f"{seen[:1].upper()}{seen[1:]}: {column.entry.name}, {column.where}."
        if self._filters is None:
            return words
        shown, whole = self._filters.slices
        part = "filter" if shown == whole else f"filter, its {shown} heaviest slices of {whole},"
        return f"{words} Beside each its {part} in {self._filters.owner.name}."

    # --- what was pointed at and chosen ---

    @Slot(object)
    def _point(self, at: int | None) -> None:
        if at is None or self._column is None:
            self._session.selection.hover(None)
        else:
            self._session.selection.hover_at(self._column.entry.name, *self._column.places[at])

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        """The cell of a channel at the place that all are taken from; without a point the chosen one's."""
        column = self._column
        at = None if column is None else column.chosen if point is None else self._bars.index_at(point.y())
        if column is None or at is None:
            return None
        return thing_of_maps(self._session, column.entry, Selection(column.entry.name, *column.places[at]))

    @Slot(int)
    def _choose(self, at: int) -> None:
        if self._column is not None:
            channel, row, column = self._column.places[at]
            self._session.selection.select(channel=channel, row=row, column=column)


def _pictures(filters: FilterPictures) -> RowPictures:
    height, width = filters.of(0).shape[:2]
    shown = round(PICTURE_HEIGHT * min(width / height, 3.5))
    return RowPictures(lambda channel: image_of(filters.of(channel)), shown + PICTURE_GAP)
