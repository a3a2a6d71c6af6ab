"""From labelled examples to an open data set: unusable ones left out, divided into training and test, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.amounts import listed, percent
from explorer.bounds import brief
from explorer.data.arrays import Examples, Source, examples_of
from explorer.data.data_set import Array, Card, DataError, DataSet, Indices, Skipped, Split, with_counts
from explorer.data.labels import read_together
from explorer.data.splits import PartSplit, by_group, stratified

TEST_FRACTION = 0.2
MOST_NAMED = 5


def data_set_of(
    card: Card,
    train: Source,
    test: Source | None,
    *,
    groups: Array | None = None,
    group_name: str = "group",
    seed: int = 0,
) -> DataSet:
    """The data set made of arrays. Without a test part one is divided off: by `groups` (N,) if given, else by class.

    The classes of `card` are what the labels 0 … K − 1 are called. Raises DataError if nothing is left, there is one
    class only, or the two parts do not match.
    """
    sources = [train] if test is None else [train, test]
    labels = read_together([source.labels for source in sources], card.classes, where=card.title)
    found = examples_of(sources, labels, where=card.title)
    left_out = [skipped for examples in found for skipped in _unusable(examples)]
    learning, *held = [_usable(examples, card.title) for examples in found]
    shape, classes = learning.sample_shape, labels[0].classes
    if not held:
        kept_groups = None if groups is None else groups[found[0].usable]
        parts = parted(learning.split.labels, kept_groups, group_name, seed)
        learned, held_out = (PartSplit(learning.split, places) for places in (parts.train, parts.test))
        return checked(card, learned, held_out, shape, classes, learning.notes, left_out, why=parts.why)
    if held[0].sample_shape != shape:
        raise DataError(f"{card.title} has training and test pictures of different sizes.")
    notes = tuple(dict.fromkeys((*learning.notes, *held[0].notes)))
    return checked(card, learning.split, held[0].split, shape, classes, notes, left_out)


def _unusable(examples: Examples) -> list[Skipped]:
    """Those that hold NaN, in themselves or in their label."""
    bad = np.flatnonzero(~examples.usable).tolist()
    return [Skipped(examples.split.name_of(index), "It holds NaN or infinite numbers.") for index in bad]


def _usable(examples: Examples, where: str) -> Examples:
    """Only the usable ones of them."""
    if not examples.usable.any():
        raise DataError(f"{where} has NaN or infinite numbers in every example.")
    if examples.usable.all():
        return examples
    return replace(examples, split=PartSplit(examples.split, np.flatnonzero(examples.usable)))


@dataclass(frozen=True, eq=False)
class Parts:
    """Places of the training and of the test part, and why these: what is said after "4 of 20 are held out"."""

    train: Indices
    test: Indices
    why: str


def parted(labels: Array, groups: Array | None, group_name: str, seed: int) -> Parts:
    """A fifth for the test: whole `groups` (N,) if there are several, else of each class, at random."""
    share = percent(TEST_FRACTION)
    if groups is not None and len(np.unique(groups)) > 1:
        why = f"about {share} of the groups in {group_name}, none of which is on both sides"
        return Parts(*by_group(groups, TEST_FRACTION, seed=seed), why)
    of_each = "" if labels.dtype.kind == "f" else " of each class,"
    why = f"about {share}{of_each} drawn at random (seed {seed})"
    return Parts(*stratified(labels, TEST_FRACTION, seed=seed), why)


def checked(
    card: Card,
    train: Split,
    test: Split | None,
    sample_shape: tuple[int, ...],
    classes: Sequence[str],
    notes: Sequence[str],
    left_out: list[Skipped],
    *,
    why: str = "",
) -> DataSet:
    """The data set, if a network can learn from it; `why` as in `Parts`. Raises DataError otherwise."""
    if not len(train):
        raise DataError(f"{card.title} has no examples to learn from.")
    if not train.is_regression:
        present = np.unique(train.labels)
        if len(present) < 2:
            has_more = test is not None and len(np.setdiff1d(test.labels, present)) > 0
            where = "one class only in its training part" if has_more else "one class only"
            raise DataError(
                f"{card.title} has {where}, “{brief(classes[int(present[0])])}”; a network needs two to tell apart."
            )
    test = test if test is not None and len(test) else None
    card = with_counts(card, train, test, classes=tuple(classes))
    told = (*((_divided(card, why),) if why else ()), *notes, *_missing(train, test, classes))
    return DataSet(card, train, test, sample_shape, tuple(dict.fromkeys(told)), left_out)


def _divided(card: Card, why: str) -> str:
    if not card.count_test:
        return f"None of {card.count_train:,} are held out for the test, so the network is never tested."
    return f"{card.count_test:,} of {card.count_train + card.count_test:,} are held out for the test: {why}."


def _missing(train: Split, test: Split | None, classes: Sequence[str]) -> tuple[str, ...]:
    """The classes that one of the parts lacks."""
    if train.is_regression or test is None:
        return ()
    lacking = [np.setdiff1d(range(len(classes)), split.labels).tolist() for split in (train, test)]
    sentences = (
        "There are no examples of {} to learn from.",
        "No examples of {} are held out, so the network is never tested on them.",
    )
    return tuple(
        sentence.format(_listed([classes[place] for place in places]))
        for places, sentence in zip(lacking, sentences, strict=True)
        if places
    )


def _listed(names: Sequence[str]) -> str:
    """ "cats", "cats and dogs", "ants, bees and 7 more"."""
    quoted = [f"“{brief(name)}”" for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        quoted.append(f"{len(names) - MOST_NAMED:,} more")
    return listed(quoted)
