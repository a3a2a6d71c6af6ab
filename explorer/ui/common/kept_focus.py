"""The keyboard, which goes back to the one that had it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class KeptFocus:
    """Remembers who has the keyboard."""

    def __init__(self) -> None:
        self._focus: QWidget | None = None

    def keep(self) -> None:
        """Remember who has it now."""
        self._focus = QApplication.focusWidget()

    def give_back(self) -> None:
        """Give it back, once; a form that was made anew meanwhile has another."""
        focus, self._focus = self._focus, None
        if focus is not None and isValid(focus):
            focus.setFocus()
