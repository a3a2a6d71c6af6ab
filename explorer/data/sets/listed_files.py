"""The files that a table means: as they are written, on whatever system, or wherever below the table they lie."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from explorer.data.files_below import files_below
from explorer.data.reading import ENDINGS

MOST_ENTRIES = 500_000
"""How many files below the table's folder are looked at."""
WITH_OR_WITHOUT = ("", *ENDINGS, *(ending.upper() for ending in ENDINGS))


class ListedFiles:
    """Finds them below `root`; `tell` is called now and then while the folder is searched."""

    def __init__(self, root: Path, tell: Callable[[int], None]) -> None:
        self._root, self._tell = root, tell
        self._by_name: dict[str, str | None] | None = None
        self.moved = 0
        """How many lay in a folder other than the one written."""

    def found(self, written: str) -> tuple[str, tuple[int, int]] | None:
        """The path below the root, and what tells the file from all others; None where there is no such file.

        It may be written with backslashes, without its ending, or without the folder that it lies in.
        """
        path, is_moved = self._place(written)
        if path is None:
            return None
        self.moved += is_moved
        status = os.stat(self._root / path)
        return os.path.normpath(path), (status.st_dev, status.st_ino)

    def is_there(self, written: str) -> bool:
        """Whether `written` leads to a picture's file, wherever that lies."""
        return bool(written) and self._place(written)[0] is not None

    def _place(self, written: str) -> tuple[str | None, bool]:
        """The path below the root, and whether its folder is other than the one written."""
        name = written.replace("\\", "/") if os.sep == "/" and not self._is_there(written) else written
        endings = ("",) if name.lower().endswith(ENDINGS) else WITH_OR_WITHOUT
        direct = next((name + ending for ending in endings if self._is_there(name + ending)), None)
        if direct is not None:
            return direct, False
        found = self._elsewhere(name)
        return found, found is not None and "/" in name and _folder(found) != _folder(name)

    def _is_there(self, path: str) -> bool:
        try:
            return bool(path) and stat.S_ISREG(os.stat(os.path.join(self._root, path)).st_mode)
        except (OSError, ValueError):
            return False

    def _elsewhere(self, name: str) -> str | None:
        """The one file of that name, with or without its ending, in any folder below."""
        if self._by_name is None:
            self._by_name = self._searched()
        return self._by_name.get(PurePosixPath(name).name.lower())

    def _searched(self) -> dict[str, str | None]:
        """Where each picture lies, by its name and by its name without ending; None where there are several."""
        places: dict[str, str | None] = {}
        root = str(self._root)
        for looked_at, entry in enumerate(files_below(root, enters=self._tell, unread=lambda *_: None), 1):
            if looked_at > MOST_ENTRIES:
                break
            name = entry.name
            if name.lower().endswith(ENDINGS):
                for key in {name.lower(), name.lower().rpartition(".")[0]}:
                    places[key] = None if key in places else os.path.relpath(entry.path, root)
        return places


def _folder(path: str) -> str:
    """As it is written on systems that do not tell capitals from small letters."""
    return os.path.dirname(os.path.normpath(path)).lower()
