"""What every small editor of a layer's setting has in common.

An editor takes a value by `set_value`, which emits nothing and leaves alone what already stands there,
and says by `edited` what the person made of it; `settled` is False while a number is still being spun or typed.
`refused` carries a sentence about what was typed and cannot be taken.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.ui.common.number_boxes import FloatBox, WholeBox


class Editor(QWidget):
    """A value and its name; each kind of value has an editor of its own."""

    edited = Signal(object, bool)  # the new value, whether it is settled
    refused = Signal(str)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # else Qt's ordering passes it over, and its parts too
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)

    def set_value(self, value: Any) -> None:
        """Show `value`; emits nothing."""
        raise NotImplementedError

    def fold(self) -> None:
        """Forget what was opened and half typed for the last layer; another one follows."""
        boxes: list[WholeBox | FloatBox] = [*self.findChildren(WholeBox), *self.findChildren(FloatBox)]
        for box in boxes:
            box.forget_typing()

    def colour_icons(self) -> None:
        """Give the icons the theme's colours; called when the theme changes."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.colour_icons()

    def set_tip(self, tip: str) -> None:
        """Explain the setting, on the editor and on each of its parts."""
        self.setToolTip(tip)
        for part in self.findChildren(QWidget):
            if not part.toolTip():
                part.setToolTip(tip)

    def _number(self, minimum: int, maximum: int, name: str = "") -> WholeBox:
        box = WholeBox(minimum, maximum, name=name or self.label, live=True, parent=self)
        box.refused.connect(self.refused)
        return box

    def _hold(self, box: QWidget) -> None:
        """Be nothing but `box`."""
        self.row.addWidget(box, 1)
        self.setFocusProxy(box)
