"""Pictures and features that lie in arrays: their layout told apart, NaN found, other numbers brought to bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.data.byte_rule import ByteRule, byte_rule
from explorer.data.data_set import Array, DataError, Indices, Split
from explorer.data.labels import Labels
from explorer.data.splits import ArraySplit

CHUNK_BYTES = 16 * 2**20
CHANNELS = (1, 3)


@dataclass(frozen=True, eq=False)
class Source:
    """Arrays of one part as they stood in a file. name: what one of its examples is called."""

    values: Array
    labels: Array
    name: str = "picture"


@dataclass(frozen=True, eq=False)
class Examples:
    """split: all of them. usable: (N,) bool, those without NaN or infinity. notes: what was decided, in sentences."""

    split: Split
    sample_shape: tuple[int, ...]
    usable: Array
    notes: tuple[str, ...]


class ScaledSplit(ArraySplit):
    """Pictures of other numbers than bytes, brought to bytes by `rule` when they are read."""

    def __init__(self, values: Array, labels: Array, name: str, rule: ByteRule) -> None:
        super().__init__(values, labels, name)
        self._rule = rule

    def _read(self, indices: Indices) -> Array:
        return self._rule.applied(self.rows(indices))


class FeatureSplit(ArraySplit):
    """Plain numbers, read as float32 (n, features)."""

    def _read(self, indices: Indices) -> Array:
        return self.rows(indices).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Measured:
    """values: (N, H, W, C) or (N, F). usable: (N,) bool. low, high: the least and largest number in those."""

    values: Array
    usable: Array
    low: float
    high: float
    notes: tuple[str, ...]


def examples_of(sources: Sequence[Source], labels: Sequence[Labels], *, where: str) -> list[Examples]:
    """Pictures (N, H, W), (N, H, W, C) or (N, C, H, W), or features (N,) or (N, F), of any kind of real number.

    The parts of a data set are brought to bytes by one rule. where: the file's name. Raises DataError.
    """
    measured = [_measured(source, where) for source in sources]
    return [
        _examples(part, of_part, source.name, [other for other in measured if other.values.dtype == part.values.dtype])
        for part, of_part, source in zip(measured, labels, sources, strict=True)
    ]


def _measured(source: Source, where: str) -> _Measured:
    values, count = source.values, len(source.labels)
    if values.dtype.kind not in "buif":
        raise DataError(f"{where} holds no pictures: its numbers are of the kind {values.dtype}.")
    if len(values) != count:
        raise DataError(f"{where} holds {len(values):,} pictures but {count:,} labels; each picture needs one.")
    if values.size == 0:
        raise DataError(f"{where} holds no pictures.")
    if values.ndim <= 2:
        return _Measured(values.reshape(count, -1), *_range(values, np.float32), ())
    values, layout = _channels_last(values, where)
    if values.dtype == np.uint8:
        return _Measured(values, np.ones(count, bool), 0.0, 255.0, layout)
    return _Measured(values, *_range(values, np.float64), layout)


def _examples(part: _Measured, labels: Labels, name: str, alike: Sequence[_Measured]) -> Examples:
    """The examples of one part; its numbers are read like those of all parts of the same kind."""
    split: Split
    told: tuple[str, ...] = ()
    if part.values.ndim == 2:
        split = FeatureSplit(part.values, labels.values, name)
    elif part.values.dtype == np.uint8:
        split = ArraySplit(part.values, labels.values, name)
    else:
        low, high = min(other.low for other in alike), max(other.high for other in alike)
        rule = byte_rule(part.values.dtype, low, high)
        split, told = ScaledSplit(part.values, labels.values, name, rule), rule.told
    return Examples(split, part.values.shape[1:], part.usable & labels.usable, (*part.notes, *told))


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


def _range(values: Array, kind: type[np.floating[Any]]) -> tuple[Array, float, float]:
    """Which examples are finite when read as `kind`, and the least and largest of their numbers; read in pieces."""
    usable, low, high = np.ones(len(values), bool), np.inf, -np.inf
    axes = tuple(range(1, values.ndim))
    for part in _chunks(values):
        piece = values[part]
        if values.dtype.kind == "f":
            with np.errstate(over="ignore"):
                usable[part] = np.isfinite(piece.astype(kind, copy=False)).all(axis=axes)
            piece = piece[usable[part]]
        if piece.size:
            low, high = min(low, float(piece.min())), max(high, float(piece.max()))
    return usable, low, high
