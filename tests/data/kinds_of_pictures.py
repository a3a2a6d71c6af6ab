"""Picture files of every kind that is read, each with what a person should see: made here, by nothing that reads."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tests.data.tiff_writer import tiff

HEIGHT, WIDTH = 20, 32
LEVELS = np.linspace(0, 255, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).round().astype(np.uint8)
COLOURS = np.dstack([LEVELS, LEVELS[::-1], np.roll(LEVELS, 7, axis=1)])
IS_OPAQUE = np.arange(WIDTH)[None, :] // 8 % 2 == (np.arange(HEIGHT) // 5 % 2)[:, None]
ON_WHITE = np.where(IS_OPAQUE[..., None], COLOURS, 255).astype(np.uint8)
TURNED = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""How an upright picture is stored under each orientation."""


@dataclass(frozen=True, eq=False)
class Kind:
    """A file: `content` under a name that ends in `ending`; `shown` is (H, W, 3), `tolerance` levels beside at most."""

    name: str
    ending: str
    content: bytes
    shown: np.ndarray
    tolerance: int = 0


def grey(levels: np.ndarray) -> np.ndarray:
    """(H, W) as (H, W, 3)."""
    return np.repeat(levels[..., None], 3, axis=2)


def kinds() -> Iterator[Kind]:
    """All of them."""
    yield from _tiff_numbers()
    yield from _tiff_layouts()
    yield from _tiff_meanings()
    yield from _pngs()
    yield from _others()


def numbers(levels: np.ndarray) -> dict[str, np.ndarray]:
    """The same levels 0 to 255 in every kind of number that a picture is stored in."""
    share = levels / 255
    return {
        "uint8": levels,
        "uint16": levels.astype(np.uint16) * 257,
        "12 bits in uint16": np.rint(share * 4095).astype(np.uint16),
        "uint32": levels.astype(np.uint32) * 16843009,
        "int8": (levels.astype(int) - 128).astype(np.int8),
        "int16": ((levels.astype(int) - 128) * 256).astype(np.int16),
        "int32": ((levels.astype(int) - 128) * 2**24).astype(np.int32),
        "float16 0 to 1": share.astype(np.float16),
        "float32 0 to 1": share.astype(np.float32),
        "float32 0 to 255": levels.astype(np.float32),
        "float64 −1 to 1": share * 2 - 1,
    }


