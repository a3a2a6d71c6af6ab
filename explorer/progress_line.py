"""A run's progress as one line on a terminal, or as a line for each epoch where the output goes to a file."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TextIO

from tqdm import tqdm

from explorer.amounts import count, percent, plain_number, time_left, whole_percent
from explorer.engine.training.run_clock import RunClock
from explorer.engine.training.snapshot import Snapshot

EVERY_S = 0.1
BAR = 20


@dataclass(eq=False)
class ProgressLine:
    """Tells of snapshots. `judged` examples are judged at the end of each of the `epochs`."""

    out: TextIO
    epochs: int
    judged: int = 0
    _clock: RunClock = field(init=False)
    _bar: _Bar | None = None

    def __post_init__(self) -> None:
        self._clock = RunClock(epochs=self.epochs, judged=self.judged)

    def show(self, snapshot: Snapshot) -> None:
        """Redraw the line, ten times a second at most; an epoch's end stays on the screen."""
        judging_s = snapshot.evaluation.seconds if snapshot.evaluation is not None else 0.0
        self._clock.tick(snapshot.examples, monotonic(), judging_s=judging_s)
        if snapshot.warning:
            self.say(snapshot.warning)
        if snapshot.epoch_ended:
            self.say(epoch_text(snapshot, self.epochs))
        elif self.out.isatty():
            self._draw(snapshot)

    def close(self) -> None:
        """Take the line off the screen: what follows begins at its start."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None

    def say(self, text: str) -> None:
        """A line of its own."""
        self.close()
        told(text, self.out)

    def _draw(self, snapshot: Snapshot) -> None:
        words = f"epoch {snapshot.epoch}/{self.epochs}", self._figures(snapshot)
        if self._bar is None:
            self._bar = _Bar(self.out, *words, done=snapshot.progress)
        else:
            self._bar.show(*words, done=snapshot.progress)

    def _figures(self, snapshot: Snapshot) -> str:
        seconds_left = self._clock.seconds_left(snapshot.examples, snapshot.progress)
        left = "" if seconds_left is None else f"{time_left(seconds_left)} left"
        pace = count(round(self._clock.per_second))
        return f"{whole_percent(snapshot.progress)}  loss {plain_number(snapshot.loss, 4)}  {pace} examples/s  {left}"


class _Bar(tqdm):  # type: ignore[type-arg]  # it iterates over nothing
    """Draws the line into `out` and takes it off again; what is told beside the bar are the program's own figures."""

    monitor_interval = 0  # no thread of tqdm's, which would draw while the run prepares its next step

    def __init__(self, out: TextIO, where: str, figures: str, *, done: float) -> None:
        self._words = {"where": where, "figures": figures}
        super().__init__(
            total=1.0,
            initial=done,
            file=_Patient(out),
            leave=False,
            dynamic_ncols=True,
            mininterval=EVERY_S,
            miniters=0,
            ascii="░█",
            bar_format=f"{{where}} {{bar:{BAR}}} {{figures}}",
        )

    @property
    def format_dict(self) -> dict[str, Any]:
        return {**super().format_dict, **self._words}

    def show(self, where: str, figures: str, *, done: float) -> None:
        """Redraw it, unless that was done just now."""
        self._words = {"where": where, "figures": figures}
        self.update(done - self.n)


class _Patient:
    """Writes into `out` as much as it takes: a full disk, or a reader that is gone, must not end the run."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._out.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._out.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)


def told(text: str, out: TextIO | None = None) -> None:
    """A line for whoever watches."""
    line = _Patient(out or sys.stderr)
    line.write(f"{text}\n")
    line.flush()


def epoch_text(snapshot: Snapshot, epochs: int) -> str:
    """ "epoch 3/10  loss 0.412  accuracy 86.1 %  validation loss 0.455  accuracy 84.9 %"."""
    assert snapshot.train_loss is not None  # as at the end of an epoch
    parts = [f"epoch {snapshot.epoch}/{epochs}", f"loss {plain_number(snapshot.train_loss, 4)}"]
    if snapshot.train_accuracy is not None:
        parts.append(f"accuracy {percent(snapshot.train_accuracy)}")
    if snapshot.val_loss is not None:
        parts.append(f"validation loss {plain_number(snapshot.val_loss, 4)}")
    if snapshot.val_accuracy is not None:
        parts.append(f"accuracy {percent(snapshot.val_accuracy)}")
    return "  ".join(parts)
