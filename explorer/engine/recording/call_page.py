"""The calls of a recording as a table for a page, as notebooks show it: with small maps of each output."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO

import numpy as np
import torch
from PIL import Image

from explorer.engine.arrays import array
from explorer.engine.recording.call import Call
from explorer.engine.recording.call_table import TITLES, in_the_middle, is_text, left_out, texts
from explorer.engine.recording.kept import Kept
from explorer.engine.recording.tree import leaves

MAPS = 6
"""So many channels of an output are drawn."""
SIZE = 40
_LOW, _ZERO, _HIGH = ((33, 102, 172), (255, 255, 255), (178, 24, 43))  # below zero, zero, above it
_LEFT, _RIGHT = ' style="text-align:left"', ' style="text-align:right"'


def as_html(lines: Sequence[str], calls: Sequence[Call]) -> str:
    """`lines` of text over the table, which is cut in the middle as the text is."""
    first, number, last = in_the_middle(calls)
    cut = f"<tr><td></td><td{_LEFT} colspan={len(TITLES)}>{left_out(number)}</td></tr>" if number else ""
    head = "".join(f"<th{_aligned(title)}>{title}</th>" for title in (*TITLES, "maps"))
    body = "".join(map(_row, first)) + cut + "".join(map(_row, last))
    told = "<br>".join(escape(line) for line in lines)
    return f"<div>{told}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def drawn(maps: np.ndarray) -> np.ndarray:
    """Maps (C, H, W) as (C, H, W, 3) uint8 colours on one scale: white for zero, red above it, blue below.

    NaN and ∞ are grey.
    """
    finite = np.isfinite(maps)
    known = np.where(finite, maps, 0).astype(np.float64)
    reach = float(np.abs(known).max(initial=0)) or 1.0
    share = (np.abs(known) / reach)[..., None]
    ends = np.where((known < 0)[..., None], _LOW, _HIGH)
    colours = np.asarray(_ZERO) + share * (ends - np.asarray(_ZERO))
    colours[~finite] = 128
    whole: np.ndarray = np.rint(colours).astype(np.uint8)
    return whole


def _row(call: Call) -> str:
    cells = (f"<td{_aligned(title)}>{escape(text)}</td>" for title, text in zip(TITLES, texts(call), strict=True))
    first: Kept = leaves(call.kept_output, Kept)[0]
    return f"<tr>{''.join(cells)}<td{_LEFT}>{''.join(_pictures(first.numbers))}</td></tr>"


def _aligned(title: str) -> str:
    return _LEFT if is_text(title) or title == "maps" else _RIGHT


def _pictures(tensor: torch.Tensor | None) -> list[str]:
    if tensor is None or tensor.dim() != 4 or tensor.is_meta or not tensor.numel():
        return []
    return [_picture(colours) for colours in drawn(array(tensor[0, :MAPS]))]


def _picture(colours: np.ndarray) -> str:
    """One map as a picture that the page itself holds; large ones are drawn smaller."""
    height, width = colours.shape[:2]
    picture = Image.fromarray(colours)
    if max(height, width) > SIZE:
        picture.thumbnail((SIZE, SIZE))
    with BytesIO() as buffer:
        picture.save(buffer, "PNG")
        coded = b64encode(buffer.getvalue()).decode()
    shown = f"height:{SIZE}px;image-rendering:pixelated;display:inline-block;margin:0 1px"
    return f'<img alt="" style="{shown}" src="data:image/png;base64,{coded}">'
