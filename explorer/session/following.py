"""Following a run that another process writes to a folder."""

from __future__ import annotations

from pathlib import Path

from explorer.engine.run_folder import METRICS, Entry, RunFolder
from explorer.session.run_curves import EpochFigures, RunCurves


class Following:
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
