"""The files that were opened or saved last."""

from __future__ import annotations

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

    def remember(self, path: Path) -> None:
        """The file at `path` was just opened or saved."""
        resolved = path.absolute()
        self._stamps[resolved] = stamp(resolved)
        rest = tuple(other for other in self._store.state.files.recent if other != resolved)
        self._store.set(replace(self._store.state.files, recent=(resolved, *rest)[:RECENT_LIMIT]))

    def was_changed_elsewhere(self, path: Path) -> bool:
        """Whether another program wrote the file at `path` since it was opened or saved here."""
        known = self._stamps.get(path.absolute())
        return known is not None and stamp(path) not in (known, None)
