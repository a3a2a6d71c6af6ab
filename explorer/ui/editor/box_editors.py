"""Editors that are one box: a whole number, one with digits after the point, yes or no, one of a few words."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from explorer.ui.common.number_boxes import ChoiceBox, FloatBox
from explorer.ui.common.tips import TipOfAll
from explorer.ui.editor.editor import Editor


class IntEditor(Editor):
    """A whole number."""

    def __init__(self, label: str, minimum: int, maximum: int, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.box = self._number(minimum, maximum)
        self.box.valueChanged.connect(self._tell)
        self._hold(self.box)

    def set_value(self, value: Any) -> None:
        self.box.show_number(int(value))

    @Slot(int)
    def _tell(self, value: int) -> None:
        self.edited.emit(value, False)


class OptionalIntEditor(Editor):
    """A whole number, or None, whose meaning `unset` tells: shown as the box's lowest entry."""

    def __init__(self, label: str, minimum: int, maximum: int, *, unset: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self._none = minimum - 1
        self.box = self._number(self._none, maximum)
        self.box.setSpecialValueText(unset)
        self.box.valueChanged.connect(self._tell)
        self._hold(self.box)

    def set_value(self, value: Any) -> None:
        self.box.show_number(self._none if value is None else int(value))

    @Slot(int)
    def _tell(self, value: int) -> None:
        self.edited.emit(None if value == self._none else value, False)


class FloatEditor(Editor):
    """A number with digits after the point."""

    def __init__(self, label: str, minimum: float, maximum: float, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.box = FloatBox(minimum, maximum, name=label, live=True, parent=self)
        self.box.refused.connect(self.refused)
        self.box.valueChanged.connect(self._tell)
        self._hold(self.box)

    def set_value(self, value: Any) -> None:
        self.box.show_number(float(value))

    @Slot(float)
    def _tell(self, value: float) -> None:
        self.edited.emit(value, False)


class BoolEditor(TipOfAll, Editor):
    """Yes or no."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.box = QCheckBox(self)
        self.box.setAccessibleName(label)
        self.box.toggled.connect(self._tell)
        self._hold(self.box)

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
        self.box.currentIndexChanged.connect(self._tell)
        self._hold(self.box)

    def set_value(self, value: Any) -> None:
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(self._choices.index(value) if value in self._choices else -1)

    @Slot(int)
    def _tell(self, index: int) -> None:
        self.edited.emit(self._choices[index], True)
