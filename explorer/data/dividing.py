"""From labelled examples to an open data set: unusable ones left out, divided into training and test, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from explorer.data.arrays import Examples, Source, examples_of
from explorer.data.data_set import Array, Card, DataError, DataSet, Skipped, Split, with_counts
from explorer.data.labels import read_together
from explorer.data.splits import PartSplit, by_group, stratified

TEST_FRACTION = 0.2


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
        sides, told = divided(learning.split, kept_groups, group_name, seed)
        return checked(card, *sides, shape, classes, (*learning.notes, told), left_out)
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


def divided(whole: Split, groups: Array | None, group_name: str, seed: int) -> tuple[tuple[Split, Split | None], str]:
    """`whole` as training and test part, and the sentence that tells how."""
    percent = round(100 * TEST_FRACTION)
    if groups is not None and len(np.unique(groups)) > 1:
        train, test = by_group(groups, TEST_FRACTION, seed=seed)
        told = f"{percent} % of the groups in {group_name} are held out for the test, none is on both sides."
    else:
        train, test = stratified(whole.labels, TEST_FRACTION, seed=seed)
        told = f"{percent} % of each class, drawn at random (seed {seed}), are held out for the test."
    if whole.is_regression:
        told = told.replace(" of each class", "")
    return (PartSplit(whole, train), PartSplit(whole, test) if len(test) else None), told


def checked(
    card: Card,
    train: Split,
    test: Split | None,
    sample_shape: tuple[int, ...],
    classes: Sequence[str],
    notes: Sequence[str],
    left_out: list[Skipped],
) -> DataSet:
    """The data set, if a network can learn from it. Raises DataError otherwise."""
    if not len(train):
        raise DataError(f"{card.title} has no examples to learn from.")
    if not train.is_regression:
        present = np.unique(train.labels)
        if len(present) < 2:
            has_more = test is not None and len(np.setdiff1d(test.labels, present)) > 0
            where = "one class only in its training part" if has_more else "one class only"
            raise DataError(
                f"{card.title} has {where}, “{classes[int(present[0])]}”; a network needs two to tell apart."
            )
    card = with_counts(card, train, test, classes=tuple(classes))
    return DataSet(card, train, test if test is not None and len(test) else None, sample_shape, tuple(notes), left_out)
