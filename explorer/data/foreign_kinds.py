"""What a file that is not read as a picture is, by its first bytes: a kind's name helps more than "unknown"."""

from __future__ import annotations

KINDS: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftypavi", "an AVIF picture"),
    (4, b"ftyphei", "a HEIC picture"),
    (4, b"ftyphev", "a HEIC picture"),
    (4, b"ftypmif", "a HEIC picture"),
    (4, b"jP  \r\n", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (4, b"JXL \r\n", "a JPEG XL picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"II\xbc\x01", "a JPEG XR picture"),
    (0, b"\xff\xd8\xff", "a JPEG of a rare kind (lossless, or of 12 bits)"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"\0\0\1\0", "an icon"),
    (0, b"v/1\x01", "an OpenEXR picture"),
    (0, b"SIMPLE  =", "a FITS picture"),
    (128, b"DICM", "a DICOM picture"),
    (0, b"\x89HDF\r\n", "an HDF5 file"),
    (0, b"\x93NUMPY", "an array of NumPy's"),
)
"""(place, bytes there, what such a file is)."""


def foreign_kind(start: bytes) -> str | None:
    """What the file that begins with `start` is, if it is one of those: "a HEIC picture"."""
    if start.lstrip().startswith((b"<svg", b"<?xml")) and b"<svg" in start:
        return "an SVG drawing"
    return next((kind for place, mark, kind in KINDS if start[place:].startswith(mark)), None)


PYTORCH_BEFORE_2020 = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19"


def ending_of_weights(start: bytes) -> str:
    """How the name of the file that begins with `start` would end, if it holds weights of a network; else ""."""
    is_archive = start.startswith(b"PK\3\4") and b"/data.pkl" in start
    if is_archive or start.startswith(PYTORCH_BEFORE_2020):
        return ".pt"
    is_table = start[8:10] == b'{"' and int.from_bytes(start[:8], "little") < 2**32
    return ".safetensors" if is_table else ""
