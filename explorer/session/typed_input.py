"""The numbers that a person typed for the network to be fed, as the network's file keeps them."""

from __future__ import annotations

import numpy as np

from explorer.network import Shape
from explorer.network.files import MOST_FED
from explorer.session.document import Document
from explorer.session.slices import InputState


def typed_in(given: InputState) -> np.ndarray | None:
    """What was typed, float32 in the input's shape; None where nothing was, or what no file keeps."""
    numbers = given.numbers if given.is_typed else None
    if numbers is None or numbers.dtype != np.float32 or numbers.size > MOST_FED or not np.isfinite(numbers).all():
        return None
    return numbers


def as_written(given: InputState) -> tuple[float, ...]:
    """What was typed, with the digits that tell one float32 from the next; empty where `typed_in` is None."""
    typed = typed_in(given)
    return () if typed is None else tuple(float(str(number)) for number in typed.ravel())


def from_written(written: tuple[float, ...], shape: Shape) -> InputState | None:
    """The input with what `as_written` wrote for a network that takes `shape`; None where it wrote nothing."""
    if not written:
        return None
    with np.errstate(over="ignore"):  # a number beyond float32 is ∞ there, as it is where it is typed
        numbers = np.array(written, np.float32).reshape(shape)
    numbers.flags.writeable = False
    return InputState(numbers=numbers, is_typed=True)


def fits_in_text(document: Document, given: InputState) -> bool:
    """Whether text notation holds all that is work: of the document, and nothing that was typed to be fed."""
    return document.fits_in_text and typed_in(given) is None


def is_held(given: InputState, by: np.ndarray | None) -> bool:
    """Whether nothing was typed but the numbers that a file holds; None where it holds none."""
    typed = typed_in(given)
    return typed is None or typed is by or (by is not None and np.array_equal(typed, by))
