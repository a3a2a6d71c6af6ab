"""Where work lies that a crash must not take: a file for each session that has some, beside it a lock.

FOLDER/NAME.safetensors    the work
FOLDER/NAME.lock           held by the process whose session it is, as long as it lives; unheld it is a left-over
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from explorer.network.files import read_network
from explorer.session.kept_work import Arrays, Work, content, read
from explorer.writing import FileError, write_atomically

_ENDING = ".safetensors"


@dataclass(eq=False)
class LeftOver:
    """A session's file, whose lock this process holds until it lets go."""

    path: Path
    lock: int
    is_removed: bool = False

    @property
    def title(self) -> str:
        """What the network is called that is in it."""
        with suppress(FileError):
            return read_network(self.path).title
        return self.path.stem

    @property
    def written_s(self) -> float:
        """When, in seconds since 1970."""
        return self.path.stat().st_mtime

    def write(self, work: Work, weights: Arrays) -> None:
        """Replace what is in it; raises FileError, and what was in it stays. Another thread may remove it meanwhile."""
        write_atomically(self.path, content(work, weights))
        if self.is_removed:
            self.path.unlink(missing_ok=True)

    def read(self) -> tuple[Work, Arrays]:
        """What is in it; raises FileError."""
        return read(self.path)

    def remove(self) -> None:
        """Remove it: it is not needed any more."""
        self.is_removed = True
        for path in (self.path, _lock_of(self.path)):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self.let_go()

    def let_go(self) -> None:
        """Leave it for the next start."""
        with suppress(OSError):
            os.close(self.lock)


def usual_folder() -> Path:
    """Where a person's own program keeps it."""
    import platformdirs  # not at the start of the window

    return Path(platformdirs.user_state_dir("network-explorer")) / "unsaved"


def begin(folder: Path) -> LeftOver:
    """A place for the work of this session, in which nothing was written yet; raises FileError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            path = folder / f"{os.getpid()}-{secrets.token_hex(4)}{_ENDING}"
            lock = _held(_lock_of(path), os.O_CREAT | os.O_EXCL)
            if lock is not None:
                return LeftOver(path, lock)
    except OSError as error:
        raise FileError(f"No copy of unsaved work can be kept in {folder}: {error.strerror}.") from error


def found(folder: Path) -> tuple[LeftOver, ...]:
    """What sessions that ended without closing left, the newest first; each is this process's to restore or let go."""
    left: list[LeftOver] = []
    with suppress(OSError):
        for path in folder.glob(f"*{_ENDING}"):
            lock = _held(_lock_of(path), os.O_CREAT)
            if lock is not None:
                left.append(LeftOver(path, lock))
    return tuple(sorted(left, key=lambda each: each.written_s, reverse=True))


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _held(path: Path, flags: int) -> int | None:
    """The lock at `path`, held until it is closed; None where another process holds it, or removed it meanwhile."""
    lock = os.open(path, os.O_RDWR | flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _hold(lock)
    except OSError:
        os.close(lock)
        return None
    if not os.fstat(lock).st_nlink:
        os.close(lock)
        return None
    return lock


def _hold(lock: int) -> None:
    """Raises OSError where another process holds it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
