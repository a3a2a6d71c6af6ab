"""A chooser for what a layer takes: one name, or several for a layer that merges."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from explorer.ui.common import icons
from explorer.ui.common.number_boxes import ChoiceBox
from explorer.ui.common.tab_order import chain
from explorer.ui.editor.editor import Editor


class InputsEditor(Editor):
    """Combo boxes with the names of the layers before this one.

    The value is a tuple of names; () stands for the layer before it, the first entry of the one box of a layer
    that takes one input.
    """

    def __init__(self, label: str, *, many: bool, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self.many = many
        self._names: tuple[str, ...] = ()
        self._before = ""
        self._boxes: list[ChoiceBox] = []
        self._removers: list[QToolButton] = []
        self.column = QVBoxLayout()
        self.column.setSpacing(4)
        self.row.addLayout(self.column, 1)
        self.more = self._button("ph.plus", "Take one more input.")
        self.more.setText("Another input")
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setVisible(many)
        self.more.clicked.connect(self._add)
        self.column.addWidget(self.more)

    def value(self) -> tuple[str, ...]:
        """The chosen names."""
        if not self.many:
            return () if self._boxes[0].currentIndex() == 0 else (self._boxes[0].currentText(),)
        return tuple(box.currentText() for box in self._boxes)

    def set_names(self, names: tuple[str, ...], before: str) -> None:
        """What can be chosen; `before` is what a layer without named inputs takes."""
        self._names, self._before = names, before

    def set_value(self, value: Any) -> None:
        wanted = tuple(value) if self.many else tuple(value[:1]) or ("",)
        if len(self._boxes) < len(wanted):
            while len(self._boxes) < len(wanted):
                self._append_box()
            chain(*(part for line in zip(self._boxes, self._removers, strict=True) for part in line), self.more)
        while len(self._boxes) > len(wanted):
            self._drop_box()
        for box, name in zip(self._boxes, wanted, strict=True):
            self._fill(box, name)
        for remover in self._removers:
            remover.setVisible(self.many and len(self._boxes) > 1)

    def _fill(self, box: ChoiceBox, name: str) -> None:
        first = [] if self.many else [f"{self._before} (above)"]
        unknown = [name] if name and name not in self._names else []
        entries = [*first, *self._names, *unknown]
        with QSignalBlocker(box):
            if entries != [box.itemText(index) for index in range(box.count())]:
                box.clear()
                box.addItems(entries)
            box.setCurrentIndex(entries.index(name) if name else 0)

    def _append_box(self) -> None:
        box = ChoiceBox(self)
        box.setAccessibleName(f"{self.label} {len(self._boxes) + 1}" if self.many else self.label)
        box.setToolTip("What this layer takes.")
        box.currentIndexChanged.connect(self._tell)
        remover = self._button("ph.x", "Stop taking this input.")
        remover.clicked.connect(self._remove)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(box, 1)
        line.addWidget(remover)
        self.column.insertLayout(len(self._boxes), line)
        self._boxes.append(box)
        self._removers.append(remover)
        if len(self._boxes) == 1:
            self.setFocusProxy(box)

    def _drop_box(self) -> None:
        for part in (self._boxes.pop(), self._removers.pop()):
            part.hide()
            part.deleteLater()
        self.column.takeAt(len(self._boxes))

    def colour_icons(self) -> None:
        for button in self.findChildren(QToolButton):
            button.setIcon(icons.icon(button.objectName()))

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setIcon(icons.icon(name))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setProperty("role", "flat")
        button.setStyleSheet("QToolButton { padding: 3px; }")
        return button

    @Slot(int)
    def _tell(self, _: int) -> None:
        self.edited.emit(self.value(), True)

    @Slot()
    def _add(self) -> None:
        taken = self.value()
        free = [name for name in reversed(self._names) if name not in taken] or [*self._names[-1:]]
        self.edited.emit((*taken, *free[:1]), True)

    @Slot()
    def _remove(self) -> None:
        number = self._removers.index(self.sender())  # type: ignore[arg-type]  # one of these buttons
        self.edited.emit((*self.value()[:number], *self.value()[number + 1 :]), True)
