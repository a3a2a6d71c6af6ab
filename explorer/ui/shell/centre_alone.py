"""The centre with the whole window to itself, and the way back to exactly what was there before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from explorer.ui.common.kept_focus import KeptFocus


class CentreAlone:
    """Hides `parts`, all that stands around the centre of `window`, and shows them again where they were."""

    def __init__(self, window: QMainWindow, parts: Sequence[QWidget]) -> None:
        self._window, self._parts = window, parts
        self._before: QByteArray | None = None
        self._focus = KeptFocus()

    @property
    def is_on(self) -> bool:
        """Whether the parts around the centre are hidden."""
        return self._before is not None

    def layout(self) -> QByteArray:
        """Where the parts stand, or would if they were not hidden."""
        return self._before or self._window.saveState()

    def begin(self, before: QByteArray | None = None) -> None:
        """Hide the parts; `before` is where they stand, if that is known better than by looking."""
        if self.is_on:
            return
        self._before = before or self._window.saveState()
        self._take_focus()
        for part in self._parts:
            part.hide()

    def switch(self) -> None:
        """Begin, or end."""
        if self.is_on:
            self.end()
        else:
            self.begin()

    def end(self) -> None:
        """Show the parts again, and give the focus back to the one that it was taken from."""
        if self._before is None:
            return
        before, self._before = self._before, None
        self._window.restoreState(before)
        self._focus.give_back()

    def _take_focus(self) -> None:
        """Qt gives the focus of a hidden part to whatever comes next, which may be anywhere."""
        focus, centre = QApplication.focusWidget(), self._window.centralWidget()
        if focus is not None and centre is not None and any(part.isAncestorOf(focus) for part in self._parts):
            self._focus.keep()
            centre.setFocus()
