"""Whose the keys of undo and redo are while a line of text has the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit


def is_for_the_window(event: QEvent, line: QLineEdit, *, is_half_typed: bool) -> bool:
    """Whether `event` asks who wants a key of undo or redo, and `line` has nothing half typed that it could take back.

    Qt's lines always claim both keys: a number that was typed and settled could not be taken back by them.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if event.matches(QKeySequence.StandardKey.Undo):
        return not (is_half_typed and line.isUndoAvailable())
    return event.matches(QKeySequence.StandardKey.Redo) and not (is_half_typed and line.isRedoAvailable())


class NameLine(QLineEdit):
    """A line for a name; while nothing is half typed in it, undo and redo are the window's."""

    def event(self, event: QEvent) -> bool:
        if is_for_the_window(event, self, is_half_typed=self.isModified()):
            event.ignore()
            return False
        return super().event(event)
