"""Editors of sizes along rows and columns: a pair of numbers, and a padding."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from explorer.ui.common import icons
from explorer.ui.common.noted_box import NotedBox
from explorer.ui.editor.editor import Editor


class PairEditor(Editor):
    """A size along rows and columns: one number while both are the same, two once the link between them is opened.

    With `none_text`, None is shown as that text, below the lowest number.
    """

    split_changed = Signal(bool)

    def __init__(
        self, label: str, minimum: int, maximum: int, *, none_text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(label, parent)
        self._none = minimum - 1
        self.rows = self._number(minimum - bool(none_text), maximum, f"{label}, rows")
        self.rows.setSpecialValueText(none_text)
        self.columns = self._number(minimum, maximum, f"{label}, columns")
        self.times = QLabel("×", self)
        self.link = QToolButton(self)
        self.link.setCheckable(True)
        self.link.setAccessibleName(f"{label}: rows and columns differ")
        self.link.setToolTip("Different sizes along rows and columns.")
        self.link.setProperty("role", "flat")
        self.link.setStyleSheet("QToolButton { padding: 3px; }")
        for part, stretch in ((self.rows, 1), (self.times, 0), (self.columns, 1), (self.link, 0)):
            self.row.addWidget(part, stretch)
        self.rows.valueChanged.connect(self._tell_numbers)
        self.columns.valueChanged.connect(self._tell_numbers)
        self.link.toggled.connect(self._split)
        self.setFocusProxy(self.rows)
        self._show_split(False)

    def value(self) -> int | tuple[int, int] | None:
        """The number, or (rows, columns), or None."""
        rows, columns = self.rows.value(), self.columns.value()
        if rows == self._none and self.rows.specialValueText():
            return None
        return (rows, columns) if self.link.isChecked() else rows

    def set_value(self, value: Any) -> None:
        rows, columns = value if isinstance(value, tuple) else (value, value)
        self.rows.show_number(self._none if rows is None else rows)
        if columns is not None:
            self.columns.show_number(columns)
        # An open link stays open while both numbers happen to be the same.
        if rows != columns or rows is None:
            self._set_split(rows is not None)
        self.link.setEnabled(rows is not None)

    def fold(self) -> None:
        super().fold()
        self._set_split(False)

    def _set_split(self, split: bool) -> None:
        with QSignalBlocker(self.link):
            self.link.setChecked(split)
        self._show_split(split)

    def _show_split(self, split: bool) -> None:
        self.split_changed.emit(split)
        self.times.setVisible(split)
        self.columns.setVisible(split)
        self.colour_icons()
        self.rows.setAccessibleName(f"{self.label}, rows" if split else self.label)

    def colour_icons(self) -> None:
        if hasattr(self, "link"):  # Qt sets the palette before there is anything to colour
            self.link.setIcon(icons.icon("ph.link-break" if self.columns.isVisibleTo(self) else "ph.link"))

    @Slot(bool)
    def _split(self, split: bool) -> None:
        self._show_split(split)
        self.columns.show_number(self.rows.value())
        self.edited.emit(self.value(), True)

    @Slot(int)
    def _tell_numbers(self, _: int) -> None:
        self.link.setEnabled(self.value() is not None)
        if not self.link.isChecked() and self.value() is not None:
            self.columns.show_number(self.rows.value())
        self.edited.emit(self.value(), False)


class PaddingEditor(Editor):
    """How much is added around a map: a number of cells, or a rule by name."""

    NUMBER = "number"
    TOLD = MappingProxyType(
        {NUMBER: "as many zeros", "valid": "no zeros", "same": "keeps the size", "full": "wherever it touches"}
    )

    def __init__(
        self, label: str, rules: tuple[str, ...], minimum: int, maximum: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(label, parent)
        self._rules = rules
        self.rule = NotedBox(self)
        self.rule.setAccessibleName(f"{label}: number or rule")
        self.rule.addItems([self.NUMBER, *rules])
        for at, name in enumerate((self.NUMBER, *rules)):
            self.rule.set_note(at, self.TOLD.get(name, ""))
        self.pair = PairEditor(label, minimum, maximum, parent=self)
        self.grid = QGridLayout()
        self.grid.setSpacing(4)
        self.grid.addWidget(self.rule, 0, 0)
        self.row.addLayout(self.grid, 1)
        self._place_pair(False)
        self.rule.currentIndexChanged.connect(self._choose)
        self.pair.edited.connect(self.edited)
        self.pair.refused.connect(self.refused)
        self.pair.split_changed.connect(self._place_pair)
        self.setFocusProxy(self.rule)

    @Slot(bool)
    def _place_pair(self, split: bool) -> None:
        """Two numbers stand below the rule, one beside it: a narrow form has no room for all three."""
        self.grid.addWidget(self.rule, 0, 0, 1, 2 if split else 1)
        self.grid.addWidget(self.pair, *((1, 0, 1, 2) if split else (0, 1, 1, 1)))
        self.grid.invalidate()  # a layout inside a layout does not notice by itself
        self.updateGeometry()

    def set_value(self, value: Any) -> None:
        is_rule = isinstance(value, str)
        with QSignalBlocker(self.rule):
            self.rule.setCurrentIndex(1 + self._rules.index(value) if is_rule else 0)
        self.pair.setVisible(not is_rule)
        if not is_rule:
            self.pair.set_value(value)

    def fold(self) -> None:
        self.pair.fold()

    @Slot(int)
    def _choose(self, index: int) -> None:
        self.pair.setVisible(index == 0)
        self.edited.emit(self._rules[index - 1] if index else self.pair.value(), True)
