"""Lines of a label and a number, and arithmetic that wraps instead of being cut."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from explorer.ui.common import theme

LONGEST_WORD = 24
UNLIMITED = 16_777_215  # Qt's own
ZERO_WIDTH_SPACE = "\u200b"


class FormulaLabel(QLabel):
    """Arithmetic in figures of one width. `plain` is the text without the places where a long number may break."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plain = ""
        self.setProperty("role", "formula")
        self.setObjectName(name)
        self.setWordWrap(True)
        self.setFont(theme.number_font())
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A label that wraps still asks for its longest word; the form must be able to be narrower.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def sizeHint(self) -> QSize:
        """As high as one line: the layout asks for more where the width makes more, and Qt would guess two."""
        return QSize(super().sizeHint().width(), self.heightForWidth(UNLIMITED))

    def show_formula(self, formula: str) -> None:
        """Show `formula`; nothing is shown where it is empty."""
        self.plain = formula
        self.setText(" ".join(_breakable(word) for word in formula.split(" ")))
        self.setAccessibleDescription(formula)
        self.setVisible(bool(formula))


def _breakable(word: str) -> str:
    if len(word) <= LONGEST_WORD:
        return word
    return word.replace("·", f"·{ZERO_WIDTH_SPACE}").replace("+", f"+{ZERO_WIDTH_SPACE}")


def _breakable_name(word: str) -> str:
    """A dotted name may break behind its dots and underlines."""
    if len(word) <= LONGEST_WORD:
        return word
    return re.sub(r"([._/])", rf"\1{ZERO_WIDTH_SPACE}", word)


class Facts(QWidget):
    """Rows of a dim label and a right-aligned value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    def show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        """Show (label, value) pairs; those without a value are left out."""
        shown = [fact for fact in facts if fact[1]]
        while len(self._rows) < len(shown):
            self._append()
        for number, pair in enumerate(self._rows):
            for part, words in zip(pair, shown[number] if number < len(shown) else ("", ""), strict=True):
                part.setText(" ".join(_breakable_name(word) for word in words.split(" ")))
                part.setVisible(bool(words))
        self.setVisible(bool(shown))

    def _append(self) -> None:
        label, value = QLabel(self), QLabel(self)
        label.setProperty("role", "dim")
        value.setAlignment(Qt.AlignmentFlag.AlignRight)
        value.setWordWrap(True)
        # A label that wraps still asks for its longest word, and one long name would push all values out of the form.
        value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = len(self._rows)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, row, 1)
        self._rows.append((label, value))
