"""What is typed finds what is meant: beginnings before parts, letters left out, words in any order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.shell.finding.findable import Findable
from explorer.ui.shell.finding.fuzzy import best, in_title


def findables(*titles: str, words: str = "") -> list[Findable]:
    return [Findable(title, "command", lambda: None, words=words) for title in titles]


def found(query: str, *titles: str) -> list[str]:
    return [each.title for each in best(query, findables(*titles), 20)]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("save", "Save network"),
        ("sna", "Save network as"),
        ("conv1", "conv1"),
        ("trn", "Train"),
        ("net save", "Save network"),
        ("KEYB", "Keyboard shortcuts"),
    ],
)
def test_a_few_letters_find_what_is_meant_first(query: str, wanted: str) -> None:
    titles = ("Keyboard shortcuts", "Save network as", "Save network", "Train", "conv10", "conv1", "Reset layout")
    assert found(query, *titles)[0] == wanted


def test_the_whole_title_comes_before_a_beginning_before_a_part_before_letters_apart() -> None:
    titles = ("c-o-n-v", "deconv", "my conv", "conv1", "conv")
    assert found("conv", *titles) == ["conv", "conv1", "my conv", "deconv", "c-o-n-v"]


def test_letters_far_apart_are_not_what_was_meant() -> None:
    assert found("cts", "Change all the things at once, and then some") == []
    assert found("zzz", "Save network") == []


def test_every_word_has_to_fit_and_some_may_be_found_beside_the_title() -> None:
    layers = findables("conv1", "conv2", words="convolution") + findables("relu1", words="activation")
    assert [each.title for each in best("activ", layers, 9)] == ["relu1"]
    assert [each.title for each in best("convol 2", layers, 9)] == ["conv2"]
    assert best("conv activation", layers, 9) == []


def test_what_cannot_be_used_now_comes_later() -> None:
    refused = Findable("Undo", "command", lambda: None, refusal="Nothing to undo.")
    usable = Findable("Undo the zoom", "command", lambda: None)
    assert best("undo", [refused, usable], 9) == [usable, refused]


def test_nothing_typed_shows_the_first_ones() -> None:
    assert found("", "b", "a", "c") == ["b", "a", "c"]
    assert len(best("", findables(*"abcdef"), 3)) == 3


@given(st.text(min_size=1, max_size=12))
def test_a_title_is_found_by_itself(title: str) -> None:
    """Not after `str.lower`, which may make two letters of one."""
    if title.split() == [title] and title.lower() == title:
        assert in_title(title, title) > 0
