"""Colours keep their promises: zero is nothing, order is kept, what is not a number stands out."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from explorer.ui.common import theme
from explorer.ui.common.colour import Scale, colourise, ink_on, lookup_table, rgb, scale_for
from explorer.ui.common.theme_colours import DARK, LIGHT, Theme

numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers)
def test_a_scale_holds_its_values_and_signed_ones_have_zero_in_the_middle(first: float, second: float) -> None:
    low, high = min(first, second), max(first, second)
    scale = scale_for(low, high)
    assert scale.low <= low
    assert scale.high >= high
    assert scale.signed == (low < 0)
    assert scale.low == (-scale.high if scale.signed else 0)
    assert scale.high > scale.low


@pytest.mark.parametrize("chosen", [LIGHT, DARK])
def test_zero_on_a_signed_scale_looks_like_the_pane(chosen: Theme, qapp: QApplication) -> None:
    theme.apply(qapp, chosen.name)
    colour = colourise(np.zeros(1, np.float32), Scale(-2, 2, True))[0, :3].astype(int)
    assert np.abs(colour - rgb(chosen.pane)).max() <= 2


@pytest.mark.parametrize("signed", [False, True])
def test_ends_of_the_bar_are_the_ends_of_the_table(signed: bool) -> None:
    scale = Scale(-3 if signed else 0, 3, signed)
    ends = colourise(np.array([scale.low, scale.high, 10 * scale.high], np.float32), scale)
    np.testing.assert_array_equal(ends, lookup_table(signed)[[0, 255, 255]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_has_a_colour_of_its_own(value: float) -> None:
    colours = colourise(np.array([1.0, value], np.float32), Scale(0, 1, False))
    np.testing.assert_array_equal(colours[1, :3], rgb(theme.current().error))
    np.testing.assert_array_equal(colours[0], lookup_table(False)[255])


def test_the_sequential_table_gets_lighter_all_the_way() -> None:
    luminance = lookup_table(False)[:, :3] @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(luminance) > -0.5).all()


def test_ink_is_dark_on_light_and_light_on_dark() -> None:
    assert ink_on(np.array([255, 255, 255])) == "#000000"
    assert ink_on(np.array([20, 20, 60])) == "#ffffff"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_values_in_any_order_of_memory_have_the_same_colours(order: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    laid_out = np.ascontiguousarray(values.transpose(order)).transpose(np.argsort(order))
    scale = scale_for(-2, 2)
    np.testing.assert_array_equal(colourise(laid_out, scale), colourise(values, scale))
