"""From whatever stands for a label in a file to places in a list of classes, or to numbers to hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.data.data_set import Array, DataError

MANY, MANY_REALS = 1000, 100
"""With more different values than this, whole numbers (and real numbers that are whole) are not classes."""
WHOLE = 2**53
"""The largest number up to which a float holds every whole number."""
NUMBERS, TEXTS = "biuf", "US"


@dataclass(frozen=True, eq=False)
class Labels:
    """values: (N,) int64 places in `classes`, or (N, K) float32 with no classes; usable: (N,) bool, without NaN."""

    values: Array
    classes: tuple[str, ...]
    usable: Array


def read_labels(raw: Array, names: Sequence[str], *, where: str) -> Labels:
    """Labels from (N,) or (N, 1) numbers or texts, one-hot rows (N, K), or real numbers (N, K) of a regression.

    names: what the classes are called where the labels are 0 … K − 1. where: the file's name, for the sentence.
    Raises DataError for several labels an example.
    """
    raw = _flat(np.asarray(raw))
    if raw.ndim == 2 and raw.dtype.kind in NUMBERS:
        return _of_rows(raw, names, where)
    if raw.ndim != 1 or raw.dtype.kind not in NUMBERS + TEXTS:
        raise DataError(f"{where} has labels that cannot be read: {raw.dtype} of {_shape(raw)}.")
    if raw.dtype.kind == "f":
        return _of_reals(raw, names, where)
    return _of_classes(raw, np.ones(len(raw), bool), names, where)


def read_together(parts: Sequence[Array], names: Sequence[str], *, where: str) -> list[Labels]:
    """`read_labels` of the parts of one data set: a class that one of them lacks must not shift the others' places."""
    flat = [_flat(part) for part in parts]
    if len({(part.shape[1:], "" if part.dtype.kind in NUMBERS else part.dtype.kind) for part in flat}) > 1:
        raise DataError(f"{where} has labels of another kind for the test than for training.")
    whole = read_labels(np.concatenate(flat), names, where=where)
    cuts = np.cumsum([len(part) for part in flat])[:-1]
    values, usable = np.split(whole.values, cuts), np.split(whole.usable, cuts)
    return [Labels(part, whole.classes, good) for part, good in zip(values, usable, strict=True)]


def _flat(raw: Array) -> Array:
    """(N, 1) as (N,)."""
    return raw[:, 0] if raw.ndim == 2 and raw.shape[1] == 1 else raw


def _shape(array: Array) -> str:
    return " × ".join(str(size) for size in array.shape) or "one value"


def _of_rows(raw: Array, names: Sequence[str], where: str) -> Labels:
    usable = np.asarray(_finite(raw).all(axis=1))
    kept = raw[usable]
    is_bits = bool(np.isin(kept, (0, 1)).all())
    if is_bits and bool((kept.sum(axis=1) == 1).all()):
        classes = names if len(names) == raw.shape[1] else [str(place) for place in range(raw.shape[1])]
        return Labels(np.nan_to_num(raw).argmax(axis=1).astype(np.int64), tuple(classes), usable)
    if is_bits:
        wrong = int(np.count_nonzero(kept.sum(axis=1) != 1))
        raise DataError(
            f"{where} gives {wrong:,} of {len(kept):,} examples several labels at once, or none; "
            "each needs exactly one. Leave these examples out, or keep one label of each."
        )
    return Labels(_as_targets(raw), (), usable)


def _of_reals(raw: Array, names: Sequence[str], where: str) -> Labels:
    """Real numbers that are all whole and few are classes; others are to be hit."""
    usable = _finite(raw)
    kept = raw[usable]
    is_whole = bool(len(kept)) and np.array_equal(kept, np.rint(kept)) and np.abs(kept).max() <= WHOLE
    if is_whole and len(np.unique(kept)) <= MANY_REALS:
        return _of_classes(np.where(usable, raw, kept[:1]).astype(np.int64), usable, names, where)
    return Labels(_as_targets(raw[:, None]), (), usable)


def _as_targets(raw: Array) -> Array:
    """float32; what is too large for it is infinite."""
    with np.errstate(over="ignore"):
        return raw.astype(np.float32)


def _finite(raw: Array) -> Array:
    """Where a target is neither NaN nor infinite."""
    return np.asarray(np.isfinite(_as_targets(raw)))


def _of_classes(raw: Array, usable: Array, names: Sequence[str], where: str) -> Labels:
    numbered = raw.dtype.kind in "biu" and len(raw) and int(raw.min()) >= 0 and int(raw.max()) < len(names)
    if numbered:
        return Labels(raw.astype(np.int64), tuple(names), usable)
    different, places = np.unique(raw, return_inverse=True)
    if len(different) > MANY:
        raise DataError(f"{where} has {len(different):,} different labels; at most {MANY:,} classes can be told apart.")
    return Labels(places.reshape(-1).astype(np.int64), tuple(_name(value) for value in different), usable)


def _name(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
