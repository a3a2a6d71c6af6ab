"""The folder of a training run: writing its metrics, and reading them while they are written. No torch.

FOLDER/metrics.jsonl        a line for each step: step, epoch, loss, learning_rate; at each epoch's end also train_loss,
                            train_accuracy, val_loss, val_accuracy, with classes val_balanced_accuracy
FOLDER/run.json             what was chosen: network, data, hyperparameters; and the version of all these files
FOLDER/checkpoint           where the run goes on after it was stopped
FOLDER/network.json         the network as it is when the run ends, its weights beside it as network.safetensors
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from explorer.bounds import Refused, brief, open_regular, quoted, read_regular
from explorer.writing import FileError, not_through_links, write_atomically

METRICS = "metrics.jsonl"
SETTINGS = "run.json"
CHECKPOINT = "checkpoint"
NETWORK = "network.json"

FORMAT = "network-explorer run"
VERSION = 1

Entry = dict[str, Any]

PIECE_BYTES = 2**20
"""How much of the metrics is read at once: some ten thousand lines."""

LARGEST_SETTINGS_BYTES = 10**6


class RunFolder:
    """Follows the metrics of a run, also while another process writes them."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.is_behind = False  # whether there is more than one reading took
        self._offset = 0
        self._is_in_long_line = False
        self._file_number: int | None = None

    def settings(self) -> Entry:
        """What was chosen for the run; {} where nobody wrote it yet, or not whole."""
        return {name: value for name, value in self._written().items() if name not in ("format", "version")}

    def require_known(self) -> None:
        """Raises FileError for a run of a newer version; the first version did not write which it was."""
        version = self._written().get("version", VERSION)
        if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= VERSION:
            raise FileError(
                f"The run in {brief(self.path.name)} is of version {quoted(version)}, made by a newer Network "
                f"Explorer; this one reads up to version {VERSION}."
            )

    def _written(self) -> Entry:
        try:
            settings = json.loads(read_regular(self.path / SETTINGS, at_most_bytes=LARGEST_SETTINGS_BYTES))
        except (Refused, ValueError, RecursionError):
            return {}
        return settings if isinstance(settings, dict) else {}

    def read_new(self) -> tuple[Entry, ...]:
        """The entries since the last call, oldest first; () where there is nothing new, or no file.

        A long file is read a piece at a time: `is_behind` tells that there is more. A half-written last line waits
        for its end; one longer than a piece is passed over. A run that goes on from an older checkpoint writes its
        steps anew: then everything comes again from the first step, so an entry whose step is not larger than that of
        the one before replaces what was read from that step on.
        """
        try:
            with open_regular(self.path / METRICS) as file:
                return _entries(self._unread(file))
        except (Refused, OSError):
            self.is_behind = False
            return ()

    def read_whole(self) -> tuple[Entry, ...]:
        """All entries since the last call, however many."""
        entries = list(self.read_new())
        while self.is_behind:
            entries += self.read_new()
        return tuple(entries)

    def _unread(self, file: BinaryIO) -> bytes:
        """Whole lines that were not read yet, a piece of the file at most."""
        status = os.fstat(file.fileno())
        if status.st_ino != self._file_number or status.st_size < self._offset:
            self._file_number, self._offset, self._is_in_long_line = status.st_ino, 0, False
        file.seek(self._offset)
        content = file.read(PIECE_BYTES)
        self.is_behind = len(content) == PIECE_BYTES
        end = content.rfind(b"\n") + 1
        if end == 0 and self.is_behind:  # a line longer than the piece
            self._offset, self._is_in_long_line = self._offset + len(content), True
            return b""
        self._offset += end
        start = content.find(b"\n") + 1 if self._is_in_long_line else 0
        self._is_in_long_line = self._is_in_long_line and end == 0
        return content[start:end]


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Two processes would mix their steps and break each other's checkpoint: only one writes the run at `path`.

    Raises FileError where another one does. A process that ends, in whatever way, no longer holds it.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    folder = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise FileError(f"Another process is training in {path}: follow it there, or choose another folder.") from None
    except OSError:  # the file system of a network drive may have no such locks
        pass
    try:
        yield
    finally:
        os.close(folder)


class MetricsWriter:
    """Appends entries to a run's metrics.

    Each is with the system at once: a checkpoint must never know of steps whose entries a killed process took along.
    """

    def __init__(self, folder: Path) -> None:
        self._file = open(folder / METRICS, "ab", buffering=0, opener=not_through_links)  # noqa: SIM115  # until closed

    def write(self, entry: Entry) -> None:
        """Raises OSError, for instance on a full disk."""
        self._file.write(_line(entry))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def begin_metrics(folder: Path, *, step: int = 0, line: Entry | None = None) -> None:
    """Make the metrics end at `step`, where a run begins or goes on; `line` is that step's entry, if it is missing.

    Steps after the last checkpoint were lost and come again. The file is put in the place of the old one, which
    tells a reader to begin again. Raises FileError.
    """
    path = folder / METRICS
    old = RunFolder(folder).read_whole() if step else ()
    kept = [entry for entry in old if isinstance(entry.get("step"), int) and entry["step"] <= step]
    if line is not None and (not kept or kept[-1]["step"] < step):
        kept.append(line)
    write_atomically(path, b"".join(map(_line, kept)))


def write_settings(folder: Path, settings: Entry) -> None:
    """What was chosen, with the version of the folder's files. Raises FileError."""
    written = {"format": FORMAT, "version": VERSION, **settings}
    write_atomically(folder / SETTINGS, (json.dumps(written, ensure_ascii=False, indent=2) + "\n").encode())


def _line(entry: Entry) -> bytes:
    """JSON knows neither NaN nor infinity: they are null."""
    finite = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in entry.items()
    }
    return (json.dumps(finite, ensure_ascii=False) + "\n").encode()


def _entries(content: bytes) -> tuple[Entry, ...]:
    """The lines that are entries; one cut in two by a full disk is passed over."""
    entries = []
    for line in content.splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            entries.append(entry)
    return tuple(entries)
