"""A line that says where a fault is told, and leads there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel

from explorer.ui.common.arrow_keys import PRESSING
from explorer.ui.common.fault_card import CARD_TIP
from explorer.ui.common.pane import ElidedLabel

if TYPE_CHECKING:
    _Beside = QLabel
else:
    _Beside = object


class _Leading(_Beside):
    """Stands before a label: a click, Enter or Space on it leads somewhere while there is somewhere to go."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._follow: Callable[[], object] | None = None
        self._role = ""

    def lead(self, follow: Callable[[], object] | None) -> None:
        """Where it leads from now on; None: nowhere, it is as any label."""
        if (follow is None) != (self._follow is None):
            self._role = str(self.property("role")) if follow is not None else self._role
            self.setProperty("role", self._role if follow is None else "pointer")
            self.style().polish(self)
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus if follow is None else Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.ArrowCursor if follow is None else Qt.CursorShape.PointingHandCursor)
            self.setAccessibleDescription("" if follow is None else CARD_TIP)
        self._follow = follow

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() == Qt.MouseButton.LeftButton
        if self._follow is not None and is_left and self.rect().contains(event.position().toPoint()):
            self._follow()
        else:
            super().mouseReleaseEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._follow is None:
            super().mousePressEvent(event)  # else it is kept: a label would let its parent have the release

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._follow is not None and event.key() in PRESSING:
            self._follow()
        else:
            super().keyPressEvent(event)


class FaultPointer(_Leading, QLabel):
    """One that wraps."""


class ElidedPointer(_Leading, ElidedLabel):
    """One of a single line."""
