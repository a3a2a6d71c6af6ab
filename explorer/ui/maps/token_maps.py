"""Tokens that are patches of a picture, laid out as the grid that they are: a map a feature, or a head of attention.

numpy only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.session import LayerActivation

Where = tuple[int, int, int]
"""Where a cell lies in a layer's values: (channel, row, column)."""

MOST_BEFORE = 8  # tokens that are no patch: a class token, one of a teacher, registers
SUMMING_UP = (0, 1, 2)  # how many there are where the grid is told by the picture alone
MADE_OF_PATCHES = ("convolution", "pooling")
AXES = (1, 0, 2)  # in which of a layer's values tokens are looked for, the usual one first
AXES_OF_HEADS = (1, 2)  # where the first one is that of heads, (N, heads, tokens, features)


@dataclass(frozen=True)
class TokenGrid:
    """`rows` × `columns` tokens in reading order, after `before` others."""

    rows: int
    columns: int
    before: int = 0

    @property
    def tokens(self) -> int:
        return self.before + self.rows * self.columns

    def words(self, token: int) -> str:
        """ "row 3, column 4", or "token 0" for one before the patches."""
        if token < self.before:
            return f"token {token}"
        row, column = divmod(token - self.before, self.columns)
        return f"row {row}, column {column}"


@dataclass(frozen=True)
class TokenMaps:
    """How values of `shape`, whose `axis` has the tokens of `grid`, lie as maps (n, rows, columns).

    Of attention, (heads, queries, keys), the keys of one `query` do.
    """

    shape: Where
    grid: TokenGrid
    axis: int
    query: int | None = None

    @property
    def count(self) -> int:
        """How many maps there are."""
        return self.shape[0] if self.query is not None else int(np.prod(self._others))

    def maps(self, values: np.ndarray) -> np.ndarray:
        """`values` as (n, rows, columns)."""
        patches = slice(self.grid.before, self.grid.tokens)
        if self.query is not None:
            found = values[:, self.query, patches]
        else:
            found = np.moveaxis(values, self.axis, -1)[..., patches]
        return np.ascontiguousarray(found).reshape(self.count, self.grid.rows, self.grid.columns)

    def place(self, which: int, row: int, column: int) -> Where:
        """Where a cell of a map lies in the values."""
        token = self.grid.before + row * self.grid.columns + column
        if self.query is not None:
            return which, self.query, token
        one, other = divmod(which, self._others[1])
        at = [one, other]
        at.insert(self.axis, token)
        return at[0], at[1], at[2]

    def which(self, place: Where) -> int:
        """The map that a cell of the values belongs to."""
        if self.query is not None:
            return place[0]
        one, other = (at for axis, at in enumerate(place) if axis != self.axis)
        return one * self._others[1] + other

    def cell(self, place: Where) -> tuple[int, int] | None:
        """Row and column in its map; None for a token that is no patch, or for another query."""
        token = place[self.axis] - self.grid.before
        if not 0 <= token < self.grid.rows * self.grid.columns or self.query not in (None, place[1]):
            return None
        return divmod(token, self.grid.columns)

    def name(self, which: int) -> str:
        """What a map is called: "feature 5", "head 2"."""
        if self.query is not None:
            return f"head {which}"
        return f"feature {which}" if 1 in self._others else f"channel {which // self._others[1]}, {self.label(which)}"

    def label(self, which: int) -> str:
        """The same in short: "5", "2:5"."""
        if self.query is not None or 1 in self._others:
            return str(which)
        return ":".join(map(str, divmod(which, self._others[1])))

    def words(self, place: Where) -> str:
        """What a cell of the values is: whose feature, or which head's weight of a token for a query."""
        token = self.grid.words(place[self.axis])
        asks = "" if self.query is None else f"for the query of {self.grid.words(place[1])} · "
        return f"{self.name(self.which(place))} · {asks}{token}"

    @property
    def facts(self) -> str:
        """How many maps there are of how many tokens."""
        noun = "feature" if self.query is None else "head"
        after = f", after {self.grid.before} other" if self.grid.before else ""
        many = "" if self.count == 1 else "s"
        return f"{self.count} {noun}{many} of {self.grid.rows} × {self.grid.columns} tokens{after}"

    @property
    def _others(self) -> tuple[int, int]:
        one, other = (size for axis, size in enumerate(self.shape) if axis != self.axis)
        return one, other


