"""The arithmetic of curves: no peak is lost by thinning, smoothing is the moving average, growing changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.session.run_curves import EpochFigures, RunCurves
from explorer.ui.training.curves.lines import Smoothing, extent, line_of, logarithms, nearest, smoothed, thinned

numbers = st.floats(-1e6, 1e6, allow_nan=False)
lines = st.integers(1, 3000).flatmap(lambda size: arrays(np.float64, size, elements=numbers, fill=numbers))


def _steps(ys: np.ndarray) -> np.ndarray:
    return np.arange(1, len(ys) + 1, dtype=np.float64)


@given(ys=lines, columns=st.integers(1, 200))
def test_extremes_of_every_pixel_column_survive(ys: np.ndarray, columns: int) -> None:
    xs = _steps(ys)
    low, high = 0.0, float(len(ys) + 1)
    thin_xs, thin_ys = thinned(xs, ys, low=low, high=high, columns=columns)
    edges = np.linspace(low, high, columns + 1)
    column, thin_column = np.searchsorted(edges, xs, "right"), np.searchsorted(edges, thin_xs, "right")
    for at in np.unique(column):
        assert thin_ys[thin_column == at].max() == ys[column == at].max()
        assert thin_ys[thin_column == at].min() == ys[column == at].min()


@given(ys=lines, columns=st.integers(1, 200))
def test_a_thinned_line_is_short_rises_and_keeps_its_end(ys: np.ndarray, columns: int) -> None:
    xs = _steps(ys)
    thin_xs, thin_ys = thinned(xs, ys, low=0, high=len(ys) + 1, columns=columns)
    assert len(thin_xs) == len(thin_ys) <= 4 * columns + 1
    assert (np.diff(thin_xs) >= 0).all()
    assert (thin_xs[-1], thin_ys[-1]) == (xs[-1], ys[-1])


@given(ys=lines, low=st.floats(0, 3000), width=st.floats(1, 3000))
def test_a_part_of_a_line_runs_off_both_edges(ys: np.ndarray, low: float, width: float) -> None:
    xs = _steps(ys)
    thin_xs, _ = thinned(xs, ys, low=low, high=low + width, columns=50)
    assert not len(thin_xs) or thin_xs[0] <= max(low, 1.0) or thin_xs[0] == xs[-1]
    assert not len(thin_xs) or thin_xs[-1] >= min(low + width, xs[-1]) or thin_xs[-1] == xs[0]


def test_a_hole_in_a_line_does_not_swallow_its_pixel_column() -> None:
    ys = np.ones(1000)
    ys[[10, 500]] = np.nan, 7.0
    _, thin_ys = thinned(_steps(ys), ys, low=0, high=1001, columns=10)
    assert np.nanmax(thin_ys) == 7


def test_a_line_of_nothing_stays_nothing() -> None:
    empty = np.empty(0)
    assert all(len(part) == 0 for part in thinned(empty, empty, low=0, high=1, columns=10))


@given(ys=arrays(np.float64, st.integers(1, 2500), elements=numbers), weight=st.floats(0, 0.9999))
def test_smoothing_is_the_moving_average_written_out(ys: np.ndarray, weight: float) -> None:
    total = weights = 0.0
    expected = []
    for value in ys:
        total, weights = weight * total + (1 - weight) * value, weight * weights + (1 - weight)
        expected.append(total / weights)
    np.testing.assert_allclose(smoothed(ys, weight), expected, rtol=1e-7, atol=1e-6)


@given(ys=arrays(np.float64, 700, elements=numbers), cuts=st.lists(st.integers(0, 700), max_size=6))
def test_a_line_that_grows_is_smoothed_as_one_that_came_at_once(ys: np.ndarray, cuts: list[int]) -> None:
    growing = Smoothing(0.9)
    for cut in sorted(cuts):
        growing.follow(ys[:cut])
    np.testing.assert_allclose(growing.follow(ys), smoothed(ys, 0.9), rtol=1e-7, atol=1e-6)


def test_a_line_that_was_begun_anew_is_smoothed_anew() -> None:
    growing = Smoothing(0.5)
    growing.follow(np.arange(10.0))
    again = np.arange(20.0)[::-1].copy()
    np.testing.assert_allclose(growing.follow(again), smoothed(again, 0.5))
    np.testing.assert_allclose(growing.follow(again[:4]), smoothed(again[:4], 0.5))


def test_a_step_without_a_loss_is_passed_over() -> None:
    found = smoothed(np.array([1.0, np.nan, 1.0]), 0.5)
    assert found[0] == found[2] == 1
    assert np.isnan(found[1])


def test_what_has_no_logarithm_is_a_hole() -> None:
    found = logarithms(np.array([100.0, 0.0, -1.0, np.inf]))
    assert found[0] == 2
    assert np.isnan(found[1:]).all()


def test_the_extent_passes_over_what_is_no_number() -> None:
    assert extent([np.array([np.nan, 2.0]), np.array([np.inf, -1.0])]) == (-1, 2)
    assert extent([np.array([np.nan])]) is None


@given(steps=st.lists(st.integers(1, 10_000), min_size=1, max_size=50, unique=True).map(sorted), x=st.floats(0, 10_000))
def test_the_nearest_step_is_the_nearest(steps: list[int], x: float) -> None:
    xs = np.array(steps, np.float64)
    at = nearest(xs, x)
    if at is not None:
        assert abs(xs[at] - x) == np.abs(xs - x).min()
    else:
        assert x < xs[0] or x > xs[-1]


@pytest.mark.parametrize(("name", "steps"), [("val_loss", [10, 30]), ("train_accuracy", [])])
def test_a_figure_is_drawn_where_it_was_told(name: str, steps: list[int]) -> None:
    told = (EpochFigures(10, 1, val_loss=1.0), EpochFigures(20, 2), EpochFigures(30, 3, val_loss=0.5))
    run = RunCurves(1, "run 1", epochs=told)
    xs, ys = line_of(run, name)
    assert xs.tolist() == steps
    assert len(ys) == len(steps)
