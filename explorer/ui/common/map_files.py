"""Maps and values into files and onto the clipboard. Files are written beside and renamed, so an old one survives."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage

from explorer.ui.common.images import image_of
from explorer.ui.common.text import shape_text
from explorer.writing import FileError, write_atomically

ENLARGE = 4
AXES = {
    1: ("index",),
    2: ("output", "input"),
    3: ("channel", "row", "column"),
    4: ("output", "input", "row", "column"),
}


def png(colours: np.ndarray, _values: np.ndarray, _title: str) -> bytes:
    """The picture (H, W, 4) with each cell as 4 × 4 pixels."""
    buffer = io.BytesIO()
    Image.fromarray(_enlarged(colours)).save(buffer, "PNG")
    return buffer.getvalue()


def svg(colours: np.ndarray, values: np.ndarray, title: str) -> bytes:
    """The picture as an SVG that stays sharp at any size, with a title."""
    height, width = colours.shape[:2]
    buffer = io.BytesIO()
    Image.fromarray(colours).save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    title = escape(f"{title}: {shape_text(values.shape)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width * ENLARGE}" '
        f'height="{height * ENLARGE}"><title>{title}</title><image width="{width}" height="{height}" '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/></svg>\n'
    ).encode()


def npy(_colours: np.ndarray, values: np.ndarray, _title: str) -> bytes:
    """The values as numpy writes them, float32, in the layer's own shape."""
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


def csv(_colours: np.ndarray, values: np.ndarray, _title: str) -> bytes:
    """One line a value, its place before it; nine digits, which is all that float32 has."""
    places = np.indices(values.shape).reshape(values.ndim, -1).T.tolist()
    flat = values.reshape(-1).tolist()
    lines = [f"{','.join(map(str, place))},{value:.9g}" for place, value in zip(places, flat, strict=True)]
    axes = AXES.get(values.ndim) or tuple(f"axis {axis}" for axis in range(values.ndim))
    return "\n".join([",".join((*axes, "value")), *lines, ""]).encode()


FORMATS: dict[str, Callable[[np.ndarray, np.ndarray, str], bytes]] = {
    ".png": png,
    ".svg": svg,
    ".npy": npy,
    ".csv": csv,
}


def write(path: Path, colours: np.ndarray, values: np.ndarray, title: str) -> None:
    """Write maps, as `colours` (H, W, 4) or as `values`, to `path`; the ending says how.

    Raises FileError with a sentence.
    """
    make = FORMATS.get(path.suffix.lower())
    if make is None:
        raise FileError(f"{path.name} has no ending that says how to write it: .png, .svg, .npy or .csv.")
    write_atomically(path, make(colours, values, title))


def enlarged_image(colours: np.ndarray) -> QImage:
    """The picture (H, W, 4) with each cell as 4 × 4 pixels."""
    return image_of(_enlarged(colours))


def copy_picture(colours: np.ndarray) -> None:
    """Put the picture on the clipboard."""
    QGuiApplication.clipboard().setImage(enlarged_image(colours))


def table_text(values: np.ndarray) -> str:
    """Numbers as a table for a spreadsheet: rows of one map, or one number a line."""
    rows = values.reshape(-1, values.shape[-1]) if values.ndim > 1 else values[:, None]
    return "\n".join("\t".join(f"{value:.9g}" for value in row) for row in rows.tolist())


def copy_values(values: np.ndarray) -> None:
    """Put numbers on the clipboard as such a table."""
    QGuiApplication.clipboard().setText(table_text(values))


def _enlarged(colours: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(colours.repeat(ENLARGE, axis=0).repeat(ENLARGE, axis=1))
