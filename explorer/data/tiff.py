"""TIFF as laboratories write it: many channels, deep and floating-point numbers, BigTIFF, layers of a microscope.

Pillow reads the plain ones. It keeps only the upper 8 bits of deep colours and passes over some tags; those files are
read here, by tifffile, and every tag that says what the numbers mean is looked at.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from explorer.data.picture import (
    Array,
    Extent,
    Measure,
    Picture,
    PictureError,
    Pixels,
    extent_of,
    picture_from_pil,
    to_bytes,
    upright,
    with_conversions,
)
from explorer.data.picture_size import check_size, too_large

if TYPE_CHECKING:
    from tifffile import TiffPage

BIG_BACKWARDS = b"MM\0+"
"""How a BigTIFF begins whose bytes stand in the order that Pillow does not know of one."""
STARTS = (b"II*\0", b"MM\0*", b"II+\0", BIG_BACKWARDS)
BITS, COMPRESSION, PHOTOMETRIC, ORIENTATION, SAMPLES, EXTRA_SAMPLES, SAMPLE_FORMAT = 258, 259, 262, 274, 277, 338, 339
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, CIELAB, ICCLAB = 0, 1, 2, 3, 5, 6, 8, 9
COLOURS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4, YCBCR: 3, CIELAB: 3, ICCLAB: 3}
"""How many samples of a pixel are its colour."""
MODES = {1: "L", 3: "RGB", 4: "CMYK"}
OF_KIND = {YCBCR: "YCbCr", CIELAB: "LAB", ICCLAB: "LAB"}
ASSOCIATED_ALPHA, ALPHA = 1, 2
JPEGS = (6, 7)
OF_PILLOW = (1, 2, 3, 4, 5, *JPEGS, 8, 32773, 32946)
"""Compressions that Pillow unpacks into 8 bits as well as anyone."""
PREDICTORS = (1, 2, 3)
WHOLE_BITS = (1, 8, 16, 32, 64)
BYTES_LIMIT = 512 * 2**20
NAMES = {
    6: "JPEG of the early kind", 7: "JPEG of more than 8 bits", 32809: "ThunderScan", 34676: "LogLuv",
    34677: "LogLuv", 34887: "LERC", 34892: "lossy JPEG", 34934: "JPEG XR", 22610: "JPEG XR", 50001: "WebP",
    50002: "JPEG XL", 52546: "JPEG XL",
}  # fmt: skip
"""What a compression is called where tifffile's own name for it is not what people say."""


def is_plain(tags: Any) -> bool:
    """Whether Pillow reads a file with these tags whole: up to 8 bits without a sign, colours and nothing else."""
    bits, samples = _largest(tags.get(BITS, 1)), tags.get(SAMPLES, 1)
    if tags.get(COMPRESSION, 1) in JPEGS:
        return bits <= 8
    is_small = bits <= 8 or (bits == 12 and samples == 1)  # packed 12 bits are kept whole
    is_colour = EXTRA_SAMPLES not in tags and samples == COLOURS.get(tags.get(PHOTOMETRIC, WHITE_IS_ZERO))
    is_unsigned = _largest(tags.get(SAMPLE_FORMAT, 1)) == 1
    return is_small and is_colour and is_unsigned and tags.get(COMPRESSION, 1) in OF_PILLOW


def is_wide(tags: Any) -> bool:
    """Whether the numbers of a file with these tags are more than bytes without a sign."""
    return _largest(tags.get(BITS, 1)) > 8 or _largest(tags.get(SAMPLE_FORMAT, 1)) != 1


def is_wide_page(file: IO[bytes], name: str) -> bool:
    """The same of the first page of an open TIFF that Pillow does not know."""
    import tifffile

    file.seek(0)
    with tifffile.TiffFile(file, name=name) as opened:
        return is_wide({number: tag.value for number, tag in opened.pages.first.tags.items()})


def _largest(value: Any) -> int:
    return int(max(value)) if isinstance(value, tuple) else int(value)


def read_tiff(file: IO[bytes], path: Path, measure: Measure | None = None) -> Picture:
    """The first page of an open TIFF, scaled as numbers are that reach over what `measure` gives, or for itself.

    Raises PictureError, and whatever a damaged file makes tifffile raise.
    """
    import tifffile

    from explorer.data.tiff_codecs import teach_tifffile

    teach_tifffile()
    file.seek(0)
    with tifffile.TiffFile(file, name=path.name) as opened:
        page = opened.pages.first
        assert isinstance(page, tifffile.TiffPage)  # the first is never a mere frame
        _check(page, path.name)
        image, of_page, own = _image(page, path.name, measure)
        orientation = int(page.tags.valueof(ORIENTATION, 1))
    picture = with_conversions(picture_from_pil(image, path.name), of_page, path)
    return replace(upright(picture, orientation, "the file"), extent=own)


