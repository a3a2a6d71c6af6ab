"""A line edit that appears where a number stands, takes one number, and goes away. Knows nothing of the session."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ENTERING
from explorer.ui.common.box import Box
from explorer.ui.common.typed import typed_number

LEAST_WIDTH, HEIGHT = 92, 26
BESIDE_TEXT = 24  # pixels of frame and margin
STAY = (0, 0)
GOING = {
    Qt.Key.Key_Tab: (0, 1),
    Qt.Key.Key_Backtab: (0, -1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    **dict.fromkeys(ENTERING, (1, 0)),
}
"""The keys that take what was typed, and where they lead in a table: (rows down, columns to the right)."""
TIP = "Type a number and press Enter; Esc leaves it as it was."


class InlineEditor(QLineEdit):
    """Emits `finished` with the number that was typed, or `cancelled`; what is not a number is refused in place.

    `going` tells where the key that finished it leads. With `in_table` the keys of `GOING` finish it, and so does
    leaving it; otherwise Enter alone does.
    """

    finished = Signal(float)
    refused = Signal(str)
    cancelled = Signal()
    pasted = Signal()  # in a table: what is on the clipboard is more than one number

    def __init__(self, parent: QWidget, *, in_table: bool = False) -> None:
        super().__init__(parent)
        self._in_table = in_table
        self._is_closing = False
        self.going = STAY
        self.setToolTip(TIP)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.textEdited.connect(self._accept_again)
        if not in_table:
            self.returnPressed.connect(self._finish)
        self.hide()

    def open(self, box: Box, text: str, *, selected: bool = True) -> None:
        """Appear over `box` (the parent's px) with `text`, selected unless it is the first key of a number."""
        self._accept_again()
        self.setFont(theme.number_font())
        self.setText(text)
        self.place(box)
        if selected:
            self.selectAll()
        self.show()
        self.raise_()
        self.setFocus()

    def place(self, box: Box) -> None:
        """Stand over `box`, inside of the parent, and wide enough for the whole number."""
        width = max(LEAST_WIDTH, int(box.width), self.fontMetrics().horizontalAdvance(self.text()) + BESIDE_TEXT)
        x, y = box.middle
        parent = self.parentWidget()
        assert parent is not None
        left = min(max(int(x - width / 2), 0), max(parent.width() - width, 0))
        top = min(max(int(y - HEIGHT / 2), 0), max(parent.height() - HEIGHT, 0))
        self.setGeometry(left, top, width, HEIGHT)

    def refuse(self, sentence: str) -> None:
        """Mark what was typed as wrong, and say why."""
        self.setStyleSheet(f"border-color: {theme.current().error}; color: {theme.current().error};")
        self.setAccessibleDescription(sentence)
        self.setToolTip(sentence)
        self.refused.emit(sentence)

    def close_quietly(self) -> None:
        """Go away without asking anyone."""
        self._is_closing = True
        self.blockSignals(True)
        self.hide()
        self.blockSignals(False)
        self._is_closing = False

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

    def event(self, event: QEvent) -> bool:
        """Qt asks about Tab before any other key: in a table it does not lead to another widget."""
        if self._in_table and isinstance(event, QKeyEvent) and _pastes_several(event):
            self.pasted.emit()
            return True
        key = Qt.Key(event.key()) if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if not self._in_table or key not in GOING:
            return super().event(event)
        self.going = GOING[key]
        self._finish()
        self.going = STAY
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.isVisible() or self._is_closing or event.reason() == Qt.FocusReason.PopupFocusReason:
            return
        if self._in_table and self.isModified():
            self._finish()  # a number that was typed is not lost by a click elsewhere
        if self.isVisible():
            self.cancelled.emit()


def _pastes_several(event: QKeyEvent) -> bool:
    """Whether a key pastes more than one word: a block of numbers, for which one box is no place."""
    is_paste = event.type() == QEvent.Type.KeyPress and event.matches(QKeySequence.StandardKey.Paste)
    return is_paste and len(re.findall(r"[^\s,;\t\[\](){}]+", QGuiApplication.clipboard().text())) > 1
