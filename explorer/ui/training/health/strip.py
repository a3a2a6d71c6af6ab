"""How each layer fares while the network learns: dead and saturated outputs, gradients, updates, the first NaN."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.session import Session, State
from explorer.session.state import parts_changed
from explorer.ui.common.empty_state import ContentPages
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.row_things import offer_rows
from explorer.ui.common.text import count
from explorer.ui.training.curves.view import HEAD_HEIGHT
from explorer.ui.training.health.table import HealthTable
from explorer.ui.training.health.words import Level, layer_rows, summary
from explorer.ui.training.run_words import appears

EMPTY = "Dead and saturated outputs, gradients and updates of each layer are measured here."
WAITING = "The first figures come with the first steps of the run."
ROLES: dict[Level, str] = {"": "dim", "warning": "warning", "error": "error"}


class HealthStrip(FollowingView, QWidget):
    """A row a layer; the last run's figures stay, dimmed, when it has ended. A click selects the layer everywhere."""

    shows = ("training.status", "watching.health", "selection", "document")
    is_paced = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("healthStrip")
        self._make_parts()
        self.follow_session()
        self.redraw()

    def _make_parts(self) -> None:
        self.words = ElidedLabel()
        self.table = HealthTable()
        self.table.chosen.connect(self._select)
        layers = self.table.layers
        offer_rows(self.table, self._session, find=lambda row: partial(self._select, layers.rows[row.row()].name))
        body = QWidget()
        self._pages = ContentPages(body, spacing=2)
        self._pages.column.addWidget(self.table, 1)
        self.empty = self._pages.empty
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(self._head())  # before there are figures too, as the plots beside it have theirs
        column.addWidget(body, 1)
        self.setFocusProxy(self.table)

    def _head(self) -> QHBoxLayout:
        """The title, as over the plots beside it, and what can be seen at a glance."""
        title = QLabel("Health")
        title.setProperty("role", "title")
        title.setFixedHeight(HEAD_HEIGHT)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(title)
        row.addWidget(self.words, 1)
        return row

    def sizeHint(self) -> QSize:
        return QSize(520, 190)

    def minimumSizeHint(self) -> QSize:
        return QSize(268, 76)

    def show_changes(self, old: State | None, new: State) -> None:
        if old is not None and old.selection is not new.selection:
            self.table.set_selected(new.selection.layer)
        if parts_changed(old, new, ("training.status", "watching.health", "document")):
            self.redraw_soon()

    @Slot()
    def redraw(self) -> None:
        """Show the figures as they are now."""
        state = self._session.state
        rows = layer_rows(state.watching.health, state.training)
        self._pages.show_content(bool(rows))
        self.empty.show_message(WAITING if state.training.status == "running" else appears(EMPTY, state))
        self.table.show_rows(rows, dimmed=not state.training.is_live)
        self.table.set_selected(state.selection.layer)
        words, level = summary(rows)
        is_over = bool(rows) and not state.training.is_live
        whole = f"{words} Run {count(state.training.run)} has ended." if is_over else words
        self.words.set_ways((whole, words))
        if self.words.property("role") != ROLES[level]:
            self.words.setProperty("role", ROLES[level])
            self.words.style().polish(self.words)

    @Slot(str)
    def _select(self, name: str) -> None:
        state = self._session.state
        if name in state.subject.names and state.selection.layer != name:
            self._session.selection.select(layer=name)
