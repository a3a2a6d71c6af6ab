"""The session: names what a person can do, feature by feature, for the views, the command line and scripts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, SignalInstance, Slot

from explorer.session.fault import Fault
from explorer.session.features.comparing import Comparing
from explorer.session.features.data import Data
from explorer.session.features.editing import Editing
from explorer.session.features.explaining import Explaining
from explorer.session.features.exports import Exports
from explorer.session.features.feeding import Feeding
from explorer.session.features.files import Files
from explorer.session.features.following import Following
from explorer.session.features.landscape import LossLandscape
from explorer.session.features.learning import Learning
from explorer.session.features.left_overs import KEEP_EVERY_S, LeftOvers
from explorer.session.features.lessons import Lessons
from explorer.session.features.measuring import Measuring
from explorer.session.features.origins import Origins
from explorer.session.features.passes import Passes
from explorer.session.features.plane import Plane
from explorer.session.features.playing import Playing
from explorer.session.features.proposing import Proposing
from explorer.session.features.recent import RecentFiles
from explorer.session.features.saved import Saved
from explorer.session.features.selecting import Selecting
from explorer.session.features.steps import Steps
from explorer.session.features.tasks import Tasks
from explorer.session.features.training import Trainer
from explorer.session.features.trying import Trying
from explorer.session.features.watching import Watching
from explorer.session.state import State
from explorer.session.store import Store


class Session(QObject):
    """What a person can do. Verbs that cannot be done leave everything as it is and say why in `state.status.notice`.

    Lives in the window's thread; close it before it goes. In the folder `left_overs` it keeps what is not saved.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        recent: tuple[Path, ...] = (),
        held: bool = False,
        left_overs: Path | None = None,
        keep_every_s: float = KEEP_EVERY_S,
    ) -> None:
        super().__init__(parent)
        self.store = store = Store(self, recent=recent, held=held)
        origins, self.recent, self.selection = Origins(), RecentFiles(store), Selecting(store)
        self.editing, self.input = Editing(store, self.selection), Feeding(store, self.recent)
        self.passes, self.measuring = Passes(store), Measuring(store)  # they ask with what the input feeds: after it
        self.learning, self.explaining = Learning(store, self.passes), Explaining(store)
        self.steps, self.data = Steps(store, self.learning), Data(store, self.learning)
        self.trying = Trying(store, self.input, self.learning)
        self.playing, self.watching = Playing(store, self.steps), Watching(store, self.passes, self.learning)
        self.training = Trainer(store, self.passes, self.data, self.watching, origins)
        self.proposing, self.comparing = Proposing(store, self.training), Comparing(store, origins)
        self.following, self.plane, self.landscape = Following(store, origins), Plane(store), LossLandscape(store)
        self.files, self.exports = Files(store, self.input, self.recent, Saved(store, origins)), Exports(store)
        self.tasks = Tasks(store, self.passes, self.explaining, self.files, self.training)
        self.left_overs = LeftOvers(store, self.files, left_overs, keep_every_s)
        self.lessons = Lessons(store, self.files, self.left_overs.keep, self.learning)

    @property
    def state(self) -> State:
        """Everything that the window shows."""
        return self.store.state

    @property
    def changed(self) -> SignalInstance:
        """The signal `changed(old, new)`."""
        return self.store.changed

    def open_path(self, path: str | Path) -> None:
        """Open whatever lies at `path`: a network, weights for the network that is open, or else a picture."""
        self.files.open_path(path)

    def say(self, notice: str) -> None:
        """Tell the person something in a sentence; "" takes the sentence away."""
        self.store.say(notice)

    @Slot(object)
    def tell(self, mistake: Fault) -> None:
        """Tell of a mistake in the program itself, once while it is on the screen."""
        told, status = self.state.status.mistake, self.state.status
        if told is None or (told.message, told.message) != (mistake.message, status.notice):
            self.store.set(replace(status, mistake=mistake, notice=mistake.message))

    def close(self) -> bool:
        """Stop and join all threads; True if they ended in time."""
        for feature in (self.following, self.playing, self.plane, self.landscape, self.left_overs):
            feature.stop()
        was_ended = self.store.close()
        self.left_overs.close()
        return was_ended
