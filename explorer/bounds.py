"""Bounds before memory: what a file is, and how large, is looked at before it is read; no sentence repeats a megabyte.

Every room reads files through here. A pipe or a device is never waited for, and what a file unpacks to is counted.
"""

from __future__ import annotations

import io
import os
import reprlib
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

from explorer.amounts import file_size

SENTENCE_LETTERS = 600
"""The most letters of a message to the person."""

QUOTED_LETTERS = 60
"""How many letters of a name, or of text that is not understood, a sentence repeats."""

PATH_LETTERS = 200
UNKNOWN_MEMORY_BYTES = 8 * 10**9
_PIECE_BYTES = 2**20
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Refused(Exception):
    """A file that is not opened, or not read on; the text is a sentence that names it."""


class _Clipped(io.BufferedReader):
    """Reads no more than the file holds: Python would make room for all that a damaged file announces."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _PIECE_BYTES:
            left = os.fstat(self.fileno()).st_size - self.tell()
            size = min(size, max(left, _PIECE_BYTES))  # some systems give 0 for files without a length
        return super().read(size)


def open_regular(path: str | Path, *, at_most_bytes: int | None = None) -> BinaryIO:
    """The file at `path`, open for reading; links are followed. A read takes no more room than what is left of it.

    Raises Refused with a sentence for what is not there, is not a plain file (a pipe would be waited for without end, a
    device may never end) or is larger than `at_most_bytes`; nothing of it was read then.
    """
    path = Path(path)
    try:
        _check_kind(path, os.stat(path).st_mode)
        # Between the look and the opening it may have been replaced: opening must not wait then either.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        folder = brief(str(path.parent.absolute()), PATH_LETTERS)
        raise Refused(f"There is no file {brief(path.name)} in {folder}.") from None
    except OSError as error:
        raise Refused(f"{brief(path.name)} could not be read: {reason(error)}.") from error
    except ValueError:
        raise Refused(f"{quoted(path.name)} is not a file name.") from None
    file = _Clipped(io.FileIO(number))
    try:
        status = os.fstat(number)
        _check_kind(path, status.st_mode)
        check_size(path.name, status.st_size, at_most_bytes)
    except Refused:
        file.close()
        raise
    return file


def read_regular(path: str | Path, *, at_most_bytes: int) -> bytes:
    """The content of the file at `path`; raises Refused as `open_regular` does, also where it grows meanwhile."""
    path = Path(path)
    try:
        with open_regular(path, at_most_bytes=at_most_bytes) as file:
            content = file.read(at_most_bytes + 1)
    except OSError as error:
        raise Refused(f"{brief(path.name)} could not be read: {reason(error)}.") from error
    check_size(path.name, len(content), at_most_bytes)
    return content


def check_regular(path: str | Path, *, at_most_bytes: int | None = None) -> None:
    """For readers that open `path` themselves. Raises Refused as `open_regular` does."""
    open_regular(path, at_most_bytes=at_most_bytes).close()


def check_size(name: str, size_bytes: int, at_most_bytes: int | None) -> None:
    """Raises Refused for what is, or says that it unpacks to, more than `at_most_bytes`."""
    if at_most_bytes is not None and size_bytes > at_most_bytes:
        raise Refused(
            f"{brief(name)} holds {file_size(size_bytes)}; of such a file at most {file_size(at_most_bytes)} are read."
        )


class Budget:
    """How many bytes the contents of a file may take in memory, all parts together."""

    def __init__(self, name: str, at_most_bytes: int | None = None) -> None:
        """`name` is the file's; without a number it is what `memory_budget_bytes` gives."""
        self._name, self._most = name, memory_budget_bytes() if at_most_bytes is None else at_most_bytes
        self._spent = 0

    def spend(self, amount_bytes: int) -> None:
        """Called before that many bytes are taken. Raises Refused once more are asked for than there are."""
        self._spent += max(amount_bytes, 0)
        if self._spent > self._most:
            sizes = f"{file_size(self._spent)} or more: up to {file_size(self._most)} are read"
            raise Refused(f"{brief(self._name)} unpacks to {sizes}.")

    def read(self, stream: IO[bytes], at_most_bytes: int = -1, *, piece_bytes: int = 2**20) -> bytes:
        """What `stream` unpacks to, read in pieces, up to `at_most_bytes`. Raises Refused as `spend` does."""
        pieces, left = [], at_most_bytes if at_most_bytes >= 0 else self._most + 1
        while left > 0 and (piece := stream.read(min(piece_bytes, left))):
            self.spend(len(piece))
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)


def memory_budget_bytes() -> int:
    """What one file may take in memory: half of what the machine has."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):
        return UNKNOWN_MEMORY_BYTES // 2


def brief(text: str, most: int = QUOTED_LETTERS) -> str:
    """`text` for a sentence: on one line, its middle left out where it is longer than `most` letters."""
    if len(text) > most:
        head = most * 2 // 3
        text = f"{text[:head]}…{text[head + 1 - most :]}"
    return " ".join(text.split())


def quoted(value: object) -> str:
    """`value` as Python writes it, in quotes where it is text, cut as `brief` does."""
    return repr(brief(value)) if isinstance(value, str) else brief(reprlib.repr(value))


def sentence(text: str) -> str:
    """A message of a bounded length: what is longer ends in "…"."""
    return text if len(text) <= SENTENCE_LETTERS else f"{text[: SENTENCE_LETTERS - 1]}…"


def reason(error: OSError) -> str:
    """The system's words, beginning with a small letter."""
    words = error.strerror or brief(str(error)) or type(error).__name__
    return words[:1].lower() + words[1:]


def _check_kind(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = next((words for is_kind, words in _KINDS if is_kind(mode)), "something else")
        raise Refused(f"{brief(path.name or str(path))} is {kind}, not a file that can be read to its end.")
