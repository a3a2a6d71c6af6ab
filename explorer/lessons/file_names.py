"""What the name of a file says: whether it is a lesson."""

from __future__ import annotations

from pathlib import Path

ENDING = ".lesson.toml"


def is_lesson(path: str | Path) -> bool:
    """Whether a file's name ends as those of lessons do."""
    return Path(path).name.lower().endswith(ENDING)
