"""One small editor for each kind of value a layer's setting has.

Each takes a value by `set_value`, which emits nothing and leaves alone what already stands there,
and says by `edited` what the person made of it; `settled` is False while a number is still being spun or typed.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QToolButton, QWidget

from explorer.ui import icons
from explorer.ui.widgets.number_boxes import ChoiceBox, FloatBox, NumberBox

LARGEST = 2_000_000_000


class Editor(QWidget):
    """What all editors have in common."""

    edited = Signal(object, bool)  # the new value, whether it is settled

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = label
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(4)

    def set_value(self, value: Any) -> None:
        """Show `value`; emits nothing."""
        raise NotImplementedError

    def fold(self) -> None:
        """Forget what was opened for the last layer; another one follows."""

    def colour_icons(self) -> None:
        """Take the icons in the theme's colours; called when the theme changes."""

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

    def _number(self, minimum: int, maximum: int, name: str = "") -> NumberBox:
        box = NumberBox(minimum, maximum, self)
        box.setAccessibleName(name or self.label)
        return box


class IntEditor(Editor):
    """A whole number."""

    def __init__(self, label: str, minimum: int, maximum: int, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.box = self._number(minimum, maximum)
        self.row.addWidget(self.box, 1)
        self.box.valueChanged.connect(self._tell)
        self.setFocusProxy(self.box)

    def set_value(self, value: Any) -> None:
        self.box.show_number(int(value))

    @Slot(int)
    def _tell(self, value: int) -> None:
        self.edited.emit(value, False)


class OptionalIntEditor(Editor):
    """A whole number, or what arrives: shown as the box's lowest entry."""

    def __init__(self, label: str, minimum: int, maximum: int, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self._none = minimum - 1
        self.box = self._number(self._none, maximum)
        self.box.setSpecialValueText("as it arrives")
        self.row.addWidget(self.box, 1)
        self.box.valueChanged.connect(self._tell)
        self.setFocusProxy(self.box)

    def set_value(self, value: Any) -> None:
        self.box.show_number(self._none if value is None else int(value))

    @Slot(int)
    def _tell(self, value: int) -> None:
        self.edited.emit(None if value == self._none else value, False)


class FloatEditor(Editor):
    """A number with digits after the point."""

    def __init__(self, label: str, minimum: float, maximum: float, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.box = FloatBox(self)
        self.box.setAccessibleName(label)
        self.box.setRange(minimum, maximum)
        self.row.addWidget(self.box, 1)
        self.box.valueChanged.connect(self._tell)
        self.setFocusProxy(self.box)

    def set_value(self, value: Any) -> None:
        if float(value) != self.box.value():
            with QSignalBlocker(self.box):
                self.box.setValue(float(value))

    @Slot(float)
    def _tell(self, value: float) -> None:
        self.edited.emit(value, False)


class BoolEditor(Editor):
    """Yes or no."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.box = QCheckBox(self)
        self.box.setAccessibleName(label)
        self.row.addWidget(self.box, 1)
        self.box.toggled.connect(self._tell)
        self.setFocusProxy(self.box)

    def set_value(self, value: Any) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(value))

    @Slot(bool)
    def _tell(self, value: bool) -> None:
        self.edited.emit(value, True)


class ChoiceEditor(Editor):
    """One of a few words."""

    def __init__(self, label: str, choices: tuple[Any, ...], parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self._choices = choices
        self.box = ChoiceBox(self)
        self.box.setAccessibleName(label)
        self.box.addItems([str(choice) for choice in choices])
        self.row.addWidget(self.box, 1)
        self.box.currentIndexChanged.connect(self._tell)
        self.setFocusProxy(self.box)

    def set_value(self, value: Any) -> None:
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(self._choices.index(value) if value in self._choices else -1)

    @Slot(int)
    def _tell(self, index: int) -> None:
        self.edited.emit(self._choices[index], True)


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
        if hasattr(self, "link"):  # the palette is set before there is anything to colour
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

    def __init__(
        self, label: str, rules: tuple[str, ...], minimum: int, maximum: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(label, parent)
        self._rules = rules
        self.rule = ChoiceBox(self)
        self.rule.setAccessibleName(f"{label}: number or rule")
        self.rule.addItems([self.NUMBER, *rules])
        self.pair = PairEditor(label, minimum, maximum, parent=self)
        self.grid = QGridLayout()
        self.grid.setSpacing(4)
        self.grid.addWidget(self.rule, 0, 0)
        self.row.addLayout(self.grid, 1)
        self._place_pair(False)
        self.rule.currentIndexChanged.connect(self._choose)
        self.pair.edited.connect(self.edited)
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


def editor_for(
    kind: str, label: str, *, minimum: float | None, maximum: float | None, choices: tuple[str, ...] = ()
) -> Editor:
    """The editor for a setting of `kind`, one of `explorer.network.setting.SettingType`."""
    low, high = int(minimum or 0), int(min(LARGEST, maximum if maximum is not None else LARGEST))
    if kind == "bool":
        return BoolEditor(label)
    if kind == "choice":
        return ChoiceEditor(label, choices)
    if kind == "float":
        return FloatEditor(label, -LARGEST if minimum is None else minimum, LARGEST if maximum is None else maximum)
    if kind == "padding":
        return PaddingEditor(label, choices, low, high)
    if kind == "optional int":
        return OptionalIntEditor(label, low, high)
    if kind.endswith("pair"):
        return PairEditor(label, low, high, none_text="as the window" if kind.startswith("optional") else "")
    return IntEditor(label, low if minimum is not None else -LARGEST, high)
