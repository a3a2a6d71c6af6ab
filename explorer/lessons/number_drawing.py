"""Tensors as vector pictures: a frame for each cell, its number in it, a "?" where it is asked for; what has too many
cells for that as a picture or a curve."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from explorer.lessons.map_drawing import drawn_curve, drawn_map, drawn_picture, frame, map_size

CELL_W, CELL_H, GAP, TITLE_H = 52, 26, 18, 20
MOST_CELLS = 144
"""More are drawn and not written out, of one map: there is no room for their numbers."""

FONT, FITTING = 11, 7  # so many letters fit into a cell
MOST_MAPS = 3
INK, FAINT, MARKED, PAPER = "#111", "#999", "#1a5fd0", "#fff"
ASKED = "?"

Write = Callable[[float], str]


@dataclass(frozen=True)
class Drawn:
    """A tensor as it is drawn: `asked` are the cells that are a "?", `marked` one that the step is about."""

    title: str
    values: np.ndarray
    asked: Collection[tuple[int, ...]] = ()
    marked: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Vector:
    """A picture in the words of SVG, without what encloses it."""

    content: str
    width: int
    height: int

    @property
    def svg(self) -> str:
        """The whole picture."""
        spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        head = f'<svg {spaces} viewBox="0 0 {self.width} {self.height}"'
        fonts = f'font-family="monospace" font-size="{FONT}"'
        return f'{head} width="{self.width}" height="{self.height}" {fonts}>{self.content}</svg>'


def drawn_beside(tensors: Sequence[Drawn], write: Write) -> Vector:
    """Tensors beside one another, maps of one below each other; an arrow stands before the last."""
    parts, left, height = [], 0, 0
    for at, tensor in enumerate(tensors):
        if at and at == len(tensors) - 1:
            parts.append(_text(left + GAP // 2, TITLE_H + CELL_H // 2 + 4, "→", INK))
            left += GAP + 6
        content, width, below = _tensor(tensor, left, write)
        parts.append(content)
        left, height = left + width + GAP, max(height, below)
    return Vector("".join(parts), max(left - GAP, 1) + 2, height + 4)


def _tensor(tensor: Drawn, left: int, write: Write) -> tuple[str, int, int]:
    parts = [f'<text x="{left}" y="13" fill="{INK}" font-weight="bold">{escape(tensor.title)}</text>']
    width, top = 8 * len(tensor.title), TITLE_H
    maps, keys = _maps(tensor.values, 3 if _is_picture(tensor) else 2)
    for place, key in zip(maps[:MOST_MAPS], keys, strict=False):
        content, wide, high = _map(tensor, place, key, left, top, write)
        parts.append(content)
        width, top = max(width, wide), top + high + 8
    if len(maps) > MOST_MAPS:
        parts.append(f'<text x="{left}" y="{top + 8}" fill="{FAINT}">+ {len(maps) - MOST_MAPS}</text>')
        top += 14
    return "".join(parts), width, top


def _map(
    tensor: Drawn, place: np.ndarray, key: tuple[int, ...], left: int, top: int, write: Write
) -> tuple[str, int, int]:
    """One map with its width and height: the numbers where there is room for them, else what they look like."""
    if place.ndim > 2:
        return drawn_picture(place, (left, top))
    if place.size <= MOST_CELLS:
        return _numbers(tensor, place, key, left, top, write), place.shape[1] * CELL_W, place.shape[0] * CELL_H
    asked = [cell[-2:] for cell in tensor.asked if cell[:-2] == key] if tensor.values.ndim > 1 else []
    if (tensor.asked and tensor.values.ndim == 1) or len(asked) == place.size:
        return _untold(place, left, top)
    if len(place) == 1 and not asked:
        return drawn_curve(place[0], (left, top))
    marked = tensor.marked if tensor.marked is not None and tensor.marked[:-2] == key else None
    return drawn_map(place, (left, top), asked, None if marked is None else marked[-2:])


def _untold(place: np.ndarray, left: int, top: int) -> tuple[str, int, int]:
    """A map of which every cell is asked for."""
    width, height = map_size(*place.shape)
    height = max(height, CELL_H)
    around = frame(left, top, width, height, fill=PAPER, ink=FAINT)
    return around + _text(left + width // 2, top + height // 2 + 4, ASKED, INK), width, height


def _is_picture(tensor: Drawn) -> bool:
    """Whether it is a picture in colours that goes in, too large for its numbers."""
    is_coloured = tensor.title == "input" and tensor.values.ndim > 2 and tensor.values.shape[-3] == 3
    return is_coloured and tensor.values[..., 0, :, :].size > MOST_CELLS and not tensor.asked


def _maps(values: np.ndarray, axes: int) -> tuple[list[np.ndarray], list[tuple[int, ...]]]:
    """The maps of a tensor, of so many `axes`, with what stands in front of these in an index; a row of numbers is
    one."""
    if values.ndim == 0:
        return [values.reshape(1, 1)], [()]
    if values.ndim == 1:
        return [values.reshape(1, -1)], [()]
    shape = values.shape[:-axes]
    keys = [tuple(int(at) for at in key) for key in np.ndindex(*shape)]
    return [values[key] for key in keys], keys


def _numbers(tensor: Drawn, place: np.ndarray, key: tuple[int, ...], left: int, top: int, write: Write) -> str:
    parts, marked = [], []
    for row, column in np.ndindex(*place.shape):
        inside = (row, column)[2 - min(tensor.values.ndim, 2) :] if tensor.values.ndim else ()
        cell = (*key, *(int(at) for at in inside))
        x, y = left + column * CELL_W, top + row * CELL_H
        parts.append(frame(x, y, CELL_W, CELL_H, fill=PAPER, ink=FAINT))
        words = ASKED if cell in tensor.asked else write(float(place[row, column]))
        parts.append(_text(x + CELL_W // 2, y + CELL_H // 2 + 4, words, INK))
        if cell == tensor.marked:  # its frame lies over those of its neighbours
            marked.append(frame(x, y, CELL_W, CELL_H, ink=MARKED, line=2))
    return "".join((*parts, *marked))


def _text(x: int, y: int, words: str, ink: str) -> str:
    """In smaller type where it would not fit into a cell."""
    size = f' font-size="{FONT * FITTING // len(words)}"' if len(words) > FITTING else ""
    return f'<text x="{x}" y="{y}" text-anchor="middle"{size} fill="{ink}">{escape(words)}</text>'
