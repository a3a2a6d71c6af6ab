"""Files are written whole or not at all: beside the old one, down to the disk, and only then in its place.

Every room writes files through here. What is written beside is made anew under a name of its own, so that nothing is
written through a link that somebody else left there; what a killed process left beside is cleared by the next writing.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from explorer.bounds import PATH_LETTERS, brief, quoted, reason

Content = bytes | memoryview | Iterable[bytes | memoryview]
Stamp = tuple[int, int, int]


class FileError(Exception):
    """A file that cannot be read or written; its text is a sentence for the reader."""


def write_atomically(path: str | Path, content: Content) -> None:
    """Writes a file beside the old one and puts it in its place; where it raises FileError, the old one stays whole.

    Parts of a large content are written as they come; what one of them raises leaves the old file whole too.
    A link at `path` is replaced by the file; what it leads to stays as it is.
    """
    write_together([(path, content)])


def write_together(contents: Iterable[tuple[str | Path, Content]]) -> None:
    """Writes files beside the old ones, all before any takes its place; where it raises FileError, all old ones stay.

    They take their places in the order given: a process that is killed meanwhile leaves the first ones new.
    """
    with ExitStack() as kept:
        written = [(kept.enter_context(_beside(Path(path), content)), Path(path)) for path, content in contents]
        for file, path in written:
            with _told_of(path):
                _put_in_place(file, path)


def stamp(path: Path) -> Stamp | None:
    """What tells one version of a file from another without reading it; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def not_through_links(name: str, flags: int, mode: int = 0o666) -> int:
    """An opener for `open`, where a file has to be written in its place: raises OSError where `name` is a link."""
    return os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), mode)


@contextmanager
def _beside(path: Path, content: Content) -> Iterator[BinaryIO]:
    """`content` in a file beside `path`, down to the disk; it is gone afterwards unless it took the place of `path`."""
    with ExitStack() as kept:
        with _told_of(path):
            _require_replaceable(path)
            _clear_left_overs(path)
            file = kept.enter_context(_created_beside(path))
            kept.callback(_remove, Path(file.name))
            file.writelines([content] if isinstance(content, bytes | memoryview) else content)
            file.flush()
            os.fsync(file.fileno())
        yield file


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = brief(str(path.parent), PATH_LETTERS)
        raise FileError(f"{brief(path.name)} could not be written in {where}: {reason(error)}.") from error


def _require_replaceable(path: Path) -> None:
    """Raises FileError for what is not a file's name, and for a folder, a pipe or a device, also behind a link."""
    try:
        path.with_name(path.name)
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except ValueError:
        raise FileError(f"{quoted(str(path))} is not a file name.") from None
    if not stat.S_ISREG(mode):
        raise FileError(f"{brief(str(path), PATH_LETTERS)} is there already, and is not a file that could be replaced.")


def _created_beside(path: Path) -> BinaryIO:
    """A new empty file beside `path`, with the permissions of the one there is; held until it is closed."""
    mode = _mode(path)
    while True:
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        with suppress(FileExistsError):
            file = open(beside, "xb", opener=not_through_links)  # noqa: SIM115  # whoever asked closes it
            _hold(file.fileno(), waits=True)
            if os.fstat(file.fileno()).st_nlink:  # otherwise another process took it for a left-over before it was held
                if mode is not None:
                    beside.chmod(mode)
                return file
            file.close()


def _mode(path: Path) -> int | None:
    """The permissions of the file that is replaced; None where there is none: the person's usual ones then hold."""
    with suppress(FileNotFoundError):
        status = path.lstat()
        if stat.S_ISREG(status.st_mode):
            return stat.S_IMODE(status.st_mode)
    return None


def _put_in_place(file: BinaryIO, path: Path) -> None:
    if sys.platform == "win32":  # which renames no open file
        file.close()
    os.replace(file.name, path)
    if sys.platform != "win32":
        _write_through(path.parent)


def _write_through(folder: Path) -> None:
    """The new names down to the disk, so that a power cut leaves no older file; not every file system can."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _clear_left_overs(path: Path) -> None:
    """Removes what processes that were killed while they wrote `path` left beside it."""
    pattern = re.compile(rf"\.{re.escape(path.name)}\.[a-z0-9_]{{8}}\.part")
    with suppress(OSError):  # a folder that cannot be listed
        for name in os.listdir(path.parent):
            if pattern.fullmatch(name):
                _remove_unless_held(path.with_name(name))


def _remove_unless_held(left_over: Path) -> None:
    with suppress(OSError):
        number = not_through_links(str(left_over), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            if sys.platform != "win32" and _hold(number, waits=False):
                left_over.unlink()
        finally:
            os.close(number)
        if sys.platform == "win32":  # which removes no file that is open
            left_over.unlink()


def _hold(number: int, *, waits: bool) -> bool:
    """Marks an open file as being written, until it is closed; False if another process has it or locks are missing."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(number, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # the file system of a network drive may have no such locks
        return False
    return True


def _remove(path: Path) -> None:
    with suppress(OSError):  # it took its place, or the disk is gone
        path.unlink(missing_ok=True)
