"""What the program remembers between two starts: layout, theme, recent files, whether the first steps were seen.

The file may be damaged, or somebody's own: what is none of our values counts as not written.
"""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

MOST_DIGITS = 5


def _settings() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "network-explorer", "network-explorer")


def theme_choice() -> str:
    """The theme asked for: "system", "light" or "dark"."""
    return str(_settings().value("theme", "system"))


def set_theme_choice(choice: str) -> None:
    _settings().setValue("theme", choice)


def recent_files() -> tuple[Path, ...]:
    """The files opened last that still exist, newest first."""
    stored = _settings().value("recent", [])
    names = stored if isinstance(stored, list) else [stored]
    return tuple(Path(name) for name in names if isinstance(name, str) and os.path.isfile(name))  # whatever its length


def set_recent_files(paths: tuple[Path, ...]) -> None:
    _settings().setValue("recent", [str(path) for path in paths])


def layout() -> tuple[QByteArray | None, QByteArray | None]:
    """Geometry and dock state as they were when the window was closed; None before the first time."""
    settings = _settings()
    geometry, docks = settings.value("geometry"), settings.value("docks")
    return (
        geometry if isinstance(geometry, QByteArray) else None,
        docks if isinstance(docks, QByteArray) else None,
    )


def set_layout(geometry: QByteArray, docks: QByteArray) -> None:
    settings = _settings()
    settings.setValue("geometry", geometry)
    settings.setValue("docks", docks)


def forget_layout() -> None:
    for key in ("geometry", "docks"):
        _settings().remove(key)


def is_welcome_seen() -> bool:
    """Whether the person has put the first steps away."""
    return str(_settings().value("welcome_seen", "false")) == "true"


def set_welcome_seen(seen: bool) -> None:
    _settings().setValue("welcome_seen", "true" if seen else "false")


def play_speed() -> int:
    """How many steps a second the debugger plays."""
    return _number("play_speed") or 4


def set_play_speed(speed: int) -> None:
    _settings().setValue("play_speed", str(speed))


def is_training_folded() -> bool | None:
    """Whether the person folded the training strip; None if that was left to the window's height."""
    stored = str(_settings().value("training_folded", ""))
    return {"true": True, "false": False}.get(stored)


def set_training_folded(is_folded: bool | None) -> None:
    _settings().setValue("training_folded", "" if is_folded is None else str(is_folded).lower())


def training_height() -> int | None:
    """How high the person made the training strip; None if they left it as it was."""
    return _number("training_height")


def set_training_height(height: int | None) -> None:
    _settings().setValue("training_height", "" if height is None else str(height))


def _number(key: str) -> int | None:
    """What was written under `key`, unless it is no number, or one that no window has room for."""
    stored = str(_settings().value(key, ""))
    return int(stored) if stored.isdecimal() and len(stored) <= MOST_DIGITS else None
