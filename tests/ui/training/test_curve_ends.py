"""The words at the curves' ends cover nothing: neither a line nor each other, and none leaves the plot."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.training.curves.ends import End, LabelBox, places

WIDTH, HEIGHT = 300.0, 120.0
WORDS = (34.0, 14.0)


def _line(heights: list[float], start: float, end: float) -> tuple[np.ndarray, np.ndarray]:
    return np.linspace(start, end, len(heights)), np.array(heights)


lines = st.lists(
    st.builds(
        _line,
        st.lists(st.floats(0, HEIGHT), min_size=1, max_size=30),
        st.floats(0, WIDTH / 2),
        st.floats(WIDTH / 2, WIDTH),
    ),
    min_size=1,
    max_size=6,
)


def _drawn(line: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """A line at every tenth of a pixel."""
    fine = np.arange(line[0][0], line[0][-1], 0.1)
    return fine, np.interp(fine, *line)


@given(lines)
def test_words_cover_no_line_and_no_other_words(drawn: list[tuple[np.ndarray, np.ndarray]]) -> None:
    ends = [End(float(xs[-1]), float(ys[-1]), *WORDS) for xs, ys in drawn]
    found = [box for box in places(ends, drawn, width=WIDTH, height=HEIGHT) if box is not None]
    for at, box in enumerate(found):
        assert box.is_inside(WIDTH, HEIGHT)
        assert not any(box.meets(other) for other in found[:at])
        for line in drawn:
            xs, ys = _drawn(line)
            inside = (xs > box.left) & (xs < box.right) & (ys > box.top) & (ys < box.bottom)
            assert not inside.any()


def test_a_word_stands_beside_its_end_where_that_is_free() -> None:
    line = _line([100.0, 60.0], 0, 200)
    assert places([End(200, 60, *WORDS)], [line], width=WIDTH, height=HEIGHT) == [LabelBox(204, 53, *WORDS)]


def test_a_word_gives_way_to_a_curve_that_goes_on_from_there() -> None:
    line, fork = _line([60.0, 60.0], 0, 200), _line([60.0, 60.0], 201, 260)
    (box,) = places([End(200, 60, *WORDS)], [line, fork], width=WIDTH, height=HEIGHT)
    assert box is not None
    assert box.left == 204
    assert box.bottom <= 60


def test_a_word_without_any_room_is_left_out() -> None:
    wall = _line([0.0, HEIGHT] * 200, 0, WIDTH)
    assert places([End(150, 60, *WORDS)], [wall], width=WIDTH, height=HEIGHT) == [None]


def test_holes_in_a_line_are_room() -> None:
    hole = np.full(5, np.nan)
    assert places([End(100, 60, *WORDS)], [(np.linspace(90, 200, 5), hole)], width=WIDTH, height=HEIGHT) != [None]
