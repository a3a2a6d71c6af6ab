"""What stands beside the large map: what is known of the chosen cell, or all channels at its place."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QToolButton, QWidget

from explorer.ui.common.pane import Pane
from explorer.ui.maps.cell_facts import CellFacts, ChosenCell


class BesideChannel(QStackedWidget):
    """The facts of the cell, with a button to its column through depth, and one back. A row of numbers has facts only:
    its numbers stand beside each other anyway."""

    def __init__(self, depth: Pane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts, self._depth = CellFacts(), depth
        self.addWidget(self._facts)
        self.addWidget(depth)
        self._to_depth = self._turner(self._facts, "All channels", "What every channel gives at this place, as bars.")
        self._to_facts = self._turner(depth, "Cell", "What is known of the chosen cell and its channel.")
        self._wants_depth = False
        self._has_depth = False

    def show_chosen(self, chosen: ChosenCell) -> None:
        """Show what is known of the chosen cell; the column follows by itself."""
        self._facts.show_facts(chosen)
        self._has_depth = chosen.entry.values.ndim == 3
        self._to_depth.setVisible(self._has_depth)
        self._turn()

    def _turner(self, pane: Pane, text: str, tip: str) -> QToolButton:
        button = QToolButton(text=text, toolTip=tip, accessibleName=text)
        button.setProperty("role", "link")
        button.clicked.connect(self._on_turned)
        pane.corner.addWidget(button)
        return button

    @Slot()
    def _on_turned(self) -> None:
        self._wants_depth = not self._wants_depth
        self._turn()
        (self._to_facts if self._wants_depth else self._to_depth).setFocus()

    def _turn(self) -> None:
        self.setCurrentWidget(self._depth if self._wants_depth and self._has_depth else self._facts)
