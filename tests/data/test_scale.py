"""Mean and spread of pictures: those of a few of them, the same wherever they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.data import Card, DataSet, open_data
from explorer.data.scale import MEASURED, measured_scale, scale_for
from explorer.data.splits import ArraySplit


class _Stopped(Exception):
    pass


def _data(count: int = 40) -> DataSet:
    pixels = np.random.default_rng(0).integers(0, 256, (count, 8, 8, 3), np.uint8)
    pixels[..., -1] = 51
    return DataSet(Card("a", "A", "Pictures."), ArraySplit(pixels, np.zeros(count, np.int64), "a"), None, (8, 8, 3))


def test_mean_and_deviation_are_those_of_all_pictures() -> None:
    data = _data()
    mean, std = measured_scale(data)
    scaled = data.train.inputs(range(40)) / 255
    assert mean == pytest.approx(scaled.mean((0, 1, 2)), abs=1e-4)
    assert std == pytest.approx([*scaled.std((0, 1, 2), ddof=1)[:2], 1.0], abs=1e-4)  # no variation: left as it is


def test_plain_numbers_have_no_scale() -> None:
    assert measured_scale(open_data("points:moons")) == ((), ())


def test_of_many_pictures_evenly_spread_ones_are_read() -> None:
    count = 3 * MEASURED
    asked: list[int] = []
    data = _data(count)
    read = data.train.inputs
    data.train.inputs = lambda indices: asked.extend(indices) or read(indices)  # type: ignore[method-assign]
    measured_scale(data)
    assert len(asked) == len(set(asked)) == MEASURED
    assert (asked[0], asked[-1]) == (0, count - 1)
    assert set(np.diff(asked)) <= {3, 4}


def test_measuring_tells_how_far_it_is_and_ends_where_nobody_wants_it() -> None:
    told: list[tuple[int, int]] = []
    assert measured_scale(_data(), lambda done, whole: told.append((done, whole))) == measured_scale(_data())
    assert told == [(0, 40), (16, 40), (32, 40)]

    def stop(done: int, _whole: int) -> None:
        if done:
            raise _Stopped

    with pytest.raises(_Stopped):
        measured_scale(_data(), stop)


@pytest.mark.parametrize(
    ("shape", "mean", "fed"),
    [
        ((3, 8, 8), (0.1, 0.2, 0.3), (0.1, 0.2, 0.3)),
        ((3, 8, 8), (0.1,), (0.1, 0.1, 0.1)),
        ((1, 8, 8), (0.1, 0.2, 0.3), ()),
        ((64,), (0.1,), ()),
        ((3, 8, 8), (), ()),
    ],
)
def test_a_network_is_fed_by_the_scale_of_its_channels(
    shape: tuple[int, ...], mean: tuple[float, ...], fed: tuple[float, ...]
) -> None:
    assert scale_for(shape, (mean, mean)) == (fed, fed)
