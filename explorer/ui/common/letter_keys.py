"""Whose a letter is that no other key is held with: of the list that has the keyboard, before it is a command's."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QWidget

HELD_WITH_A_LETTER = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def finds_a_row(focused: QWidget | None, event: QKeyEvent) -> bool:
    """Whether `focused` is a list or a box of choices, which goes to the row that begins with what is typed."""
    is_typed = event.text().strip().isprintable() and bool(event.text().strip())
    is_plain = not event.modifiers() & ~HELD_WITH_A_LETTER
    return is_typed and is_plain and isinstance(focused, QAbstractItemView | QComboBox)
