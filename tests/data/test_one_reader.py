"""The window and the data sets read every kind of picture file alike, and as it is meant."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import fit_picture, open_data, read_picture
from explorer.data.picture_files import WIDE_NOTE
from explorer.data.reading import read_header
from tests.data.kinds_of_pictures import HEIGHT, WIDTH, Kind, kinds

KINDS = {kind.name: kind for kind in kinds()}


def written(kind: Kind, folder: Path, name: str = "picture") -> Path:
    path = folder / f"{name}.{kind.ending}"
    path.write_bytes(kind.content)
    return path


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_shown_as_it_is_meant(name: str, tmp_path: Path) -> None:
    picture = read_picture(written(KINDS[name], tmp_path))
    assert picture.pixels.shape == KINDS[name].shown.shape
    off = np.abs(picture.pixels.astype(int) - KINDS[name].shown)
    assert off.max() <= KINDS[name].tolerance, picture.conversions


def test_numbers_that_are_more_than_bytes_are_told_and_no_others(tmp_path: Path) -> None:
    """Also where Pillow does not read the file: alpha, tiles of PNG and spare channels of 8 bits are bytes."""
    for name, kind in KINDS.items():
        is_wide = re.search(r"\b(u?int16|u?int32|int8|float\d+|1[26] bits)\b", name) is not None
        assert read_header(written(kind, tmp_path)).is_wide == is_wide, name
    kind = KINDS["alpha uint8 planar=False"]
    for of_class in "ab":
        (tmp_path / "data" / of_class).mkdir(parents=True)
        for number in range(3):
            written(kind, tmp_path / "data" / of_class, str(number))
    assert WIDE_NOTE not in open_data(tmp_path / "data").notes


def test_a_network_learns_from_what_the_window_shows(tmp_path: Path) -> None:
    for place, kind in enumerate(KINDS.values()):
        for of_class in "ab":
            (tmp_path / of_class).mkdir(exist_ok=True)
            written(kind, tmp_path / of_class, str(place))
    data = open_data(tmp_path, size=(HEIGHT // 2, WIDTH // 2, 3))
    assert data.test is not None
    assert data.skipped == ()
    for split in (data.train, data.test):
        for index, pixels in enumerate(split.inputs(np.arange(len(split)))):
            shown = read_picture(tmp_path / split.name_of(index))
            fed = fit_picture(shown, (3, HEIGHT // 2, WIDTH // 2), mode="crop").pixels
            np.testing.assert_array_equal(pixels, fed, err_msg=split.name_of(index))


def test_a_large_photo_that_is_decoded_at_a_fraction_is_the_photo_that_is_shown(tmp_path: Path) -> None:
    slopes = np.add.outer(np.arange(1200) % 400, np.arange(1600) % 300) / 699 * 255
    photo = np.dstack([slopes, slopes[::-1], slopes[:, ::-1]]).astype(np.uint8)
    for of_class in "ab":
        (tmp_path / of_class).mkdir()
        Image.fromarray(photo).save(tmp_path / of_class / "photo.jpg", quality=95)
    data = open_data(tmp_path, size=(48, 64, 3))
    shown = read_picture(tmp_path / "a" / "photo.jpg")
    fed = fit_picture(shown, (3, 48, 64), mode="crop").pixels
    assert np.abs(data.train.inputs([0])[0].astype(int) - fed).mean() < 1
