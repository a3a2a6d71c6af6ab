"""Pictures from arrays and Pillow images: what is taken as it is, what is converted, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from explorer.data import PictureError, picture_from_array, picture_from_pil

RGB = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)


def test_bytes_of_rgb_are_taken_as_they_are() -> None:
    picture = picture_from_array(RGB, "mine")
    np.testing.assert_array_equal(picture.pixels, RGB)
    assert (picture.name, picture.conversions, picture.path) == ("mine", (), None)


def test_a_picture_is_not_changed_by_changing_the_array_it_came_from() -> None:
    array = RGB.copy()
    picture = picture_from_array(array)
    array[:] = 0
    np.testing.assert_array_equal(picture.pixels, RGB)
    assert not picture.pixels.flags.writeable


def test_black_and_white_become_0_and_255() -> None:
    picture = picture_from_array(np.array([[True, False]]))
    assert picture.pixels.tolist() == [[[255] * 3, [0] * 3]]


def test_negative_integers_are_scaled() -> None:
    picture = picture_from_array(np.array([[-100, 0, 100]], np.int16))
    assert picture.pixels[0, :, 0].tolist() == [0, 128, 255]
    assert picture.conversions[0] == "Values from −100 to 100 were scaled to 0–255."


@pytest.mark.parametrize("shape", [(3,), (0, 4, 3), (2, 2, 2, 2), ()])
def test_what_has_no_height_width_and_channels_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(PictureError, match="is not a picture"):
        picture_from_array(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("array", [np.array([["a"]]), np.ones((2, 2), complex)])
def test_what_is_not_made_of_real_numbers_is_refused(array: np.ndarray) -> None:
    with pytest.raises(PictureError, match="its numbers are of the kind"):
        picture_from_array(array)


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "RGB", "RGBA", "LA", "PA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16"]
)
def test_every_mode_of_pillow_becomes_a_picture(mode: str) -> None:
    picture = picture_from_pil(Image.new(mode, (5, 4)))
    assert picture.pixels.shape == (4, 5, 3)
    assert bool(picture.conversions) == (mode != "RGB")
    assert all(sentence.endswith(".") for sentence in picture.conversions)


@settings(deadline=None)
@given(
    arrays.arrays(
        st.sampled_from([np.uint8, np.uint16, np.int32, np.uint64, np.float16, np.float32, np.float64, np.bool_]),
        arrays.array_shapes(min_dims=2, max_dims=3, max_side=6),
    )
)
def test_any_array_of_numbers_is_a_picture_or_refused_with_a_sentence(array: np.ndarray) -> None:
    try:
        picture = picture_from_array(array)
    except PictureError as error:
        sentence = str(error)
        assert sentence.endswith(".")  # a refusal is one of two right answers
        return
    assert picture.pixels.shape == (*array.shape[:2], 3)
    assert picture.pixels.dtype == np.uint8
