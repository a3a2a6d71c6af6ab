"""The verbs of files that take long to write and need no network."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from explorer.session.file_writing import Write, WriteFile
from explorer.session.landscapes import Landscapes
from explorer.session.lanes import Lane


class Savings(Landscapes):
    """Writes one such file at a time. `state.saving` says how far it is."""

    def __init__(self, parent: QObject | None = None, **options: Any) -> None:
        super().__init__(parent, **options)
        lane: Lane[str] = Lane("file", failed=self._take_failure, cancelled=self._tell_unwritten)
        self._files = self._runner.lanes.add(lane)

    def save_apart(self, name: str, write: Write) -> None:
        """Let `write` write the file or folder called `name` in a thread of its own."""
        if (going_on := self._files.progress) is not None:
            going = going_on.text.removeprefix("Saving ").removesuffix("…")
            self.say(f"{going} is still being written: wait for it, or cancel it below.")
            return
        self.say("")
        self._begin(self._files, WriteFile(name, write), self.say)

    def cancel_saving(self) -> None:
        """Give up the file that is being written; an older one of its name stays as it was."""
        self._files.stop()
        self._saves.stop()

    def _show_lanes(self) -> None:
        super()._show_lanes()
        self._set(saving=self._files.progress or self._saves.progress)
