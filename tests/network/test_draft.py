"""A text while it is written: what stands before a fault is read, the fault has a place, and fixes change little."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.network import Network
from explorer.network.draft import Draft, mending, read_draft
from explorer.network.notation import LONGEST_TEXT
from explorer.network.shape import MOST_LAYERS
from tests.network import strategies


@pytest.mark.parametrize(
    ("text", "layers", "marked"),
    [
        ("3x32x32 conv(12, 5) relu", 2, None),
        ("3x32x32 conv(12, 5) rleu", 1, "rleu"),
        ("3x32x32 conv(12, 5) relu conv(4, 3, pading=1)", 2, "pading"),
        ("3x32x32 conv(12, 5) relu\nconv(4,  ", 2, ","),
        ("3x32x32 relu § relu", 1, "§"),
        ("3x32x32 relu ä", 1, "ä"),
        ("3x32x32 a=", 0, "="),
        ("relu", None, "relu"),
        ("", None, ""),
    ],
)
def test_what_stands_before_a_fault_is_read_and_the_fault_is_marked(
    text: str, layers: int | None, marked: str | None
) -> None:
    draft = read_draft(text)
    assert (None if draft.network is None else len(draft.network.layers)) == layers
    place = draft.fault_place
    assert (None if place is None else text[slice(*place)]) == marked
    assert draft.is_whole == (marked is None)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("3x32x32 conv(12, 5) rleu flatten", "3x32x32 conv(12, 5) relu flatten"),
        ("3x32x32 c=cnov(4, 3, padding=1)", "3x32x32 c=conv(4, 3, padding=1)"),
        ("3x32x32 conv(4, 3, pading=1)  # as before", "3x32x32 conv(4, 3, padding=1)  # as before"),
        ("3x32x32 conv relu", "3x32x32 conv(16, 3) relu"),
        ("3x32x32 conv(4) relu", None),
        ("3x32x32 qqqqqqq", None),
        ("3x32x32 relu §", None),
    ],
)
def test_what_is_perhaps_meant_by_a_word_can_be_put_in_its_place(text: str, mended: str | None) -> None:
    change = read_draft(text).fault_mended
    assert (None if change is None else change.applied(text)) == mended
    assert mended is None or read_draft(mended).is_whole


@settings(max_examples=100, deadline=None)
@given(network=strategies.networks())
def test_a_whole_text_says_the_network_and_where_each_layer_stands(network: Network) -> None:
    draft = read_draft(network.text())
    assert draft.network == network
    written = [draft.text[slice(*place)] for place in draft.places]
    assert " ".join(written) == network.layers_text(network.names)
    for number, (begin, end) in enumerate(draft.places):
        assert draft.layer_at(begin) == draft.layer_at(end) == number


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="3x 2(=,)#conv'addinput\n-.relu§𝄞", max_size=40))
def test_any_text_is_a_draft(text: str) -> None:
    draft = read_draft(text)
    assert draft.is_whole or draft.fault is not None
    place = draft.fault_place
    assert place is None or 0 <= place[0] <= place[1] <= len(text)


def _mended(text: str) -> str:
    draft = read_draft(text)
    assert draft.network is not None
    problem = next(problem for problem in draft.network.problems() if problem.fix is not None)
    assert problem.fix is not None
    changed = mending(draft, problem.fix).applied(text)
    again = read_draft(changed)
    assert again.network == problem.fix.network
    assert str(again.fault)[:20] == str(draft.fault)[:20]
    return changed


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("3x8x8 # in\nconv(4, 3)  # maps\nlinear(2) # out", "3x8x8 # in\nconv(4, 3)  # maps\nflatten linear(2) # out"),
        ("3x8x8\nc=conv(4, 30)\nrelu", "3x8x8\nc=conv(4, 8)\nrelu"),
        ("3x8x8 l = linear(2) conv(", "3x8x8 flatten l=linear(2) conv("),
        ("3x8x8 conv(3, 3, padding=1) add(conv1)", "3x8x8 conv(3, 3, padding=1) add(input, conv1)"),
    ],
)
def test_a_fix_changes_one_layer_of_the_text_and_leaves_lines_and_comments(text: str, mended: str) -> None:
    assert _mended(text) == mended


def test_a_fix_that_renames_what_others_take_writes_all_anew() -> None:
    text = "3x8x8 train=conv(3, 3, padding=1) relu add(train, relu1)"
    assert _mended(text) == "3x8x8 conv(3, 3, padding=1) relu add(conv1, relu1)"


def test_texts_beyond_all_bounds_are_refused_in_a_sentence() -> None:
    too_long = read_draft("3x8x8 " + "relu " * 100_000)
    assert too_long == Draft(too_long.text, fault=too_long.fault)
    assert str(too_long.fault) == f"The text has 500,006 letters; a network may have at most {LONGEST_TEXT:,}."
    many = read_draft("3x8x8 " + "relu " * 20_000)
    assert many.network is not None
    assert len(many.network.layers) == MOST_LAYERS
    assert str(many.fault).startswith("A network has up to 1,000 layers")
    wide = read_draft(f"3x8x8 relu add({', '.join(['relu1'] * 10_001)})")
    assert "at most 10,000 are shown" in str(wide.fault)
