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
from explorer.ui.common.even_colours import to_oklab
from explorer.ui.common.theme_colours import DARK, LIGHT, Theme


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """How well one colour is read on another, 1 to 21 (WCAG 2)."""
    light = sorted(_luminance(each) for each in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _luminance(colour: tuple[int, ...]) -> float:
    share = np.array(colour) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


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


@pytest.mark.parametrize("chosen", [LIGHT, DARK])
def test_zero_of_what_is_never_negative_is_the_panes_own_background(chosen: Theme, qapp: QApplication) -> None:
    theme.apply(qapp, chosen.name)
    zero = colourise(np.zeros(1, np.float32), scale_for(0, 3))[0]
    assert tuple(zero) == (*rgb(chosen.pane), 255)
    assert tuple(lookup_table(False)[0, :3]) == rgb(chosen.pane)


@pytest.mark.parametrize("chosen", [LIGHT, DARK])
def test_from_zero_up_each_step_looks_equally_large(chosen: Theme, qapp: QApplication) -> None:
    theme.apply(qapp, chosen.name)
    lightness, *_ = colours = to_oklab(lookup_table(False)[::15, :3]).T
    steps = np.linalg.norm(np.diff(colours.T, axis=0), axis=1)
    assert steps.min() > 0.8 * steps.max()
    further = np.diff(lightness) * (1 if chosen is DARK else -1)
    assert (further > 0.4 * steps.mean()).all()


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("chosen", [LIGHT, DARK])
def test_a_number_can_be_read_on_any_colour(chosen: Theme, signed: bool, qapp: QApplication) -> None:
    theme.apply(qapp, chosen.name)
    for colour in lookup_table(signed):
        assert contrast(rgb(ink_on(colour)), tuple(colour[:3].tolist())) >= 4.5


def test_ink_is_dark_on_light_and_light_on_dark() -> None:
    assert ink_on(np.array([255, 255, 255])) == "#000000"
    assert ink_on(np.array([20, 20, 60])) == "#ffffff"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_values_in_any_order_of_memory_have_the_same_colours(order: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    laid_out = np.ascontiguousarray(values.transpose(order)).transpose(np.argsort(order))
    scale = scale_for(-2, 2)
    np.testing.assert_array_equal(colourise(laid_out, scale), colourise(values, scale))


@pytest.mark.parametrize("of", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["pane", "window", "sunken", "selection"])
@pytest.mark.parametrize("ink", ["text", "dim", "accent", "warning", "error", "good"])
def test_every_ink_can_be_read_on_every_ground(of: Theme, ground: str, ink: str) -> None:
    assert contrast(rgb(getattr(of, ink)), rgb(getattr(of, ground))) >= 4.5


@pytest.mark.parametrize("of", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_words_on_the_main_button_can_be_read(of: Theme) -> None:
    assert contrast(rgb(of.accent_text), rgb(of.accent)) >= 4.5
