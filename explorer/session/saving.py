"""The verbs of files that take long to write and need neither the network nor the worker thread."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from explorer.session.file_writing import FileWriting, Write
from explorer.session.landscapes import Landscapes
from explorer.session.train_state import Progress

LOOK_EVERY_MS = 50


class Savings(Landscapes):
    """Writes one such file at a time. `state.saving` says how far it is."""

    def __init__(self, parent: QObject | None = None, **options: Any) -> None:
        super().__init__(parent, **options)
        self._writing: FileWriting | None = None
        self._saving_timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._saving_timer.timeout.connect(self._look_at_saving)

    def save_apart(self, name: str, write: Write) -> None:
        """Let `write` write the file or folder called `name` in a thread of its own."""
        if self._writing is not None:
            self.say(f"{self._writing.name} is still being written: wait for it, or cancel it below.")
            return
        self._writing = FileWriting(name, write)
        self._set(saving=Progress(f"Saving {name}…"), notice="")
        self._saving_timer.start()

    def cancel_saving(self) -> None:
        """Give up the file that is being written; an older one of its name stays as it was."""
        if self._writing is not None:
            self._writing.cancel()

    def close(self) -> bool:
        """Stop and join all threads; True if they ended in time. A file that is not whole by then is not written."""
        self._saving_timer.stop()
        self.cancel_saving()
        was_ended = super().close()
        return (self._writing is None or self._writing.join()) and was_ended

    @Slot()
    def _look_at_saving(self) -> None:
        writing = self._writing
        if writing is None:
            return
        if writing.is_over:
            self._saving_timer.stop()
            self._writing = None
            self._set(saving=None, notice=_how_it_went(writing))
        elif self.state.saving is not None and writing.progress != (self.state.saving.done, self.state.saving.total):
            self._set(saving=Progress(self.state.saving.text, *writing.progress))


def _how_it_went(writing: FileWriting) -> str:
    if writing.was_cancelled:
        return f"Cancelled: {writing.name} was not written."
    return writing.problem or f"Saved as {writing.name}."
