"""Pictures and features that lie in arrays: their layout told apart, NaN found, other numbers brought to bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.data.data_set import Array, DataError, Indices, Split
from explorer.data.splits import ArraySplit

CHUNK_BYTES = 16 * 2**20
CHANNELS = (1, 3)


@dataclass(frozen=True, eq=False)
class Examples:
    """split: all of them. usable: (N,) bool, those without NaN or infinity. notes: what was decided, in sentences."""

    split: Split
    sample_shape: tuple[int, ...]
    usable: Array
    notes: tuple[str, ...]


class ScaledSplit(ArraySplit):
    """Pictures of other numbers than bytes: `low` becomes 0 and `high` 255 when they are read."""

    def __init__(self, values: Array, labels: Array, name: str, *, low: float, high: float) -> None:
        super().__init__(values, labels, name)
        self._low, self._span = low, (high - low) or 1.0

    def _read(self, indices: Indices) -> Array:
        part = (self.values[indices].astype(np.float64) - self._low) / self._span
        return np.rint(np.clip(np.nan_to_num(part), 0, 1) * 255).astype(np.uint8)


class FeatureSplit(ArraySplit):
    """Plain numbers, read as float32 (n, features)."""

    def _read(self, indices: Indices) -> Array:
        return self.values[indices].astype(np.float32)


def examples_of(values: Array, labels: Array, *, name: str, where: str) -> Examples:
    """Pictures (N, H, W), (N, H, W, C) or (N, C, H, W), or features (N, F), of any kind of real number.

    name: what an example is called. where: the file's name. Raises DataError.
    """
    if values.dtype.kind not in "buif":
        raise DataError(f"{where} holds no pictures: its numbers are of the kind {values.dtype}.")
    if len(values) != len(labels):
        raise DataError(f"{where} holds {len(values):,} pictures but {len(labels):,} labels; each picture needs one.")
    if len(values) == 0 or values.size == 0:
        raise DataError(f"{where} holds no pictures.")
    if values.ndim == 2:
        usable, _, _ = _range(values)
        return Examples(FeatureSplit(values, labels, name), values.shape[1:], usable, ())
    values, layout = _channels_last(values, where)
    if values.dtype == np.uint8:
        return Examples(ArraySplit(values, labels, name), values.shape[1:], np.ones(len(values), bool), layout)
    usable, low, high = _range(values)
    low, high, rule = _rule(values.dtype, low, high)
    return Examples(ScaledSplit(values, labels, name, low=low, high=high), values.shape[1:], usable, (*layout, *rule))


def _channels_last(values: Array, where: str) -> tuple[Array, tuple[str, ...]]:
    if values.ndim == 3:
        return values[..., None], ()
    if values.ndim == 4 and values.shape[3] in CHANNELS:
        return values, ()
    if values.ndim == 4 and values.shape[1] in CHANNELS:
        return np.moveaxis(values, 1, 3), ("Channels stood first and were moved last.",)
    if values.ndim == 4 and values.shape[3] == 4:
        return values[..., :3], ("The fourth channel, transparency, was dropped.",)
    shape = " × ".join(str(size) for size in values.shape[1:])
    raise DataError(f"{where} holds examples of {shape}: neither pictures of 1 or 3 channels nor rows of numbers.")


def _chunks(values: Array) -> Iterator[slice]:
    rows = max(int(CHUNK_BYTES // max(values[:1].nbytes, 1)), 1)
    yield from (slice(start, start + rows) for start in range(0, len(values), rows))


def _range(values: Array) -> tuple[Array, float, float]:
    """Which examples are finite, and the least and largest of their numbers; read in pieces."""
    usable, low, high = np.ones(len(values), bool), np.inf, -np.inf
    axes = tuple(range(1, values.ndim))
    for part in _chunks(values):
        piece = values[part]
        if values.dtype.kind == "f":
            usable[part] = np.isfinite(piece).all(axis=axes)
            piece = piece[usable[part]]
        if piece.size:
            low, high = min(low, float(piece.min())), max(high, float(piece.max()))
    return usable, low, high


def _rule(dtype: np.dtype[np.generic], low: float, high: float) -> tuple[float, float, tuple[str, ...]]:
    """What becomes 0 and what 255, and the sentence for it."""
    if dtype == np.bool_:
        return 0.0, 1.0, ("Black and white became 0 and 255.",)
    if dtype.kind in "ui" and low >= 0 and high <= 255:
        return 0.0, 255.0, ()
    if dtype == np.uint16:
        return 0.0, 65535.0, ("The 16-bit values were divided by 257 to fit into 8 bits.",)
    if low >= 0 and high <= 1:
        return 0.0, 1.0, ("Values from 0 to 1 were multiplied by 255.",)
    if low >= 0 and high <= 255:
        return 0.0, 255.0, ("Real numbers were rounded to bytes.",)
    return low, high, (f"Values from {low:.3g} to {high:.3g} were scaled to 0–255.".replace("-", "−"),)
