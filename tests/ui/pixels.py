"""What is to be seen in a grabbed picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage


def colours_near(picture: QImage, colour: str, tolerance: int = 40) -> int:
    """How many pixels have about `colour`, "#rrggbb"; text is smoothed at its edges."""
    size = picture.width() * picture.height()
    pixels = np.frombuffer(picture.convertToFormat(QImage.Format.Format_RGBX8888).bits(), np.uint8).reshape(size, 4)
    wanted = QColor(colour)
    apart = np.abs(pixels[:, :3].astype(int) - (wanted.red(), wanted.green(), wanted.blue())).max(axis=1)
    return int((apart <= tolerance).sum())
