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


# --- the scale of deep numbers ---


def _deep(path: Path, stack: np.ndarray, **how: object) -> Path:
    tifffile.imwrite(path, stack, photometric="minisblack", **how)
    return path


@pytest.mark.parametrize("dtype", [np.uint16, np.int16, np.float32])
def test_pages_of_deep_numbers_are_scaled_alike(dtype: type, tmp_path: Path) -> None:
    """Each for itself the dark page and the bright one looked the same."""
    shape = np.linspace(0, 1, 6 * 9).reshape(6, 9)
    stack = np.stack([(level * shape - (dtype != np.uint16)).astype(dtype) for level in (900, 9000, 60000 // 2)])
    path = _deep(tmp_path / "stack.tif", stack)
    pages = [read_picture(path, page=at) for at in range(3)]
    low, high = (0.0, 2.0**16 - 1) if dtype == np.uint16 else (float(stack.min()), float(stack.max()))
    expected = np.rint((stack.astype(np.float64) - low) / (high - low) * 255)
    for page, shown in zip(pages, expected, strict=True):
        assert np.abs(page.pixels[..., 0].astype(int) - shown).max() <= 1
        assert "The scale is the same for all 3 pages of the stack." in page.conversions
    assert pages[0].pixels.max() < pages[1].pixels.max() < pages[2].pixels.max()


def test_channels_have_a_scale_each(tmp_path: Path) -> None:
    stack = np.zeros((2, 2, 6, 9), np.float32)  # depth, channel
    stack[0, 0], stack[1, 0], stack[0, 1], stack[1, 1] = 1000, 2000, 1e6, 4e6
    stack[..., 0, 0] = 0
    path = _deep(tmp_path / "cells.ome.tif", stack, ome=True, metadata={"axes": "ZCYX"})
    first = read_picture(path)
    assert first.pages is not None
    found = {places: read_picture(path, page=first.pages.number(places)) for places in np.ndindex(2, 2)}
    assert [int(found[each].pixels.max()) for each in ((0, 0), (1, 0), (0, 1), (1, 1))] == [128, 255, 64, 255]
    assert "The scale is the same for both pages of the stack." in found[0, 1].conversions


def test_of_a_long_stack_some_pages_are_measured_and_that_is_told(tmp_path: Path) -> None:
    stack = np.full((101, 4, 4), 300, np.float32)
    stack[:, 0, 0] = -1
    stack[3] = 900  # none of those that are looked at
    path = _deep(tmp_path / "long.tif", stack)
    told = read_picture(path, page=50).conversions
    assert told[-1] == "The scale is the same for all 101 pages of the stack, by 16 of them."
    assert read_picture(path, page=50).pixels.max() == 255
    bright = read_picture(path, page=3)
    assert bright.conversions[-1] == "What is brighter or darker than those is cut off."
    assert bright.pixels.min() == 255


def test_a_damaged_page_leaves_the_others_their_scale(tmp_path: Path) -> None:
    stack = np.arange(3 * 24, dtype=np.float32).reshape(3, 4, 6) * 100
    path = _deep(tmp_path / "stack.tif", stack, compression="deflate")
    content = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as opened:
        at, length = opened.pages[1].dataoffsets[0], opened.pages[1].databytecounts[0]
    content[at : at + length] = b"\0" * length
    path.write_bytes(bytes(content))
    np.testing.assert_allclose(read_picture(path).pixels[..., 0], stack[0] / stack.max() * 255, atol=1)


def test_pages_of_bytes_and_single_deep_pictures_are_as_they_were(tmp_path: Path) -> None:
    assert not any("scale" in each for each in read_picture(_deep(tmp_path / "a.tif", GREY[0, 0])).conversions)
    told = read_picture(_deep(tmp_path / "b.tif", np.arange(24, dtype=np.uint16).reshape(4, 6) * 100)).conversions
    assert not any("scale" in each for each in told)


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_turned_page_is_read_once(is_packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was read once to see what its numbers are and again to scale them: a large page took twice its time."""
    stack = np.arange(3 * 24, dtype=np.uint16).reshape(3, 4, 6) * 100
    path = _deep(tmp_path / "stack.tif", stack, compression="deflate" if is_packed else None)
    read_picture(path)  # which measures all of them
    asarray, read = tifffile.TiffPage.asarray, []

    def counted(page: tifffile.TiffPage, **how: object) -> np.ndarray:
        read.append(page.offset)
        return asarray(page, **how)

    monkeypatch.setattr(tifffile.TiffPage, "asarray", counted)
    for page in (1, 2, 0):
        read_picture(path, page=page)
    assert len(read) == 3
