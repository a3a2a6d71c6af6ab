"""A run's progress as one line on a terminal, or as a line for each epoch where the output goes to a file."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TextIO

from explorer.arithmetic.numbers import number, percent, whole_percent
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
    _told: float = 0.0
    _width: int = 0

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
        elif self.out.isatty() and monotonic() - self._told > EVERY_S:
            self._told = monotonic()
            self._draw(self._line(snapshot))

    def close(self) -> None:
        """Take the line off the screen: what follows begins at its start."""
        self._draw("")

    def say(self, text: str) -> None:
        """A line of its own."""
        self.close()
        told(text, self.out)

    def _draw(self, text: str) -> None:
        if not self.out.isatty():
            return
        text = text[: shutil.get_terminal_size().columns - 1]
        with suppress(OSError):
            self.out.write("\r" + text.ljust(self._width) + ("" if text else "\r"))
            self.out.flush()
        self._width = len(text)

    def _line(self, snapshot: Snapshot) -> str:
        seconds_left = self._clock.seconds_left(snapshot.examples, snapshot.progress)
        left = "" if seconds_left is None else f"{time_text(seconds_left)} left"
        filled = int(BAR * snapshot.progress)
        bar = "█" * filled + "░" * (BAR - filled)
        return (
            f"epoch {snapshot.epoch}/{self.epochs} {bar} {whole_percent(snapshot.progress)}  "
            f"loss {number(snapshot.loss, 4)}  {self._clock.per_second:,.0f} examples/s  {left}"
        )


def told(text: str, out: TextIO | None = None) -> None:
    """A line for whoever watches; a full disk, or a reader that went, must not end the run."""
    out = out or sys.stderr
    with suppress(OSError):
        out.write(f"{text}\n")
        out.flush()


def epoch_text(snapshot: Snapshot, epochs: int) -> str:
    """ "epoch 3/10  loss 0.412  accuracy 86.1 %  validation loss 0.455  accuracy 84.9 %"."""
    assert snapshot.train_loss is not None  # as at the end of an epoch
    parts = [f"epoch {snapshot.epoch}/{epochs}", f"loss {number(snapshot.train_loss, 4)}"]
    if snapshot.train_accuracy is not None:
        parts.append(f"accuracy {percent(snapshot.train_accuracy)}")
    if snapshot.val_loss is not None:
        parts.append(f"validation loss {number(snapshot.val_loss, 4)}")
    if snapshot.val_accuracy is not None:
        parts.append(f"accuracy {percent(snapshot.val_accuracy)}")
    return "  ".join(parts)


def time_text(seconds: float) -> str:
    """ "12 s", "3:05", "1:02:03"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
