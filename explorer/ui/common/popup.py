"""What pops up from a button and goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QMenu, QWidget

if TYPE_CHECKING:
    _Beside = QWidget
else:
    _Beside = object


class Popup(_Beside):
    """Stands before the widget that a popup is: `class Form(Popup, QFrame)`.

    It closes when its button can no longer be used, as when the network takes no pictures: Qt disables it
    too, and keys and clicks would do nothing in it.
    """

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.close()


class ButtonMenu(Popup, QMenu):
    """The menu of a button."""
