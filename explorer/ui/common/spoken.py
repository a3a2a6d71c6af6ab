"""What a view that paints itself tells a screen reader: what is chosen in it, again whenever that changes."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def tell(view: QWidget, words: str) -> None:
    """Let `words` be what is told of `view`, beside its name; read out at once where the keys mean it."""
    if words == view.accessibleDescription():
        return
    view.setAccessibleDescription(words)  # Qt lets screen readers know
    if words and view.hasFocus() and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(view, words))
