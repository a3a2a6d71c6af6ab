"""The film of a run: bounded, evenly spread, cut at a rewind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.film import Film


def steps(film: Film[str]) -> list[int]:
    return [frame.step for frame in film.frames]


@given(count=st.integers(1, 600), budget=st.integers(30, 400))
def test_it_stays_within_its_bound_and_keeps_the_first_and_the_newest(count, budget):
    film: Film[str] = Film(budget)
    for step in range(1, count + 1):
        film.add(step, f"after {step}", 10)
        assert film.bytes <= budget
    assert steps(film)[0] == 1
    assert steps(film)[-1] == count
    assert all(frame.content == f"after {frame.step}" for frame in film.frames)


@given(count=st.integers(20, 2000))
def test_its_frames_are_spread_evenly_over_the_run(count):
    film: Film[str] = Film(200)  # twenty frames
    for step in range(1, count + 1):
        film.add(step, "", 10)
    gaps = [later - earlier for earlier, later in zip(steps(film), steps(film)[1:-1], strict=False)]
    assert len(film.frames) >= 10
    assert max(gaps) <= 2 * min(gaps)


def test_the_frame_of_a_step_is_the_last_one_up_to_it():
    film: Film[str] = Film()
    assert film.at(3) is None
    for step in (5, 10, 20):
        film.add(step, str(step), 1)
    assert [film.at(step).content for step in (1, 5, 9, 10, 19, 20, 99)] == ["5", "5", "5", "10", "10", "20", "20"]


def test_a_rewind_cuts_it():
    film: Film[str] = Film()
    for step in range(1, 8):
        film.add(step, "before", 1)
    film.add(4, "after", 1)
    assert [(frame.step, frame.content) for frame in film.frames][-2:] == [(3, "before"), (4, "after")]


def test_one_frame_too_large_for_the_bound_is_still_shown():
    film: Film[str] = Film(10)
    film.add(1, "large", 50)
    film.add(2, "large", 50)
    film.add(3, "large", 50)
    assert steps(film) == [1, 3]
