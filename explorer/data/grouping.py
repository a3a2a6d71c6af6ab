"""Classes put together: a network learns several classes of a data set as one, "animal" for bird, cat and deer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.amounts import listed
from explorer.bounds import brief
from explorer.data.data_set import Array, DataError, DataSet, Split
from explorer.data.dividing import checked
from explorer.data.splits import PartSplit

REST = "the rest"
EVERY_OTHER = "*"
MOST_NAMED = 3  # of what is wrong with groups


@dataclass(frozen=True)
class ClassGroup:
    """Classes of a data set that are learned as one, under a name of their own."""

    name: str
    classes: tuple[str, ...]


Grouping = tuple[ClassGroup, ...]
"""The groups in the order of their labels; classes that are in none of them are left out."""

KNOWN: tuple[tuple[str, Grouping], ...] = (
    (
        "animal and vehicle",
        (
            ClassGroup("animal", ("bird", "cat", "deer", "dog", "frog", "horse")),
            ClassGroup("vehicle", ("airplane", "automobile", "ship", "truck")),
        ),
    ),
    (
        "even and odd",
        (ClassGroup("even", ("0", "2", "4", "6", "8")), ClassGroup("odd", ("1", "3", "5", "7", "9"))),
    ),
)
"""Groupings of well-known data sets, by what they are called."""


class GroupedSplit(PartSplit):
    """The examples of `whole` whose classes are in a group, with the groups' labels.

    label_of: (K,) the new label of each old one; −1 leaves it out.
    """

    def __init__(self, whole: Split, label_of: Array) -> None:
        labels = label_of[whole.labels]
        places = np.flatnonzero(labels >= 0).astype(np.int64)
        super().__init__(whole, places)
        self.labels = labels[places]


def grouped(data: DataSet, groups: Grouping) -> DataSet:
    """`data` with its groups as classes, held-out examples too. Raises DataError for groups that nothing can learn."""
    check_groups(data, groups)
    label_of = np.full(len(data.classes), -1, np.int64)
    for label, group in enumerate(groups):
        label_of[[data.classes.index(name) for name in group.classes]] = label
    train, test = (None if split is None else GroupedSplit(split, label_of) for split in (data.train, data.test))
    assert train is not None
    names, notes = tuple(group.name for group in groups), (*data.notes, *_told(data, groups))
    return checked(data.card, train, test, data.sample_shape, names, notes, data.left_out)


def one_against_the_rest(classes: Sequence[str], name: str) -> Grouping:
    """Two groups: all other classes, and the one, whose probability a network with one output gives."""
    return ClassGroup(REST, tuple(other for other in classes if other != name)), ClassGroup(name, (name,))


def suggested(classes: Sequence[str]) -> tuple[tuple[str, Grouping], ...]:
    """Ways to put `classes` into two groups, by what they are called; the one that means most first."""
    known = [(words, groups) for words, groups in KNOWN if {*_named(groups)} == {*classes}]
    return (*known, *((f"{name} against the rest", one_against_the_rest(classes, name)) for name in classes))


def read_groups(words: Sequence[str], classes: Sequence[str]) -> Grouping:
    """ "animal=cat,dog" and "other=*", which takes all that no other one names. Raises DataError."""
    groups = []
    for word in words:
        name, _, listed = map(str.strip, word.partition("="))
        if not name or not listed:
            raise DataError(f"A group is written NAME=class,class, not {brief(word)}.")
        groups.append(ClassGroup(name, tuple(map(str.strip, listed.split(",")))))
    rest = tuple(each for each in classes if each not in _named(groups))
    return tuple(replace(group, classes=rest) if group.classes == (EVERY_OTHER,) else group for group in groups)


def carried_over(groups: Grouping, classes: Sequence[str], *, is_moved: bool) -> Grouping:
    """`groups` for data with these `classes`; () where they are those of other data.

    Groups that name them all stay, and so do those that leave some out where the same data were moved. One against the
    rest stays wherever there is the one: the rest are then all others.
    """
    named, rest = {*_named(groups)}, next((group for group in groups if group.name == REST), None)
    if named == {*classes} or (is_moved and named <= {*classes}):
        return groups
    kept = _named(group for group in groups if group is not rest)
    if rest is None or not {*kept} < {*classes}:
        return ()
    others = tuple(name for name in classes if name not in kept)
    return tuple(replace(group, classes=others) if group is rest else group for group in groups)


def why_not_carried(groups: Grouping, title: str, classes: Sequence[str]) -> str:
    """Why groups are let go as data called `title` are opened."""
    missing = [name for name in dict.fromkeys(_named(groups)) if name not in classes]
    why = f"has no class {_few(missing)}" if missing else "has classes that are in none of them"
    return f"The groups {_few([group.name for group in groups])} are let go: {title} {why}. Undo brings them back."


def _named(groups: Iterable[ClassGroup]) -> list[str]:
    return [name for group in groups for name in group.classes]


def check_groups(data: DataSet, groups: Grouping) -> None:
    """Raises DataError for groups that do not fit `data`, or that nothing can learn."""
    if not data.classes:
        raise DataError(f"{data.card.title} has no classes to put into groups.")
    if len(groups) < 2:
        raise DataError("A network needs two groups to tell apart.")
    names, named = [group.name for group in groups], _named(groups)
    if twice := _repeated(names):
        raise DataError(f"Several groups are called {_few(twice)}: each needs a name of its own.")
    known = set(data.classes)
    if unknown := [name for name in dict.fromkeys(named) if name not in known]:
        raise DataError(f"{data.card.title} has no class {_few(unknown)}. It has {', '.join(data.classes[:10])}.")
    if double := _repeated(named):
        raise DataError(f"{_few(double)} {'is' if len(double) == 1 else 'are'} in several groups: each belongs in one.")
    empty = next((group.name for group in groups if not group.classes), None)
    if empty is not None:
        raise DataError(f"The group {brief(empty)} has no classes.")


def _repeated(names: Iterable[str]) -> list[str]:
    """Those that stand there more than once."""
    return [name for name, amount in Counter(names).items() if amount > 1]


def _few(names: Sequence[str]) -> str:
    """ "a", "a, b and 7 more"."""
    more = len(names) - MOST_NAMED
    return listed([*map(brief, names[:MOST_NAMED]), *([f"{more:,} more"] if more > 0 else [])])


def _told(data: DataSet, groups: Grouping) -> tuple[str, ...]:
    """What is said of the groups, and of classes that are in none."""
    parts = [f"{brief(group.name)} is {brief(', '.join(group.classes), 200)}" for group in groups]
    left_out = [name for name in data.classes if name not in _named(groups)]
    told = (f"{len(data.classes):,} classes were put into {len(groups):,} groups: {'; '.join(parts)}.",)
    return (*told, f"In no group, and so left out: {brief(', '.join(left_out), 200)}.") if left_out else told
