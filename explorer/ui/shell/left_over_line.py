"""The line that offers work which was not saved when the program ended without being closed."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from explorer.bounds import brief
from explorer.session import Session, State
from explorer.session.slices import Offer
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.leaving import leave
from explorer.ui.shell.messages import Toast


class LeftOverLine(FollowingView, Toast):
    """Shows `state.files.offer` until it is answered; hidden when there is none."""

    shows = ("files.offer",)
    follows_hidden = True  # it hides itself

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, "leftOver", parent)
        for text, tip, run in (
            (
                "Restore",
                "Open it as it was; it counts as unsaved.",
                partial(leave, self, session, session.left_overs.restore),
            ),
            ("Discard", "Remove it for good.", session.left_overs.discard),
        ):
            self.add_button(text, tip).clicked.connect(run)
        later = self.add_button("Not now", "Put this line away; the next start offers it again.", "ph.x")
        later.clicked.connect(session.left_overs.put_off)
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        self.show_sentence(words(new.files.offer) if new.files.offer is not None else "")


def words(offer: Offer) -> str:
    """The sentence, with the time at which it was kept."""
    more = f" {offer.more} more {'waits' if offer.more == 1 else 'wait'} after it." if offer.more else ""
    return f"“{brief(offer.title)}” was not saved when the program ended; it was kept at {offer.when}.{more}"
