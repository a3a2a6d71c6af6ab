"""Classes put together: labels, counts and names of both parts follow, and what nothing can learn is refused."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.data import ClassGroup, DataError, DataSet, grouped
from explorer.data.arrays import Source
from explorer.data.data_set import Card
from explorer.data.dividing import data_set_of
from explorer.data.grouping import carried_over, one_against_the_rest, read_groups, suggested, why_not_carried

NAMES = ("airplane", "bird", "cat", "truck")
ANIMALS = (ClassGroup("animal", ("bird", "cat")), ClassGroup("vehicle", ("airplane", "truck")))


@pytest.fixture
def data() -> DataSet:
    """Forty rows whose first number is their class, and twelve that are held out."""
    parts = []
    for amount in (40, 12):
        labels = np.arange(amount) % 4
        rows = np.stack([labels, np.arange(amount)], axis=1).astype(np.float32)
        parts.append(Source(rows, labels, "row"))
    return data_set_of(Card("rows", "Rows", "Made here.", classes=NAMES), *parts)


def test_both_parts_get_the_labels_of_the_groups(data: DataSet) -> None:
    learned = grouped(data, ANIMALS)
    assert learned.classes == ("animal", "vehicle")
    assert learned.test is not None
    for split, amount in ((learned.train, 40), (learned.test, 12)):
        classes = split.inputs(np.arange(amount))[:, 0]
        assert split.labels.tolist() == np.isin(classes, (0, 3)).astype(int).tolist()
        assert split.counts().tolist() == [amount // 2, amount // 2]
    assert any("animal is bird, cat" in note for note in learned.notes)


def test_a_class_without_a_group_is_left_out_and_named(data: DataSet) -> None:
    learned = grouped(data, (ClassGroup("cats", ("cat",)), ClassGroup("wings", ("airplane", "bird"))))
    assert (len(learned.train), learned.card.count_train, learned.card.count_test) == (30, 30, 9)
    assert 3 not in learned.train.inputs(np.arange(30))[:, 0]
    assert learned.train.name_of(0) == data.train.name_of(0)
    assert any("left out: truck" in note for note in learned.notes)


def test_of_one_against_the_rest_the_one_is_what_a_single_output_tells(data: DataSet) -> None:
    learned = grouped(data, one_against_the_rest(NAMES, "cat"))
    assert learned.classes == ("the rest", "cat")
    assert learned.train.labels.tolist() == (data.train.labels == 2).astype(int).tolist()


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ((ClassGroup("all", NAMES),), "needs two groups"),
        (
            (ClassGroup("a", ("cat",)), ClassGroup("a", ("bird",))),
            "Several groups are called a: each needs a name of its own",
        ),
        ((ClassGroup("a", ("cat",)), ClassGroup("b", ("cow",))), "no class cow"),
        (
            (ClassGroup("a", ("cat", "bird")), ClassGroup("b", ("cat",))),
            "cat is in several groups: each belongs in one",
        ),
        ((ClassGroup("a", NAMES), ClassGroup("b", NAMES)), "airplane, bird, cat and 1 more are in several groups"),
        ((ClassGroup("a", ("cat",)), ClassGroup("b", ())), "The group b has no classes"),
    ],
)
def test_groups_that_nothing_can_learn_are_refused(data: DataSet, groups: tuple[ClassGroup, ...], said: str) -> None:
    with pytest.raises(DataError, match=said):
        grouped(data, groups)


def test_the_grouping_that_means_most_is_suggested_first() -> None:
    cifar = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    words, groups = suggested(cifar)[0]
    assert words == "animal and vehicle"
    assert sorted(name for group in groups for name in group.classes) == sorted(cifar)
    assert suggested(NAMES)[0] == ("airplane against the rest", one_against_the_rest(NAMES, "airplane"))


def test_groups_are_read_as_they_are_written_on_the_command_line() -> None:
    assert read_groups(["animal=bird,cat", "vehicle=*"], NAMES) == ANIMALS
    assert read_groups([" animal = bird, cat", "vehicle = * "], NAMES) == ANIMALS
    with pytest.raises(DataError, match="NAME=class,class, not animal"):
        read_groups(["animal"], NAMES)


SOME = (ClassGroup("cats", ("cat",)), ClassGroup("wings", ("airplane", "bird")))
AGAINST = one_against_the_rest(NAMES, "cat")


@pytest.mark.parametrize(
    ("groups", "classes", "is_moved", "kept"),
    [
        (ANIMALS, NAMES[::-1], False, ANIMALS),
        (ANIMALS, (*NAMES, "ship"), False, ()),
        (ANIMALS, NAMES[:3], True, ()),
        (SOME, NAMES, True, SOME),
        (SOME, NAMES, False, ()),
        (AGAINST, ("dog", "cat", "ship"), False, one_against_the_rest(("dog", "cat", "ship"), "cat")),
        (AGAINST, (*NAMES, "ship"), True, AGAINST),
        (AGAINST, ("cat",), False, ()),
        (AGAINST, ("dog", "ship"), False, ()),
        (AGAINST, (), False, ()),
    ],
)
def test_groups_go_with_data_of_the_same_classes(
    groups: tuple[ClassGroup, ...], classes: tuple[str, ...], is_moved: bool, kept: tuple[ClassGroup, ...]
) -> None:
    assert carried_over(groups, classes, is_moved=is_moved) == kept


def test_groups_that_are_let_go_say_why() -> None:
    told = "The groups animal and vehicle are let go: Rows has no class bird and truck. Undo brings them back."
    assert why_not_carried(ANIMALS, "Rows", ("cat", "airplane")) == told
    assert "Rows has classes that are in none of them" in why_not_carried(ANIMALS, "Rows", (*NAMES, "ship"))
