"""The cards of the network, and everything that can be done to a layer from the keyboard or its context menu."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QWidget

from explorer.session import Session, State, Verb
from explorer.session.state import parts_changed
from explorer.ui.common import icons
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.late import Late
from explorer.ui.common.named_action import NamedAction
from explorer.ui.common.number_things import thing_of_layer
from explorer.ui.common.things import Thing, offer
from explorer.ui.common.typed_block import is_block
from explorer.ui.editor.card_list import CardList
from explorer.ui.editor.cards import INPUT, Cards
from explorer.ui.editor.run_looks import LOOK_MS, is_only_a_look

WATCHED = ("document", "maps.activations", "input.fitted", "maps.fault")
NUMBERS = "These are numbers, no layers: click a cell of the input, a filter or a weight, and paste them there."
INPUT_SHAPE = re.compile(r"^\s*\d+(x\d+)*\s+")  # a whole network was copied: its layers are pasted


class LayerList(FollowingView, CardList):
    """The layer cards, wired to the session."""

    shows = ("document", "maps.activations", "maps.computing", "maps.fault", "input.fitted", "selection")

    adding_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("layerList")
        self.setAccessibleName("Layers of the network")
        self._cards = Cards()
        self._late = Late(self)
        self._late.turned.connect(self.set_stale)
        self._run_timer = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._run_timer.timeout.connect(self._show_now)
        self._make_actions()
        self.chosen.connect(self._choose)
        self.fix_wanted.connect(self._fix)
        self.move_wanted.connect(self._move)
        self.rename_wanted.connect(session.editing.rename_layer)
        self.copy_wanted.connect(self.copy.trigger)
        offer(self, session, self._thing_at)
        self.follow_session()

    # --- what it shows ---

    def show_changes(self, old: State | None, new: State) -> None:
        """Show the cards of `new`; those of another look that a run takes soon."""
        if old is None or old.maps.computing is not new.maps.computing:
            self._late.wait(new.maps.computing)
        if old is not None and not parts_changed(old, new, WATCHED) and old.selection.layer == new.selection.layer:
            return
        if old is not None and old.subject.structure is not new.subject.structure:
            self.give_up_renaming()
        if old is not None and is_only_a_look(old, new, WATCHED):
            if not self._run_timer.isActive():
                self._run_timer.start()
        else:
            self._show_now()

    @Slot()
    def _show_now(self) -> None:
        """Show the cards of what there is now."""
        state = self._session.state
        self.show_cards(self._cards.of(state), state.selection.layer, editable=state.subject.can(Verb.EDIT))
        self._enable_actions()

    def _thing_at(self, point: QPoint | None) -> Thing | None:
        """The layer of the card there; its numbers are not copied, as the key of Copy copies the card."""
        card = self.current_card() if point is None else self.card_at(point)
        entry = None if card is None else self._session.state.entry(card.name)
        if card is None or entry is None:
            return None
        return replace(thing_of_layer(self._session, entry), value=None)

    # --- commands ---

    def _make_actions(self) -> None:
        self.add = self._action(
            "Add layer…", "ph.plus", "Ins", "Put a layer in after this one.", self.adding_wanted.emit
        )
        self.fix = self._action("Fix", "ph.wrench", "Alt+Return", "Mend the problem of this layer.", self._fix_first)
        self._separator()
        self.rename = self._action("Rename", "ph.pencil-simple", "F2", "Give the layer another name.", self._edit_name)
        self.duplicate = self._action(
            "Duplicate", "ph.copy-simple", "Ctrl+D", "Put a copy of the layer after it.", self._duplicate
        )
        self.up = self._action("Move up", "ph.arrow-up", "Alt+Up", "Run the layer earlier.", lambda: self._shift(-1))
        self.down = self._action(
            "Move down", "ph.arrow-down", "Alt+Down", "Run the layer later.", lambda: self._shift(1)
        )
        self._separator()
        self.copy = self._action("Copy", "ph.copy", "Ctrl+C", "Copy the selected layers as text.", self._copy)
        self.paste = self._action("Paste", "ph.clipboard", "Ctrl+V", "Put in the layers on the clipboard.", self._paste)
        self._separator()
        self.remove = self._action("Remove", "ph.trash", "Del", "Take the selected layers out.", self._remove)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _action(self, text: str, icon: str, keys: str, tip: str, run: Callable[[], object]) -> NamedAction:
        action = NamedAction(icons.icon(icon), text, self)
        action.icon_name, action.brief = icon, text.rstrip("…")
        action.setIconText(action.brief)
        action.setObjectName(f"layer.{text.strip('…').replace(' ', '')}")
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # Del and Ctrl+C mean other things elsewhere
        action.setToolTip(f"{tip[:-1]} ({action.shortcut().toString()}).")
        action.setStatusTip(tip)
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        return action

    def _separator(self) -> None:
        line = QAction(self)
        line.setSeparator(True)
        self.addAction(line)

    def _enable_actions(self) -> None:
        editable, card = self.cards.editable, self.current_card()
        on_layer = editable and card is not None and not card.is_input
        row, last = self.currentIndex().row(), self.cards.rowCount() - 1
        self.add.setEnabled(editable)
        self.paste.setEnabled(editable)
        self.fix.setEnabled(editable and card is not None and any(problem.fix for problem in card.problems))
        for action in (self.rename, self.duplicate, self.remove):
            action.setEnabled(on_layer)
        self.copy.setEnabled(on_layer or (editable and bool(self.selected_names())))
        self.up.setEnabled(on_layer and row > 1)
        self.down.setEnabled(on_layer and row < last)

    @Slot(str)
    def _choose(self, name: str) -> None:
        self._session.selection.select(layer=name)

    @Slot(str, int)
    def _fix(self, name: str, number: int) -> None:
        problems = [problem for problem in self._session.state.problems if problem.layer == name]
        if number < len(problems):
            self._session.editing.apply_fix(problems[number])

    def _fix_first(self) -> None:
        card = self.current_card()
        fixable = [number for number, problem in enumerate(card.problems) if problem.fix] if card else []
        if card and fixable:
            self._fix(card.name, fixable[0])

    @Slot(str, int)
    def _move(self, name: str, row: int) -> None:
        self._session.editing.move_layer(name, row - 1)  # the input is row 0

    def _shift(self, rows: int) -> None:
        card = self.current_card()
        if card:
            self._move(card.name, self.currentIndex().row() + rows)

    def _edit_name(self) -> None:
        if self.state() == QAbstractItemView.State.EditingState:  # chosen in a menu over the name that is being typed
            return
        self.edit(self.currentIndex())

    def _duplicate(self) -> None:
        card = self.current_card()
        if card:
            self._session.editing.duplicate_layer(card.name)

    def _remove(self) -> None:
        self._session.editing.remove_layers(self.selected_names())

    def _copy(self) -> None:
        subject, names = self._session.state.subject, self.selected_names()
        if names and subject.can(Verb.EDIT):
            QGuiApplication.clipboard().setText(subject.edited.layers_text(names))

    def _paste(self) -> None:
        copied = QGuiApplication.clipboard().text()
        text = INPUT_SHAPE.sub("", copied).strip()
        if is_block(copied):
            self._session.say(NUMBERS)
            return
        if not text:
            self._session.say(
                "There are no layers on the clipboard: copy some as text first, such as “conv(12, 3) relu”."
            )
            return
        self._session.editing.paste_layers(text, self.insertion_index())

    def insertion_index(self) -> int:
        """Where a new layer goes: after the selected one, or at the end."""
        names, name = self._session.state.subject.names, self._session.state.selection.layer
        if name == INPUT:
            return 0
        return names.index(name) + 1 if name in names else len(names)
