"""TensorBoard's event files: records of protocol-buffer events, written by hand and many at once.

A record is its length (uint64), the length's checksum, the event, the event's checksum; checksums are CRC-32C, rotated
and shifted ("masked"). Source: tensorflow/core/lib/io/record_writer.h and tensorflow/core/util/event.proto. A library
would bring protobuf and take a minute for a million values; this takes a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np

CRC_POLYNOMIAL = 0x82F63B78  # Castagnoli's, reversed
MASK_DELTA = 0xA282EAD8
FILE_VERSION = b"brain.Event:2"
BLOCK = 65_536  # events at a time


def file_version(wall_time: float) -> bytes:
    """The record that every event file begins with."""
    event = b"\x09" + np.float64(wall_time).tobytes() + b"\x1a" + bytes([len(FILE_VERSION)]) + FILE_VERSION
    return _records(np.frombuffer(event, np.uint8)[None]).tobytes()


def scalars(tag: str, steps: np.ndarray, values: np.ndarray, wall_times: np.ndarray) -> Iterator[bytes]:
    """The records of a figure's `values` (n,) at `steps` (n,), rising, with the times (n,) in seconds since 1970."""
    for at in range(0, len(steps), BLOCK):
        yield from _block(tag, *(each[at : at + BLOCK] for each in (steps, values, wall_times)))


def _block(tag: str, steps: np.ndarray, values: np.ndarray, wall_times: np.ndarray) -> Iterator[bytes]:
    """Events whose steps take equally many bytes are equally long, and are made together."""
    sizes = _varint_sizes(steps)
    for begin, end in _stretches(sizes):
        part = slice(begin, end)
        yield _records(_events(tag, steps[part], values[part], wall_times[part], int(sizes[begin]))).tobytes()


def _stretches(sizes: np.ndarray) -> Iterator[tuple[int, int]]:
    cuts = [0, *(np.flatnonzero(np.diff(sizes)) + 1).tolist(), len(sizes)]
    yield from ((begin, end) for begin, end in pairwise(cuts) if end > begin)


def _events(tag: str, steps: np.ndarray, values: np.ndarray, wall_times: np.ndarray, size: int) -> np.ndarray:
    """Event {1: wall_time, 2: step, 5: Summary {1: Value {1: tag, 2: simple_value}}} as bytes (n, length)."""
    name = tag.encode()
    value_size = 1 + 1 + len(name) + 1 + 4
    count = len(steps)
    return np.concatenate(
        [
            _same(b"\x09", count),
            _bytes_of(wall_times.astype("<f8")),
            _same(b"\x10", count),
            _varints(steps, size),
            _same(bytes([0x2A, value_size + 2, 0x0A, value_size, 0x0A, len(name)]) + name + b"\x15", count),
            _bytes_of(values.astype("<f4")),
        ],
        axis=1,
    )


def _records(events: np.ndarray) -> np.ndarray:
    """Events as bytes (n, length), all of one length, with what frames them."""
    length = np.frombuffer(np.array([events.shape[1]], "<u8").tobytes(), np.uint8)[None]
    head = np.concatenate([length, _masked_crc(length)], axis=1)
    return np.concatenate([np.repeat(head, len(events), axis=0), events, _masked_crc(events)], axis=1)


def crc32c(rows: np.ndarray) -> np.ndarray:
    """CRC-32C of each row of bytes (n, length), n at least 1, as uint32 (n,).

    Where a byte differs from the first row's, the checksum differs by what that byte's difference is worth at its
    place: rows that differ in a few bytes need only these looked at.
    """
    length = rows.shape[1]
    crc = np.full(len(rows), _crc32c(rows[0].tobytes()), np.uint32)
    for place in np.flatnonzero((rows != rows[0]).any(axis=0)).tolist():
        crc ^= _worth(length - 1 - place)[rows[:, place] ^ rows[0, place]]
    return crc


def _crc32c(content: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in content:
        crc = int(_TABLE[(crc ^ byte) & 0xFF]) ^ crc >> 8
    return crc ^ 0xFFFFFFFF


@lru_cache(maxsize=256)
def _worth(after: int) -> np.ndarray:
    """What each difference of a byte changes in the checksum, uint32 (256,), where `after` bytes follow it."""
    if after == 0:
        return _TABLE
    worth = _worth(after - 1)
    return _TABLE[worth & 0xFF] ^ (worth >> np.uint32(8))


def _masked_crc(rows: np.ndarray) -> np.ndarray:
    crc = crc32c(rows)
    masked = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(MASK_DELTA)
    return _bytes_of(masked.astype("<u4"))


def _table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> np.uint32(1)) ^ np.uint32(CRC_POLYNOMIAL), table >> np.uint32(1))
    return table


def _varints(values: np.ndarray, size: int) -> np.ndarray:
    """Numbers in groups of seven bits, the lowest first, all but the last marked; bytes (n, size)."""
    groups = values.astype(np.uint64)[:, None] >> (np.uint64(7) * np.arange(size, dtype=np.uint64))
    marked = (groups & np.uint64(0x7F)).astype(np.uint8)
    marked[:, :-1] |= 0x80
    return marked


def _varint_sizes(values: np.ndarray) -> np.ndarray:
    """How many groups each number takes, (n,)."""
    return 1 + np.searchsorted(2 ** (7 * np.arange(1, 9, dtype=np.int64)), values.astype(np.int64), side="right")


def _same(part: bytes, count: int) -> np.ndarray:
    return np.repeat(np.frombuffer(part, np.uint8)[None], count, axis=0)


def _bytes_of(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)


_TABLE = _table()
