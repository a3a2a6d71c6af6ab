"""Point sets: balanced, seeded, of the shape they are named after."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.data import open_data
from explorer.data.sets.points import SHAPES

NAMES = [f"points:{shape.name}" for shape in SHAPES]


@pytest.fixture(params=NAMES)
def data(request: pytest.FixtureRequest):
    return open_data(request.param)


def all_points(split) -> np.ndarray:
    return split.inputs(np.arange(len(split)))


def test_classes_are_balanced_and_points_are_small_numbers(data) -> None:
    for split in (data.train, data.test):
        assert np.ptp(split.counts()) <= 1
        points = all_points(split)
        assert points.dtype == np.float32
        assert points.shape == (len(split), 2)
        assert np.abs(points).max() < 3
    assert data.sample_shape == (2,)


def test_the_same_seed_gives_the_same_points_and_the_test_has_others(data) -> None:
    again, other = open_data(data.card.name), open_data(data.card.name, seed=1)
    np.testing.assert_array_equal(all_points(data.train), all_points(again.train))
    assert not np.array_equal(all_points(data.train), all_points(other.train))
    assert not {point.tobytes() for point in all_points(data.train)} & {p.tobytes() for p in all_points(data.test)}


def test_the_nearest_training_point_mostly_has_the_same_class(data) -> None:
    distances = np.linalg.norm(all_points(data.test)[:, None] - all_points(data.train)[None], axis=2)
    guesses = data.train.labels[distances.argmin(axis=1)]
    assert (guesses == data.test.labels).mean() > 0.9


@pytest.mark.parametrize("name", ["points:xor", "points:circles", "points:spirals"])
def test_no_straight_line_tells_them_apart(name: str) -> None:
    data = open_data(name)
    points = np.column_stack([all_points(data.train), np.ones(len(data.train))])
    weights, *_ = np.linalg.lstsq(points, np.eye(len(data.classes))[data.train.labels], rcond=None)
    assert ((points @ weights).argmax(axis=1) == data.train.labels).mean() < 0.75
