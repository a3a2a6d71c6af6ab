"""Whatever the picture and the network's size: the right shape, a told rule, and no silent distortion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data import FIT_MODES, Picture, fit_picture, picture_from_array

lengths = st.one_of(st.integers(1, 80), st.sampled_from([1, 2, 3, 500, 3000]))
sizes = st.tuples(lengths, lengths)
targets = st.tuples(st.sampled_from([1, 2, 3, 5]), st.integers(1, 70), st.integers(1, 70))
anything = settings(max_examples=150, deadline=None)


def _picture(height: int, width: int) -> Picture:
    y, x = np.arange(height).astype(np.uint8)[:, None], np.arange(width).astype(np.uint8)  # from 0 again after 255
    return picture_from_array(np.stack(np.broadcast_arrays(x, y, x + y), axis=-1))


@anything
@given(sizes, targets, st.sampled_from(FIT_MODES))
def test_any_picture_comes_out_in_the_networks_shape(
    size: tuple[int, int], shape: tuple[int, int, int], mode: str
) -> None:
    fitted = fit_picture(_picture(*size), shape, mode=mode)
    channels, height, width = shape
    assert fitted.pixels.shape == (height, width, channels)
    assert (fitted.values.shape, fitted.values.dtype) == (shape, np.float32)
    np.testing.assert_array_equal(fitted.values, fitted.pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255))
    assert fitted.steps
    assert all(sentence.endswith(".") for sentence in fitted.steps)
    assert not fitted.pixels.flags.writeable
    assert not fitted.values.flags.writeable


@anything
@given(sizes, targets)
def test_a_cut_out_keeps_the_proportions_and_lies_inside(size: tuple[int, int], shape: tuple[int, int, int]) -> None:
    top, left, bottom, right = fit_picture(_picture(*size), shape, mode="crop").source_box
    assert (right - left) * shape[1] == pytest.approx((bottom - top) * shape[2])
    assert 0 <= top < bottom <= size[0]
    assert 0 <= left < right <= size[1]
    assert top == pytest.approx(size[0] - bottom)
    assert left == pytest.approx(size[1] - right)


@anything
@given(sizes, targets)
def test_padding_shows_the_whole_picture(size: tuple[int, int], shape: tuple[int, int, int]) -> None:
    top, left, bottom, right = fit_picture(_picture(*size), shape, mode="pad").source_box
    assert top <= 1e-9
    assert left <= 1e-9
    assert bottom >= size[0] - 1e-9
    assert right >= size[1] - 1e-9


@anything
@given(sizes, targets, st.sampled_from(FIT_MODES))
def test_unequal_scaling_is_never_silent(size: tuple[int, int], shape: tuple[int, int, int], mode: str) -> None:
    fitted = fit_picture(_picture(*size), shape, mode=mode)
    top, left, bottom, right = fitted.source_box
    across, down = (right - left) / shape[2], (bottom - top) / shape[1]
    is_distorted = max(across, down) / min(across, down) > 1.03
    assert not is_distorted or any("This makes things" in sentence for sentence in fitted.steps)


@anything
@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(FIT_MODES))
def test_a_picture_of_the_right_size_is_fed_untouched(height: int, width: int, mode: str) -> None:
    picture = _picture(height, width)
    fitted = fit_picture(picture, (3, height, width), mode=mode)
    np.testing.assert_array_equal(fitted.pixels, picture.pixels)
    assert fitted.steps == ("The whole picture is used.", "The network is fed x / 255.")


@anything
@given(sizes, targets, st.integers(0, 255), st.sampled_from(["crop", "stretch"]))
def test_a_picture_of_one_colour_stays_so(
    size: tuple[int, int], shape: tuple[int, int, int], grey: int, mode: str
) -> None:
    fitted = fit_picture(picture_from_array(np.full((*size, 3), grey, np.uint8)), shape, mode=mode)
    assert (fitted.pixels == grey).all()


def test_shrinking_takes_the_mean_and_leaves_no_pattern() -> None:
    board = np.indices((64, 64)).sum(axis=0) % 2 * 255
    fitted = fit_picture(picture_from_array(board.astype(np.uint8)), (1, 8, 8), mode="crop")
    assert abs(fitted.pixels.astype(int) - 127).max() <= 2


def test_the_middle_is_cut_out_and_said() -> None:
    fitted = fit_picture(_picture(480, 640), (3, 32, 32), mode="crop")
    assert fitted.source_box == (0, 80, 480, 560)
    assert fitted.steps[0] == "The middle 480 × 480 of 640 × 480 is cut out."
    assert fitted.steps[1].startswith("It is shrunk to 32 × 32")


def test_padding_is_black_above_and_below_a_wide_picture() -> None:
    fitted = fit_picture(picture_from_array(np.full((10, 20, 3), 200, np.uint8)), (3, 8, 8), mode="pad")
    assert fitted.source_box == (-5, 0, 15, 20)
    assert (fitted.pixels[:2] == 0).all()
    assert (fitted.pixels[2:6] == 200).all()
    assert "Black fills the rest of 8 × 8." in fitted.steps


def test_a_line_padded_to_one_pixel_says_how_far_it_is_bent() -> None:
    fitted = fit_picture(_picture(3, 20_000), (3, 32, 32), mode="pad")
    assert "This makes things 208 times narrower." in fitted.steps


def test_one_channel_takes_the_brightness() -> None:
    picture = picture_from_array(np.full((4, 4, 3), (200, 100, 50), np.uint8))
    fitted = fit_picture(picture, (1, 4, 4), mode="crop")
    assert fitted.pixels[0, 0, 0] == round(0.299 * 200 + 0.587 * 100 + 0.114 * 50)
    assert "Grey is 0.299 red + 0.587 green + 0.114 blue." in fitted.steps


def test_a_grey_picture_keeps_its_grey_levels_in_one_channel() -> None:
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    fitted = fit_picture(picture_from_array(grey), (1, 16, 16), mode="crop")
    np.testing.assert_array_equal(fitted.pixels[..., 0], grey)


def test_mean_and_std_are_applied_for_each_channel_and_said() -> None:
    mean, std = (0.5, 0.25, 0.125), (0.5, 0.25, 1.0)
    picture = _picture(4, 4)
    fitted = fit_picture(picture, (3, 4, 4), mode="crop", mean=mean, std=std)
    expected = (picture.pixels / 255 - mean) / std
    np.testing.assert_allclose(fitted.values, expected.transpose(2, 0, 1), rtol=1e-5, atol=1e-6)
    assert fitted.steps[-1] == "The network is fed x / 255, less 0.5, 0.25, 0.125, divided by 0.5, 0.25, 1."


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((4,), {"mode": "crop"}),
        ((3, 0, 4), {"mode": "crop"}),
        ((3, 4, 4), {"mode": "tile"}),
        ((3, 4, 4), {"mode": "crop", "mean": (0.5, 0.5)}),
    ],
)
def test_what_makes_no_sense_is_refused(shape: tuple[int, ...], options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        fit_picture(_picture(4, 4), shape, **options)


def test_a_ratio_just_below_a_thousand_is_written_in_figures() -> None:
    fitted = fit_picture(_picture(10, 9996), (1, 10, 10), mode="stretch")
    assert "This makes things 1,000 times narrower." in fitted.steps
