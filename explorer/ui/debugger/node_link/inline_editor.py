"""A line edit that appears where a number stands, takes one number, and goes away. Knows nothing of the session."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.ui.common import theme
from explorer.ui.common.box import Box
from explorer.ui.common.typed import typed_number

LEAST_WIDTH, HEIGHT = 92, 26
TIP = "Type a number and press Enter; Esc leaves it as it was."


class InlineEditor(QLineEdit):
    """Emits `finished` with the number that was typed, or `cancelled`; what is not a number is refused in place."""

    finished = Signal(float)
    refused = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTip(TIP)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.textEdited.connect(self._accept_again)
        self.returnPressed.connect(self._finish)
        self.hide()

    def open(self, box: Box, text: str) -> None:
        """Appear over `box` (the parent's px) with `text` selected."""
        width = max(LEAST_WIDTH, int(box.width))
        x, y = box.middle
        parent = self.parentWidget()
        assert parent is not None
        left = min(max(int(x - width / 2), 0), max(parent.width() - width, 0))
        top = min(max(int(y - HEIGHT / 2), 0), max(parent.height() - HEIGHT, 0))
        self.setGeometry(left, top, width, HEIGHT)
        self._accept_again()
        self.setFont(theme.number_font())
        self.setText(text)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus()

    def refuse(self, sentence: str) -> None:
        """Mark what was typed as wrong, and say why."""
        self.setStyleSheet(f"border-color: {theme.current().error}; color: {theme.current().error};")
        self.setAccessibleDescription(sentence)
        self.setToolTip(sentence)
        self.refused.emit(sentence)

    def close_quietly(self) -> None:
        """Go away without asking anyone."""
        self.blockSignals(True)
        self.hide()
        self.blockSignals(False)

    @Slot()
    def _accept_again(self) -> None:
        self.setStyleSheet("")
        self.setAccessibleDescription("")
        self.setToolTip(TIP)

    @Slot()
    def _finish(self) -> None:
        if self.isHidden():  # the number that it covered may be another one by now
            return
        try:
            value = typed_number(self.text())
        except ValueError as error:
            self.refuse(str(error))
            return
        self.finished.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.cancelled.emit()