def _check(page: TiffPage, name: str) -> None:
    """Raises PictureError for a page that is too large, or stored in a way that is not read."""
    import tifffile

    check_size(name, page.imagewidth, page.imagelength)
    if page.is_tiled:
        check_size(name, page.tilewidth, page.tilelength)
    if page.nbytes > BYTES_LIMIT:
        raise PictureError(too_large(name))
    compression = int(page.compression)
    if compression != 1 and compression not in tifffile.TIFF.DECOMPRESSORS:
        raise PictureError(f"{name} is compressed with {_compression_name(page.compression)}, which is not read.")
    if page.predictor not in PREDICTORS:
        raise PictureError(f"{name} stores differences in a way (predictor {int(page.predictor)}) that is not read.")
    bits = page.bitspersample
    if isinstance(bits, int) and bits not in WHOLE_BITS:
        raise PictureError(f"{name} packs {bits} bits a number one after the other, which is not read.")


def _compression_name(compression: int) -> str:
    known = NAMES.get(int(compression))
    return known or str(getattr(compression, "name", f"number {int(compression)}")).replace("_", " ")


def _image(page: TiffPage, name: str, measure: Measure | None) -> tuple[Image.Image, tuple[str, ...], Extent | None]:
    """The page as an image of Pillow's, with 8 bits a sample, and what its own numbers reach from and to."""
    plane, told = _plane(page.asarray(), page.axes)
    photometric = int(page.photometric)
    colours = COLOURS.get(photometric, 3 if plane.shape[2] == 3 else 1)
    if colours > plane.shape[2]:
        raise PictureError(f"{name} is damaged: it has fewer channels than its colours need.")
    at = _alpha_place(page, colours, plane.shape[2])
    told += _left_out(plane.shape[2], colours, at)
    mode = OF_KIND.get(photometric, MODES[colours])
    pixels, rule = _colours(plane[..., :colours], page, name, measure)
    own = extent_of(plane[..., :colours])
    if photometric == PALETTE:
        mode, told = "RGB", (*told, "Palette colours became red, green and blue.")
    if at is None or mode not in ("L", "RGB"):
        return _of(mode, pixels), (*told, *rule), own
    letter = "a" if int(page.extrasamples[at - colours]) == ASSOCIATED_ALPHA else "A"
    return _of(mode + letter, np.dstack([pixels, to_bytes(plane[..., at], name)[0]])), (*told, *rule), own


def _of(mode: str, pixels: Pixels) -> Image.Image:
    size = (pixels.shape[1], pixels.shape[0])
    return Image.frombytes(mode, size, np.ascontiguousarray(pixels).tobytes())


def _plane(array: Array, axes: str) -> tuple[Array, tuple[str, ...]]:
    """(H, W, samples) from a page whose axes are named by letters; of other axes the first entry is taken."""
    told: tuple[str, ...] = ()
    for letter in [letter for letter in axes if letter not in "YXS"]:
        at = axes.index(letter)
        if array.shape[at] > 1:
            told += (f"The first of {array.shape[at]} layers is shown.",)
        array, axes = array.take(0, axis=at), axes.replace(letter, "", 1)
    if "S" not in axes:
        return array[..., None], told
    return np.moveaxis(array, axes.index("S"), -1), told


def _alpha_place(page: TiffPage, colours: int, samples: int) -> int | None:
    """Which sample says how opaque a pixel is, if the file says of one that it does."""
    kinds = [int(kind) for kind in page.extrasamples]
    places = range(colours, min(samples, colours + len(kinds)))
    return next((place for place in places if kinds[place - colours] in (ASSOCIATED_ALPHA, ALPHA)), None)


def _left_out(samples: int, colours: int, alpha: int | None) -> tuple[str, ...]:
    """A sample that the file does not call opacity may be anything, such as near infrared."""
    spare = samples - colours - (alpha is not None)
    if not spare:
        return ()
    if colours == 1:
        return (f"The first of {samples} channels is shown.",)
    return (f"{spare} of {samples} channels {'is' if spare == 1 else 'are'} not colour and left out.",)


def _colours(plane: Array, page: TiffPage, name: str, measure: Measure | None) -> tuple[Pixels, tuple[str, ...]]:
    """The colour samples as bytes, in the order and with the sense that Pillow gives them."""
    photometric = int(page.photometric)
    if photometric == PALETTE:
        return _of_palette(plane[..., 0], page.colormap, name), ()
    if photometric in (CIELAB, ICCLAB) and plane.dtype.kind == "u":
        pixels = (plane >> (8 * plane.dtype.itemsize - 8)).astype(np.uint8)
        pixels[..., 1:] ^= 128 if photometric == ICCLAB else 0  # Pillow takes a and b with a sign, as CIELAB has them
        return pixels, ()
    pixels, rule = to_bytes(plane, name, measure)
    return (255 - pixels if photometric == WHITE_IS_ZERO else pixels), rule


def _of_palette(places: Array, colours: Array | None, name: str) -> Pixels:
    if colours is None:
        raise PictureError(f"{name} is damaged: its palette is missing.")
    return np.moveaxis(colours[:, np.minimum(places, colours.shape[1] - 1)] >> 8, 0, -1).astype(np.uint8)