def token_maps(entry: LayerActivation, layers: Sequence[LayerActivation], query: int = 0) -> TokenMaps | None:
    """How the tokens of `entry` lie in the picture that went into `layers`; None where they are not known to.

    They are as many as the cells of a map that was made before them, or as the patches of one size of the picture.
    """
    values = entry.values
    if values.ndim != 3 or entry.volume or entry.family == "input":
        return None
    shape: Where = (values.shape[0], values.shape[1], values.shape[2])
    sizes = _sizes_of_maps(entry, layers)
    if len(entry.whole_shape) == 4 and (shape[1:] in sizes or entry.family in MADE_OF_PATCHES):
        return None
    axes = AXES_OF_HEADS if len(entry.whole_shape) == 4 else AXES
    is_attention = shape[1] == shape[2] != shape[0]
    cut = _of_picture(layers, shape[1]) if shape[0] == 1 or is_attention else ()  # windows of it are cut too
    for grid in (*_of_maps(shape, sizes), *cut):
        if shape[1] == shape[2] == grid.tokens:
            return TokenMaps(shape, grid, 2, min(query, shape[1] - 1))
        axis = next((axis for axis in axes if shape[axis] == grid.tokens), None)
        if axis is not None:
            return TokenMaps(shape, grid, axis)
    return None


def with_query(tokens: TokenMaps, query: int) -> TokenMaps:
    """The same of another query."""
    return replace(tokens, query=query)


def attention_maps(weights: np.ndarray, tokens: TokenMaps | None, query: int = 0) -> TokenMaps | None:
    """How the weights (heads, queries, keys) of an attention lie in the picture, the tokens of whose layer do as
    `tokens` say; None where they do not, and where it looks at other tokens than its own."""
    heads, queries, keys = weights.shape
    if tokens is None or queries != keys or keys != tokens.grid.tokens:
        return None
    return TokenMaps((heads, queries, keys), tokens.grid, 2, min(query, queries - 1))


def _sizes_of_maps(entry: LayerActivation, layers: Sequence[LayerActivation]) -> tuple[tuple[int, ...], ...]:
    """Rows and columns of the maps that were made before `entry`, the nearest first."""
    names = [each.name for each in layers]
    before = layers[: names.index(entry.name)] if entry.name in names else layers
    made = (each for each in reversed(before) if each.family in MADE_OF_PATCHES and len(each.whole_shape) == 4)
    return tuple(dict.fromkeys(each.values.shape[1:] for each in made))


def _of_maps(shape: Where, sizes: Sequence[tuple[int, ...]]) -> Iterator[TokenGrid]:
    """The grids of maps of `sizes`, with all that may stand before their cells."""
    for rows, columns in sizes:
        amounts = {size - rows * columns for size in shape}
        if rows > 1 and columns > 1:
            yield from (TokenGrid(rows, columns, each) for each in sorted(amounts) if 0 <= each <= MOST_BEFORE)


def _of_picture(layers: Sequence[LayerActivation], tokens: int) -> Iterator[TokenGrid]:
    """The grid of as many square patches as the picture can be cut into, if it can."""
    fed = layers[0].whole_shape if layers else ()
    if len(fed) != 4:
        return
    height, width = fed[-2:]
    for before in SUMMING_UP:
        rows = round(np.sqrt(max(tokens - before, 0) * height / width))
        columns = 0 if not rows else (tokens - before) // rows
        is_cut = rows > 1 and columns > 1 and rows * columns == tokens - before
        if is_cut and height % rows == 0 and width % columns == 0 and height // rows == width // columns:
            yield TokenGrid(rows, columns, before)
