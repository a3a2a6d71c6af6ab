"""What a set of labelled examples is: its card, its two splits, and what was left out of it.

Examples are read when they are asked for; only labels are held for all of them. Nothing in here is torch: the engine
makes tensors of the arrays.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.bounds import sentence

Indices = npt.NDArray[np.int64]
Array = npt.NDArray[Any]

Progress = Callable[[str, int, int], None]
"""Told (what is being done, how much is done, of how much); the last is 0 where nobody knows."""


class DataError(ValueError):
    """Examples that cannot be used; the message is a sentence for the person, of a bounded length."""

    def __init__(self, message: str) -> None:
        super().__init__(sentence(message))


class OpeningStopped(DataError):
    """The person stopped it; nothing is damaged."""


@dataclass(frozen=True)
class Card:
    """What is known about a data set before it is opened.

    name: what the command line calls it. title: what the window calls it. what: one sentence. The counts are 0 where
    only opening tells them. size_text: what has to be downloaded or read, "170 MB". needs_download: whether the
    program has to fetch it where the person has no copy.
    """

    name: str
    title: str
    what: str
    count_train: int = 0
    count_test: int = 0
    classes: tuple[str, ...] = ()
    origin: str = ""
    licence: str = ""
    cite: str = ""
    size_text: str = ""
    needs_download: bool = False


@dataclass(frozen=True)
class Skipped:
    """An example that was left out, and the sentence that says why."""

    path: str
    sentence: str


class Split(ABC):
    """Examples in a fixed order.

    labels: (N,) int64, places in the classes, or (N, K) float32 targets of a regression.
    """

    labels: Array
    class_count = 0  # told by the data set that holds it: a class may have no example here

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def is_regression(self) -> bool:
        """Whether the labels are numbers to hit, not classes."""
        return self.labels.dtype.kind == "f"

    def inputs(self, indices: npt.ArrayLike) -> Array:
        """The examples at `indices` (n,), a new array: uint8 (n, H, W, C), or float32 (n, features).

        Raises IndexError for an index outside 0 … N − 1, DataError for a file that has since gone.
        """
        chosen = np.asarray(indices, np.int64).reshape(-1)
        if len(chosen) and not (chosen.min() >= 0 and chosen.max() < len(self)):
            raise IndexError(f"There are examples 0 to {len(self) - 1}.")
        return self._read(chosen)

    @abstractmethod
    def _read(self, indices: Indices) -> Array:
        """`inputs` of indices that are known to be inside."""

    @abstractmethod
    def name_of(self, index: int) -> str:
        """What to call the example, "cat/017.png" or "training picture 17"."""

    def counts(self) -> Indices:
        """(K,) how many examples each class has here; empty for a regression."""
        return np.zeros(0, np.int64) if self.is_regression else np.bincount(self.labels, minlength=self.class_count)

    def picks(self, per_class: int, *, seed: int = 0) -> tuple[Indices, ...]:
        """For each class the indices of up to `per_class` of its examples, drawn at random."""
        generator = np.random.default_rng(seed)
        members = (np.flatnonzero(self.labels == place) for place in range(len(self.counts())))
        return tuple(generator.permutation(indices)[:per_class] for indices in members)


@dataclass(frozen=True, eq=False)
class DataSet:
    """An open data set.

    sample_shape: (H, W, C) of a picture, or (features,). notes: sentences on what reading it decided.
    """

    card: Card
    train: Split
    test: Split | None
    sample_shape: tuple[int, ...]
    notes: tuple[str, ...] = ()
    left_out: list[Skipped] = field(default_factory=list)  # grows when a later reading meets a damaged file

    def __post_init__(self) -> None:
        for split in (self.train, self.test):
            if split is not None:
                split.class_count = len(self.card.classes)

    @property
    def fed_shape(self) -> tuple[int, ...]:
        """The sizes of one example as a network takes it: (C, H, W) of a picture, or (features,)."""
        *sides, channels = self.sample_shape
        return (channels, *sides)

    @property
    def classes(self) -> tuple[str, ...]:
        """Their names, in the order of the labels; () for a regression."""
        return self.card.classes

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """What is known by now to be unusable."""
        return tuple(self.left_out)

    @property
    def is_regression(self) -> bool:
        """Whether the labels are numbers to hit, not classes."""
        return self.train.is_regression


@dataclass(frozen=True)
class Wish:
    """What the person asked for, handed to whatever opens the data.

    size: (H, W) or (H, W, C) that pictures are brought to; None leaves the choice to the data. folder: where files
    of a named data set lie or are downloaded to; None means the usual places. seed: of every random split.
    on_stop: given a function that ends a read that waits; to be called, from any thread, when `should_stop` turns true.
    """

    size: tuple[int, ...] | None = None
    folder: Path | None = None
    progress: Progress | None = None
    should_stop: Callable[[], bool] | None = None
    seed: int = 0
    on_stop: Callable[[Callable[[], object]], object] | None = None

    def tell(self, text: str, done: int, total: int = 0) -> None:
        """Report progress; also the place to stop. Raises OpeningStopped."""
        if self.should_stop is not None and self.should_stop():
            raise OpeningStopped(f"{text} was stopped.")
        if self.progress is not None:
            self.progress(text, done, total)


def with_counts(card: Card, train: Split, test: Split | None, *, classes: tuple[str, ...]) -> Card:
    """The card of an opened data set: what only opening could tell is filled in."""
    return replace(card, count_train=len(train), count_test=len(test) if test else 0, classes=classes)
