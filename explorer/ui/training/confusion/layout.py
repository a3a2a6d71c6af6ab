"""Where the cells of a confusion matrix and their labels stand in a pane; and how cells are told in words. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from explorer.ui.common.text import count, percent, plural
from explorer.ui.data.words import class_name

if TYPE_CHECKING:
    from explorer.engine.training.confusion import Confusion

Labels = Literal["flat", "turned", "none"]
Pair = tuple[int, int]  # of classes, (true, guessed)

TITLE, LINE, GAP = 16, 15, 6
SHARES = 62  # the width of the accuracies beside the matrix
LARGEST = (96.0, 40.0)  # width and height of a cell
LONGEST_ROW_LABEL, LONGEST_TURNED = 110, 64
LOWEST_WITH_LABEL = 12.0
NAMED_AT_MOST = 40  # classes: more are a pattern, seen as a whole and read by pointing
NARROWEST_FLAT = 34.0  # a few letters; the rows have the names in full


@dataclass(frozen=True)
class MatrixLayout:
    """`size` classes in cells of `width` × `height` pixels from (`left`, `top`) on.

    `columns` says how the labels above stand; rows have labels if `has_rows`.
    """

    size: int
    left: float
    top: float
    width: float
    height: float
    columns: Labels
    has_rows: bool

    @property
    def has_title(self) -> bool:
        """Whether there is a line for it above the labels."""
        return self.columns != "flat" or self.top > LINE

    @property
    def right(self) -> float:
        return self.left + self.size * self.width

    @property
    def bottom(self) -> float:
        return self.top + self.size * self.height

    def rect(self, cell: Pair) -> tuple[float, float, float, float]:
        """Left, top, width and height of a cell."""
        true, guessed = cell
        return self.left + guessed * self.width, self.top + true * self.height, self.width, self.height

    def at(self, x: float, y: float) -> Pair | None:
        """The cell under a point; None outside the matrix."""
        guessed, true = math.floor((x - self.left) / self.width), math.floor((y - self.top) / self.height)
        return (true, guessed) if 0 <= true < self.size and 0 <= guessed < self.size else None


def lay_out(size: int, pane: tuple[int, int], *, longest: int) -> MatrixLayout:
    """The matrix of `size` classes as large as it gets in a pane of (width, height) pixels.

    longest: width of the longest label in pixels. Above their columns labels are shortened, turned where not even a few
    letters fit, or left to the hover; rows too low for letters have none either. The title goes before that.
    """
    named = min(longest, LONGEST_ROW_LABEL) + GAP
    width = _cell(pane[0] - named - SHARES, size, LARGEST[0])
    columns: Labels = "flat" if width >= min(longest + 4, NARROWEST_FLAT) else "turned" if width >= LINE else "none"
    above = {"flat": LINE, "turned": min(longest, LONGEST_TURNED) + 4, "none": 0}[columns]
    title = 0 if columns == "flat" and pane[1] < TITLE + above + 2 + size * LOWEST_WITH_LABEL else TITLE
    height = _cell(pane[1] - title - above - 2, size, LARGEST[1])
    if columns == "turned" and height < LOWEST_WITH_LABEL:
        columns, above = "none", 0
        height = _cell(pane[1] - TITLE - 2, size, LARGEST[1])
    has_rows = height >= LOWEST_WITH_LABEL
    left = named if has_rows else GAP
    width = _cell(pane[0] - left - SHARES, size, LARGEST[0])
    return MatrixLayout(size, left, title + above, width, height, columns, has_rows)


def least_height(size: int) -> int:
    """The pixels in which every row has its name: a lower pane scrolls. 0 where there are too many for that."""
    return math.ceil(max(TITLE, LINE) + 2 + size * LOWEST_WITH_LABEL) if size <= NAMED_AT_MOST else 0


def _cell(room: float, size: int, largest: float) -> float:
    """The side of a cell: whole pixels where there are many, so that lines between cells stay sharp."""
    side = min(max(room, 1.0) / size, largest)
    return float(int(side)) if side >= 8 else side


def cell_sentence(confusion: Confusion, classes: Sequence[str], cell: Pair, *, noun: str = "example") -> str:
    """ "dog taken for cat: 31 of 200, 15.5 %."; `noun` is what one example is called."""
    true, guessed = cell
    row = confusion.counts[true]
    name, whole = class_name(classes, true), sum(row)
    if not whole:
        return f"No held-out {noun} is of class {name}."
    share = f"{count(row[guessed])} of {count(whole)}, {percent(row[guessed] / whole)}"
    if true == guessed:
        return f"{name} recognised: {share}."
    return f"{name} taken for {class_name(classes, guessed)}: {share}."


def table_of(confusion: Confusion, classes: Sequence[str]) -> str:
    """All counts for a spreadsheet: a line for each true class, a column for what it was taken for."""
    names = [class_name(classes, place) for place in range(len(confusion.counts))]
    rows = (
        "\t".join((name, *(str(amount) for amount in counts)))
        for name, counts in zip(names, confusion.counts, strict=True)
    )
    return "\n".join(("\t".join(("true class ↓ taken for →", *names)), *rows))


def summary(confusion: Confusion, step: int, *, noun: str = "example") -> str:
    """How good the network is on what was held out, in a line; `noun` is what one example is called."""
    whole = sum(sum(row) for row in confusion.counts)
    head = f"{plural(whole, f'held-out {noun}')} at step {count(step)}: accuracy {percent(confusion.accuracy)}"
    balanced, classes = confusion.balanced_accuracy, len(confusion.counts)
    if balanced is None:
        return f"{head}. They are all of one class." if confusion.known else f"{head}."
    of_some = f" over {count(confusion.known)} of {count(classes)} classes" if confusion.known < classes else ""
    return f"{head}, balanced {percent(balanced)}{of_some}."
