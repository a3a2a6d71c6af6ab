"""Whose a letter is that no other key is held with: of the list that has the keyboard, or of a command."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtGui import QCursor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QWidget

from explorer.ui.common.actions import Actions
from explorer.ui.common.fitting import view_under

HELD_WITH_A_LETTER = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


class LetterKeys:
    """A list, or a box of choices, goes to the row that begins with what is typed. With the mouse over a view that is
    zoomed and panned the letter of one of `actions` is that command's, but not in the midst of a word."""

    def __init__(self, window: QWidget, actions: Actions) -> None:
        self._window, self._actions = window, actions
        self._since_a_letter = QElapsedTimer()

    def finds_a_row(self, event: QKeyEvent) -> bool:
        """Whether the key is of the list that has the keyboard, also if it is a command's."""
        if not _is_letter(event) or not isinstance(QApplication.focusWidget(), QAbstractItemView | QComboBox):
            return False
        if self._is_commands(event) and not self._is_in_word() and view_under(QCursor.pos(), self._window) is not None:
            return False
        self._since_a_letter.start()
        return True

    def _is_commands(self, event: QKeyEvent) -> bool:
        key = QKeySequence(event.key())
        return any(action.shortcut() == key for action in self._actions)

    def _is_in_word(self) -> bool:
        """Whether a letter was typed so lately that a list takes both for one word."""
        interval = QApplication.keyboardInputInterval()
        return self._since_a_letter.isValid() and not self._since_a_letter.hasExpired(interval)


def _is_letter(event: QKeyEvent) -> bool:
    is_typed = event.text().strip().isprintable() and bool(event.text().strip())
    return is_typed and not event.modifiers() & ~HELD_WITH_A_LETTER
