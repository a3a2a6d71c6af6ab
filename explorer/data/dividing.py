"""From labelled examples to an open data set: unusable ones left out, divided into training and test, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.data.arrays import Examples, examples_of
from explorer.data.data_set import Array, Card, DataError, DataSet, Skipped, Split, with_counts
from explorer.data.labels import Labels
from explorer.data.splits import PartSplit, by_group, stratified

TEST_FRACTION = 0.2


@dataclass(frozen=True, eq=False)
class Source:
    """Arrays of one part as they stood in a file."""

    values: Array
    labels: Labels
    name: str = "picture"


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

    Raises DataError if nothing is left, there is one class only, or the two parts do not match.
    """
    learning, left_out = _usable(train, card.title)
    if test is None:
        kept_groups = None if groups is None else groups[learning.usable]
        sides, told = divided(learning.split, kept_groups, group_name, seed)
        return checked(card, *sides, learning.sample_shape, train.labels.classes, (*learning.notes, told), left_out)
    held, also = _usable(test, card.title)
    if held.sample_shape != learning.sample_shape:
        raise DataError(f"{card.title} has training and test pictures of different sizes.")
    notes = tuple(dict.fromkeys((*learning.notes, *held.notes)))
    return checked(
        card, learning.split, held.split, learning.sample_shape, train.labels.classes, notes, [*left_out, *also]
    )


def _usable(source: Source, where: str) -> tuple[Examples, list[Skipped]]:
    """The examples of `source` without those that hold NaN, in themselves or in their label."""
    found = examples_of(source.values, source.labels.values, name=source.name, where=where)
    good = found.usable & source.labels.usable
    if good.all():
        return found, []
    if not good.any():
        raise DataError(f"{where} has NaN or infinite numbers in every example.")
    left_out = [
        Skipped(found.split.name_of(int(index)), "It holds NaN or infinite numbers.") for index in np.flatnonzero(~good)
    ]
    return replace(found, split=PartSplit(found.split, np.flatnonzero(good)), usable=good), left_out


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
            raise DataError(
                f"{card.title} has one class only, “{classes[int(present[0])]}”; a network needs two to tell apart."
            )
    card = with_counts(card, train, test, classes=tuple(classes))
    return DataSet(card, train, test if test is not None and len(test) else None, sample_shape, tuple(notes), left_out)
