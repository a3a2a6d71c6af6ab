"""A box for a number of any size, also typed as 1e-3; what it cannot take it shows in red and says why."""

from __future__ import annotations

import math

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QFocusEvent, QValidator
from PySide6.QtWidgets import QWidget

from explorer.ui import theme
from explorer.ui.text import MINUS
from explorer.ui.widgets.number_boxes import STEPPER_SHEET, FloatBox

DECIMALS = 15  # Qt rounds what it holds to them
FIRST_STEP = 0.001


class ExactBox(FloatBox):
    """Emits Qt's own `valueChanged` once a number is settled: on Enter, on leaving, or for each turn of a stepper.

    `refused` carries a sentence when what was typed is no number of its range; the number before it comes back.
    """

    refused = Signal(str)

    def __init__(self, name: str, *, low: float, high: float, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._complaint = ""
        self.setDecimals(DECIMALS)
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setCorrectionMode(self.CorrectionMode.CorrectToPreviousValue)
        self.lineEdit().textChanged.connect(self._colour)
        self.editingFinished.connect(self._complain)

    def show_number(self, value: float) -> None:
        """Show `value` without telling anyone; what is just being typed stays."""
        if value != self.value():
            with QSignalBlocker(self):
                self.setValue(value)

    def textFromValue(self, value: float) -> str:
        return f"{value:.9g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")

    def valueFromText(self, text: str) -> float:
        value = _parsed(text)
        return self.value() if value is None else value

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        # Nothing is refused key by key: "1e" and "−" are on the way to a number.
        state = QValidator.State.Intermediate if self._fault(text) else QValidator.State.Acceptable
        return state, text, place

    def fixup(self, text: str) -> str:
        """Called by Qt when what was typed is left: remember why it is not taken, and put the number back."""
        self._complaint = self._fault(text)
        return self.textFromValue(self.value())

    def stepBy(self, steps: int) -> None:
        """In steps of the number's own second digit, so that 0.1 and 1e-5 can both be turned."""
        value = abs(self.value())
        size = 10.0 ** (math.floor(math.log10(value)) - 1) if value else FIRST_STEP
        self.setValue(float(f"{self.value() + steps * size:.9g}"))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._complain()

    def _fault(self, text: str) -> str:
        value = _parsed(text)
        if not text.strip():
            return f"{self._name}: a number is needed."
        if value is None:
            return f"{self._name}: “{text.strip()}” is not a number."
        if not self.minimum() <= value <= self.maximum():
            low, high = (self.textFromValue(end).replace("-", MINUS) for end in (self.minimum(), self.maximum()))
            return f"{self._name}: {text.strip()} does not lie between {low} and {high}."
        return ""

    def _complain(self) -> None:
        self._colour(self.lineEdit().text())  # what Qt puts back it puts back in silence
        complaint, self._complaint = self._complaint, ""
        if complaint:
            self.refused.emit(complaint)

    def _colour(self, text: str) -> None:
        error = theme.current().error
        wrong = f"QAbstractSpinBox {{ color: {error}; border-color: {error}; }}" if self._fault(text) else ""
        if self.styleSheet() != STEPPER_SHEET + wrong:
            self.setStyleSheet(STEPPER_SHEET + wrong)


def _parsed(text: str) -> float | None:
    """The number that `text` means, also with a true minus or a comma for the point; None if it is none."""
    try:
        value = float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
