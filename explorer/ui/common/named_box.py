"""Boxes of choices and bars of tabs that a screen reader knows by name: by itself Qt tells only what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QTabBar, QWidget

if TYPE_CHECKING:
    _Widget = QWidget
else:
    _Widget = object


def name_by_label(widget: QWidget, name: str) -> None:
    """Let `name` be told as that of a label beside `widget`, too.

    On Linux the name that Qt gives a box or a bar is what is chosen in it, and a reader asks for its label.
    """
    QWidget.setAccessibleName(widget, name)
    beside = widget.parentWidget()
    if beside is None or widget.isWindow():
        return
    labels = beside.findChildren(QLabel, "qt_label", Qt.FindChildOption.FindDirectChildrenOnly)
    label = next((each for each in labels if each.buddy() is widget), None)
    if label is None:
        label = QLabel(beside, objectName="qt_label", textFormat=Qt.TextFormat.PlainText)
        label.setBuddy(widget)
        label.hide()
        widget.destroyed.connect(label.deleteLater)
    label.setText(name)


class NamedByLabel(_Widget):
    """Stands before a box or a bar among the bases of a class: its accessible name is told by a label, too."""

    def setAccessibleName(self, name: str) -> None:
        name_by_label(self, name)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Polish, QEvent.Type.ParentChange):
            name_by_label(self, self.accessibleName())
        return super().event(event)


class ComboBox(NamedByLabel, QComboBox):
    """A combo box with a name."""


class TabBar(NamedByLabel, QTabBar):
    """A bar of tabs with a name."""
