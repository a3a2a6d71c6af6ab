"""The verbs of following runs that the command line writes to folders, while they are written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from explorer.arithmetic.losses import OPERATIONS as LOSSES
from explorer.engine.run_folder import METRICS, Entry, RunFolder
from explorer.session.run_curves import EpochFigures, RunCurves
from explorer.session.training import TrainingVerbs

FOLLOW_MS = 500


class FollowedRun:
    """The curves of a run's folder, read as it grows."""

    def __init__(self, path: Path, number: int) -> None:
        self._folder = RunFolder(path)
        self.curves = RunCurves(number, f"{path.name} (followed)")

    @property
    def path(self) -> Path:
        """The run's folder, without links."""
        return self._folder.path.resolve()

    def exists(self) -> bool:
        """Whether there is anything to follow."""
        return (self._folder.path / METRICS).exists()

    def read(self) -> bool:
        """Take over what was written since; whether there was anything."""
        entries = self._folder.read_new()
        if entries and not self.curves.loss:
            chosen = self._folder.settings().get("loss")
            self.curves.loss = next((loss.name for loss in LOSSES if loss.name == chosen), "")
        for entry in entries:
            self._add(entry)
        return bool(entries)

    def _add(self, entry: Entry) -> None:
        step, loss = entry.get("step"), entry.get("loss")
        if not isinstance(step, int):
            return
        curves = self.curves
        if len(curves.steps) and step <= curves.last_step:
            self._go_back(step)
        curves.steps.add(step)
        curves.losses.add(float("nan") if loss is None else float(loss))
        curves.rates.add(float(entry.get("learning_rate") or 0.0))
        if "val_loss" in entry or "train_loss" in entry:
            names = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
            curves.epochs.append(EpochFigures(step, int(entry.get("epoch") or 0), *(entry.get(name) for name in names)))

    def _go_back(self, step: int) -> None:
        """It went on from an older checkpoint: the steps after that come again."""
        curves = self.curves
        kept = int((curves.steps.values < step).sum())
        for column in (curves.steps, curves.losses, curves.rates):
            column.cut(kept)
        curves.epochs[:] = [figures for figures in curves.epochs if figures.step < step]


class Following(TrainingVerbs):
    """Shows the curves of other processes' runs beside those of its own."""

    def __init__(self, parent: QObject | None = None, **options: Any) -> None:
        super().__init__(parent, **options)
        self._followed: tuple[FollowedRun, ...] = ()
        self._follow_timer = QTimer(self, interval=FOLLOW_MS)
        self._follow_timer.timeout.connect(self._follow)

    def follow_run(self, path: str | Path) -> None:
        """Show the curves of a run that the command line writes to a folder, while it is written."""
        follow = FollowedRun(Path(path), self._new_run_number())
        if not follow.exists():
            self.say(f"There are no metrics of a run in {Path(path).name}.")
            return
        if any(other.path == follow.path for other in self._followed):
            self.say(f"The run in {Path(path).name} is followed already.")
            return
        self.say("")
        self._followed = (*self._followed, follow)
        self._set(runs=(*self.state.runs, follow.curves))
        self._follow()
        self._follow_timer.start()

    def forget_run(self, number: int) -> None:
        """Take a run's curves off the plots; it is followed no longer."""
        super().forget_run(number)
        self._followed = tuple(follow for follow in self._followed if follow.curves.number != number)

    def close(self) -> bool:
        """Stop and join the worker thread; True if it ended in time."""
        self._follow_timer.stop()
        return super().close()

    @Slot()
    def _follow(self) -> None:
        """Read what the followed runs wrote since."""
        if any([follow.read() for follow in self._followed]):  # noqa: C419  # all of them are to be read
            self._set(training=replace(self.state.training))  # the curves grew where they are
