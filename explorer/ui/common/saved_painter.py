"""A painter as it was found, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QPainter


@contextmanager
def saved(painter: QPainter) -> Iterator[None]:
    """Put pen, clip and place of `painter` back at the end, also when drawing fails: others go on with it."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()
