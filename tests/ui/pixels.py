"""What is to be seen in a grabbed picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel


def colours_near(picture: QImage, colour: str, tolerance: int = 40) -> int:
    """How many pixels have about `colour`, "#rrggbb"; text is smoothed at its edges."""
    size = picture.width() * picture.height()
    flat = picture.convertToFormat(QImage.Format.Format_RGBX8888)  # held while its bits are read
    pixels = np.frombuffer(flat.constBits(), np.uint8).reshape(size, 4)
    wanted = QColor(colour)
    apart = np.abs(pixels[:, :3].astype(int) - (wanted.red(), wanted.green(), wanted.blue())).max(axis=1)
    return int((apart <= tolerance).sum())


def changed(before: QImage, after: QImage) -> list[QPointF]:
    """Where two pictures of one size differ, in pixels of the screen."""
    old, new = (np.frombuffer(each.constBits(), np.uint32).reshape(each.height(), -1) for each in (before, after))
    ratio = after.devicePixelRatio()
    return [QPointF(x / ratio, y / ratio) for y, x in np.argwhere(old != new).tolist()]


def is_whole_in_its_pixels(label: QLabel) -> bool:
    """Whether what a label of one line shows, shortened or not, is as wide as it at most: by Qt, not by the label."""
    return label.sizeHint().width() <= label.width()
