"""Small pictures that are read when they come into view, in slices, so that the window never waits for them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from explorer.ui.common.images import image_of
from explorer.ui.data.picture_lines import shown_size

SLICE_S = 0.006
PAUSE_MS = 120  # without another request, before slow pictures are read: none is read while the person scrolls past
KEPT = 3000

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
        self._asked: list[int] = []
        self._longest_s = 0.0  # how long reading a picture of the last slice took
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
        self._waiting, self._asked, self._longest_s = [], [], 0.0
        self._timer.stop()

    def get(self, place: int) -> QImage | str | None:
        """The image, the sentence that says why there is none, or None while it is not read."""
        found = self._kept.get(place)
        if found is not None:
            self._kept.move_to_end(place)
        return found

    def want(self, places: Sequence[int]) -> None:
        """These are in view; what was wanted before and is not among them is not read any more."""
        is_other, self._asked = list(places) != self._asked, list(places)
        self._waiting = [place for place in places if place not in self._kept]
        if self._waiting and self._read is not None and (is_other or not self._timer.isActive()):
            self._timer.start(PAUSE_MS if self._is_slow and is_other else self._pause_ms)

    def is_reading(self) -> bool:
        """Whether pictures are still to come."""
        return self._timer.isActive()

    @property
    def _is_slow(self) -> bool:
        """Whether even one picture takes longer than a slice may."""
        return self._longest_s > SLICE_S

    @property
    def _pause_ms(self) -> int:
        """Between two slices: slow pictures leave the window at least half of the time."""
        return round(1000 * self._longest_s) if self._is_slow else 0

    @Slot()
    def _read_slice(self) -> None:
        """One by one until the time of a slice is over: how long one takes does not tell how long the next will."""
        began, self._longest_s = perf_counter(), 0.0
        while self._waiting and perf_counter() - began < SLICE_S:
            before = perf_counter()
            place = self._waiting.pop(0)
            self._kept[place] = self._image_at(place)
            self._longest_s = max(self._longest_s, perf_counter() - before)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self._timer.setInterval(self._pause_ms)
        if not self._waiting:
            self._timer.stop()
        self.arrived.emit()

    def _image_at(self, place: int) -> QImage | str:
        assert self._read is not None
        try:
            return self._image(self._read([place])[0])
        except ValueError as error:  # DataError is one
            return str(error)

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
