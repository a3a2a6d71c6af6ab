"""TIFF files as anyone might write them: every tag that says what the numbers mean can be set."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

SAMPLE_FORMATS = {"u": 1, "b": 1, "i": 2, "f": 3}
COMPRESSIONS = {"none": 1, "lzw": 5, "deflate": 8, "packbits": 32773, "zstd": 50000}
Tag = tuple[int, str, Sequence[int]]


def tiff(
    pixels: np.ndarray,
    photometric: int,
    *,
    order: str = "<",
    planar: bool = False,
    tile: int = 0,
    rows: int = 0,
    compression: str = "none",
    predictor: int = 1,
    extra: Sequence[int] = (),
    orientation: int = 1,
    palette: np.ndarray | None = None,
    has_format: bool = True,
) -> bytes:
    """A file of one page; pixels: (H, W, samples). tile: the side of square tiles; rows: of a strip, 0 for all."""
    height, width, samples = pixels.shape
    bits = 1 if pixels.dtype == bool else pixels.dtype.itemsize * 8
    planes = [pixels[..., place : place + 1] for place in range(samples)] if planar else [pixels]
    cut = _tiles(tile) if tile else _strips(rows or height)
    pack = _packer(compression)
    segments = [pack(_stored(part, order, predictor)) for plane in planes for part in cut(plane)]
    tags: list[Tag] = [
        (256, "I", [width]),
        (257, "I", [height]),
        (258, "H", [bits] * samples),
        (259, "H", [COMPRESSIONS[compression]]),
        (262, "H", [photometric]),
        (274, "H", [orientation]),
        (277, "H", [samples]),
        (284, "H", [2 if planar else 1]),
    ]
    if predictor > 1:
        tags.append((317, "H", [predictor]))
    if palette is not None:
        tags.append((320, "H", palette.reshape(-1).tolist()))
    if extra:
        tags.append((338, "H", list(extra)))
    if has_format:
        tags.append((339, "H", [SAMPLE_FORMATS[pixels.dtype.kind]] * samples))
    tags += [(322, "I", [tile]), (323, "I", [tile])] if tile else [(278, "I", [rows or height])]
    return tiff_file(order, tags, segments, tile > 0)


def tiff_file(order: str, tags: list[Tag], segments: list[bytes], is_tiled: bool) -> bytes:
    """The segments, then what is too long for the directory, then the directory."""
    body = bytearray(b"II*\0\0\0\0\0" if order == "<" else b"MM\0*\0\0\0\0")
    places = []
    for segment in segments:
        places.append(len(body))
        body += segment + b"\0" * (len(segment) % 2)
    tags += [(324 if is_tiled else 273, "I", places), (325 if is_tiled else 279, "I", [len(part) for part in segments])]
    directory = b""
    for tag, kind, values in sorted(tags):
        content = struct.pack(f"{order}{len(values)}{kind}", *values)
        if len(content) > 4:
            place, content = len(body), content + b"\0" * (len(content) % 2)
            body += content
            content = struct.pack(f"{order}I", place)
        directory += struct.pack(f"{order}HHI", tag, {"H": 3, "I": 4}[kind], len(values)) + content.ljust(4, b"\0")
    body[4:8] = struct.pack(f"{order}I", len(body))
    return bytes(body) + struct.pack(f"{order}H", len(tags)) + directory + b"\0" * 4


def _strips(rows: int) -> Callable[[np.ndarray], list[np.ndarray]]:
    return lambda plane: [plane[start : start + rows] for start in range(0, len(plane), rows)]


def _tiles(side: int) -> Callable[[np.ndarray], list[np.ndarray]]:
    def cut(plane: np.ndarray) -> list[np.ndarray]:
        missing = [(0, -size % side) for size in plane.shape[:2]]
        padded = np.pad(plane, [*missing, (0, 0)])
        corners = [(y, x) for y in range(0, len(padded), side) for x in range(0, padded.shape[1], side)]
        return [padded[y : y + side, x : x + side] for y, x in corners]

    return cut


def _stored(part: np.ndarray, order: str, predictor: int) -> bytes:
    if part.dtype == bool:
        return np.packbits(part[..., 0], axis=1).tobytes()
    if predictor == 3:
        return _floating_point_differences(part)
    if predictor == 2:
        part = np.concatenate([part[:, :1], np.diff(part, axis=1)], axis=1)
    return part.astype(part.dtype.newbyteorder(order)).tobytes()


def _floating_point_differences(part: np.ndarray) -> bytes:
    """Of each row all highest bytes first, then all next ones; each less the one a pixel before."""
    height, width, samples = part.shape
    size = part.dtype.itemsize
    numbers = np.ascontiguousarray(part.astype(part.dtype.newbyteorder(">"))).view(np.uint8)
    planes = numbers.reshape(height, width * samples, size).transpose(0, 2, 1).reshape(height, -1)
    planes[:, samples:] -= planes[:, :-samples].copy()
    return planes.tobytes()


def _packer(compression: str) -> Callable[[bytes], bytes]:
    if compression == "none":
        return bytes
    if compression == "deflate":
        return zlib.compress
    return lambda content: _packed_by_libtiff(content, {"lzw": "tiff_lzw"}.get(compression, compression))


def _packed_by_libtiff(content: bytes, compression: str) -> bytes:
    file = io.BytesIO()
    Image.frombytes("L", (len(content), 1), content).save(file, "TIFF", compression=compression)
    file.seek(0)
    with Image.open(file) as image:
        place, length = image.tag_v2[273][0], image.tag_v2[279][0]
    return file.getvalue()[place : place + length]
