"""Pictures as things: what can be done with one, whose pixels are at hand, and with a view as it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from explorer.session import Session
from explorer.ui.common.images import image_of
from explorer.ui.common.number_things import thing_of_numbers
from explorer.ui.common.row_things import More
from explorer.ui.common.things import Thing

SHOW = "Show it to the network"


def thing_of_picture(
    session: Session, name: str, pixels: np.ndarray, *, value: Callable[[], str] | None = None, more: More = ()
) -> Thing:
    """A picture of uint8 `pixels` (H, W, 1 or 3), copied as large as it is, exported as a picture or as its numbers."""
    maps = np.moveaxis(pixels, 2, 0)
    numbers = thing_of_numbers(session, name, maps, drawn=maps, colours=partial(_opaque, pixels))
    return replace(numbers, value=value, picture=lambda: image_of(_opaque(pixels)), more=more)


def drawn(view: QWidget) -> QImage:
    """A view as it is drawn now."""
    return view.grab().toImage()


def _opaque(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 4)."""
    alpha = np.broadcast_to(np.uint8(255), (*pixels.shape[:2], 1))
    return np.concatenate([np.broadcast_to(pixels, (*pixels.shape[:2], 3)), alpha], axis=2)
