"""Which runs are drawn: chosen once, for all plots and the list of runs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.session.run_curves import RunCurves


class ShownRuns(QObject):
    """All runs are shown except those that were hidden."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hidden: frozenset[int] = frozenset()

    def is_shown(self, number: int) -> bool:
        """Whether the run `number` is drawn."""
        return number not in self._hidden

    def show_run(self, number: int, is_shown: bool) -> None:
        """Draw the run `number`, or hide it."""
        hidden = self._hidden - {number} if is_shown else self._hidden | {number}
        if hidden != self._hidden:
            self._hidden = hidden
            self.changed.emit()

    def of(self, runs: tuple[RunCurves, ...]) -> tuple[RunCurves, ...]:
        """Those of `runs` that are drawn."""
        return tuple(run for run in runs if self.is_shown(run.number))
