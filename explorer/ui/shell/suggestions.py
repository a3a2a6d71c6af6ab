"""What to try next, once the first steps were read: one dim line at a time, until it was tried or put away."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from explorer.session import Session, State, Verb
from explorer.ui.common import settings
from explorer.ui.common.actions import Actions
from explorer.ui.common.following_view import FollowingView
from explorer.ui.shell.messages import Toast, has_room


def _never(_old: State, _new: State) -> bool:
    return False


@dataclass(frozen=True)
class Suggestion:
    """`words` may name a command in braces, in whose place its key stands.

    It is gone once `is_done` between two states, or once the command `done_by` was asked for. It is made only where
    it `can` be followed.
    """

    name: str
    words: str
    is_done: Callable[[State, State], bool] = _never
    can: Callable[[State], bool] = lambda state: state.maps.activations is not None
    done_by: str = ""


def _chose_a_map(old: State, new: State) -> bool:
    return new.selection.channel is not None and old.selection != new.selection


def _went_inside(old: State, new: State) -> bool:
    return new.steps.cursor.is_inside and not old.steps.cursor.is_inside


def _changed_a_layer(old: State, new: State) -> bool:
    return bool(new.files.undo_text) and old.subject.structure is not new.subject.structure


def _trained(old: State, new: State) -> bool:
    return new.training.status == "running" and old.training.status != "running"


SUGGESTIONS: tuple[Suggestion, ...] = (
    Suggestion("map", "Try next: click a map. The lines show which maps it was made of.", _chose_a_map),
    Suggestion(
        "inside",
        "Try next: in the step debugger ({showDebugger}), {stepInto} goes into a step, cell by cell.",
        _went_inside,
    ),
    Suggestion(
        "layer",
        "Try next: change a setting of a layer on the left. {undo} takes it back.",
        _changed_a_layer,
        lambda state: state.subject.can(Verb.EDIT),
    ),
    Suggestion(
        "train",
        "Try next: train the network ({trainStart}). Curves and maps follow while it learns.",
        _trained,
        lambda state: state.subject.can(Verb.TRAIN),
    ),
    Suggestion("find", "Try next: {find} finds any command, layer or picture by a few letters.", done_by="find"),
)
"""In the order in which they are made."""


class Suggestions(FollowingView, Toast):
    """Gives way to messages and offers. What was tried or put away is remembered and not suggested again."""

    shows = ("selection", "steps.cursor", "document", "training", "maps", "files", "status.notice")
    follows_hidden = True  # it hides itself
    role = "suggestion"

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(session, "suggestions", parent)
        self._actions = actions
        self._is_wanted = self._is_enough = False
        self._seen = set(settings.suggestions_seen())
        self.label.setProperty("role", "dim")
        close = self.add_button("Put this away", "Put this away; the next one comes with the next start.", "ph.x")
        close.clicked.connect(self._put_away)
        for suggestion in SUGGESTIONS:
            if suggestion.done_by:
                actions[suggestion.done_by].triggered.connect(self._see_asked)
        self.follow_session()

    def want(self, is_wanted: bool) -> None:
        """Suggest something from now on, or nothing."""
        self._is_wanted = is_wanted
        self.redraw()

    def begin_again(self) -> None:
        """Suggest everything once more."""
        self._seen.clear()
        self._is_enough = False
        settings.set_suggestions_seen(())
        self.redraw()

    def made(self, state: State) -> Suggestion | None:
        """What is suggested in `state`, if anything."""
        if not self._is_wanted or self._is_enough:
            return None
        return next((each for each in SUGGESTIONS if each.name not in self._seen and each.can(state)), None)

    def show_changes(self, old: State | None, new: State) -> None:
        if old is not None:
            self._see({each.name for each in SUGGESTIONS if each.is_done(old, new)})
        made = self.made(new)
        self.show_sentence(self._with_keys(made.words) if made is not None and has_room(new) else "")

    def _with_keys(self, words: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self._actions[found[1]].shortcut().toString(), words)

    def _see(self, names: set[str]) -> None:
        """Whether it was suggested or not: who has done it need not be told."""
        if not names <= self._seen:
            self._seen |= names
            settings.set_suggestions_seen(tuple(sorted(self._seen)))

    @Slot()
    def _see_asked(self) -> None:
        asked = self.sender()
        self._see({each.name for each in SUGGESTIONS if each.done_by and self._actions[each.done_by] is asked})
        self.redraw()

    @Slot()
    def _put_away(self) -> None:
        made = self.made(self._session.state)
        if made is not None:
            self._see({made.name})
        self._is_enough = True
        self.redraw()
