"""Where the maps of a layer lie beside each other in one picture; pure arithmetic in cells, no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

MIN_TILE_PIXELS = 24
GAP_SHARE = 14  # a gap is about a fourteenth of a map


@dataclass(frozen=True)
class Place:
    """One cell of the mosaic: the `tile`-th map shown, and the cell in it."""

    tile: int
    row: int
    column: int


@dataclass(frozen=True)
class Mosaic:
    """`count` maps of `height` × `width` cells in rows of `columns`, `gap` cells apart."""

    count: int
    height: int
    width: int
    columns: int
    gap: int

    @property
    def rows(self) -> int:
        return math.ceil(self.count / self.columns)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the whole, in cells."""
        step_y, step_x = self.step
        return self.rows * step_y - self.gap, self.columns * step_x - self.gap

    @property
    def step(self) -> tuple[int, int]:
        """From one map to the next, down and across."""
        return self.height + self.gap, self.width + self.gap

    def origin(self, tile: int) -> tuple[int, int]:
        """The top left cell of a map: row, column of the whole."""
        step_y, step_x = self.step
        return tile // self.columns * step_y, tile % self.columns * step_x

    def place_at(self, x: float, y: float) -> Place | None:
        """The cell under a point of the whole; None in a gap or outside."""
        step_y, step_x = self.step
        if x < 0 or y < 0:
            return None
        (down, row), (across, column) = divmod(int(y), step_y), divmod(int(x), step_x)
        tile = down * self.columns + across
        inside = row < self.height and column < self.width and across < self.columns and tile < self.count
        return Place(tile, row, column) if inside else None

    def assemble(self, tiles: np.ndarray) -> np.ndarray:
        """Colours of the maps (count, H, W, 4) as one picture; the gaps are transparent."""
        step_y, step_x = self.step
        sheet = np.zeros((self.rows, self.columns, step_y, step_x, 4), np.uint8)
        padded = np.zeros((self.rows * self.columns, self.height, self.width, 4), np.uint8)
        padded[: self.count] = tiles
        sheet[:, :, : self.height, : self.width] = padded.reshape(self.rows, self.columns, self.height, self.width, 4)
        whole = sheet.transpose(0, 2, 1, 3, 4).reshape(self.rows * step_y, self.columns * step_x, 4)
        return whole[: self.shape[0], : self.shape[1]]

    @property
    def whole(self) -> tuple[np.ndarray, np.ndarray]:
        """Every row and every column."""
        height, width = self.shape
        return np.arange(height), np.arange(width)

    def spread(self, of_tiles: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """What each tile has, (count,), at the cells of `rows` × `columns` of the whole; 0 where there is no tile."""
        return self._across(of_tiles, columns).take(rows // self.step[0], axis=0)

    def _across(self, of_tiles: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """What each tile has at `columns`, a line for each row of tiles.

        These are few: whole lines of it are then copied, where numbers would be picked one by one.
        """
        table = np.zeros(self.rows * self.columns, of_tiles.dtype)
        table[: self.count] = of_tiles
        return table.reshape(self.rows, self.columns).take(columns // self.step[1], axis=1)

    def picks(self, rows: np.ndarray, columns: np.ndarray, *, starts: np.ndarray) -> np.ndarray:
        """Which number lies at each of `rows` × `columns` of the whole, counted through all numbers.

        A tile's numbers begin at its `starts`, line by line. In a gap the count means nothing.
        """
        step_y, step_x = self.step
        across = self._across(starts, columns)
        across += columns % step_x
        places = across.take(rows // step_y, axis=0)
        places += (rows % step_y * self.width)[:, None]
        return places

    def clear_gaps(self, colours: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> None:
        """Make what lies between the maps and after the last one transparent; `colours` are of `rows` × `columns`."""
        step_y, step_x = self.step
        pixels = colours.view(np.uint32)[..., 0]  # four bytes at a time
        pixels[rows % step_y >= self.height] = 0
        pixels[:, columns % step_x >= self.width] = 0
        missing = columns // step_x >= self.count - (self.rows - 1) * self.columns
        pixels[np.ix_(rows // step_y == self.rows - 1, missing)] = 0


def taken(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The numbers of `values` at `places` in the order of its cells; places beyond them give any of them."""
    if values.flags.c_contiguous:
        return values.reshape(-1).take(places, mode="clip")
    found: np.ndarray = values[np.unravel_index(np.clip(places, 0, values.size - 1), values.shape)]
    return found


def arrange(count: int, height: int, width: int, *, pane: tuple[int, int], wanted_columns: int | None = None) -> Mosaic:
    """The mosaic whose maps come out largest in a pane of (width, height) pixels; never narrower than 24 pixels.

    Where they do not all fit at that size, rows run on below and are scrolled to.
    `wanted_columns` are kept if the pane is wide enough for them.
    """
    gap = max(1, round(max(height, width) / GAP_SHARE))
    pane_width, pane_height = max(pane[0], 1), max(pane[1], 1)
    candidates = range(1, count + 1) if count <= 64 else _near_square(count, height, width, pane_width / pane_height)
    best = max(
        candidates,
        key=lambda columns: _zoom(Mosaic(count, height, width, columns, gap), pane_width, pane_height),
    )
    widest = max(1, int(pane_width // (MIN_TILE_PIXELS * (width + gap) / width)))
    columns = wanted_columns if wanted_columns is not None and wanted_columns <= widest else min(best, widest)
    return Mosaic(count, height, width, max(1, min(columns, count)), gap)


def _zoom(mosaic: Mosaic, pane_width: int, pane_height: int) -> float:
    height, width = mosaic.shape
    return min(pane_width / width, pane_height / height)


def _near_square(count: int, height: int, width: int, aspect: float) -> range:
    ideal = math.sqrt(count * height / width * aspect)
    return range(max(1, int(ideal) - 3), min(count, int(ideal) + 4) + 1)
