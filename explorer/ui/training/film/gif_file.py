"""Writes pictures into an animated GIF, as they come. The file is written beside and renamed at the end."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import numpy as np
from PIL import Image

from explorer.engine.errors import Cancelled
from explorer.session.file_writing import Tell
from explorer.writing import write_atomically

LAST_MS = 1500
LOOK_EVERY_S = 0.1


class FilmFile:
    """Takes pictures with `add` until `finish`, which another thread writes meanwhile; then `is_done`."""

    def __init__(self, path: Path, *, frame_ms: int, frames: int) -> None:
        self.path, self._frame_ms, self._whole = path, frame_ms, frames
        self._pictures: Queue[np.ndarray | None] = Queue()
        self._given_up, self._done = threading.Event(), threading.Event()

    @property
    def is_done(self) -> bool:
        """Whether the file is written, given up, or could not be written."""
        return self._done.is_set()

    def add(self, picture: np.ndarray) -> None:
        """One more frame, (H, W, 3) uint8."""
        self._pictures.put(picture)

    def finish(self) -> None:
        """That was the last frame."""
        self._pictures.put(None)

    def give_up(self) -> None:
        """Write nothing."""
        self._given_up.set()

    def write(self, tell: Tell) -> None:
        """Write the file once all frames are there. Raises FileError or ValueError, and Cancelled where it is given up.

        For the thread that writes: each frame is turned into the colours of the file when it comes.
        """
        try:
            write_atomically(self.path, self._content(tell))
        finally:
            self._done.set()

    def _content(self, tell: Tell) -> bytes:
        frames = [Image.fromarray(each).quantize(256, dither=Image.Dither.NONE) for each in self._taken(tell)]
        if not frames:
            raise ValueError("there is no frame")
        buffer = io.BytesIO()
        times = [self._frame_ms] * (len(frames) - 1) + [LAST_MS]
        more = self._while_wanted(frames[1:], tell)
        frames[0].save(buffer, "GIF", save_all=True, append_images=more, duration=times, loop=0, optimize=False)
        self._look(tell, self._whole)
        return buffer.getvalue()

    def _while_wanted(self, frames: list[Image.Image], tell: Tell) -> Iterator[Image.Image]:
        for frame in frames:
            self._look(tell, self._whole)
            yield frame

    def _taken(self, tell: Tell) -> Iterator[np.ndarray]:
        taken = 0
        while True:
            self._look(tell, taken)
            try:
                picture = self._pictures.get(timeout=LOOK_EVERY_S)
            except Empty:
                continue
            if picture is None:
                return
            taken += 1
            yield picture

    def _look(self, tell: Tell, done: int) -> None:
        """Say how many frames are taken. Raises Cancelled where nobody wants the film any more."""
        if self._given_up.is_set():
            raise Cancelled
        tell(done, self._whole)
