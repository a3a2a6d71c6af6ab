"""What is waited for is late after a while: until then what was there stays as it is, so that nothing flickers."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QColor

from explorer.ui.common import theme

LATE_MS = 200

LATE_OPACITY = 0.55
"""How much is left of what is drawn, from 0 to 1, while newer numbers for it are late."""


class Late(QObject):
    """Tells by `turned` when something that is waited for is late, and when it has come, even if it was never late."""

    turned = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_late = False
        self._timer = QTimer(self, singleShot=True, interval=LATE_MS)
        self._timer.timeout.connect(self._get_late)

    def wait(self, is_waiting: bool) -> None:
        """Begin to wait, or stop; a wait that has begun goes on."""
        if not is_waiting:
            self._timer.stop()
            self._is_late = False
            self.turned.emit(False)
        elif not self._is_late and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _get_late(self) -> None:
        self._is_late = True
        self.turned.emit(True)


def late_veil() -> QColor:
    """Laid over a drawing in the colour of its pane, it leaves `LATE_OPACITY` of it."""
    veil = QColor(theme.current().pane)
    veil.setAlphaF(1 - LATE_OPACITY)
    return veil
