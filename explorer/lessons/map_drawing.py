"""Tensors of too many numbers to write out, as pictures on paper: maps with a dot for each cell, rows as curves."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection
from io import BytesIO

import numpy as np
from PIL import Image

SIDE, LONGEST = 156, 312
"""The longer side of a map in the units of SVG, at least and, where a cell would be less than one, at most."""

LEAST_SIDE = 12
CURVE_WIDTH, CURVE_HEIGHT = 312, 78
INK = np.array([17, 17, 17], np.float64)
BELOW, ABOVE = np.array([26, 95, 208], np.float64), np.array([200, 95, 10], np.float64)
LINE, FRAME, MARK = "#1a5fd0", "#999", "#1a5fd0"

Size = tuple[int, int]
RowColumn = tuple[int, ...]


def map_size(rows: int, columns: int) -> Size:
    """Width and height of a map: cells are square where both sides are to be seen."""
    scale = _scale(rows, columns)
    return tuple(min(max(size * scale, LEAST_SIDE), LONGEST) for size in (columns, rows))  # type: ignore[return-value]


def drawn_map(
    values: np.ndarray, place: Size, asked: Collection[RowColumn] = (), marked: RowColumn | None = None
) -> tuple[str, int, int]:
    """A map (H, W) at a `place`, and its width and height: darker is more, of both signs blue is below 0.

    The cells that are `asked` are white with a frame; the `marked` one has a blue frame.
    """
    return _picture(_colours(values, asked), place, asked, marked)


def drawn_picture(values: np.ndarray, place: Size) -> tuple[str, int, int]:
    """Three channels (3, H, W) as the picture that they were made of, from its darkest to its brightest number."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    shares = np.nan_to_num((values - low) / ((high - low) or 1.0))
    return _picture((255 * shares).round().astype(np.uint8).transpose(1, 2, 0), place, (), None)


def drawn_curve(values: np.ndarray, place: Size) -> tuple[str, int, int]:
    """A row of numbers (W,) as a line from left to right, with a thin one at 0."""
    left, top = place
    finite = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = min(float(finite.min()), 0.0), max(float(finite.max()), 0.0)
    across = left + 1 + np.linspace(0, CURVE_WIDTH - 2, len(finite))
    down = top + 4 + (high - np.array([*finite, 0.0])) / ((high - low) or 1.0) * (CURVE_HEIGHT - 8)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=False))
    zero = f'<path d="M{left + 1} {down[-1]:.1f}h{CURVE_WIDTH - 2}" stroke="{FRAME}" stroke-width="0.5"/>'
    line = f'<polyline points="{points}" fill="none" stroke="{LINE}" stroke-width="1.2"/>'
    return frame(left, top, CURVE_WIDTH, CURVE_HEIGHT) + zero + line, CURVE_WIDTH, CURVE_HEIGHT


def _scale(rows: int, columns: int) -> int:
    return max(1, SIDE // max(rows, columns))


def _colours(values: np.ndarray, asked: Collection[RowColumn]) -> np.ndarray:
    """(H, W, 3) uint8. What is no number, and what is asked for, is white as the paper; an infinite one is the end."""
    numbers = np.clip(np.nan_to_num(values.astype(np.float64), nan=0.0), -1e300, 1e300)
    for cell in asked:
        numbers[cell] = 0.0
    most = float(np.abs(numbers).max()) or 1.0
    shares = np.abs(numbers / most)[..., None]
    ends = np.where(numbers[..., None] < 0, BELOW, ABOVE if (numbers < 0).any() else INK)
    coloured: np.ndarray = (255 + shares * (ends - 255)).round().astype(np.uint8)
    return coloured


def _picture(
    colours: np.ndarray, place: Size, asked: Collection[RowColumn], marked: RowColumn | None
) -> tuple[str, int, int]:
    rows, columns = colours.shape[:2]
    (left, top), (width, height) = place, map_size(rows, columns)
    frames = [_cell(cell, place, (width / columns, height / rows), FRAME) for cell in asked]
    frames += [] if marked is None else [_cell(marked, place, (width / columns, height / rows), MARK)]
    image = (
        f'<image x="{left + 1}" y="{top}" width="{width}" height="{height}" preserveAspectRatio="none" '
        f'xlink:href="data:image/png;base64,{_png(colours)}"/>'
    )
    return image + frame(left, top, width, height) + "".join(frames), width, height


def _png(colours: np.ndarray) -> str:
    """Each cell as several dots of one colour: whoever draws it larger keeps its edges."""
    scale = _scale(*colours.shape[:2])
    made = BytesIO()
    Image.fromarray(colours.repeat(scale, axis=0).repeat(scale, axis=1)).save(made, "PNG")
    return b64encode(made.getvalue()).decode()


def frame(
    left: float, top: float, width: float, height: float, *, fill: str = "none", ink: str = FRAME, line: float = 1
) -> str:
    """A rectangle, its edge in `ink`."""
    return (
        f'<rect x="{left + 1:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{fill}" stroke="{ink}" '
        f'stroke-width="{line:g}"/>'
    )


def _cell(cell: RowColumn, place: Size, size: tuple[float, float], ink: str) -> str:
    row, column = cell
    return frame(place[0] + column * size[0], place[1] + row * size[1], *size, ink=ink, line=1.5)
