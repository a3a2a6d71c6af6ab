"""What every box for a number does with what is typed; knows nothing of how the box looks."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QFocusEvent, QValidator

from explorer.ui.common.text import MINUS


class TypedBox:
    """Mixed into Qt's spin boxes, whose own reading depends on the desktop's language and drops keys it does not know.

    What is not a number in the box's range is shown in red; when it is left, the number from before the typing comes
    back and `refused` carries a sentence. A box that is `live` tells `valueChanged` of each number on the way, any
    other once it is settled: on Enter, on leaving, or for each turn of a stepper.
    """

    _before: float | None = None  # the number when the typing began; None while nothing is typed

    def start_typing(self: Any, *, name: str, tip: str, live: bool) -> None:
        """Called once by the box that mixes this in."""
        self._complaint = ""
        self.setKeyboardTracking(live)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.lineEdit().textEdited.connect(self._begin)
        self.lineEdit().textChanged.connect(self._colour)
        self.editingFinished.connect(self._settle)

    def read(self, text: str) -> float:
        """The number that `text` spells. Raises ValueError with a sentence."""
        raise NotImplementedError

    def show_number(self: Any, value: float) -> None:
        """Show `value` without telling anyone, also outside of the range; a half-typed text that means it stays."""
        if value != self.value():
            with QSignalBlocker(self):
                self.setRange(min(self.minimum(), value), max(self.maximum(), value))
                self.setValue(value)
            self._rest()

    def forget_typing(self: Any) -> None:
        """Drop what is half typed, for another number to be shown; tells nobody."""
        with QSignalBlocker(self):
            self.setValue(self.value())
        self._rest()
        if self.hasFocus():
            self.selectAll()  # as when it is entered: what is typed next replaces the number

    # --- what Qt asks ---

    def valueFromText(self: Any, text: str) -> Any:
        try:
            return self._number(text)
        except ValueError:
            return self.value()

    def validate(self: Any, text: str, place: int) -> tuple[QValidator.State, str, int]:
        # Nothing is refused key by key: "1e" and "−" are on the way to a number.
        state = QValidator.State.Intermediate if self._fault(text) else QValidator.State.Acceptable
        return state, text, place

    def fixup(self: Any, text: str) -> str:
        """Called by Qt when what was typed is left: remember why it is not taken, and put the number back."""
        self._complaint = self._fault(text)
        return self.textFromValue(self.value() if self._before is None else self._before)

    def stepBy(self: Any, steps: int) -> None:
        self.interpretText()
        self._settle()
        super().stepBy(steps)  # type: ignore[misc]  # mixed into spin boxes

    def focusOutEvent(self: Any, event: QFocusEvent) -> None:
        super().focusOutEvent(event)  # type: ignore[misc]  # mixed into spin boxes
        self._settle()

    # --- what was typed ---

    def _number(self: Any, text: str) -> Any:
        bare = text.removeprefix(self.prefix()).removesuffix(self.suffix()).strip()
        word = self.prefix().strip()
        if word and bare.lower().startswith(word.lower()):  # typed too: "Z 9" in a box that says "Z 3 of 20"
            bare = bare[len(word) :].strip()
        if bare and bare == self.specialValueText():
            return self.minimum()
        value = self.read(bare)
        if not self.minimum() <= value <= self.maximum():
            low, high = (self.textFromValue(end).replace("-", MINUS) for end in (self.minimum(), self.maximum()))
            raise ValueError(f"{bare} does not lie between {low} and {high}.")
        return value

    def _fault(self: Any, text: str) -> str:
        try:
            self._number(text)
        except ValueError as error:
            return f"{self.accessibleName()}: {error}"
        return ""

    def _begin(self: Any, _text: str) -> None:
        if self._before is None:
            self._before = self.value()

    def _settle(self: Any) -> None:
        self._rest()
        complaint, self._complaint = self._complaint, ""
        if complaint:
            self.refused.emit(complaint)

    def _rest(self: Any) -> None:
        self._before = None
        self._colour(self.lineEdit().text())  # what Qt puts back it puts back without a signal

    def _colour(self: Any, text: str) -> None:
        self.mark(is_wrong=bool(self._fault(text)))
