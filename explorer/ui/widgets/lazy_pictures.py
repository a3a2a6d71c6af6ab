"""Small pictures that are read when they come into view, in slices, so that the window never waits for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from explorer.ui.picture_lines import shown_size

SLICE_S = 0.006
KEPT = 3000
LARGEST_SLICE = 64

Read = Callable[[Sequence[int]], np.ndarray]
"""uint8 (n, H, W, 1 or 3) for n places. A ValueError's sentence is shown in place of the picture."""


class LazyPictures(QObject):
    """`arrived` is emitted after each slice. The least recently seen images are forgotten."""

    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read: Read | None = None
        self._kept: OrderedDict[int, QImage | str] = OrderedDict()
        self._waiting: list[int] = []
        self._slice = 1
        self._wanted, self._ratio = 64.0, 1.0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._read_slice)

    def begin(self, read: Read | None, *, wanted: float, ratio: float) -> None:
        """From now on read with `read`; large pictures are shrunk to about `wanted` pixels, times `ratio`.

        What was read the same way is kept.
        """
        if (read, wanted, ratio) != (self._read, self._wanted, self._ratio):
            self._kept.clear()
        self._read, self._wanted, self._ratio = read, wanted, ratio
        self._waiting, self._slice = [], 1
        self._timer.stop()

    def get(self, place: int) -> QImage | str | None:
        """The image, the sentence that says why there is none, or None while it is not read."""
        found = self._kept.get(place)
        if found is not None:
            self._kept.move_to_end(place)
        return found

    def want(self, places: Sequence[int]) -> None:
        """These are in view; what was wanted before and is not among them is not read any more."""
        self._waiting = [place for place in places if place not in self._kept]
        if self._waiting and self._read is not None:
            self._timer.start()

    def is_reading(self) -> bool:
        """Whether pictures are still to come."""
        return self._timer.isActive()

    @Slot()
    def _read_slice(self) -> None:
        chosen, self._waiting = self._waiting[: self._slice], self._waiting[self._slice :]
        if not self._waiting:
            self._timer.stop()
        if not chosen or self._read is None:
            return
        began = perf_counter()
        for place, image in zip(chosen, self._images(chosen), strict=True):
            self._kept[place] = image
        each = max(perf_counter() - began, 1e-6) / len(chosen)
        self._slice = min(max(int(SLICE_S / each), 1), LARGEST_SLICE)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit()

    def _images(self, places: Sequence[int]) -> list[QImage | str]:
        assert self._read is not None
        try:
            return [self._image(pixels) for pixels in self._read(places)]
        except ValueError as error:  # DataError is one
            if len(places) == 1:
                return [str(error)]
        return [image for place in places for image in self._images([place])]

    def _image(self, pixels: np.ndarray) -> QImage:
        image = image_of(pixels)
        width, height = shown_size(image.height(), image.width(), wanted=self._wanted, ratio=self._ratio)
        if width * self._ratio >= image.width():
            return image
        return image.scaled(
            round(width * self._ratio),
            round(height * self._ratio),
            Qt.AspectRatioMode.IgnoreAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )


def image_of(pixels: np.ndarray) -> QImage:
    """An image with memory of its own from uint8 (H, W, 1 or 3)."""
    height, width, channels = pixels.shape
    rows = np.ascontiguousarray(pixels)
    form = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    return QImage(rows.data, width, height, width * channels, form).copy()
