"""A scene's sample stands as the scene says: mirrored, on its head, or turned by a quarter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.lessons.readings.expressions import ReadingError
from explorer.lessons.readings.parsing import parse_assignment
from explorer.lessons.script import Scene
from explorer.lessons.staging.changing import changed, set_up
from explorer.lessons.staging.stage import Stage
from explorer.orientation import TURNS

CAT = Scene("cat", network="3x12x12 conv(1, 3)", sample="cat")
TURNED = {
    "mirrored": lambda x: np.flip(x, 3),
    "left": lambda x: np.rot90(x, 1, (2, 3)),
    "right": lambda x: np.rot90(x, -1, (2, 3)),
    "upside down": lambda x: np.rot90(x, 2, (2, 3)),
}


@pytest.mark.parametrize("way", TURNS)
def test_what_goes_in_is_the_sample_turned(way: str) -> None:
    given = Stage(replace(CAT, turned=way)).input
    np.testing.assert_allclose(given, TURNED[way](Stage(CAT).input), atol=0.02)  # resized the other way round


def test_a_change_turns_it_too() -> None:
    staged = changed(set_up(CAT), (parse_assignment("turned = 'upside down'"),))
    np.testing.assert_array_equal(staged.stage.input, Stage(replace(CAT, turned="upside down")).input)


def test_a_way_that_there_is_not_is_told_with_those_there_are() -> None:
    there = ", ".join(TURNS)
    with pytest.raises(ReadingError, match=f"there are the turns {there}, not 'sideways'"):
        _ = Stage(replace(CAT, turned="sideways")).input
