"""Every step of runs in files: a table, and event files for TensorBoard; a part at a time, for a thread of its own."""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path
from time import time

import numpy as np

from explorer.session.file_writing import Tell
from explorer.session.run_curves import EpochFigures, RunCurves
from explorer.ui.training.curves import event_file
from explorer.ui.training.curves.lines import line_of
from explorer.writing import FileError, write_atomically

Part = tuple[int, bytes]  # how many steps a part has, and what is written
EPOCH_FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
TAGS = {
    "train_loss": "loss/training",
    "val_loss": "loss/validation",
    "train_accuracy": "accuracy/training",
    "val_accuracy": "accuracy/validation",
}
LINES_AT_ONCE = 4096  # that many are written out in 3 ms, in which the window waits for Python
HEADER = ("run", "step", "loss", "learning_rate", "epoch", *EPOCH_FIGURES)


def write_table(runs: Sequence[RunCurves], path: Path, tell: Tell) -> None:
    """A line a step: run, step, loss, learning rate; at an epoch's end also its figures. With all digits.

    Raises FileError with a sentence, and what `tell` raises; then an older file stays as it was.
    """
    count = _Count(tell, sum(len(run.steps) for run in runs))
    names = distinct([run.label.partition(":")[0] if run.chosen else run.label for run in runs])
    lines = (part for name, run in zip(names, runs, strict=True) for part in _lines(name, run))
    write_atomically(path, chain([_line(HEADER)], count.counted(lines)))


def _lines(name: str, run: RunCurves) -> Iterator[Part]:
    head, tail = _line([name]).decode().rstrip("\n"), "," * len(EPOCH_FIGURES)
    ends = {each.step: each for each in run.epochs}
    for part in _blocks(len(run.steps), LINES_AT_ONCE):
        steps = run.steps[part].astype(np.int64)
        columns = zip(*map(_written, (steps, run.losses[part], run.rates[part])), strict=True)
        lines = [f"{head},{step},{loss},{rate},{tail}\n" for step, loss, rate in columns]
        for at in np.flatnonzero(np.isin(steps, list(ends))).tolist():
            lines[at] = lines[at].removesuffix(f",{tail}\n") + _figures(ends[int(steps[at])])
        yield len(lines), "".join(lines).encode()


def _written(numbers: np.ndarray) -> list[str]:
    """Each as Python writes it, all its digits. Writing a list as a whole takes a third of the time of one by one."""
    if (numbers == numbers[0]).all():
        return [repr(numbers[0].item())] * len(numbers)
    return str(numbers.tolist())[1:-1].split(", ")


def _figures(end: EpochFigures) -> str:
    figures = (getattr(end, name) for name in EPOCH_FIGURES)
    return "".join("," if each is None else f",{each!r}" for each in (end.epoch, *figures)) + "\n"


def _line(entries: Iterable[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerow(entries)
    return buffer.getvalue().encode()


def write_events(runs: Sequence[RunCurves], folder: Path, tell: Tell) -> None:
    """A folder a run with an event file: every step's loss and learning rate, every epoch's figures.

    Raises FileError with a sentence, and what `tell` raises; then nothing of it stays.
    """
    now, count = time(), _Count(tell, sum(2 * len(run.steps) for run in runs))
    names = distinct([folder_name(run) for run in runs])
    file_name = f"events.out.tfevents.{int(now)}.network-explorer.{os.getpid()}"
    with _told_of(folder), ExitStack() as undone:
        _make_folder(folder, undone)
        for name, run in zip(names, runs, strict=True):
            path = folder / name / file_name
            _make_folder(path.parent, undone)
            write_atomically(path, count.counted(events(run, now)))
            undone.callback(path.unlink, missing_ok=True)
        undone.pop_all()


def _make_folder(folder: Path, undone: ExitStack) -> None:
    """Make it if it is not there, to be taken away again with what is `undone`."""
    if not folder.is_dir():
        folder.mkdir()
        undone.callback(_remove, folder)


@contextmanager
def _told_of(folder: Path) -> Iterator[None]:
    """A fault inside it is told with the name of the folder that was asked for."""
    try:
        yield
    except (OSError, FileError) as error:
        cause = error.__cause__ if isinstance(error, FileError) else error
        why = (getattr(cause, "strerror", None) or str(cause)).lower()
        raise FileError(f"{folder.name} could not be written in {folder.parent}: {why}.") from cause


def _remove(folder: Path) -> None:
    with suppress(OSError):  # somebody else put something there
        folder.rmdir()


def folder_name(run: RunCurves) -> str:
    """ "run-2-SGD-0.01": the label, in letters that every file system takes."""
    return re.sub(r"[^\w.+-]+", "-", run.label).strip("-.") or f"run-{run.number}"


def distinct(names: Sequence[str]) -> list[str]:
    """`names`, numbered where one occurs again: two followed folders may have the same."""
    found: list[str] = []
    for name in names:
        numbered = (f"{name}-{number}" for number in itertools.count(2))
        found.append(next(each for each in chain([name], numbered) if each not in found))
    return found


def events(run: RunCurves, wall_time: float) -> Iterator[Part]:
    """The content of a run's event file, part by part."""
    steps = run.steps
    figures = [("loss/step", steps, run.losses), ("learning rate", steps, run.rates)]
    figures += [(TAGS[name], *line_of(run, name)) for name in EPOCH_FIGURES]
    yield 0, event_file.file_version(wall_time)
    for tag, at, values in figures:
        for part in _blocks(len(at), event_file.BLOCK):
            records = event_file.scalars(tag, at[part], values[part], np.full(len(at[part]), wall_time))
            yield len(at[part]), b"".join(records)


def _blocks(count: int, size: int) -> Iterator[slice]:
    return (slice(at, at + size) for at in range(0, count, size))


class _Count:
    """Tells before each part how much of the whole was written."""

    def __init__(self, tell: Tell, whole: int) -> None:
        self._tell, self._done, self._whole = tell, 0, whole

    def counted(self, parts: Iterable[Part]) -> Iterator[bytes]:
        for amount, content in parts:
            self._tell(min(self._done, self._whole), self._whole)
            yield content
            self._done += amount
