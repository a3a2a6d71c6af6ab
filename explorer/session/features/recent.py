"""The files that were opened or saved last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from explorer.session.store import Store
from explorer.writing import Stamp, stamp

RECENT_LIMIT = 10


class RecentFiles:
    """Remembers files, and how they were when they were last read or written here."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stamps: dict[Path, Stamp | None] = {}
        self._pages: dict[Path, int] = {}

    def remember(self, path: Path, *, page: int = 0) -> None:
        """The file at `path` was just opened or saved; of one of several pages `page` was looked at."""
        resolved = path.absolute()
        self._stamps[resolved] = stamp(resolved)
        self._pages[resolved] = page
        self.offer((resolved,))

    def offer(self, paths: Sequence[Path]) -> None:
        """Put `paths` first among the recent files, though they were not opened yet."""
        first = [path.absolute() for path in paths]
        files = self._store.state.files
        recent = (*first, *(other for other in files.recent if other not in first))[:RECENT_LIMIT]
        if recent != files.recent:
            self._store.set(replace(files, recent=recent))

    def page_of(self, path: Path) -> int:
        """Which page of the file at `path` was looked at last; 0 if it was none."""
        return self._pages.get(path.absolute(), 0)

    def was_changed_elsewhere(self, path: Path) -> bool:
        """Whether another program wrote the file at `path` since it was opened or saved here."""
        known = self._stamps.get(path.absolute())
        return known is not None and stamp(path) not in (known, None)
