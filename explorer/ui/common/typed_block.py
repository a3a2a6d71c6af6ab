"""A block of numbers as text: what is copied, and what is pasted from a slide, a spreadsheet, TOML, Python or numpy."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from explorer.ui.common.typed import typed_number, written

MOST_SIGNS = 2_000_000
EMPTY = "There is no number on the clipboard."
TOO_MUCH = "The clipboard holds more than a block of numbers: copy a part of it."
LEFT_OUT = "Some of the numbers are left out (…): print all of them, then copy."
RAGGED = "The rows differ in length: {} numbers in the first, {} in row {}."

_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"^\s*[\w.\[\]\"' -]*?=\s*(?=[\[(\w])")  # image = [[…]]
_CALL = re.compile(r"\b[\w.]+\s*\(\s*(?=[\[(])")  # array([…]), torch.tensor([…])
_KEYWORD = re.compile(r",\s*\w+\s*=\s*[\w.'\":<>, ]+(?=\)|\s*$)")  # , dtype=float32
_TOKEN = re.compile(r"[\[\](){}]|[^\s\[\](){},;]+")
_OPENING, _CLOSING = "[({", "])}"
_DECIMAL_COMMA = re.compile(r"[+\-−]?\d+,\d+([eE][+\-−]?\d+)?")


def block_text(numbers: np.ndarray) -> str:
    """`numbers` (rows, columns) as rows of numbers between tabs, with every digit, to be typed again or pasted."""
    return "\n".join("\t".join(written(float(str(value))) for value in row) for row in numbers)


def typed_blocks(text: str) -> tuple[np.ndarray, ...]:
    """What `text` may mean, the likeliest first: arrays (rows, columns), with more axes where lists lie in lists.

    There are two where a comma may be a decimal mark. Raises ValueError with a sentence.
    """
    if len(text) > MOST_SIGNS:
        raise ValueError(TOO_MUCH)
    plain = _COMMENT.sub("", text).strip()
    if not plain:
        raise ValueError(EMPTY)
    if "..." in plain or "…" in plain:
        raise ValueError(LEFT_OUT)
    if any(sign in plain for sign in _OPENING):
        return (_lists(plain),)
    found, fault = [], None
    for rows in _readings(plain):
        try:
            found.append(_table([[typed_number(word) for word in row] for row in rows]))
        except ValueError as error:
            fault = fault or error
    if not found:
        raise fault or ValueError(EMPTY)
    return tuple(found)


def is_block(text: str) -> bool:
    """Whether `text` is numbers and nothing else."""
    try:
        return bool(typed_blocks(text))
    except ValueError:
        return False


def _readings(text: str) -> Iterator[list[list[str]]]:
    """The words of each row, for what stands between numbers: tabs, semicolons, spaces, commas."""
    lines = [line for line in text.splitlines() if line.strip()]
    mark = next((mark for mark in "\t;" if mark in text), None)
    if mark is not None:
        yield [[word for word in line.strip(f"{mark} ").split(mark) if word.strip()] for line in lines]
        return
    by_comma = [[word for word in re.split(r"[,\s]+", line.strip(", ")) if word] for line in lines]
    by_space = [line.split() for line in lines]
    has_decimals = all(_DECIMAL_COMMA.fullmatch(word) or "," not in word for row in by_space for word in row) and any(
        "," in word for row in by_space for word in row
    )
    if not has_decimals:
        yield by_comma
        return
    # "0,5 1,25" is two numbers; "1,0" in a line by itself may be one or two.
    yield by_space
    yield by_comma


def _table(rows: list[list[float]]) -> np.ndarray:
    rows = [row for row in rows if row]
    if not rows:
        raise ValueError(EMPTY)
    for at, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(RAGGED.format(len(rows[0]), len(row), at + 1))
    return np.array(rows, np.float64)


def _lists(text: str) -> np.ndarray:
    """Lists in lists, as TOML, Python, numpy and torch write them; MATLAB's rows between semicolons."""
    text = _CALL.sub("(", _NAME.sub("", text))
    text = _KEYWORD.sub("", text)
    if ";" in text:
        text = "[" + "],[".join(text.strip(" [](){}\n").split(";")) + "]"
    found: list[object] = []
    open_lists = [found]
    for token in _TOKEN.findall(text):
        if token in _OPENING:
            inner: list[object] = []
            open_lists[-1].append(inner)
            open_lists.append(inner)
        elif token in _CLOSING:
            if len(open_lists) == 1:
                raise ValueError("A bracket is closed that was not opened.")
            open_lists.pop()
        else:
            open_lists[-1].append(typed_number(token))
    if len(open_lists) > 1:
        raise ValueError("A bracket is open to the end: some of the list is missing.")
    return _as_array(found)


def _as_array(found: list[object]) -> np.ndarray:
    inner: object = found
    while isinstance(inner, list) and len(inner) == 1 and isinstance(inner[0], list):
        inner = inner[0]
    assert isinstance(inner, list)
    if not inner:
        raise ValueError(EMPTY)
    try:
        values = np.array(inner, np.float64)
    except ValueError:
        sizes = [len(row) if isinstance(row, list) else 1 for row in inner]
        at = next((at for at, size in enumerate(sizes) if size != sizes[0]), 0)
        raise ValueError(RAGGED.format(sizes[0], sizes[at], at + 1)) from None
    if not values.size:
        raise ValueError(EMPTY)
    return values[None] if values.ndim == 1 else values
