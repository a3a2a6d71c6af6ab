"""Values as a lesson's file has them: texts in quotes, numbers as on paper, and many numbers packed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.lessons.packing import packed

ON_PAPER = 600
"""So many numbers of a table are written out; of more the file holds them packed."""

BARE = re.compile(r"^[\w-]+$", re.ASCII)
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
LINES = "'''"


def written_key(*names: str) -> str:
    """A dotted key; names that are no plain words stand in quotes."""
    return ".".join(name if BARE.match(name) else written_text(name) for name in names)


def written_value(value: Any, indent: int = 0) -> str:
    """A text, a number, true or false, a table of numbers, a list, or an inline table; rows of a table of numbers stand
    below one another, `indent` letters from the left."""
    if isinstance(value, str):
        return written_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, np.ndarray):
        return _numbers(value, indent)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{written_key(key)} = {written_value(each)}' for key, each in value.items())} }}"
    if all(isinstance(each, Mapping) for each in value) and value:
        return f"[\n{''.join(f'  {written_value(each)},{NEWLINE}' for each in value)}]"
    return f"[{', '.join(written_value(each) for each in value)}]"


NEWLINE = "\n"


def written_text(text: str) -> str:
    """A text in quotes; one of several lines between three of them, where it can stand there as it is."""
    text = text.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    if "\n" in text and LINES not in text and not text.endswith("'") and not any(map(_is_control, text)):
        return f"{LINES}\n{text}{LINES}"
    return f'"{"".join(ESCAPES.get(letter, _escaped(letter)) for letter in text)}"'


def _is_control(letter: str) -> bool:
    return (ord(letter) < 0x20 and letter not in "\n\t") or ord(letter) == 0x7F


def _escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if _is_control(letter) else letter


def _numbers(table: np.ndarray, indent: int) -> str:
    if table.size > ON_PAPER:
        return f"{LINES}\n{packed(table)}{LINES}"
    return _rows(table, indent)


def _rows(table: np.ndarray, indent: int) -> str:
    if table.ndim == 0:
        return _number(table.item() if table.dtype.kind == "i" else np.float32(table))
    between = ", " if table.ndim == 1 else f",\n{' ' * (indent + 1)}"
    return f"[{between.join(_rows(row, indent + 1) for row in table)}]"


def _number(value: float | np.floating[Any]) -> str:
    """With as many digits as tell it from its neighbours of the same kind."""
    if isinstance(value, int):
        return str(value)
    is_short = float(value).is_integer() and abs(float(value)) < 1e9  # what is infinite is no integer either
    if is_short and not (value == 0 and np.signbit(value)):
        return str(int(value))
    return str(value)
