"""Maps and values into files and onto the clipboard. Files are written beside and renamed, so an old one survives."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage

from explorer.network.files import FileError, write_atomically
from explorer.session import LayerActivation
from explorer.ui.text import shape_text

ENLARGE = 4


class ExportError(Exception):
    """The file could not be written; the message is a sentence."""


def png(colours: np.ndarray, _entry: LayerActivation) -> bytes:
    """The picture (H, W, 4) with each cell as 4 × 4 pixels."""
    buffer = io.BytesIO()
    Image.fromarray(_enlarged(colours)).save(buffer, "PNG")
    return buffer.getvalue()


def svg(colours: np.ndarray, entry: LayerActivation) -> bytes:
    """The picture as an SVG that stays sharp at any size, with a title."""
    height, width = colours.shape[:2]
    buffer = io.BytesIO()
    Image.fromarray(colours).save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    title = f"{entry.name}: {shape_text(entry.values.shape)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width * ENLARGE}" '
        f'height="{height * ENLARGE}"><title>{title}</title><image width="{width}" height="{height}" '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{data}"/></svg>\n'
    ).encode()


def npy(_colours: np.ndarray, entry: LayerActivation) -> bytes:
    """The values as numpy writes them, float32, (C, H, W) or (features,)."""
    buffer = io.BytesIO()
    np.save(buffer, entry.values)
    return buffer.getvalue()


def csv(_colours: np.ndarray, entry: LayerActivation) -> bytes:
    """One line a value: channel, row, column, value; nine digits, which is all that float32 has."""
    values = entry.values
    if values.ndim == 1:
        lines = [f"{index},{value:.9g}" for index, value in enumerate(values)]
        return "\n".join(["index,value", *lines, ""]).encode()
    places = np.indices(values.shape).reshape(3, -1).T
    flat = values.reshape(-1)
    lines = [f"{c},{r},{k},{value:.9g}" for (c, r, k), value in zip(places.tolist(), flat.tolist(), strict=True)]
    return "\n".join(["channel,row,column,value", *lines, ""]).encode()


FORMATS: dict[str, Callable[[np.ndarray, LayerActivation], bytes]] = {
    ".png": png,
    ".svg": svg,
    ".npy": npy,
    ".csv": csv,
}


def write(path: Path, colours: np.ndarray, entry: LayerActivation) -> None:
    """Write a layer to `path`; the ending says how. Raises ExportError with a sentence."""
    make = FORMATS.get(path.suffix.lower())
    if make is None:
        raise ExportError(f"{path.name} has no ending that says how to write it: .png, .svg, .npy or .csv.")
    try:
        write_atomically(path, make(colours, entry))
    except FileError as error:
        raise ExportError(str(error)) from error


def copy_picture(colours: np.ndarray) -> None:
    """Put the picture on the clipboard."""
    large = _enlarged(colours)
    height, width = large.shape[:2]
    image = QImage(large.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
    QGuiApplication.clipboard().setImage(image.copy())


def copy_values(values: np.ndarray) -> None:
    """Put numbers on the clipboard as a table for a spreadsheet: rows of one map, or one number a line."""
    rows = np.atleast_2d(values) if values.ndim > 1 else values[:, None]
    text = "\n".join("\t".join(f"{value:.9g}" for value in row) for row in rows.reshape(-1, rows.shape[-1]))
    QGuiApplication.clipboard().setText(text)


def _enlarged(colours: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(colours.repeat(ENLARGE, axis=0).repeat(ENLARGE, axis=1))
