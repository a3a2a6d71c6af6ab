"""The settings file, which holds nothing but what the program writes: Qt runs what it finds there.

Qt makes an object of every value that begins with "@", of all of a section as soon as one is asked for: from a few
letters it asks for more memory than there is, which ends the process, or unpickles, which runs anybody's code. So
what is written needs neither "@" nor a backslash, and a line with any of them is taken out before Qt sees it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TypeVar, cast

from PySide6.QtCore import QSettings

from explorer.bounds import Refused, read_regular
from explorer.writing import FileError, write_atomically

NAME = "network-explorer"
LARGEST_BYTES = 2**20
T = TypeVar("T", bool, int, str, list[str])
SECTION = b"[General]"
_OWN_LINE = re.compile(rb"\w+=[ -?A-\[\]-~]+")  # printable ASCII but "@" and the backslash


def read(key: str, default: T) -> T:
    """What was written under `key`, as what `default` is: True or False, a number, a text or a list of texts.

    Where something else is written it is the empty value of that kind: False, 0, "" or an empty list.
    """
    file = _opened()
    return default if file is None else cast(T, file.value(key, default, type(default)))


def write(key: str, value: bool | int | str | list[str] | None) -> None:
    """Keep `value` under `key`; None and an empty list forget what was written there.

    A text is printable ASCII without "@" and backslashes.
    """
    file = _opened()
    if file is not None and value not in (None, []):
        file.setValue(key, value)
    elif file is not None:
        file.remove(key)


def _opened() -> QSettings | None:
    """None where what lies in the file's place is no such file: nothing is remembered then."""
    # Not by the name of the program: Qt would read what stands in for a missing value in files of others as well.
    path = _path()
    return QSettings(str(path), QSettings.Format.IniFormat) if _is_ours(path) else None


def _path() -> Path:
    beside = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, NAME).fileName()
    return Path(beside).parent / NAME / f"{NAME}.ini"


def _is_ours(path: Path) -> bool:
    """Whether the file at `path` holds our own lines alone, or is not yet there; lines of others are taken out."""
    if not os.path.lexists(path):
        return True
    try:
        lines = read_regular(path, at_most_bytes=LARGEST_BYTES).splitlines()
        own = [line for line in lines if line == SECTION or _OWN_LINE.fullmatch(line)]
        if own != [line for line in lines if line]:
            write_atomically(path, b"\n".join([*own, b""]))
    except (Refused, FileError):
        return False
    return True
