"""The calls of a recording as rows of a table: in columns for whoever goes on with them, as text of one screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from explorer.amounts import count, file_size, plain_number, seconds_text, special
from explorer.engine.arrays import array
from explorer.engine.errors import shape_text
from explorer.engine.recording.call import Call, Shape
from explorer.engine.recording.kept import Kept
from explorer.engine.recording.tree import leaves

ROWS = 20
"""So many fit on one screen; of more the first and the last are shown."""
LINE_LETTERS = 120
NAME_LETTERS = 34
KIND_LETTERS = 22
TITLES = ("", "name", "kind", "shape", "min", "mean", "max", "time", "size")
_LEFT = ("name", "kind", "shape")  # the others are numbers


@dataclass(frozen=True)
class Row:
    """What a table tells of one call; `min`, `mean` and `max` are of its (first) output and None where there are none:
    of one that was dropped, one without cells and one of complex numbers."""

    index: int
    name: str
    kind: str
    module: str
    parents: tuple[str, ...]
    shape: Shape
    dtype: str
    min: float | None
    mean: float | None
    max: float | None
    seconds: float
    bytes: int
    multiply_adds: int
    is_dropped: bool
    source: str


def row_of(call: Call) -> Row:
    """The row of one call; reads all cells of its output."""
    first: Kept = leaves(call.kept_output, Kept)[0]
    low, mean, high = _spread(first.numbers)
    return Row(
        index=call.index,
        name=call.name,
        kind=call.kind,
        module=call.module,
        parents=call.parents,
        shape=call.output_shape,
        dtype=str(first.dtype).removeprefix("torch."),
        min=low,
        mean=mean,
        max=high,
        seconds=call.seconds,
        bytes=call.output_bytes,
        multiply_adds=call.multiply_adds,
        is_dropped=call.is_dropped,
        source=call.source,
    )


def columns(calls: Sequence[Call]) -> dict[str, list[Any]]:
    """A list for each field of `Row`, one entry a call: what a DataFrame is made from."""
    rows = [asdict(row_of(call)) for call in calls]
    return {name: [row[name] for row in rows] for name in Row.__dataclass_fields__}


def in_the_middle(calls: Sequence[Call]) -> tuple[Sequence[Call], int, Sequence[Call]]:
    """The calls that are shown before and after a cut, and how many are left out between them."""
    if len(calls) <= ROWS:
        return calls, 0, ()
    return calls[: ROWS // 2], len(calls) - ROWS + 1, calls[len(calls) - ROWS // 2 + 1 :]


def left_out(number: int) -> str:
    """What stands in place of calls that are not shown."""
    return f"… {count(number)} more calls"


def texts(call: Call) -> tuple[str, ...]:
    """What stands under each of `TITLES`."""
    row = row_of(call)
    spread = ("dropped", "", "") if row.is_dropped else tuple(map(_number, (row.min, row.mean, row.max)))
    return (
        str(row.index),
        _ended(row.name, NAME_LETTERS),
        _begun(row.kind, KIND_LETTERS),
        shape_text(row.shape),
        *spread,
        seconds_text(row.seconds),
        file_size(row.bytes),
    )


def as_text(calls: Sequence[Call]) -> str:
    """The table, a line a call, cut in the middle."""
    first, number, last = in_the_middle(calls)
    rows = [TITLES, *map(texts, first), *map(texts, last)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    if number:
        lines.insert(1 + len(first), f"{'':{widths[0]}}  {left_out(number)}")
    return "\n".join(lines)


def is_text(title: str) -> bool:
    """Whether a column of `TITLES` holds words, which begin at its left."""
    return title in _LEFT


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = zip(TITLES, row, widths, strict=True)
    return "  ".join(text.ljust(width) if is_text(title) else text.rjust(width) for title, text, width in cells)


def _spread(tensor: torch.Tensor | None) -> tuple[float | None, float | None, float | None]:
    if tensor is None or tensor.is_complex() or tensor.is_meta or not tensor.numel():
        return None, None, None
    numbers = array(tensor)
    with np.errstate(all="ignore"):  # NaN and infinities are numbers to show like others
        return float(numbers.min()), float(numbers.mean(dtype=np.float64)), float(numbers.max())


def _number(value: float | None) -> str:
    return "" if value is None else plain_number(value, 3) if np.isfinite(value) else special(value)


def _begun(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _ended(text: str, letters: int) -> str:
    """The end of a path says more than its beginning: that is the layer."""
    return text if len(text) <= letters else f"…{text[1 - letters :]}"
