"""A home of its own for a script of the tests that opens windows: the person's settings and caches stay as they are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSettings

NAMES = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")


@contextmanager
def own_home() -> Iterator[Path]:
    """Until it ends, settings, recent files and caches lie in a new folder, which goes then. Also a decorator."""
    before = {name: os.environ.get(name) for name in NAMES}
    with tempfile.TemporaryDirectory(prefix="home") as home:
        os.environ.update(dict.fromkeys(NAMES, home))
        keep_settings_in(Path(home))
        try:
            yield Path(home)
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def keep_settings_in(home: Path) -> None:
    """Qt reads the variables once a process."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(home))
