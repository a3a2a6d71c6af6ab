"""A form made from the settings of a layer type: a label and an editor in each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from explorer.ui.editor.editor import Editor
from explorer.ui.editor.setting_editors import editor_for

LABEL_WIDTH = 84


class Field(NamedTuple):
    """One row of the form; `kind` is the type of its setting."""

    name: str
    kind: str
    label: str
    help: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    unset: str = ""


class SettingsGrid(QWidget):
    """The editors of one layer type."""

    edited = Signal(str, object, bool)  # field, value, whether it is settled
    refused = Signal(str)

    def __init__(self, fields: Iterable[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editors: dict[str, Editor] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        for row, field in enumerate(fields):
            self._add_row(row, field)

    def set_values(self, values: Mapping[str, Any], *, fresh: bool) -> None:
        """Show `values`; `fresh` if they are those of another layer than before."""
        for name, editor in self.editors.items():
            if fresh:
                editor.fold()
            editor.set_value(values[name])

    def _add_row(self, row: int, field: Field) -> None:
        editor = editor_for(
            field.kind,
            field.label,
            minimum=field.minimum,
            maximum=field.maximum,
            choices=field.choices,
            unset=field.unset,
        )
        editor.setParent(self)
        editor.setObjectName(field.name)
        editor.set_tip(field.help)
        editor.edited.connect(self._tell)
        editor.refused.connect(self.refused)
        label = row_label(field.label, self)
        label.setToolTip(field.help)
        label.setBuddy(editor)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(editor, row, 1)
        self.editors[field.name] = editor

    @Slot(object, bool)
    def _tell(self, value: Any, settled: bool) -> None:
        self.edited.emit(self.sender().objectName(), value, settled)


def row_label(words: str, parent: QWidget) -> QLabel:
    """The dim label at the left of a row, as high as the editor beside it."""
    label = QLabel(words, parent)
    label.setProperty("role", "dim")
    label.setWordWrap(True)
    label.setFixedWidth(LABEL_WIDTH)
    label.setMinimumHeight(29)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return label
