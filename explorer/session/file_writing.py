"""A file that takes long to write, in a thread of its own: a run and the window both go on meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

from explorer.engine.errors import Cancelled
from explorer.writing import FileError

Tell = Callable[[int, int], None]
"""Told how much is done, of how much. It raises Cancelled where nobody wants the file any more."""

Write = Callable[[Tell], None]
"""Writes the file beside and renames it, telling between two parts. Raises FileError with a sentence."""

JOIN_S = 5.0


class FileWriting:
    """Begins at once. `progress` is (done, of how much).

    When it `is_over`, `was_cancelled` and `problem` say how it went.
    """

    def __init__(self, name: str, write: Write) -> None:
        self.name, self._write = name, write
        self.progress = (0, 0)
        self.problem = ""
        self.was_cancelled = False
        self._is_unwanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="explorer-file", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether the file is written, given up, or could not be written."""
        return not self._thread.is_alive()

    def cancel(self) -> None:
        """Give it up after the present part; an older file stays. What is written whole by then is kept."""
        self._is_unwanted.set()

    def join(self) -> bool:
        """Wait until it is over; False if that takes too long."""
        self._thread.join(JOIN_S)
        return self.is_over

    def _run(self) -> None:
        try:
            self._write(self._tell)
        except Cancelled:
            self.was_cancelled = True
        except FileError as error:
            self.problem = str(error)
        except (OSError, ValueError, MemoryError) as error:
            self.problem = f"{self.name} could not be written: {str(error) or 'there is not enough memory'}."

    def _tell(self, done: int, whole: int) -> None:
        if self._is_unwanted.is_set():
            raise Cancelled
        self.progress = (done, whole)
