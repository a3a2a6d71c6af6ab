"""Small damage to the bytes of a file, as of bad disks, of cut copies and of people who mean harm."""

from __future__ import annotations

import random
import struct
import zlib

BOUNDS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**63 - 1, 2**64 - 1)
CHANGES = ("bits", "bytes", "number", "number", "cut", "without", "twice", "joined", "run")


def mutated(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """`content` with one to four changes; some of them bring in bytes of `other`."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4))):
        _change(changed, other, rng)
    if changed.startswith(b"\x89PNG") and rng.random() < 0.7:
        return _with_sums(bytes(changed))
    return bytes(changed)


def _change(changed: bytearray, other: bytes, rng: random.Random) -> None:
    if not changed:
        return
    kind, at = rng.choice(CHANGES), _place(len(changed), rng)
    length = min(rng.choice((1, 2, 4, 16, 300)), len(changed) - at)
    if kind == "bits":
        for _ in range(rng.choice((1, 3, 20))):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    elif kind == "bytes":
        changed[at : at + length] = rng.randbytes(length)
    elif kind == "number":
        size = rng.choice("BHIQ")
        number = struct.pack(rng.choice("<>") + size, rng.choice(BOUNDS) & (256 ** struct.calcsize(size) - 1))
        changed[at : at + len(number)] = number
    elif kind == "cut":
        del changed[at:]
    elif kind == "without":
        del changed[at : at + length]
    elif kind == "twice":
        changed[at:at] = changed[at : at + length] * rng.choice((1, 1, 50))
    elif kind == "joined":
        changed[at:] = other[_place(len(other), rng) :]
    else:
        changed[at : at + length] = bytes([rng.choice((0, 0x20, 0x30, 0xFF))]) * length


def _place(length: int, rng: random.Random) -> int:
    """Anywhere, more often near the beginning or the end, where files say what they hold."""
    if not length:
        return 0
    where = rng.random()
    near = min(length, 200)
    if where < 0.4:
        return rng.randrange(near)
    return rng.randrange(length - near, length) if where < 0.6 else rng.randrange(length)


def _with_sums(png: bytes) -> bytes:
    """The check sums of a PNG made right again, so that what they cover is looked at."""
    parts, at = [png[:8]], 8
    while at + 12 <= len(png):
        length = struct.unpack_from(">I", png, at)[0]
        body = png[at + 4 : at + 8 + length]
        if at + 12 + length > len(png):
            break
        parts.append(png[at : at + 4] + body + struct.pack(">I", zlib.crc32(body)))
        at += 12 + length
    return b"".join(parts) + png[at:]
