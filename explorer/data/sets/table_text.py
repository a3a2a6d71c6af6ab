"""The text of a table as people save it: from spreadsheets of any country, in any of the usual encodings."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from explorer.bounds import Refused, read_regular
from explorer.data.data_set import DataError
from explorer.data.reading import ENDINGS

LARGEST_BYTES = 64 * 2**20
MOST_CELLS = 4_000_000
DELIMITERS, BLANK = ",;\t|", " "
LOOKED_AT, BEGINNING = 50, 4096
"""How many lines, and how many letters, decide what separates the columns."""
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Row = list[str]


def read_rows(path: Path) -> list[Row]:
    """The cells of the table at `path`, without blanks around them, line by line. Raises DataError."""
    try:
        content = read_regular(path, at_most_bytes=LARGEST_BYTES)
    except Refused as error:
        raise DataError(str(error)) from error
    try:
        rows = _rows(_text(content), path)
    except (UnicodeError, csv.Error) as error:
        raise DataError(f"{path.name} is not a table of text.") from error
    if not rows:
        raise DataError(f"{path.name} is empty.")
    if len(rows[0]) < 2:
        raise DataError(f"{path.name} has one column only; one with paths and one with labels are needed.")
    return rows


def _text(content: bytes) -> str:
    """Raises UnicodeError for what is not text."""
    text = content.decode(_encoding(content))
    if "\0" in text or "\ufeff" in text:
        raise UnicodeError("zeros are not text")
    return text


def _encoding(content: bytes) -> str:
    """By the mark at its start, by zeros between the letters, else UTF-8 or what Windows writes in the west."""
    marked = next((name for mark, name in MARKS if content.startswith(mark)), None)
    if marked is not None:
        return marked
    for place, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(content) > 3 and not any(content[place : 2 * LOOKED_AT : 2]):
            return name
    try:
        content.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _rows(text: str, path: Path) -> list[Row]:
    first, _, rest = text.partition("\n")
    for_excel = first.strip('\r" ').lower()
    if for_excel.startswith("sep=") and len(for_excel) == 5:
        delimiter, text = for_excel[4], rest
    else:
        delimiter = max(DELIMITERS, key=lambda sign: _fitness(text, sign))
        if _fitness(text, delimiter)[2] < 2 and any(
            word.lower().endswith(ENDINGS) for word in text[:BEGINNING].split()
        ):
            delimiter = BLANK  # as lists of pictures have it, "cats/1.jpg 0"
    rows, cells = [], 0
    for row in _parsed(text, delimiter):
        if any(row):
            rows.append([cell.strip() for cell in row])
        cells += len(row)
        if cells > MOST_CELLS:
            raise DataError(f"{path.name} has more cells than are read, {MOST_CELLS:,}.")
    return rows


def _fitness(text: str, delimiter: str) -> tuple[bool, float, int]:
    """Whether quotes end at it, what share of the first lines has as many cells as the first, and how many."""
    for is_strict in (True, False):
        try:
            widths = [len(row) for row in islice(_parsed(text, delimiter, is_strict=is_strict), LOOKED_AT) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            return is_strict, widths.count(widths[0]) / len(widths), widths[0]
    return False, 0, 0


def _parsed(text: str, delimiter: str, *, is_strict: bool = False) -> Iterator[Row]:
    # Not splitlines, which also cuts at signs that a name may have.
    lines = io.StringIO(text, newline=None)
    return csv.reader(lines, delimiter=delimiter, strict=is_strict, skipinitialspace=delimiter == BLANK)
