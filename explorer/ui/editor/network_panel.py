"""The network pane: cards of its layers above, the form of the selected one below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from explorer.session import Session, State, Verb
from explorer.session.part import Part
from explorer.ui.common import text
from explorer.ui.common.command_button import CommandButton, CommandTool
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.pane import Pane
from explorer.ui.editor.layer_form import LayerForm
from explorer.ui.editor.layer_list import LayerList
from explorer.ui.editor.palette import Palette

BARE_LIST = 56
WIDEST = 16_777_215  # Qt's own "no limit"
NO_LAYERS = "No layers yet: “Add layer” below puts in the first one."
NO_NETWORK = "No network is open. Open one from the tool bar, and its layers appear here."


class NetworkPanel(FollowingView, Pane):
    """Everything about what the network is."""

    shows = ("document", "maps.activations", "maps.fault")

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "Network", parent)
        self.list = LayerList(session)
        self.form = LayerForm(session, self)
        self.palette_popup = Palette(self)
        self.palette_popup.chosen.connect(session.editing.insert_layer)
        self.empty = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.empty.setProperty("role", "dim")
        self.empty.setContentsMargins(12, 8, 12, 8)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(self._make_buttons())
        self.splitter = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.splitter.addWidget(top)
        self.splitter.addWidget(self.form)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setHandleWidth(5)
        self.splitter.setSizes([520, 480])  # shares, not pixels
        self.keep_corners()
        self.body.addWidget(self.splitter)
        top.setMinimumHeight(140)
        self.form.setMinimumHeight(140)
        self.list.adding_wanted.connect(self.open_palette)
        self.palette_popup.picked.connect(self.list.setFocus)
        self.follow_session()

    def sizeHint(self) -> QSize:
        return QSize(300, 640)

    def _make_buttons(self) -> QHBoxLayout:
        self.add = CommandButton(self.list.add, "addLayer", colour="accent")
        self.add.setProperty("role", "link")
        self.read_only = QLabel("opened from a program, read-only")
        self.read_only.setProperty("role", "dim")
        self.read_only.hide()
        self._buttons = (
            CommandTool(self.list.duplicate, "duplicateLayer"),
            CommandTool(self.list.up, "moveLayerUp"),
            CommandTool(self.list.down, "moveLayerDown"),
            CommandTool(self.list.remove, "removeLayer"),
        )
        line = QHBoxLayout()
        line.setContentsMargins(10, 4, 6, 4)
        line.setSpacing(0)
        line.addWidget(self.add)
        line.addWidget(self.read_only)
        line.addStretch(1)
        for button in self._buttons:
            button.setProperty("role", "flat")
            button.setStyleSheet("QToolButton { padding: 3px; }")
            line.addWidget(button)
        return line

    def show_changes(self, old: State | None, new: State) -> None:
        """Title line, empty state, and what may be done."""
        subject, is_edited = new.subject, new.subject.can(Verb.EDIT)
        if old is not None and old.subject.structure is not subject.structure and self.palette_popup.isVisible():
            self.palette_popup.close()  # what it offers fits the network that was there; a file was read meanwhile
        self.set_facts(*_facts(new))
        self.empty.setText(new.no_parts_yet or (NO_LAYERS if subject.is_open else NO_NETWORK))
        is_bare = is_edited and not subject.names
        self.empty.setVisible(not subject.is_open or is_bare or bool(new.no_parts_yet))
        self.list.setVisible(subject.is_open)
        # The line that says what to do stands right below the only card.
        self.list.setMaximumHeight(BARE_LIST if self.empty.isVisibleTo(self) else WIDEST)
        self.add.setVisible(is_edited)
        self.read_only.setVisible(subject.is_open and not is_edited)
        for button in self._buttons:
            button.setVisible(is_edited)

    def edit_setting(self, name: str) -> None:
        """Bring the keyboard into the field of a setting of the selected layer."""
        self.form.edit_setting(name)

    @Slot()
    def open_palette(self) -> None:
        """Offer every layer type for the place after the selected layer."""
        subject = self._session.state.subject
        if subject.can(Verb.EDIT):
            sizes = self._session.state.lessons.veil.sizes
            self.palette_popup.open_at(subject.edited, self.list.insertion_index(), self.add, sizes)


def _facts(state: State) -> tuple[str, ...]:
    """How many parameters are learned here, and what it is called; where there is no room for both, its name."""
    facts = (_learned(state.parts) if state.subject.can(Verb.EDIT) else "", state.title)
    whole = " · ".join(fact for fact in facts if fact)
    return (whole, state.title) if state.title else (whole,)


def _learned(parts: Sequence[Part]) -> str:
    """How many parameters there are; with a fault, of what stands before it, "" where that has none."""
    if all(part.shape is not None for part in parts):
        return text.plural(sum(part.parameters for part in parts), "parameter") if parts else ""
    known = sum(part.parameters for part in parts if part.runs)
    return f"{text.plural(known, 'parameter')} so far" if known else ""
