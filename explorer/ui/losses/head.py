"""Above all losses: whose numbers are compared, what they should be, and the walk downhill."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from explorer.session.tried import BEGINNINGS, Tried
from explorer.ui.common.number_boxes import ChoiceBox, FloatBox
from explorer.ui.common.popup import ButtonMenu
from explorer.ui.common.popup_button import CaretButton
from explorer.ui.common.text import on_a_button
from explorer.ui.losses.beside import Beside

GAP = 8
LEAST_RATE, LARGEST_RATE, FIRST_RATE = 1e-4, 100.0, 0.5
NUMBERS_TIP = "Whose predictions and targets are compared: those of the step on record, or numbers to try."
TARGET_TIP = "What the predictions should be: a number for each, or one of them as the right class."
WALK_TIP = "Move every prediction a step against its gradient of the chosen loss, as training moves weights."
RATE_TIP = "How far along the gradient a step goes."
OF_THE_NETWORK, OWN = "The network's numbers", "Numbers of your own"
AS_NUMBERS = "numbers"


class LossHead(QWidget):
    """Emits `beginning` with numbers to try, None for the network's; `aimed` with a class or None for numbers; `walked`
    with a rate."""

    beginning = Signal(object)
    aimed = Signal(object)
    walked = Signal(float)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers = self._numbers_button()
        self.target = ChoiceBox()
        self.target.setObjectName("lossTarget")
        self.target.setAccessibleName("Target")
        self.target.setToolTip(TARGET_TIP)
        self.target.setFixedWidth(132)
        self.target.activated.connect(lambda at: self.aimed.emit(at - 1 if at else None))
        self.walk = QPushButton("Walk downhill", objectName="walkDownhill", toolTip=WALK_TIP)
        self.walk.setAutoRepeat(True)
        self.walk.setAutoRepeatInterval(120)
        self.rate = FloatBox(LEAST_RATE, LARGEST_RATE, name="Rate of the walk", tip=RATE_TIP)
        self.rate.setValue(FIRST_RATE)
        self.rate.setFixedWidth(72)
        self.rate.refused.connect(self.refused)
        self.walk.clicked.connect(lambda: self.walked.emit(self.rate.value()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.numbers)
        row.addWidget(_dim("target", self.target))
        row.addWidget(self.target)
        row.addStretch()
        row.addWidget(self.walk)
        row.addWidget(_dim("rate", self.rate))
        row.addWidget(self.rate)

    def _numbers_button(self) -> CaretButton:
        button = CaretButton(tip=NUMBERS_TIP)
        button.setObjectName("lossNumbers")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = ButtonMenu(button)
        self.own = menu.addAction(OF_THE_NETWORK)
        self.own.triggered.connect(lambda: self.beginning.emit(None))
        menu.addSeparator()
        for words, numbers in BEGINNINGS.items():
            menu.addAction(words).triggered.connect(partial(self._begin, numbers))
        button.setMenu(menu)
        return button

    def _begin(self, numbers: Tried, _checked: bool = False) -> None:
        self.beginning.emit(numbers)

    def show_beside(self, shown: Beside) -> None:
        """Show whose numbers they are, and what they should be."""
        named = next((words for words, each in BEGINNINGS.items() if each == shown.numbers), OWN)
        words = named if shown.is_own else OF_THE_NETWORK
        self.numbers.show_words(words)
        self.numbers.setAccessibleName(f"Numbers that are compared: {words}")
        self.own.setEnabled(shown.is_own)
        entries = [AS_NUMBERS, *(f"class {on_a_button(label)}" for label in shown.labels)]
        if entries != [self.target.itemText(at) for at in range(self.target.count())]:
            self.target.clear()
            self.target.addItems(entries)
        target = shown.numbers.target
        self.target.setCurrentIndex(target + 1 if isinstance(target, int) else 0)
        self.walk.setEnabled(not shown.looked_at.refusal)


def _dim(words: str, buddy: QWidget) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", "dim")
    label.setBuddy(buddy)
    return label
