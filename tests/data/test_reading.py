"""Every kind of picture is read, with a sentence for what was changed; every bad file ends in one clear sentence."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from explorer.data import PictureError, read_picture
from tests.data.tiff_writer import tiff, tiff_file

COLOURS = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
GREY16 = np.linspace(0, 65535, 54).reshape(6, 9).astype(np.uint16)


def _refusal(path: Path) -> str:
    with pytest.raises(PictureError) as refused:
        read_picture(path)
    return str(refused.value)


def _saved(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)
    return path


@pytest.mark.parametrize("suffix", ["png", "tiff", "bmp", "webp"])
def test_lossless_formats_give_the_very_pixels(suffix: str, tmp_path: Path) -> None:
    options = {"lossless": True} if suffix == "webp" else {}
    path = _saved(Image.fromarray(COLOURS), tmp_path / f"colours.{suffix}", **options)
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, COLOURS)
    assert (picture.name, picture.facts, picture.path, picture.conversions) == (path.name, "9 × 6", path, ())
    assert not picture.pixels.flags.writeable


@pytest.mark.parametrize("suffix", ["jpg", "gif"])
def test_formats_that_change_colours_keep_the_size(suffix: str, tmp_path: Path) -> None:
    assert read_picture(_saved(Image.fromarray(COLOURS), tmp_path / f"p.{suffix}")).pixels.shape == (6, 9, 3)


def test_the_content_counts_and_not_the_suffix(tmp_path: Path) -> None:
    path = _saved(Image.fromarray(COLOURS), tmp_path / "p.jpg", format="PNG")
    np.testing.assert_array_equal(read_picture(path).pixels, COLOURS)


def test_a_text_file_named_png_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("This is not a picture – at all. " * 40)
    assert _refusal(path) == "notes.png holds text, not a picture."


def test_a_file_of_an_unknown_kind_names_the_kinds_that_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "sound.png"
    path.write_bytes(bytes(range(256)))
    assert _refusal(path) == (
        "sound.png is not a picture of a known kind: PNG, JPEG, TIFF, BMP, GIF and WebP can be read."
    )


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\0\0\0\x18ftypheic", "a HEIC picture"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture"),
        (b"\xff\xd8\xff\xc3\0\x0b\x0c", "a JPEG of a rare kind (lossless, or of 12 bits)"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">', "an SVG drawing"),
        (bytes(128) + b"DICM", "a DICOM picture"),
    ],
)
def test_a_whole_picture_of_a_kind_that_is_not_read_is_named(start: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(start + bytes(500))
    assert _refusal(path) == f"photo.jpg is {kind}, which is not read: PNG, JPEG, TIFF, BMP, GIF and WebP can be read."


@pytest.mark.parametrize(
    ("tag", "value", "what"),
    [
        (259, 34887, "is compressed with LERC, which is not read"),
        (259, 34934, "is compressed with JPEG XR, which is not read"),
        (259, 34661, "is compressed with JBIG, which is not read"),
        (259, 12345, "is compressed with number 12345, which is not read"),
        (259, 7, "is compressed with JPEG of more than 8 bits, which is not read"),
        (258, 10, "packs 10 bits a number one after the other, which is not read"),
        (317, 34894, "stores differences in a way (predictor 34894) that is not read"),
    ],
)
def test_what_of_a_whole_tiff_is_not_read_is_named(tag: int, value: int, what: str, tmp_path: Path) -> None:
    whole = tiff(GREY16[..., None], 1, predictor=2)
    at = whole.index(struct.pack("<HHI", tag, 3, 1)) + 8
    path = tmp_path / "a.tif"
    path.write_bytes(whole[:at] + struct.pack("<H", value) + whole[at + 2 :])
    assert _refusal(path) == f"a.tif {what}."


@pytest.mark.parametrize("ending", ["jp2", "webp", "png"])
def test_tiles_that_are_whole_pictures_are_read(ending: str, tmp_path: Path) -> None:
    """As slide scanners write them, with JPEG 2000."""
    kind, compression = {"jp2": ("JPEG2000", 34712), "webp": ("WEBP", 50001), "png": ("PNG", 34933)}[ending]
    tile = io.BytesIO()
    Image.fromarray(np.tile(COLOURS, (3, 2, 1))[:16, :16]).save(tile, kind, lossless=True)
    whole = tiff_file(
        "<",
        [
            *((tag, "I", [16]) for tag in (256, 257, 322, 323)),
            *((tag, "H", [value]) for tag, value in ((259, compression), (262, 2), (277, 3))),
            (258, "H", [8, 8, 8]),
        ],
        [tile.getvalue()],
        True,
    )
    path = tmp_path / "slide.tif"
    path.write_bytes(whole)
    np.testing.assert_array_equal(read_picture(path).pixels, np.tile(COLOURS, (3, 2, 1))[:16, :16])


def test_pages_are_counted_only_so_far(tmp_path: Path) -> None:
    page = tiff(COLOURS, 2)
    body, directory = page[: struct.unpack_from("<I", page, 4)[0]], page[struct.unpack_from("<I", page, 4)[0] : -4]
    start = len(body)
    links = (struct.pack("<I", start + (number + 1) * (len(directory) + 4)) for number in range(100_000))
    path = tmp_path / "film.tif"
    path.write_bytes(body + b"".join(directory + link for link in links))
    assert read_picture(path).conversions == ("The first of more than 10,000 pages is shown.",)


def test_numbers_in_sentences_are_written_plainly(tmp_path: Path) -> None:
    path = tmp_path / "field.tif"
    for low, high, words in (
        (-1020, 3010, "−1,020 to 3,010"),
        (-0.25, 1.5, "−0.25 to 1.5"),
        (-3e-7, 3e20, "−3·10⁻⁷ to 3·10²⁰"),
    ):
        path.write_bytes(tiff(np.linspace(low, high, 12).reshape(3, 4, 1), 1))
        assert read_picture(path).conversions[0] == f"Values from {words} were scaled to 0–255."


NUMBERS = np.arange(54).reshape(6, 9, 1)


def _map(header: str, values: np.ndarray) -> bytes:
    return header.encode() + values.astype(">u2").tobytes()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (tiff((NUMBERS * 500).astype(np.int16), 1), "The 16-bit values were divided by 257 to fit into 8 bits."),
        (tiff(NUMBERS.astype(np.int16), 1), "The 16-bit values fit into 8 bits and were kept."),
        (tiff((NUMBERS - 30).astype(np.int8), 1), "Values from −30 to 23 were scaled to 0–255."),
        (tiff((NUMBERS + 99).astype(np.float32), 1), "Real numbers were rounded to bytes."),
        (tiff(COLOURS.repeat(2, 2)[..., :4], 2, extra=[0]), "1 of 4 channels is not colour and left out."),
        (
            tiff(COLOURS.repeat(2, 2)[..., :4] * np.uint16(257), 2, extra=[0]),
            "1 of 4 channels is not colour and left out.",
        ),
        (tiff(COLOURS[..., :2], 1, extra=[0]), "The first of 2 channels is shown."),
        (_map("P5 9 6 65535\n", NUMBERS * 900), "The 16-bit values were divided by 257 to fit into 8 bits."),
        (_map("P6 3 6 65535\n", NUMBERS * 900), "The 16-bit values were divided by 257 to fit into 8 bits."),
        (_map("P5 9 6 4095\n", NUMBERS * 9), "The values from 0 to 4,095 were brought to 0–255."),
        (_map("P6 3 6 4095\n", NUMBERS * 9), "The values from 0 to 4,095 were brought to 0–255."),
        (b"P3 2 1 60\n0 30 60 60 30 0\n", "The values from 0 to 60 were brought to 0–255."),
    ],
)
def test_what_was_done_to_the_numbers_is_told_as_the_file_has_them(content: bytes, told: str, tmp_path: Path) -> None:
    """Numbers of 16 bits were once called 32-bit values, and a spare channel of 8 bits was left out in silence."""
    path = tmp_path / "picture"
    path.write_bytes(content)
    assert read_picture(path).conversions[0] == told


def test_a_deep_map_cut_in_half_ends_too_early(tmp_path: Path) -> None:
    (tmp_path / "a.ppm").write_bytes(_map("P6 3 6 65535\n", NUMBERS * 900)[:-9])
    assert _refusal(tmp_path / "a.ppm") == "a.ppm ends too early: it is damaged or was not copied whole."


def test_an_empty_file_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    assert _refusal(tmp_path / "empty.png") == "empty.png is empty."


@pytest.mark.parametrize("suffix", ["jpg", "png", "bmp", "tiff", "gif", "webp"])
def test_a_picture_cut_in_half_is_told_as_such(suffix: str, tmp_path: Path) -> None:
    path = _saved(Image.fromarray(np.tile(COLOURS, (20, 20, 1))), tmp_path / f"half.{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert _refusal(path) in (
        f"half.{suffix} ends too early: it is damaged or was not copied whole.",
        f"half.{suffix} is damaged and cannot be read.",
    )


def test_a_truncated_jpeg_ends_too_early(tmp_path: Path) -> None:
    path = _saved(Image.fromarray(np.tile(COLOURS, (20, 20, 1))), tmp_path / "photo.jpg")
    path.write_bytes(path.read_bytes()[:-2000])
    assert _refusal(path) == "photo.jpg ends too early: it is damaged or was not copied whole."


def test_a_missing_file_is_named_with_its_folder(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "gone.png") == f"There is no file gone.png in {tmp_path}."


def test_a_folder_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").mkdir()
    assert _refusal(tmp_path / "holiday.jpg") == "holiday.jpg is a folder, not a file that can be read to its end."


def test_a_name_that_no_file_can_have_is_refused() -> None:
    assert "is not a file name" in _refusal(Path("zero\0byte.png"))
    assert "file name too long" in _refusal(Path("x" * 5000 + ".png"))


def test_a_picture_of_one_pixel_is_a_picture(tmp_path: Path) -> None:
    path = _saved(Image.new("RGB", (1, 1), (10, 20, 30)), tmp_path / "dot.png")
    assert read_picture(path).pixels.tolist() == [[[10, 20, 30]]]


def test_a_picture_of_20_000_by_3_is_a_picture(tmp_path: Path) -> None:
    picture = read_picture(_saved(Image.new("RGB", (20_000, 3), "red"), tmp_path / "line.png"))
    assert (picture.pixels.shape, picture.facts) == ((3, 20_000, 3), "20,000 × 3")


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_16_bit_grey_keeps_its_brightness(suffix: str, tmp_path: Path) -> None:
    picture = read_picture(_saved(Image.fromarray(GREY16), tmp_path / f"deep.{suffix}"))
    np.testing.assert_array_equal(picture.pixels, np.rint(GREY16 / 257).astype(np.uint8)[..., None].repeat(3, 2))
    assert picture.conversions == (
        "The 16-bit values were divided by 257 to fit into 8 bits.",
        "Grey was repeated as red, green and blue.",
    )


def test_12_bits_of_a_camera_are_not_shown_as_black(tmp_path: Path) -> None:
    picture = read_picture(_saved(Image.fromarray(GREY16 // 16), tmp_path / "camera.tif"))
    assert picture.pixels.max() == 255
    assert picture.conversions[0] == (
        "The 16-bit values, of which 12 bits are used, were divided by 16.06 to fit into 8 bits."
    )


def test_16_bit_colour_png_is_divided_and_says_so(tmp_path: Path) -> None:
    deep = COLOURS.astype(np.uint16) * 257
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    path = tmp_path / "deep.png"
    path.write_bytes(_png(9, 6, depth=16, colour=2, rows=rows))
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, COLOURS)
    assert picture.conversions == ("The 16-bit values were divided by 257 to fit into 8 bits.",)


def test_16_bit_colour_tiff_is_divided(tmp_path: Path) -> None:
    path = tmp_path / "deep.tif"
    tifffile.imwrite(path, COLOURS.astype(np.uint16) * 257, photometric="rgb")
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, COLOURS)
    assert picture.conversions == ("The 16-bit values were divided by 257 to fit into 8 bits.",)


def test_transparent_parts_are_put_on_white(tmp_path: Path) -> None:
    rgba = np.dstack([COLOURS, np.full((6, 9), 255, np.uint8)])
    rgba[0, 0] = (0, 0, 0, 0)
    picture = read_picture(_saved(Image.fromarray(rgba), tmp_path / "logo.png"))
    assert picture.pixels[0, 0].tolist() == [255, 255, 255]
    np.testing.assert_array_equal(picture.pixels[1:], COLOURS[1:])
    assert picture.conversions == ("Transparent parts were put on white.",)


def test_an_alpha_channel_without_transparency_is_dropped(tmp_path: Path) -> None:
    rgba = np.dstack([COLOURS, np.full((6, 9), 255, np.uint8)])
    picture = read_picture(_saved(Image.fromarray(rgba), tmp_path / "logo.png"))
    np.testing.assert_array_equal(picture.pixels, COLOURS)
    assert picture.conversions == ("The alpha channel was dropped: nothing is transparent.",)


def test_palette_colours_become_rgb(tmp_path: Path) -> None:
    path = _saved(Image.fromarray(COLOURS).quantize(64), tmp_path / "palette.png")
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, COLOURS)
    assert picture.conversions == ("Palette colours became red, green and blue.",)


def test_a_transparent_palette_is_put_on_white(tmp_path: Path) -> None:
    path = _saved(Image.new("P", (4, 4), 0), tmp_path / "clear.gif", transparency=0)
    picture = read_picture(path)
    assert (picture.pixels == 255).all()
    assert picture.conversions[-1] == "Transparent parts were put on white."


def test_cmyk_is_converted(tmp_path: Path) -> None:
    path = _saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), tmp_path / "print.jpg")
    picture = read_picture(path)
    assert picture.pixels[4, 4, 0] > 240
    assert picture.pixels[4, 4, 1:].max() < 15
    assert picture.conversions == ("CMYK colours were converted to red, green and blue.",)


@pytest.mark.parametrize("suffix", ["gif", "png", "webp"])
def test_of_an_animation_the_first_frame_is_shown_and_said(suffix: str, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
    path = tmp_path / f"moving.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    picture = read_picture(path)
    assert picture.pixels[4, 4].tolist() == [255, 0, 0]
    assert picture.conversions[0] == "The first of 3 frames is shown."


def test_of_a_tiff_with_pages_the_first_is_shown_and_said(tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.stack([COLOURS[..., 0]] * 4), photometric="minisblack")
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels[..., 0], COLOURS[..., 0])
    assert picture.conversions[0] == "The first of 4 pages is shown."


@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_of_a_tiff_with_many_channels_the_first_is_shown_and_said(planar: str, tmp_path: Path) -> None:
    channels = np.random.default_rng(1).integers(0, 256, (7, 6, 9), dtype=np.uint8)
    path = tmp_path / "channels.tif"
    tifffile.imwrite(
        path,
        channels if planar == "separate" else channels.transpose(1, 2, 0),
        photometric="minisblack",
        planarconfig=planar,
    )
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels[..., 0], channels[0])
    assert picture.conversions[0] == "The first of 7 channels is shown."


def test_a_floating_point_tiff_with_nan_is_scaled_and_says_so(tmp_path: Path) -> None:
    values = np.linspace(-2, 6, 54, dtype=np.float32).reshape(6, 9)
    values[2, 2] = np.nan
    path = tmp_path / "phase.tif"
    tifffile.imwrite(path, values)
    picture = read_picture(path)
    assert picture.pixels[2, 2].tolist() == [0, 0, 0]
    assert picture.pixels[5, 8].tolist() == [255, 255, 255]
    assert picture.conversions[:2] == (
        "1 value that is NaN or infinite became black.",
        "Values from −2 to 6 were scaled to 0–255.",
    )


def test_a_floating_point_colour_tiff_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hdr.tif"
    tifffile.imwrite(path, (COLOURS / 255).astype(np.float32), photometric="rgb")
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, COLOURS)
    assert picture.conversions == ("Values from 0 to 1 were multiplied by 255.",)


def test_a_tiff_of_nothing_but_nan_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "void.tif"
    tifffile.imwrite(path, np.full((4, 4), np.nan, np.float32))
    assert _refusal(path) == "void.tif holds no numbers that can be shown: all of them are NaN or infinite."


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright(orientation: int, tmp_path: Path) -> None:
    upright = np.zeros((16, 24, 3), np.uint8)
    upright[:8, :8] = 255
    turns = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    turn = turns[orientation]
    image = Image.fromarray(upright)
    stored = image if turn is None else image.transpose(Image.Transpose(turn))
    exif = Image.Exif()
    exif[274] = orientation
    path = _saved(stored, tmp_path / "photo.png", exif=exif)
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, upright)
    assert picture.conversions == (() if orientation == 1 else ("It was turned upright, as the camera noted.",))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_tifffile_and_pillow_turn_alike(orientation: int, tmp_path: Path) -> None:
    deep, shallow = tmp_path / "deep.tif", tmp_path / "shallow.tif"
    tags = [(274, 3, 1, orientation, True)]
    tifffile.imwrite(deep, COLOURS.astype(np.uint16) * 257, photometric="rgb", extratags=tags)
    tifffile.imwrite(shallow, COLOURS, photometric="rgb", extratags=tags)
    np.testing.assert_array_equal(read_picture(deep).pixels, read_picture(shallow).pixels)


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    for side in (9_000, 12_000, 60_000):
        path = tmp_path / f"bomb{side}.png"
        path.write_bytes(_png(side, side, depth=8, colour=0, rows=b"\0" * 100))
        assert _refusal(path).startswith(f"bomb{side}.png is too large: pictures of up to 80 million pixels are read.")


@pytest.mark.skipif(os.name != "posix", reason="pipes with names and device files are of POSIX systems")
def test_what_never_ends_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    assert _refusal(tmp_path / "pipe.png") == "pipe.png is a pipe, not a file that can be read to its end."
    assert _refusal(tmp_path / "zero.png") == "zero.png is a device, not a file that can be read to its end."


def test_a_file_of_gigabytes_is_refused_unless_it_is_a_stack_of_a_microscope(tmp_path: Path) -> None:
    for name, content in (("a.webp", _webp()), ("a.tif", tiff(COLOURS, 2))):
        (tmp_path / name).write_bytes(content)
        os.truncate(tmp_path / name, 3 << 30)  # no byte of it is written
    assert _refusal(tmp_path / "a.webp") == "a.webp holds 3.22 GB; of such a file at most 537 MB are read."
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif").pixels, COLOURS)


def _webp() -> bytes:
    file = io.BytesIO()
    Image.fromarray(COLOURS).save(file, "WEBP")
    return file.getvalue()


def test_a_huge_comment_inside_a_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "comment.png"
    text = b"comment\0\0" + zlib.compress(b"x" * 100_000_000)
    whole = _png(2, 2, depth=8, colour=0, rows=b"\0\1\2\0\3\4")
    path.write_bytes(whole[:33] + _chunk(b"zTXt", text) + whole[33:])
    assert _refusal(path) == "comment.png is damaged and cannot be read."


def _png(width: int, height: int, *, depth: int, colour: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
