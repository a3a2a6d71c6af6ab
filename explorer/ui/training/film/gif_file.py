"""Writes pictures into an animated GIF in a thread of its own. The file is written beside and renamed at the end."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import numpy as np
from PIL import Image

from explorer.writing import FileError, write_atomically

LAST_MS = 1500
LOOK_EVERY_S = 0.1
JOIN_S = 2.0


class _CancelledError(Exception):
    """Nobody wants the file any more."""


class FilmFile:
    """Takes pictures with `add`, writes the file after `finish`; then `is_done`, and `problem` says what went wrong."""

    def __init__(self, path: Path, *, frame_ms: int) -> None:
        self.path, self._frame_ms = path, frame_ms
        self.problem = ""
        self.is_written = False
        self._pictures: Queue[np.ndarray | None] = Queue()
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="explorer-film", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether the file is written, given up, or could not be written."""
        return not self._thread.is_alive()

    def add(self, picture: np.ndarray) -> None:
        """One more frame, (H, W, 3) uint8."""
        self._pictures.put(picture)

    def finish(self) -> None:
        """Say that all frames have come: the file is written now."""
        self._pictures.put(None)

    def cancel(self) -> None:
        """Write nothing."""
        self._cancelled.set()

    def close(self) -> None:
        """Write nothing, and wait for the thread, which looks at each picture whether it is still wanted."""
        self.cancel()
        self._thread.join(JOIN_S)

    def _run(self) -> None:
        try:
            write_atomically(self.path, self._content())
            self.is_written = True
        except _CancelledError:
            pass
        except FileError as error:
            self.problem = str(error)
        except (OSError, ValueError, MemoryError) as error:
            self.problem = f"{self.path.name} could not be written: {error}."

    def _content(self) -> bytes:
        frames = self._frames()
        first = next(frames, None)
        if first is None:
            raise ValueError("there is no frame")
        buffer, rest = io.BytesIO(), list(frames)
        times = [self._frame_ms] * len(rest) + [LAST_MS]
        more = self._while_wanted(rest)
        first.save(buffer, "GIF", save_all=True, append_images=more, duration=times, loop=0, optimize=False)
        self._check_wanted()
        return buffer.getvalue()

    def _while_wanted(self, frames: list[Image.Image]) -> Iterator[Image.Image]:
        for frame in frames:
            self._check_wanted()
            yield frame

    def _check_wanted(self) -> None:
        if self._cancelled.is_set():
            raise _CancelledError

    def _frames(self) -> Iterator[Image.Image]:
        while (picture := self._next()) is not None:
            yield Image.fromarray(picture).quantize(256, dither=Image.Dither.NONE)

    def _next(self) -> np.ndarray | None:
        while not self._cancelled.is_set():
            try:
                return self._pictures.get(timeout=LOOK_EVERY_S)
            except Empty:
                continue
        raise _CancelledError
