"""Every page of a stack can be read, by the axes that the file names; tifffile and Pillow say what stands on it."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageSequence

from explorer.data import PictureError, open_data, read_picture
from explorer.data.pages import FRAME, PageAxis, Pages
from explorer.data.picture_files import PAGES_NOTE

RANDOM = np.random.default_rng(3)
GREY = RANDOM.integers(0, 256, (2, 4, 3, 6, 9), dtype=np.uint8)  # time, depth, channel


def _axes(pages: Pages | None) -> list[tuple[str, int]]:
    assert pages is not None
    return [(axis.name, axis.size) for axis in pages.axes]


@pytest.mark.parametrize("kind", ["ome", "imagej", "shaped"])
@pytest.mark.parametrize("is_compressed", [False, True])
def test_each_page_of_a_hyperstack_is_found_by_its_places(kind: str, is_compressed: bool, tmp_path: Path) -> None:
    path = tmp_path / "cells.tif"
    how = {"compression": "deflate"} if is_compressed and kind != "imagej" else {}
    how |= {"ome": True} if kind == "ome" else {"imagej": True} if kind == "imagej" else {}
    tifffile.imwrite(path, GREY, photometric="minisblack", metadata={"axes": "TZCYX"}, **how)
    oracle = tifffile.imread(path)
    first = read_picture(path)
    assert _axes(first.pages) == [("T", 2), ("Z", 4), ("C", 3)]
    assert first.conversions[0] == "T 1 of 2, Z 1 of 4, C 1 of 3 is shown."
    assert first.pages is not None
    for places in np.ndindex(2, 4, 3):
        picture = read_picture(path, page=first.pages.number(places))
        assert picture.pages is not None
        assert picture.pages.places == places
        np.testing.assert_array_equal(picture.pixels[..., 0], oracle[places])
    assert picture.conversions[0] == "T 2 of 2, Z 4 of 4, C 3 of 3 is shown."


def test_pages_that_ome_has_in_another_order_are_found(tmp_path: Path) -> None:
    """Depth runs fastest in the file, as XYZCT has it, and slower than the channel where it is read."""
    path = tmp_path / "turned.ome.tif"
    stored = GREY[0].transpose(1, 0, 2, 3)
    tifffile.imwrite(path, stored, ome=True, photometric="minisblack", metadata={"axes": "CZYX"})
    oracle = tifffile.imread(path)
    picture = read_picture(path, page=5)
    assert _axes(picture.pages) == [("C", 3), ("Z", 4)]
    assert picture.pages is not None
    assert picture.pages.places == (1, 1)
    np.testing.assert_array_equal(picture.pixels[..., 0], oracle[1, 1])


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_pages_without_axes_are_numbered(big: bool, order: str, tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    colours = RANDOM.integers(0, 256, (5, 6, 9, 3), dtype=np.uint8)
    tifffile.imwrite(path, colours, photometric="rgb", bigtiff=big, byteorder=order, metadata=None)
    for page, oracle in enumerate(colours):
        picture = read_picture(path, page=page)
        np.testing.assert_array_equal(picture.pixels, oracle)
    assert _axes(picture.pages) == [("page", 5)]
    assert picture.conversions[0] == "Page 5 of 5 is shown."


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_numbers_of_a_later_page_are_brought_to_bytes_by_its_own_rule(dtype: str, tmp_path: Path) -> None:
    path = tmp_path / "deep.tif"
    stack = (RANDOM.random((3, 6, 9)) * np.array([1, 40, 900])[:, None, None]).astype(dtype)
    tifffile.imwrite(path, stack, photometric="minisblack")
    for page in range(3):
        alone = tmp_path / f"{page}.tif"
        tifffile.imwrite(alone, stack[page], photometric="minisblack")
        shown, oracle = read_picture(path, page=page), read_picture(alone)
        np.testing.assert_array_equal(shown.pixels, oracle.pixels)
        assert shown.conversions[1:] == oracle.conversions


@pytest.mark.parametrize("compression", ["tiff_lzw", "jpeg", "packbits", "tiff_adobe_deflate"])
def test_pages_that_pillow_unpacks_are_those_that_pillow_finds(compression: str, tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    pages = [Image.fromarray(RANDOM.integers(0, 256, (16, 24, 3), dtype=np.uint8)) for _ in range(3)]
    pages[0].save(path, save_all=True, append_images=pages[1:], compression=compression)
    with Image.open(path) as opened:
        for page, oracle in enumerate(ImageSequence.Iterator(opened)):
            np.testing.assert_array_equal(read_picture(path, page=page).pixels, np.asarray(oracle.convert("RGB")))


@pytest.mark.parametrize("ending", ["gif", "webp", "png"])
def test_each_frame_of_what_moves_is_the_one_that_pillow_puts_together(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"moving.{ending}"
    frames = [Image.fromarray(np.kron(RANDOM.integers(0, 2, (4, 4, 3)) * 255, np.ones((4, 4, 1))).astype(np.uint8))
              for _ in range(5)]  # fmt: skip
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    with Image.open(path) as opened:
        for number, oracle in enumerate(ImageSequence.Iterator(opened)):
            picture = read_picture(path, page=number)
            np.testing.assert_array_equal(picture.pixels, np.asarray(oracle.convert("RGB")))
            assert picture.pages == Pages((PageAxis(FRAME, 5),), number)
    assert picture.conversions[0] == "Frame 5 of 5 is shown."


def test_a_page_beyond_the_last_is_the_last(tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, GREY[0, :, 0], photometric="minisblack")
    picture = read_picture(path, page=99)
    np.testing.assert_array_equal(picture.pixels[..., 0], GREY[0, 3, 0])
    assert picture.pages is not None
    assert picture.pages.at == 3


def test_a_damaged_page_is_named_and_the_others_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, GREY[0, :, 0], photometric="minisblack", compression="deflate")
    with tifffile.TiffFile(path) as opened:
        place = opened.pages[2].dataoffsets[0]  # type: ignore[union-attr]
    content = bytearray(path.read_bytes())
    content[place : place + 8] = b"\xff" * 8
    path.write_bytes(content)
    np.testing.assert_array_equal(read_picture(path, page=3).pixels[..., 0], GREY[0, 3, 0])
    with pytest.raises(PictureError, match=r"^Page 3 of stack.tif is damaged"):
        read_picture(path, page=2)


@pytest.mark.parametrize(
    "description",
    [
        "ImageJ=1.54\nimages=4\nchannels=7\nslices=9\nhyperstack=true",
        "ImageJ=1.54\nimages=many",
        '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image><Pixels '
        'DimensionOrder="XYZCT" SizeX="9" SizeY="6" SizeZ="900000" SizeC="1" SizeT="1"><TiffData/></Pixels>'
        "</Image></OME>",
        '<?xml version="1.0"?><OME><Image>',
        '{"shape": [3, 3, 6, 9]}',
    ],
)
def test_a_description_that_does_not_fit_leaves_pages_that_are_numbered(description: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.tif"
    tifffile.imwrite(path, GREY[0, :, 0], photometric="minisblack", description=description, metadata=None)
    picture = read_picture(path, page=2)
    np.testing.assert_array_equal(picture.pixels[..., 0], GREY[0, 2, 0])
    assert _axes(picture.pages) == [("page", 4)]


def test_of_a_file_that_leads_back_to_itself_each_page_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "circle.tif"
    tifffile.imwrite(path, GREY[0, :3, 0], photometric="minisblack", metadata=None)
    with tifffile.TiffFile(path) as opened:
        starts = [page.offset for page in opened.pages]
    content = bytearray(path.read_bytes())
    entries = struct.unpack_from("<H", content, starts[-1])[0]
    struct.pack_into("<I", content, starts[-1] + 2 + 12 * entries, starts[0])
    path.write_bytes(content)
    assert _axes(read_picture(path).pages) == [("page", 3)]


def test_the_last_of_ten_thousand_pages_is_read_without_those_before_it(tmp_path: Path) -> None:
    path = tmp_path / "film.ome.tif"
    film = RANDOM.integers(0, 256, (10_000, 4, 5), dtype=np.uint8)
    tifffile.imwrite(path, film, ome=True, photometric="minisblack", metadata={"axes": "TYX"})
    picture = read_picture(path, page=9_999)
    assert picture.conversions[0] == "T 10,000 of 10,000 is shown."
    np.testing.assert_array_equal(picture.pixels[..., 0], film[-1])


def test_data_sets_learn_from_the_first_page_and_say_so(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(3):
            stack = RANDOM.integers(0, 256, (2, 6, 9), dtype=np.uint8)
            tifffile.imwrite(tmp_path / name / f"{number}.tif", stack, photometric="minisblack")
    data = open_data(tmp_path)
    assert PAGES_NOTE in data.notes
    for index in range(len(data.train)):
        oracle = tifffile.imread(tmp_path / data.train.name_of(index))[0]
        np.testing.assert_array_equal(data.train.inputs([index])[0][..., 0], oracle)


def test_places_and_numbers_are_the_same_thing() -> None:
    pages = Pages((PageAxis("T", 2), PageAxis("Z", 4), PageAxis("C", 3)))
    for number in range(pages.amount):
        places = pages.moved(number).places
        assert places == np.unravel_index(number, (2, 4, 3))
        assert pages.number(places) == number


def test_a_page_that_is_larger_than_what_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    with tifffile.TiffWriter(path) as writer:
        writer.write(GREY[0, 0, 0], photometric="minisblack", metadata=None)
        writer.write(GREY[0, 1, 0], photometric="minisblack", metadata=None)
    with tifffile.TiffFile(path) as opened:
        width = opened.pages[1].tags["ImageWidth"].valueoffset  # type: ignore[union-attr]
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, width, 2**31 - 1)
    path.write_bytes(content)
    assert read_picture(path).pixels.shape == (6, 9, 3)
    with pytest.raises(PictureError, match=r"stack.tif"):
        read_picture(path, page=1)
