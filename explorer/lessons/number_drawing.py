"""Tables of numbers as vector pictures: a frame for each cell, its number in it, a "?" where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

CELL_W, CELL_H, GAP, TITLE_H = 52, 26, 18, 20
MOST_CELLS = 144
"""More are not written out, of one map: there is no room for their numbers."""

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
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}"'
        fonts = 'font-family="monospace" font-size="11"'
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
    maps, keys = _maps(tensor.values)
    for place, key in zip(maps[:MOST_MAPS], keys, strict=False):
        if place.size > MOST_CELLS:
            words = f"{' × '.join(map(str, place.shape))}"
            parts.append(_frame(left, top, 3 * CELL_W, 3 * CELL_H, PAPER, FAINT))
            parts.append(_text(left + 3 * CELL_W // 2, top + 3 * CELL_H // 2 + 4, words, FAINT))
            width, top = max(width, 3 * CELL_W), top + 3 * CELL_H + 8
            continue
        parts.append(_map(tensor, place, key, left, top, write))
        width, top = max(width, place.shape[1] * CELL_W), top + place.shape[0] * CELL_H + 8
    if len(maps) > MOST_MAPS:
        parts.append(f'<text x="{left}" y="{top + 8}" fill="{FAINT}">+ {len(maps) - MOST_MAPS}</text>')
        top += 14
    return "".join(parts), width, top


def _maps(values: np.ndarray) -> tuple[list[np.ndarray], list[tuple[int, ...]]]:
    """The maps of a tensor with what stands in front of their rows and columns in an index; a row of numbers is one."""
    if values.ndim == 0:
        return [values.reshape(1, 1)], [()]
    if values.ndim == 1:
        return [values.reshape(1, -1)], [()]
    shape = values.shape[:-2]
    keys = [tuple(int(at) for at in key) for key in np.ndindex(*shape)]
    return [values[key] for key in keys], keys


def _map(tensor: Drawn, place: np.ndarray, key: tuple[int, ...], left: int, top: int, write: Write) -> str:
    parts, marked = [], []
    for row, column in np.ndindex(*place.shape):
        inside = (row, column)[2 - min(tensor.values.ndim, 2) :] if tensor.values.ndim else ()
        cell = (*key, *(int(at) for at in inside))
        x, y = left + column * CELL_W, top + row * CELL_H
        parts.append(_frame(x, y, CELL_W, CELL_H, PAPER, FAINT))
        words = ASKED if cell in tensor.asked else write(float(place[row, column]))
        parts.append(_text(x + CELL_W // 2, y + CELL_H // 2 + 4, words, INK))
        if cell == tensor.marked:  # its frame lies over those of its neighbours
            marked.append(_frame(x, y, CELL_W, CELL_H, "none", MARKED, 2))
    return "".join((*parts, *marked))


def _frame(x: int, y: int, width: int, height: int, fill: str, ink: str, line: int = 1) -> str:
    return (
        f'<rect x="{x + 1}" y="{y}" width="{width}" height="{height}" fill="{fill}" stroke="{ink}" '
        f'stroke-width="{line}"/>'
    )


def _text(x: int, y: int, words: str, ink: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" fill="{ink}">{escape(words)}</text>'
