"""The numbers that stand on the slides of the lecture, and its rows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

LECTURE = Path(__file__).resolve().parents[3] / "shared" / "lecture"


def slides() -> dict[str, Any]:
    """The worked examples; the test that asks is skipped where the lecture is absent."""
    return tomllib.loads(_read("worked_examples.toml"))


def row_names() -> set[str]:
    """ "L01", "L02" …; the test that asks is skipped where the lecture is absent."""
    return set(re.findall(r"^\| (L\d\d) \|", _read("topics.md"), re.MULTILINE))


def _read(name: str) -> str:
    path = LECTURE / name
    if not path.is_file():
        pytest.skip(f"the lecture is not here: {path}")
    return path.read_text(encoding="utf-8")
