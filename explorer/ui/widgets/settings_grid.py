"""A form made from the settings of a layer type: a label and an editor a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from explorer.ui.widgets.setting_editors import Editor, editor_for

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


class SettingsGrid(QWidget):
    """The editors of one layer type. They stay, focus and all, as long as the fields stay the same."""

    edited = Signal(str, object, bool)  # field, value, whether it is settled

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editors: dict[str, Editor] = {}
        self._labels: list[QLabel] = []
        self._fields: tuple[Field, ...] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def set_fields(self, fields: Iterable[Field]) -> None:
        """Make an editor for each of `fields`, unless they are there already."""
        wanted = tuple(fields)
        if wanted == self._fields:
            return
        self._fields = wanted
        for part in (*self.editors.values(), *self._labels):
            part.hide()
            part.deleteLater()
        self.editors, self._labels = {}, []
        for row, field in enumerate(wanted):
            self._add_row(row, field)
        self.setVisible(bool(wanted))

    def set_values(self, values: Mapping[str, Any], *, fresh: bool) -> None:
        """Show `values`; `fresh` if they are those of another layer than before."""
        for name, editor in self.editors.items():
            if fresh:
                editor.fold()
            editor.set_value(values[name])

    def _add_row(self, row: int, field: Field) -> None:
        editor = editor_for(
            field.kind, field.label, minimum=field.minimum, maximum=field.maximum, choices=field.choices
        )
        editor.setParent(self)
        editor.setObjectName(field.name)
        editor.set_tip(field.help)
        editor.edited.connect(self._tell)
        label = row_label(field.label, self)
        label.setToolTip(field.help)
        label.setBuddy(editor)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(editor, row, 1)
        for part in (label, editor):
            part.show()  # at once: a part added to a layout that is on the screen is shown only later
        self.editors[field.name] = editor
        self._labels.append(label)

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
