"""Following runs that the command line writes to folders, while they are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from explorer.arithmetic.losses import LOSSES
from explorer.bounds import Refused, brief, check_regular
from explorer.engine.training.run_folder import METRICS, Entry, RunFolder
from explorer.session.features.origins import Origins
from explorer.session.lanes import Lane, Watch
from explorer.session.run_curves import EpochFigures, GrowingCurves, RunCurves
from explorer.session.state import State
from explorer.session.store import AT_ONCE_S, Store
from explorer.writing import FileError

FOLLOW_MS = 500
LARGEST_STEP, LARGEST_FIGURE = 10**12, 1e30  # beyond that nothing was learned, and axes have no room


class FollowedRun:
    """The curves of a run's folder, read as it grows."""

    def __init__(self, path: Path, number: int) -> None:
        self._folder = RunFolder(path)
        self._loss = ""  # the name of what its curve is of
        self._curves = GrowingCurves(RunCurves(number, f"{brief(path.name)} (followed)"))

    @property
    def curves(self) -> RunCurves:
        """What was read by now."""
        return self._curves.now

    @property
    def path(self) -> Path:
        """The run's folder, without links."""
        return self._folder.path.resolve()

    def require(self) -> None:
        """Raises Refused or FileError, with a sentence, where there is nothing that can be followed."""
        check_regular(self._folder.path / METRICS)
        self._folder.require_known()

    @property
    def is_behind(self) -> bool:
        """Whether more was written than one reading took."""
        return self._folder.is_behind

    def read(self) -> tuple[Entry, ...]:
        """What was written since, up to a piece; may be called in another thread than the one that shows it."""
        entries = self._folder.read_new()
        if entries and not self._loss:
            chosen = self._folder.settings().get("loss")
            self._loss = next((loss.name for loss in LOSSES if loss.name == chosen), "")
        return entries

    def take(self, entries: tuple[Entry, ...]) -> None:
        """Show what was read."""
        self._curves.name_loss(self._loss)
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        """Whoever wrote the folder may have written anything: what is not a number becomes None."""
        step = entry.get("step")
        if not isinstance(step, int) or isinstance(step, bool) or not 0 <= step <= LARGEST_STEP:
            return
        if len(self._curves) and step <= self._curves.last_step:
            self._curves.go_back(step)
        loss, rate = _number(entry.get("loss")), _number(entry.get("learning_rate"))
        self._curves.add(step, float("nan") if loss is None else loss, rate or 0.0)
        if "val_loss" in entry or "train_loss" in entry:
            figures = [
                _number(entry.get(name)) for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
            ]
            self._curves.end_epoch(EpochFigures(step, int(_number(entry.get("epoch")) or 0), *figures))


def _number(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= LARGEST_FIGURE:
        return None
    return float(value)


NewEntries = tuple[tuple[FollowedRun, tuple[Entry, ...]], ...]


@dataclass(frozen=True)
class ReadRuns:
    """What was written since to the folders of some runs."""

    runs: tuple[FollowedRun, ...]
    title: str = "Reading the metrics of runs"

    def run(self, watch: Watch) -> NewEntries:
        return tuple((run, run.read()) for run in self.runs)


class Following(QObject):
    """Shows the curves of other processes' runs beside those of its own."""

    def __init__(self, store: Store, origins: Origins) -> None:
        super().__init__(store)
        self._store, self._origins = store, origins
        self._followed: tuple[FollowedRun, ...] = ()
        lane: Lane[NewEntries] = Lane("runs", failed=store.fail, cancelled=store.say)
        self._metrics = store.add_lane(lane)
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self._read)
        store.follow(self._follow)

    def follow_run(self, path: str | Path) -> None:
        """Show the curves of a run that the command line writes to a folder, while it is written."""
        watching, name = self._store.state.watching, brief(Path(path).name)
        follow = FollowedRun(Path(path), self._origins.new_number(run.number for run in watching.known))
        try:
            follow.require()
        except Refused as error:
            self._store.say(f"There are no metrics of a run in {name}. {error}")
            return
        except FileError as error:
            self._store.say(str(error))
            return
        if any(other.path == follow.path for other in self._shown):
            self._store.say(f"The run in {name} is followed already.")
            return
        self._store.say("")
        self._followed = (*self._followed, follow)
        self._store.set(replace(self._store.state.watching, runs=(*watching.runs, follow.curves)))
        self._read()
        self._metrics.wait(AT_ONCE_S)
        self._timer.start()

    def stop(self) -> None:
        """Stop reading."""
        self._timer.stop()

    def _follow(self, old: State, new: State) -> None:
        """A run that there are no curves of any more cannot come back."""
        if new.watching.runs is not old.watching.runs:
            known = {run.number for run in new.watching.known}
            self._followed = tuple(follow for follow in self._followed if follow.curves.number in known)

    @property
    def _shown(self) -> tuple[FollowedRun, ...]:
        """A run whose curves were taken off the plots is followed no longer, until undo brings it back."""
        shown = {run.number for run in self._store.state.watching.runs}
        return tuple(follow for follow in self._followed if follow.curves.number in shown)

    @Slot()
    def _read(self) -> None:
        """Read what the followed runs wrote since, unless that is being done."""
        if self._shown and not self._metrics.is_busy:
            self._store.begin(self._metrics, ReadRuns(self._shown), self._take_entries)

    def _take_entries(self, read: NewEntries) -> None:
        for follow, entries in read:
            follow.take(entries)
        if any(entries for _, entries in read):
            self._store.set(self._store.state.watching.grown(*(follow.curves for follow, _ in read)))
        if any(follow.is_behind for follow, _ in read):
            self._read()
