"""Reading a picture file. Whatever is wrong with it ends in one sentence, a `PictureError`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from explorer.data.picture import (
    Array,
    Picture,
    PictureError,
    picture_from_array,
    picture_from_pil,
    size_text,
    with_conversions,
)

# Only these: Pillow also knows formats that start other programs (EPS).
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "PPM")
READABLE = "PNG, JPEG, TIFF, BMP, GIF and WebP can be read"
TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
PIXEL_LIMIT = 80_000_000
ORIENTATION_TAG = 274
BITS_TAG = 258


def read_picture(path: str | Path) -> Picture:
    """The picture at `path`, turned upright; the first frame or page if there are more. Raises PictureError."""
    path = Path(path)
    start = _first_bytes(path)
    try:
        return _read(path, start)
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError(f"{path.name} needs more memory than there is.") from error
    except Exception as error:  # a damaged file makes decoders fail in any way: struct.error, zlib.error, IndexError …
        raise PictureError(_damaged(path, error)) from error


def _first_bytes(path: Path) -> bytes:
    """The start of the file, or PictureError if there is no such file."""
    try:
        if path.is_dir():
            raise PictureError(f"{path.name or path} is a folder, not a picture.")
        if not path.exists():
            raise PictureError(f"There is no file {path.name} in {path.parent.absolute()}.")
        if not path.is_file():
            raise PictureError(f"{path.name} is not a file that can be read as a picture.")
        with path.open("rb") as file:
            start = file.read(512)
    except (OSError, ValueError) as error:
        if isinstance(error, PictureError):
            raise
        raise PictureError(f"{path.name} cannot be opened: {_reason(error)}.") from error
    if not start:
        raise PictureError(f"{path.name} is empty.")
    return start


def _reason(error: Exception) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return text[:1].lower() + text[1:]


def _damaged(path: Path, error: Exception) -> str:
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return f"{path.name} ends too early: it is damaged or was not copied whole."
    return f"{path.name} is damaged and cannot be read."


def _read(path: Path, start: bytes) -> Picture:
    try:
        image = _opened(path)
    except UnidentifiedImageError as error:
        if start.startswith(TIFF_STARTS):
            return _read_tiff(path)
        raise PictureError(_unknown(path, start)) from error
    with image:
        check_size(path.name, *image.size)
        if image.format == "TIFF" and _bits(image) > 8 and len(image.getbands()) > 1:
            return _read_tiff(path)  # Pillow keeps only the upper 8 bits
        return _from_opened(image, path)


def _opened(path: Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(path, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(_too_large(path.name)) from error


def check_size(name: str, width: int, height: int) -> None:
    """Raises PictureError for a picture that would take gigabytes."""
    if width * height > PIXEL_LIMIT:
        raise PictureError(f"{_too_large(name)} It has {size_text(width, height)}.")


def _too_large(name: str) -> str:
    return f"{name} is too large: pictures of up to {PIXEL_LIMIT // 1_000_000} million pixels are read."


def _unknown(path: Path, start: bytes) -> str:
    if _is_text(start):
        return f"{path.name} holds text, not a picture."
    return f"{path.name} is no picture of a known kind: {READABLE}."


def _is_text(start: bytes) -> bool:
    try:
        text = start[:-4].decode() if len(start) == 512 else start.decode()
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in text)


def _from_opened(image: Image.Image, path: Path) -> Picture:
    told = _frames(image)
    if _bits(image) > 8 and len(image.getbands()) > 1:
        told += ("16 bits a channel were reduced to 8.",)
    image.load()
    upright = ImageOps.exif_transpose(image)
    if image.getexif().get(ORIENTATION_TAG, 1) not in (0, 1):
        told += ("It was turned upright, as the camera noted.",)
    return with_conversions(picture_from_pil(upright, path.name), told, path)


def _frames(image: Image.Image) -> tuple[str, ...]:
    amount = int(getattr(image, "n_frames", 1))
    if amount == 1:
        return ()
    word = "pages" if image.format == "TIFF" else "frames"
    return (f"The first of {amount} {word} is shown.",)


def _bits(image: Image.Image) -> int:
    """Bits a channel in the file, where the file says more than 8."""
    if image.format == "TIFF":
        bits = image.tag_v2.get(BITS_TAG, (8,))  # type: ignore[attr-defined]  # only TIFF images have tags
        return int(max(bits)) if isinstance(bits, tuple) else int(bits)
    tiles = getattr(image, "tile", [])  # Pillow's plan of how to decode: (decoder, box, offset, raw mode)
    return 16 if tiles and ";16" in str(tiles[0][3]) else 8


def _read_tiff(path: Path) -> Picture:
    """What Pillow does not know: many channels, floating point in colour, BigTIFF, layers of a microscope."""
    import tifffile

    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        page = series.keyframe
        # The whole series need not fit into memory: only its first page is decoded.
        check_size(path.name, page.imagewidth, page.imagelength)
        plane, told = _plane(page.asarray(), page.axes)
        if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
            plane = plane.max() - plane
        pages = len(file.pages)
        orientation = int(page.tags.valueof(ORIENTATION_TAG, 1))
    if pages > 1:
        told = (f"The first of {pages} pages is shown.", *told)
    if orientation in TURNS:
        plane, told = TURNS[orientation](plane), (*told, "It was turned upright, as the file notes.")
    return with_conversions(picture_from_array(plane, path.name), told, path)


def _plane(array: Array, axes: str) -> tuple[Array, tuple[str, ...]]:
    """(H, W, samples) from a page whose axes are named by letters; of other axes the first entry is taken."""
    told: tuple[str, ...] = ()
    for letter in [letter for letter in axes if letter not in "YXS"]:
        at = axes.index(letter)
        if array.shape[at] > 1:
            told += (f"The first of {array.shape[at]} layers is shown.",)
        array, axes = array.take(0, axis=at), axes.replace(letter, "", 1)
    if "S" not in axes:
        return array, told
    array = np.moveaxis(array, axes.index("S"), -1)
    return array, told


TURNS: dict[int, Callable[[Array], Any]] = {
    2: np.fliplr,
    3: lambda array: np.rot90(array, 2),
    4: np.flipud,
    5: lambda array: array.swapaxes(0, 1),
    6: lambda array: np.rot90(array, -1),
    7: lambda array: np.rot90(array, 2).swapaxes(0, 1),
    8: np.rot90,
}
"""What each orientation of the TIFF and EXIF standards asks for; 1 is upright."""
