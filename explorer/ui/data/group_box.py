"""The box that says which group a class is learned as."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from explorer.ui.common.named_box import ComboBox


class GroupBox(ComboBox):
    """A box for the name of a group. Escape brings back the name from before the typing, and emits `left`."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, editable=True)
        self._before = ""
        edit = self.lineEdit()
        assert edit is not None
        edit.setPlaceholderText("left out")
        edit.returnPressed.connect(self._settle)
        self.activated.connect(self._settle)

    def show_groups(self, names: tuple[str, ...], chosen: str) -> None:
        """Offer `names`, and show the chosen one, without telling anyone."""
        with QSignalBlocker(self):
            self.clear()
            self.addItems(names)
            self.setEditText(chosen)
        self._settle()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        self.setEditText(self._before)
        self.left.emit()
        event.accept()  # it would close the window

    @Slot()
    def _settle(self) -> None:
        self._before = self.currentText()
