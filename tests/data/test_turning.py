"""Pictures turned and mirrored: as numpy does it, told in a sentence, and back to the very picture that was read."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.data import picture_from_array
from explorer.data.turning import orientation_of, turned
from explorer.orientation import TURNS, Orientation

READ = picture_from_array(np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3), "six pixels")
BY_NUMPY = {
    "mirrored": np.fliplr,
    "left": lambda pixels: np.rot90(pixels, 1),
    "right": lambda pixels: np.rot90(pixels, -1),
    "upside down": lambda pixels: np.rot90(pixels, 2),
}
WORDS = st.lists(st.sampled_from(sorted(TURNS)), max_size=8)


@given(words=WORDS)
def test_turns_one_after_the_other_are_those_of_numpy(words: list[str]) -> None:
    picture, pixels = READ, READ.pixels
    for word in words:
        picture, pixels = turned(picture, TURNS[word]), BY_NUMPY[word](pixels)
    assert np.array_equal(picture.pixels, pixels)
    assert not picture.pixels.flags.writeable
    assert (picture is READ) == (orientation_of(picture) == Orientation())


@given(words=WORDS)
def test_it_is_told_as_it_lies_not_how_it_came_to_lie_so(words: list[str]) -> None:
    picture = READ
    for word in words:
        picture = turned(picture, TURNS[word])
    now = orientation_of(picture)
    assert picture.conversions == ((*READ.conversions, now.told) if now.told else READ.conversions)
    assert now.of(READ.pixels, (0, 1)).tolist() == picture.pixels.tolist()
