"""What the program remembers between two starts: layout, theme, recent files, whether the first steps were seen.

The file may be damaged, or somebody's own: anything but one of our values counts as not written.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from PySide6.QtCore import QByteArray

from explorer.session.lesson_state import Dot
from explorer.ui.common.settings_file import read, write

USUAL_SPEED, LARGEST_NUMBER = 4, 99_999
DOTS = ("answered", "helped", "shown")
LONGEST_KEPT_TEXT = 20_000  # letters, of which each may take a dozen in the file


def theme_choice() -> str:
    """The theme asked for: "system", "light" or "dark"."""
    return read("theme", "system")


def set_theme_choice(choice: str) -> None:
    write("theme", choice)


def recent_files() -> tuple[Path, ...]:
    """The files opened last that still exist, newest first."""
    names = [unquote(name) for name in read("recent", list[str]())]
    return tuple(Path(name) for name in names if os.path.isfile(name))  # whatever its length


def set_recent_files(paths: tuple[Path, ...]) -> None:
    write("recent", [quote(str(path)) for path in paths])


def trusted_files() -> tuple[str, ...]:
    """The digests of files that the person agreed to run, the newest first."""
    return tuple(read("trusted", list[str]()))


def set_trusted_files(digests: tuple[str, ...]) -> None:
    write("trusted", list(digests))


def layout() -> tuple[QByteArray | None, QByteArray | None]:
    """Geometry and dock state as they were when the window was closed; None before the first time."""
    return _bytes("geometry"), _bytes("docks")


def set_layout(geometry: QByteArray, docks: QByteArray) -> None:
    write("geometry", geometry.toHex().toStdString())
    write("docks", docks.toHex().toStdString())


def forget_layout() -> None:
    for key in ("geometry", "docks"):
        write(key, None)


def are_all_settings_shown() -> bool:
    """Whether the form of a layer shows its settings that are seldom changed too."""
    return read("all_settings_shown", False)


def set_all_settings_shown(are_shown: bool) -> None:
    write("all_settings_shown", are_shown)


def is_centre_alone() -> bool:
    """Whether the centre had the whole window when it was closed."""
    return read("centre_alone", False)


def set_centre_alone(is_alone: bool) -> None:
    write("centre_alone", is_alone)


def is_welcome_seen() -> bool:
    """Whether the person has put the first steps away."""
    return read("welcome_seen", False)


def set_welcome_seen(seen: bool) -> None:
    write("welcome_seen", seen)


def suggestions_seen() -> tuple[str, ...]:
    """The names of the suggestions that were followed or put away."""
    return tuple(read("suggestions_seen", list[str]()))


def set_suggestions_seen(names: tuple[str, ...]) -> None:
    write("suggestions_seen", list(names))


def lesson_dots() -> dict[str, Dot]:
    """How the steps of lessons were done, by the keys of the steps."""
    found = (line.partition("=") for line in read("lesson_dots", list[str]()))
    return {key: dot for key, _, dot in found if dot in DOTS}  # type: ignore[misc]


def set_lesson_dots(dots: Mapping[str, Dot]) -> None:
    write("lesson_dots", [f"{key}={dot}" for key, dot in dots.items()])


def lesson_language() -> str:
    """The language that lessons are read in, by its two letters."""
    from explorer.lessons.words import LANGUAGES

    language = read("lesson_language", "en")
    return language if language in LANGUAGES else "en"


def set_lesson_language(language: str) -> None:
    write("lesson_language", language)


def new_network_text() -> str:
    """What was being written for a new network; "" where nothing was, or more than is kept."""
    return unquote(read("new_network", ""))


def set_new_network_text(text: str) -> None:
    write("new_network", quote(text) if 0 < len(text) <= LONGEST_KEPT_TEXT else None)


def play_speed() -> int:
    """How many steps a second the debugger plays."""
    return _number("play_speed") or USUAL_SPEED


def set_play_speed(speed: int) -> None:
    write("play_speed", speed)


def is_training_folded() -> bool:
    """Whether the training strip is folded, as it is until the person opens it."""
    return not read("training_open", False)


def set_training_folded(is_folded: bool) -> None:
    write("training_open", not is_folded)


def training_height() -> int | None:
    """How high the person made the training strip; None if they left it as it was."""
    return _number("training_height") or None


def set_training_height(height: int | None) -> None:
    write("training_height", height)


def why_height() -> int | None:
    """How high the person made the explanation of the debugger; None if they left it as it was."""
    return _number("why_height") or None


def set_why_height(height: int | None) -> None:
    write("why_height", height)


def _number(key: str) -> int:
    """What was written under `key`; 0 for what is not a number, or one that no window has room for."""
    stored = read(key, 0)
    return stored if 0 < stored <= LARGEST_NUMBER else 0


def _bytes(key: str) -> QByteArray | None:
    stored = QByteArray.fromHex(read(key, "").encode())
    return stored if stored else None
