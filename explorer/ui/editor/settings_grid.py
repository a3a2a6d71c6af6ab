"""A form made from the settings of a layer type: a label and an editor in each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from explorer.network.setting import Setting
from explorer.ui.common import theme
from explorer.ui.common.icons import icon
from explorer.ui.common.rich_label import RichLabel
from explorer.ui.editor.editor import Editor
from explorer.ui.editor.setting_editors import editor_for

LABEL_WIDTH = 84
ARGUMENT_PIXELS = 10


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
    seldom: bool = False
    default: Any = None

    @property
    def has_other_name(self) -> bool:
        """Whether the label is another word than the one of the notation, which is PyTorch's."""
        return self.label.lower().replace(" ", "_") != self.name


def field_of(name: str, rules: Setting, kind: str, default: Any) -> Field:
    """The row of a layer's setting."""
    numbers = (rules.minimum, rules.maximum)
    return Field(name, kind, rules.label, rules.help, *numbers, rules.choices, rules.unset, rules.seldom, default)


class SettingsGrid(QWidget):
    """The editors of one layer type. Below a button are those that are seldom changed; `opened` tells of it."""

    edited = Signal(str, object, bool)  # field, value, whether it is settled
    refused = Signal(str)
    opened = Signal(bool)

    def __init__(self, fields: Iterable[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editors: dict[str, Editor] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._labels: dict[str, QLabel] = {}
        self._is_open = False
        self._changed: set[str] = set()  # what is seldom changed, but was in the layer that is shown
        shown = sorted(fields, key=lambda field: field.seldom)
        self._seldom = tuple(field for field in shown if field.seldom)
        usual = len(shown) - len(self._seldom)
        for row, field in enumerate(shown[:usual]):
            self._add_row(row, field)
        self.more = self._make_more()  # between the two: Tab goes by what was made first
        self._grid.addWidget(self.more, usual, 0, 1, 2)
        for row, field in enumerate(self._seldom, usual + 1):
            self._add_row(row, field)
        self._fold()

    def set_values(self, values: Mapping[str, Any], *, fresh: bool) -> None:
        """Show `values`; `fresh` if they are those of another layer than before."""
        if fresh:
            self._changed = {field.name for field in self._seldom if values[field.name] != field.default}
            self._fold()
        for name, editor in self.editors.items():
            if fresh:
                editor.fold()
            editor.set_value(values[name])

    def set_open(self, is_open: bool) -> None:
        """Show what is seldom changed too, or fold it away."""
        if is_open != self._is_open:
            self._is_open = is_open
            self._fold()

    def reveal(self, name: str) -> None:
        """Show the setting `name`, also where it is folded away."""
        self._changed.add(name)
        self._fold()

    def _make_more(self) -> QToolButton:
        button = QToolButton(self, objectName="moreSettings", checkable=False)
        button.setProperty("role", "link")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self._switch)
        return button

    @Slot()
    def _switch(self) -> None:
        self.set_open(not self._is_open)
        self.opened.emit(self._is_open)

    def _fold(self) -> None:
        """A setting that was changed stays in sight: nothing that matters is hidden."""
        folded = [] if self._is_open else [field for field in self._seldom if field.name not in self._changed]
        for field in self._seldom:
            for part in (self._labels[field.name], self.editors[field.name]):
                part.setVisible(field not in folded)
        names = ", ".join(field.label.lower() for field in (folded or self._seldom))
        words = "Fewer settings" if self._is_open else "More settings"
        self.more.setText(words)
        self.more.setIcon(icon("ph.caret-up" if self._is_open else "ph.caret-down"))
        self.more.setToolTip(f"Fold away {names}." if self._is_open else f"Show {names}.")
        self.more.setAccessibleName(f"{words}: {names}")
        self.more.setVisible(bool(folded or (self._is_open and self._seldom)))

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
        tip = f"{field.help} In the notation: {field.name}." if field.has_other_name else field.help
        editor.set_tip(tip)
        editor.edited.connect(self._tell)
        editor.refused.connect(self.refused)
        label = row_label(field.label, self, argument=field.name if field.has_other_name else "")
        label.setToolTip(tip)
        label.setBuddy(editor)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(editor, row, 1)
        self.editors[field.name] = editor
        self._labels[field.name] = label

    @Slot(object, bool)
    def _tell(self, value: Any, settled: bool) -> None:
        self.edited.emit(self.sender().objectName(), value, settled)


def row_label(words: str, parent: QWidget, *, argument: str = "") -> QLabel:
    """The dim label at the left of a row, as high as the editor beside it; below it PyTorch's `argument`, if given."""
    label = RichLabel(parent)
    label.setText(f"{escape(words)}<br>{_in_small(argument)}" if argument else escape(words))
    label.setProperty("role", "dim")
    label.setWordWrap(True)
    label.setFixedWidth(LABEL_WIDTH)
    label.setMinimumHeight(29)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return label


def _in_small(argument: str) -> str:
    """`argument` in the letters of code, which may be broken at its underscores."""
    family = escape(theme.number_font().family())
    breakable = escape(argument).replace("_", "_\u200b")
    return f"<span style=\"font-family: '{family}'; font-size: {ARGUMENT_PIXELS}px\">{breakable}</span>"
