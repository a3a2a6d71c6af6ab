"""Walking through folders however deep they lie in each other: Python's own walk goes a thousand deep."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

Entry = os.DirEntry[str]


def files_below(
    top: str,
    *,
    enters: Callable[[int], None],
    unread: Callable[[str, OSError], None],
    is_ignored: Callable[[Entry], bool] = lambda _entry: False,
) -> Iterator[Entry]:
    """Whatever lies in or below `top` that is no folder. Links to folders are not followed: they may lead in a circle.

    `enters` is called before each folder is read, with how many were given so far; `unread` with a folder that
    cannot be read, and why. What `is_ignored` holds for is neither given nor entered.
    """
    given = 0
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        enters(given)
        for entry in _entries(folder, unread):
            if is_ignored(entry):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                given += 1
                yield entry


def _entries(folder: str, unread: Callable[[str, OSError], None]) -> Iterator[Entry]:
    """What lies in `folder`, as far as it can be read: some systems open a folder and then refuse what is in it."""
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError as error:
        unread(folder, error)


def letters_to(top: str | Path) -> int:
    """How many letters of a path below `top` lead there. The root of a drive ends in its separator already."""
    return len(os.path.join(top, ""))
