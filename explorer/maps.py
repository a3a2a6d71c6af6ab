"""`network-explorer maps`: all feature maps of a layer as one PNG, without a window."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from PIL import Image

TILE = 96
GAP = 4
ENDING = ".png"


class MapsError(Exception):
    """What was asked for cannot be drawn; the message is a sentence."""


def write_maps(picture: Path, layer: str, out: Path, network: str = "cifar10") -> None:
    """Show `picture` to `network` and write the feature maps of `layer` to `out`.

    Raises MapsError with a sentence if `out` is called otherwise than a PNG, a file cannot be read or written, or there
    is no such layer.
    """
    if out.suffix.lower() != ENDING:
        raise MapsError(f"The maps are written as PNG: {out.name} must end in {ENDING}.")
    values = layer_values(picture, layer, network)
    maps = values if values.ndim == 3 else values[None, None]
    _write(out, mosaic(maps))


def layer_values(picture: Path, layer: str, network: str) -> np.ndarray:
    """The activation of `layer` for `picture`: (C, H, W) or (features,)."""
    import explorer
    from explorer.data import PictureError
    from explorer.engine.errors import EngineError
    from explorer.session.snapshot import as_maps, last_call, output_of
    from explorer.writing import FileError

    try:
        loaded = explorer.load(network)
        x = loaded.prepare(picture)
        recording = explorer.record(loaded.model, x)
    except (PictureError, EngineError, FileError) as error:
        raise MapsError(str(error)) from error
    call = last_call(recording, layer)
    values = None if call is None else as_maps(output_of(recording, call))
    if values is None:
        raise MapsError(f"There is no layer “{layer}”: there are {', '.join(loaded.network.names)}.")
    return values


def mosaic(maps: np.ndarray) -> np.ndarray:
    """All of `maps` (C, H, W) side by side on one scale, as (height, width, 3) uint8; cells stay square and sharp.

    Grey lies between them: zero has the colour of the paper.
    """
    from explorer.ui.common.colour import colourise, on_paper, scale_for
    from explorer.ui.common.mosaic import Mosaic

    channels, height, width = maps.shape
    zoom = max(1, TILE // max(height, width))
    columns = math.ceil(math.sqrt(channels * height / width))
    tiles = colourise(maps, scale_for(float(maps.min()), float(maps.max()))).repeat(zoom, axis=1).repeat(zoom, axis=2)
    sheet = Mosaic(channels, height * zoom, width * zoom, columns, GAP).assemble(tiles)
    framed = np.pad(sheet, ((GAP, GAP), (GAP, GAP), (0, 0)))
    return on_paper(framed)[..., :3]


def _write(out: Path, sheet: np.ndarray) -> None:
    from explorer.writing import FileError, write_atomically

    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, "PNG")
    try:
        write_atomically(out, buffer.getvalue())
    except FileError as error:
        raise MapsError(str(error)) from error
