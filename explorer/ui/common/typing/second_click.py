"""The second click of a double click, wherever it lands: the first may have moved what was under the mouse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

ENDS = (QEvent.Type.KeyPress, QEvent.Type.Wheel, QEvent.Type.Close, QEvent.Type.Hide)


class SecondClick(QObject):
    """Hears the window of `surface` for as long as a second click makes a double click.

    `take` tells whether it was meant for it; then nothing else in the window hears of it.
    """

    def __init__(self, surface: QWidget, take: Callable[[], bool]) -> None:
        super().__init__(surface)
        self._surface, self._take = surface, take
        self._window: QWindow | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.stop)

    def wait(self) -> None:
        """A first click was made."""
        self.stop()
        self._window = self._surface.window().windowHandle()
        if self._window is not None:
            self._window.installEventFilter(self)
            self._timer.start(QApplication.doubleClickInterval())

    def stop(self) -> None:
        """Whatever comes now is not the second click."""
        self._timer.stop()
        if self._window is not None and isValid(self._window):  # a dock that is put back leaves its window, which goes
            self._window.removeEventFilter(self)
        self._window = None

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self.stop()
            return self._take()
        if event.type() in ENDS:
            self.stop()
        return False
