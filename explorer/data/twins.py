"""Equal pictures in training and test: what is held out then tells what was memorised, not what was learned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from explorer.data.data_set import DataError, DataSet, Indices, Split
from explorer.data.dividing import checked
from explorer.data.splits import PartSplit

SECONDS = 30.0
"""For how long they are looked for."""
AT_ONCE = 64
DIGEST_BYTES = 16


@dataclass(frozen=True, eq=False)
class Twins:
    """in_training: (n,) places of training pictures that are held out too. held_out: how many held-out ones those are.

    is_whole: whether there was time to look at all pictures.
    """

    in_training: Indices
    held_out: int
    is_whole: bool = True


def find_twins(data: DataSet, tell: Callable[[int, int], object], *, seconds: float | None = None) -> Twins:
    """The pictures of `data` that both parts hold, equal in every number that a network is fed.

    tell: told (done, total); the place to stop, by raising.
    """
    if data.test is None or len(data.sample_shape) != 3:
        return Twins(np.zeros(0, np.int64), 0)
    until, total = time.monotonic() + (SECONDS if seconds is None else seconds), len(data.test) + len(data.train)
    held_out: dict[bytes, int] = {}
    done = 0
    for done, digest in enumerate(_digests(data.test, until), 1):
        held_out[digest] = held_out.get(digest, 0) + 1
        tell(done, total)
    places, seen = [], set()
    for place, digest in enumerate(_digests(data.train, until)):
        tell(done + place + 1, total)
        if digest in held_out:
            places.append(place)
            seen.add(digest)
    is_whole = time.monotonic() < until
    return Twins(np.array(places, np.int64), sum(held_out[digest] for digest in seen), is_whole)


def _digests(split: Split, until: float) -> Iterator[bytes]:
    """Of one picture after the other, while there is time and all can be read."""
    for start in range(0, len(split), AT_ONCE):
        if time.monotonic() >= until:
            return
        try:
            pixels = split.inputs(np.arange(start, min(start + AT_ONCE, len(split))))
        except DataError:  # it is told of where the picture is asked for
            return
        yield from (blake2b(picture.tobytes(), digest_size=DIGEST_BYTES).digest() for picture in pixels)


def without_twins(data: DataSet, twins: Twins) -> DataSet:
    """`data` with its held-out pictures out of training. Raises DataError where too little is left to learn from."""
    kept = np.setdiff1d(np.arange(len(data.train)), twins.in_training)
    amount = len(twins.in_training)
    which = "1 picture that is" if amount == 1 else f"{amount:,} pictures that are"
    told = f"Taken out of training: {which} held out as well."
    train, notes = PartSplit(data.train, kept), (*data.notes, told)
    return checked(data.card, train, data.test, data.sample_shape, data.classes, notes, data.left_out)