def _tiff_numbers() -> Iterator[Kind]:
    for order in "<>":
        for name, values in numbers(LEVELS).items():
            yield Kind(f"grey {name} {order}", "tif", tiff(values[..., None], 1, order=order), grey(LEVELS))
        for name, values in numbers(COLOURS).items():
            yield Kind(f"rgb {name} {order}", "tif", tiff(values, 2, order=order), COLOURS)
        pale = (LEVELS // 2 + 90).astype(np.uint8)  # neither black nor white: nothing is to be stretched
        for name in ("float32", "float64", "int16", "uint32"):
            values = tiff(pale.astype(name)[..., None], 1, order=order)
            yield Kind(f"pale {name} of 90 to 217 {order}", "tif", values, grey(pale))
    for photometric, name in ((0, "white is zero"), (1, "black is zero")):
        bits = LEVELS > 90
        shown = grey(np.where(bits == bool(photometric), 255, 0).astype(np.uint8))
        yield Kind(f"1 bit, {name}", "tif", tiff(bits[..., None], photometric), shown)
    for name in ("uint8", "uint16", "12 bits in uint16"):
        values = tiff(numbers(LEVELS)[name][..., None], 0)
        yield Kind(f"{name}, white is zero", "tif", values, grey(255 - LEVELS))


def _tiff_layouts() -> Iterator[Kind]:
    for name in ("uint8", "uint16", "float32 0 to 1"):
        values = numbers(COLOURS)[name]
        for planar in (False, True):
            for compression in ("none", "lzw", "deflate", "packbits", "zstd"):
                for options in ({}, {"rows": 7}, {"tile": 16}):
                    content = tiff(values, 2, planar=planar, compression=compression, **options)
                    yield Kind(f"{name} {compression} {planar=} {options}", "tif", content, COLOURS)
    for name, predictor in (("uint8", 2), ("uint16", 2), ("float32 0 to 1", 3), ("float16 0 to 1", 3)):
        for compression in ("lzw", "deflate"):
            for order in "<>":
                values = tiff(numbers(COLOURS)[name], 2, compression=compression, predictor=predictor, order=order)
                yield Kind(f"{name} {compression} predictor {predictor} {order}", "tif", values, COLOURS)
    for orientation, turn in TURNED.items():
        for name, colours in (("uint8", 1), ("uint16", 1), ("uint8", 3), ("uint16", 3)):
            levels = COLOURS if colours == 3 else LEVELS[..., None]
            for compression in ("none", "lzw"):
                stored = np.ascontiguousarray(turn(numbers(levels)[name]))
                content = tiff(stored, 2 if colours == 3 else 1, orientation=orientation, compression=compression)
                shown = COLOURS if colours == 3 else grey(LEVELS)
                yield Kind(f"orientation {orientation} {name} {colours=} {compression}", "tif", content, shown)


def _tiff_meanings() -> Iterator[Kind]:
    spare = np.roll(LEVELS, 3, axis=0)[..., None]
    opaque = np.where(IS_OPAQUE, 255, 0).astype(np.uint8)[..., None]
    for name in ("uint8", "uint16"):
        more = numbers(np.dstack([COLOURS, spare]))[name]
        clear = numbers(np.dstack([COLOURS, opaque]))[name]
        black = numbers(np.dstack([np.where(IS_OPAQUE[..., None], COLOURS, 0), opaque]))[name]
        two = numbers(np.dstack([LEVELS, spare]))[name]
        for planar in (False, True):
            tail = f"{name} {planar=}"
            yield Kind(f"near infrared {tail}", "tif", tiff(more, 2, extra=[0], planar=planar), COLOURS)
            yield Kind(f"alpha {tail}", "tif", tiff(clear, 2, extra=[2], planar=planar), ON_WHITE)
            yield Kind(f"premultiplied {tail}", "tif", tiff(black, 2, extra=[1], planar=planar), ON_WHITE)
            yield Kind(f"two channels {tail}", "tif", tiff(two, 1, extra=[0], planar=planar), grey(LEVELS))
        ink = numbers(np.dstack([255 - COLOURS, np.zeros_like(spare)]))[name]
        yield Kind(f"cmyk {name}", "tif", tiff(ink, 5), COLOURS)
        five = np.dstack([two, more[..., :3]])
        for compression in ("none", "lzw"):
            content = tiff(five, 1, extra=[0] * 4, compression=compression)
            yield Kind(f"five channels {name} {compression}", "tif", content, grey(LEVELS))
    clear = numbers(np.dstack([LEVELS, opaque]))["uint8"]
    on_white = grey(np.where(IS_OPAQUE, LEVELS, 255).astype(np.uint8))
    black = np.where(IS_OPAQUE[..., None], clear, 0).astype(np.uint8)
    for compression in ("none", "lzw"):
        tail = f"uint8 {compression}"
        yield Kind(f"grey alpha {tail}", "tif", tiff(clear, 1, extra=[2], compression=compression), on_white)
        yield Kind(f"grey premultiplied {tail}", "tif", tiff(black, 1, extra=[1], compression=compression), on_white)
    palette = np.stack([np.arange(256), 255 - np.arange(256), np.arange(256) // 2]).astype(np.uint16) * 257
    shown = (palette >> 8).astype(np.uint8).T[LEVELS]
    yield Kind("palette", "tif", tiff(LEVELS[..., None], 3, palette=palette), shown)
    yield Kind("palette and more", "tif", tiff(np.dstack([LEVELS, spare]), 3, palette=palette, extra=[0]), shown)
    middle, lightness = np.zeros((HEIGHT, WIDTH, 2), np.uint8), _grey_of_lightness(LEVELS)
    for photometric, neutral in ((8, 0), (9, 128)):
        lab = np.dstack([LEVELS, np.full((HEIGHT, WIDTH, 2), neutral, np.uint8)])
        yield Kind(f"lab uint16 {photometric}", "tif", tiff(lab.astype(np.uint16) * 256, photometric), lightness, 3)
    yield Kind("lab uint8", "tif", tiff(np.dstack([LEVELS, middle]), 8), lightness, 3)
    for compression in ("none", "lzw"):
        first, second = (Image.fromarray(levels) for levels in (COLOURS, 255 - COLOURS))
        yield Kind(f"pages {compression}", "tif", _saved(first, "TIFF", append_images=[second], save_all=True), COLOURS)


def _grey_of_lightness(levels: np.ndarray) -> np.ndarray:
    """sRGB greys of the lightness L* = level · 100/255. Source: CIE 15, IEC 61966-2-1."""
    lightness = levels / 255 * 100
    luminance = np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness / 903.3)
    coded = np.where(luminance > 0.0031308, 1.055 * luminance ** (1 / 2.4) - 0.055, 12.92 * luminance)
    return grey(np.rint(coded * 255).astype(np.uint8))


def _pngs() -> Iterator[Kind]:
    opaque = np.where(IS_OPAQUE, 65535, 0).astype(np.uint16)
    for name in ("uint16", "12 bits in uint16"):
        deep, levels = numbers(COLOURS)[name], numbers(LEVELS)[name]
        yield Kind(f"png rgb {name}", "png", png(deep, 2), COLOURS)
        yield Kind(f"png grey {name}", "png", png(levels[..., None], 0), grey(LEVELS))
        yield Kind(f"png rgba {name}", "png", png(np.dstack([deep, opaque]), 6), ON_WHITE)
        clear = grey(np.where(IS_OPAQUE, LEVELS, 255).astype(np.uint8))
        yield Kind(f"png grey alpha {name}", "png", png(np.dstack([levels, opaque]), 4), clear)
    for mode in ("1", "L", "RGB", "P", "RGBA", "LA"):
        image = Image.fromarray(np.dstack([COLOURS, np.where(IS_OPAQUE, 255, 0)]).astype(np.uint8))
        made = image.convert("RGB").quantize(256) if mode == "P" else image.convert(mode)
        shown = Image.alpha_composite(Image.new("RGBA", image.size, "white"), made.convert("RGBA")).convert("RGB")
        yield Kind(f"png {mode}", "png", _saved(made, "PNG"), np.asarray(shown), 1 if mode == "LA" else 0)
    for orientation, turn in TURNED.items():
        exif = Image.Exif()
        exif[274] = orientation
        for format_name, ending, options in (("PNG", "png", {}), ("WEBP", "webp", {"lossless": True})):
            stored = Image.fromarray(np.ascontiguousarray(turn(COLOURS)))
            yield Kind(f"{ending} {orientation=}", ending, _saved(stored, format_name, exif=exif, **options), COLOURS)


def png(pixels: np.ndarray, colour_type: int) -> bytes:
    """A PNG of 16 bits a number; pixels: (H, W, samples)."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _others() -> Iterator[Kind]:
    image = Image.fromarray(COLOURS)
    smooth = image.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)
    yield Kind("bmp", "bmp", _saved(image, "BMP"), COLOURS)
    yield Kind("webp", "webp", _saved(image, "WEBP", lossless=True), COLOURS)
    yield Kind("ppm", "ppm", _saved(image, "PPM"), COLOURS)
    for highest in (100, 4095):
        shown = np.rint(np.rint(LEVELS / 255 * highest) / highest * 255).astype(np.uint8)
        yield Kind(f"pgm up to {highest}", "pgm", _map(LEVELS / 255, highest), grey(shown))
        in_colour = np.rint(np.rint(COLOURS / 255 * highest) / highest * 255).astype(np.uint8)
        yield Kind(f"ppm up to {highest}", "ppm", _map(COLOURS / 255, highest), in_colour)
    dark = np.rint(LEVELS / 255 * 3000) / 4095
    yield Kind("dark pgm up to 4095", "pgm", _map(dark, 4095), grey(np.rint(dark * 255).astype(np.uint8)))
    for levels, name, shown in ((LEVELS, "pgm", grey(LEVELS)), (COLOURS, "ppm", COLOURS)):
        yield Kind(f"{name} of 16 bits", name, _map(levels / 255, 65535), shown)
        yield Kind(f"{name} of 12 bits in uint16", name, _map(levels / 255 * 4095 / 65535, 65535), shown)
    indexed = image.quantize(256)
    yield Kind("gif", "gif", _saved(indexed, "GIF"), np.asarray(indexed.convert("RGB")))
    yield Kind("jpeg", "jpg", _saved(smooth, "JPEG", quality=100, subsampling=0), np.asarray(smooth), 40)
    yield Kind("jpeg grey", "jpeg", _saved(Image.fromarray(LEVELS), "JPEG", quality=100), grey(LEVELS), 40)


def _map(shares: np.ndarray, highest: int) -> bytes:
    """A portable map: (H, W) of grey or (H, W, 3) of colours, each a share of the highest number."""
    values = np.rint(shares * highest).astype(">u2" if highest > 255 else np.uint8)
    return f"P{5 if shares.ndim == 2 else 6} {WIDTH} {HEIGHT} {highest}\n".encode() + values.tobytes()


def _saved(image: Image.Image, format_name: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()
