"""Arrays of pixels as images of Qt's, for painting."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

FORMATS = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}


def image_of(pixels: np.ndarray) -> QImage:
    """An image with memory of its own from uint8 (H, W, 1, 3 or 4).

    With an alpha channel it is premultiplied, which the painter draws fastest; the conversion is also the copy.
    """
    rows = np.ascontiguousarray(pixels)
    height, width, channels = rows.shape
    image = QImage(rows.data, width, height, width * channels, FORMATS[channels])
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied) if channels == 4 else image.copy()
