"""Reading a picture file. Whatever is wrong with it ends in one sentence, a `PictureError`.

The window and the data sets read with the same function, so that a network learns from what is shown.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from explorer.bounds import Refused, brief, open_regular
from explorer.bounds import check_size as check_file_size
from explorer.data import tiff
from explorer.data.deep_png import is_deep, read_deep
from explorer.data.deep_ppm import WORD, largest, read_ppm
from explorer.data.foreign_kinds import ending_of_weights, foreign_kind
from explorer.data.pages import FRAME, PAGE, PageAxis, Pages
from explorer.data.picture import (
    WIDE_MODES,
    Extent,
    Measure,
    Picture,
    PictureError,
    picture_from_array,
    picture_from_pil,
    told_turn,
    upright,
    with_conversions,
    with_pages,
    with_scale,
)
from explorer.data.picture_size import check_size, too_large
from explorer.data.tiff_pages import TiffPages, from_page, has_more, read_pages

# Only these: Pillow also knows formats that start other programs (EPS).
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "PPM")
ENDINGS = (
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".pbm", ".pnm",
)  # fmt: skip
"""How the names of such files end."""
READABLE = "PNG, JPEG, TIFF, BMP, GIF and WebP can be read"
FILE_LIMIT_BYTES = 2**29
"""Some decoders take a file into memory whole; a TIFF, which may be a film of a microscope, is read in places."""
MEASURED_PAGES = 16
"""By how many pages of a stack its one scale is measured: those of a film would take minutes."""
KEPT_EXTENTS, KEPT_STACKS = 1024, 8
EXIF_BYTES = 2**16
ORIENTATION_TAG = 274
SIDEWAYS = (5, 6, 7, 8)
GREY_MODES = ("1", "L", "LA", "I", "F", "I;16", "I;16B", "I;16L")


def read_picture(path: str | Path, *, page: int = 0, at_least: int | None = None) -> Picture:
    """The picture at `path`, turned upright. Raises PictureError.

    page: which page or frame of several, from 0 on; the last one where there are fewer. The picture tells which it is.
    at_least: a side, in pixels, that is enough: a larger JPEG is decoded at a fraction, and pages are not counted.
    """
    path = Path(path)
    try:
        with _open_file(path) as file:
            return _page(file, path, page) if at_least is None else _read(file, path, at_least)
    except PictureError as error:
        if page and str(error).startswith(brief(path.name)):
            raise PictureError(f"{PAGE.capitalize()} {page + 1:,} of {error}") from error
        raise


def _page(file: IO[bytes], path: Path, page: int) -> Picture:
    """A page of the open file, with what there is to tell of the others."""
    if file.read(4) not in tiff.STARTS:
        return _read(file, path, None, frame=page)
    found = _pages_of(path, os.fstat(file.fileno()).st_mtime_ns)
    if len(found.starts) < 2:
        return _read(file, path, None)
    page = min(page, len(found.starts) - 1)
    beside, changed_ns = found.beside(page), os.fstat(file.fileno()).st_mtime_ns
    shown = _read(
        from_page(file, found.starts[page]), path, None, measure=lambda: _extent_of_pages(path, changed_ns, beside)[0]
    )
    if shown.extent is not None:
        shown = with_scale(shown, *_extent_of_pages(path, changed_ns, beside), len(beside))
    return with_pages(shown, found.at(page))


@lru_cache(KEPT_STACKS)
def _pages_of(path: Path, _changed_ns: int) -> TiffPages:
    """The pages of a TIFF: whoever turns them over wants them counted once."""
    with _open_file(path) as file:
        return read_pages(file, path.name)


@lru_cache(KEPT_STACKS)
def _extent_of_pages(path: Path, changed_ns: int, starts: tuple[int, ...]) -> tuple[Extent, int]:
    """What the numbers of the pages at `starts` reach from and to, by evenly spread ones, and by how many."""
    last = len(starts) - 1
    chosen = sorted({round(at * last / max(MEASURED_PAGES - 1, 1)) for at in range(MEASURED_PAGES)})
    some = chosen if len(starts) > MEASURED_PAGES else range(len(starts))
    read = [_extent_at(path, changed_ns, starts[at]) for at in some]
    known = [extent for extent in read if extent is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else (0.0, 0.0), len(some)


@lru_cache(KEPT_EXTENTS)
def _extent_at(path: Path, _changed_ns: int, start: int) -> Extent | None:
    """What the numbers of the page that is described at `start` reach from and to; None for one that is damaged."""
    try:
        with _open_file(path) as file:
            return _read(from_page(file, start), path, None).extent
    except PictureError:
        return None


@dataclass(frozen=True)
class Header:
    """What the first bytes of a picture say: its size when upright, and whether its numbers are more than bytes.

    has_pages: whether there are more pages or frames than the one that this is said of.
    """

    width: int
    height: int
    is_grey: bool
    is_wide: bool = False
    has_pages: bool = False


def read_header(path: Path) -> Header:
    """The header of the picture at `path`; without one that Pillow knows it is read whole. Raises PictureError."""
    with _open_file(path) as file:
        image = _opened(file, path)
        if image is not None:
            return _header(image, file)
        picture = _read(file, path, None)
        is_grey = bool((picture.pixels == picture.pixels[..., :1]).all())
        return Header(picture.width, picture.height, is_grey, tiff.is_wide_page(file, path.name), has_more(file))


def _header(image: Image.Image, file: IO[bytes]) -> Header:
    width, height = image.size
    if image.format != "TIFF" and _noted_early(image, file) in SIDEWAYS:  # Pillow gives the upright size of a TIFF
        width, height = height, width
    header = Header(width, height, image.mode in GREY_MODES, _is_wide(image))
    has_pages = has_more(file) if image.format == "TIFF" else bool(getattr(image, "is_animated", False))
    return replace(header, has_pages=has_pages)


def _is_wide(image: Image.Image) -> bool:
    if image.format == "TIFF":
        return tiff.is_wide(_tags(image))
    if image.format == "PPM" and image.mode != "F":
        return largest(image) == WORD  # for any other number the header says what is white, whatever is in the picture
    return image.mode in WIDE_MODES or is_deep(image)


def _noted_early(image: Image.Image, file: IO[bytes]) -> int:
    """The orientation, without decoding the picture unless it is a PNG that notes it behind its pixels."""
    if image.format == "PNG" and "exif" not in image.info:
        file.seek(max(os.fstat(file.fileno()).st_size - EXIF_BYTES, 0))
        if b"eXIf" in file.read(EXIF_BYTES):
            return int(image.getexif().get(ORIENTATION_TAG, 1))
    return int(Image.Image.getexif(image).get(ORIENTATION_TAG, 1))  # a PNG's own getexif decodes the whole picture


@contextmanager
def _open_file(path: Path) -> Iterator[IO[bytes]]:
    """The file, open for reading; whatever goes wrong while it is read becomes a PictureError."""
    try:
        with open_regular(path) as file:
            yield file
    except PictureError:
        raise
    except Refused as error:
        raise PictureError(str(error)) from error
    except MemoryError as error:
        raise PictureError(f"{brief(path.name)} needs more memory than there is.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(too_large(path.name)) from error
    except (
        Exception
    ) as error:  # a damaged file can make decoders fail in any way: struct.error, zlib.error, IndexError …
        raise PictureError(_damaged(path, error)) from error


def _damaged(path: Path, error: Exception) -> str:
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return f"{brief(path.name)} ends too early: it is damaged or was not copied whole."
    return f"{brief(path.name)} is damaged and cannot be read."


def _read(
    file: IO[bytes], path: Path, at_least: int | None, *, frame: int = 0, measure: Measure | None = None
) -> Picture:
    """`measure`: gives what numbers reach over that a page of a TIFF is scaled with; None where it is for itself."""
    image = _opened(file, path)
    if image is None or (image.format == "TIFF" and not tiff.is_plain(_tags(image))):
        return tiff.read_tiff(file, path, measure)
    if at_least is not None:
        image.draft(None, (at_least, at_least))
    if image.format == "TIFF":
        return _from_tiff(image, path, measure)
    if is_deep(image):  # the frames of an animated one are left alone
        picture = picture_from_array(read_deep(image, file), path.name)
    elif image.format == "PPM":
        picture = read_ppm(image, file, path.name)
    else:
        return _from_frame(image, path, frame)
    return upright(with_conversions(picture, (), path), _noted(image), "the camera")


def _from_frame(image: Image.Image, path: Path, frame: int) -> Picture:
    """A picture that may move; Pillow puts each frame together with those before it."""
    amount = int(getattr(image, "n_frames", 1))
    frame = min(frame, amount - 1)
    if frame:
        image.seek(frame)
    image.load()
    picture = upright(with_conversions(picture_from_pil(image, path.name), (), path), _noted(image), "the camera")
    return picture if amount < 2 else with_pages(picture, Pages((PageAxis(FRAME, amount),), frame))


def _noted(image: Image.Image) -> int:
    return int(image.getexif().get(ORIENTATION_TAG, 1))


def _from_tiff(image: Image.Image, path: Path, measure: Measure | None) -> Picture:
    """A plain TIFF; Pillow turns it when it loads it."""
    told = told_turn(_noted(image), "the file")
    image.load()
    return with_conversions(picture_from_pil(image, path.name, measure), told, path)


def _opened(file: IO[bytes], path: Path) -> Image.Image | None:
    """The file as Pillow opens it; None for a TIFF unknown to it. Raises PictureError for what is no picture."""
    file.seek(0)
    start = file.read(512)
    file.seek(0)
    if not start:
        raise PictureError(f"{brief(path.name)} is empty.")
    if start.startswith(tiff.BIG_BACKWARDS):
        return None
    if not start.startswith(tiff.STARTS):
        check_file_size(path.name, os.fstat(file.fileno()).st_size, FILE_LIMIT_BYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # An open file, not its name: by name Pillow maps plain ones into memory, and does not turn those.
            image = Image.open(file, formats=FORMATS)
    except UnidentifiedImageError as error:
        if start.startswith(tiff.STARTS):
            return None
        raise PictureError(_unknown(path, start)) from error
    check_size(path.name, *image.size)
    return image


def _unknown(path: Path, start: bytes) -> str:
    name = brief(path.name)
    if kind := foreign_kind(start):
        return f"{name} is {kind}, which is not read: {READABLE}."
    if ending := ending_of_weights(start):
        return f"{name} holds weights, not a picture: let its name end in {ending}, and it is opened as such."
    if _is_text(start):
        return f"{name} holds text, not a picture."
    return f"{name} is not a picture of a known kind: {READABLE}."


def _is_text(start: bytes) -> bool:
    try:
        text = start[:-4].decode() if len(start) == 512 else start.decode()
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in text)


def _tags(image: Image.Image) -> object:
    """The tags of a TIFF."""
    return image.tag_v2  # type: ignore[attr-defined]  # only TIFF images have tags
