"""What stands beside the large map: why its cell has its number, what is known of it, or all channels at its place."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from explorer.ui.common.pane import Pane
from explorer.ui.maps.cell_facts import CellFacts, ChosenCell

LEAST_HEIGHT = 150
WHY, CELL, DEPTH = "Why this number?", "Cell", "All channels"
TIPS = {
    WHY: "Where the number of the chosen cell comes from, term by term.",
    CELL: "What is known of the chosen cell and its channel.",
    DEPTH: "What every channel gives at this place, as bars.",
}


class BesideChannel(QWidget):
    """One of three pages, which the person turns to and which stays. A row of numbers has no column through depth: its
    numbers stand beside each other anyway."""

    def __init__(self, why: QWidget, depth: Pane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumHeight(LEAST_HEIGHT)
        self._facts = CellFacts()
        self._pages = QStackedWidget()
        for pane in (self._facts, depth):
            pane.title_label.hide()  # the button above says it
        self._turners: dict[str, QToolButton] = {}
        self._wanted = WHY
        group = QButtonGroup(self)
        turners = QHBoxLayout()
        turners.setContentsMargins(0, 4, 0, 0)
        turners.setSpacing(2)
        for name, page in ((WHY, why), (CELL, self._facts), (DEPTH, depth)):
            button = QToolButton(text=name, toolTip=TIPS[name], accessibleName=name, checkable=True)
            button.setProperty("role", "flat")
            button.clicked.connect(lambda _checked=False, name=name: self._want(name))
            group.addButton(button)
            turners.addWidget(button)
            self._turners[name] = button
            self._pages.addWidget(page)
        turners.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(turners)
        column.addWidget(self._pages, 1)

    def show_chosen(self, chosen: ChosenCell) -> None:
        """Show what is known of the chosen cell; the other pages follow by themselves."""
        self._facts.show_facts(chosen)
        self._turners[DEPTH].setVisible(chosen.entry.values.ndim == 3)
        self._turn()

    def _want(self, name: str) -> None:
        self._wanted = name
        self._turn()

    def _turn(self) -> None:
        shown = CELL if self._turners[self._wanted].isHidden() else self._wanted
        self._turners[shown].setChecked(True)
        self._pages.setCurrentIndex(list(self._turners).index(shown))
