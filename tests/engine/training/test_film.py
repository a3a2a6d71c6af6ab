"""The film of a run: frames evenly spread, bounded, and exactly the weights of their step."""

from __future__ import annotations

from itertools import pairwise

import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.training.film import Film


def _model(step: int) -> torch.nn.Linear:
    model = torch.nn.Linear(2, 2)
    with torch.no_grad():
        model.weight.fill_(step)
    return model


@given(count=st.integers(1, 400), most=st.integers(3, 20))
def test_frames_stay_bounded_ordered_and_evenly_spread(count: int, most: int) -> None:
    film = Film(frames_at_most=most)
    for step in range(count + 1):
        film.offer(step, _model(step))
    film.keep(count, _model(count))
    steps = film.steps
    assert len(steps) <= most
    assert (steps[0], steps[-1]) == (0, count)
    assert list(steps) == sorted(steps)
    gaps = [after - before for before, after in pairwise(steps)]
    assert len(set(gaps[:-1])) <= 1


@given(count=st.integers(1, 200))
def test_a_frame_has_the_weights_of_its_step(count: int) -> None:
    film = Film(frames_at_most=16)
    for step in range(count + 1):
        film.offer(step, _model(step))
    for index in range(len(film.steps)):
        step, state = film.frame(index)
        assert state["weight"].eq(step).all()
    assert film.frame(10_000)[0] == film.steps[-1]


def test_large_weights_keep_fewer_frames() -> None:
    film = Film(bytes_at_most=10 * 24)
    for step in range(100):
        film.offer(step, _model(step))
    assert len(film.steps) <= 10
