"""Dialogs that pass: each is made when it is wanted, and gone once it is closed."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

Dialog = TypeVar("Dialog", bound=QDialog)


def passing(dialog: Dialog) -> Dialog:
    """`dialog`, which is taken apart when it is closed: its window would keep it, and every later one."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
