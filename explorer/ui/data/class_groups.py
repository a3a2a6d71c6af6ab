"""Classes put together: which class is learned as which group, with how many examples that makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.data import ClassGroup, DataError, DataSet, Grouping
from explorer.session import Session, State
from explorer.ui.common import theme
from explorer.ui.common.named_box import ComboBox
from explorer.ui.common.text import count
from explorer.ui.data.group_box import GroupBox

INTRO = (
    "Put classes together, and the network tells the groups apart: for two of them one output is enough. "
    "Held-out examples are grouped too; a class without a group is left out."
)
EACH, OWN = "each class by itself", "groups of your own"
MOST_CLASSES = 200
TOO_MANY = "These are too many classes for a list; network-explorer train has --group for them."


@dataclass(frozen=True, eq=False)
class _ClassRow:
    """A class, the box that says its group, and how many examples it has in training and held out."""

    name: str
    box: GroupBox
    counts: tuple[int, int]


class ClassGroups(QWidget):
    """A box for each class, and what comes of it; nothing changes before the button is pressed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classGroups")
        self._session = session
        self._shown: tuple[object, object] = (None, None)
        self._rows: tuple[_ClassRow, ...] = ()
        self._beginnings: tuple[tuple[str, Grouping], ...] = ()
        self._order: tuple[str, ...] = ()  # names whose order is that of the chosen beginning
        intro = QLabel(INTRO, wordWrap=True)
        intro.setProperty("role", "dim")
        self._preview = QLabel(wordWrap=True, objectName="groupsPreview")
        self._fault = QLabel(wordWrap=True, objectName="groupsFault")
        self._fault.setProperty("role", "warning")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addWidget(intro)
        column.addLayout(self._beginning())
        column.addWidget(self._table(), 1)
        column.addWidget(self._preview)
        column.addWidget(self._fault)
        column.addLayout(self._buttons())

    # --- its parts ---

    def _beginning(self) -> QHBoxLayout:
        self._begin = ComboBox(objectName="groupsBegin", accessibleName="Begin with")
        self._begin.setToolTip("Fill in the groups; each can be changed below.")
        self._begin.setPlaceholderText(OWN)
        self._begin.activated.connect(self._fill_in)
        row = QHBoxLayout()
        label = QLabel("begin with")
        label.setProperty("role", "dim")
        row.addWidget(label)
        row.addWidget(self._begin)
        row.addStretch()
        return row

    def _table(self) -> QScrollArea:
        self._area = QScrollArea(widgetResizable=True, accessibleName="Groups of the classes")
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return self._area

    def _buttons(self) -> QHBoxLayout:
        self._use = QPushButton("Use these groups", objectName="useGroups", accessibleName="Use these groups")
        self._use.setToolTip("Learn these groups instead of the classes; undo takes it back.")
        self._use.setProperty("role", "primary")
        self._use.clicked.connect(self._group)
        self._ungroup = QPushButton("Each class by itself", objectName="ungroup", accessibleName="Each class by itself")
        self._ungroup.setToolTip("Learn the classes as the data have them; undo takes it back.")
        self._ungroup.clicked.connect(lambda: self._session.data.group_classes(()))
        row = QHBoxLayout()
        for button in (self._use, self._ungroup):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch()
        return row

    # --- what it shows ---

    def show_state(self, state: State) -> None:
        """Show the groups that are learned; what was chosen and not yet used stays while nothing of them changes."""
        whole, groups = state.data.whole, state.document.class_groups
        if whole is None or (whole, groups) == self._shown:
            return
        if whole is not self._shown[0]:
            self._make_rows(whole)
        self._shown = whole, groups
        self._show_groups(groups)

    def _make_rows(self, whole: DataSet) -> None:
        from explorer.data.grouping import suggested

        page, is_listed = QWidget(), len(whole.classes) <= MOST_CLASSES
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(3, 1)
        train = whole.train.counts()
        test = whole.test.counts() if whole.test is not None else np.zeros_like(train)
        listed = zip(whole.classes, train.tolist(), test.tolist(), strict=True) if is_listed else ()
        self._rows = tuple(self._row(grid, at, *each) for at, each in enumerate(listed))
        if not is_listed:
            grid.addWidget(QLabel(TOO_MANY, wordWrap=True), 0, 0, 1, 4)
        grid.setRowStretch(grid.rowCount(), 1)
        self._area.setWidget(page)
        self._beginnings = ((EACH, ()), *(suggested(whole.classes) if is_listed else ()))
        self._begin.clear()
        self._begin.addItems([words for words, _groups in self._beginnings])

    def _row(self, grid: QGridLayout, at: int, name: str, learned: int, held_out: int) -> _ClassRow:
        box = GroupBox()
        box.setAccessibleName(f"Group of {name}")
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setMinimumContentsLength(18)
        box.setToolTip(f"The group that {name} is learned as; empty: it is left out.")
        box.left.connect(self._area.setFocus)
        box.editTextChanged.connect(self._show_preview)
        amounts = QLabel(f"{count(learned)} + {count(held_out)}")
        amounts.setFont(theme.number_font())
        amounts.setProperty("role", "dim")
        amounts.setToolTip("Examples to learn from, and held out.")
        for column, widget in enumerate((QLabel(name), amounts, box)):
            grid.addWidget(widget, at, column)
        return _ClassRow(name, box, (learned, held_out))

    def _show_groups(self, groups: Grouping) -> None:
        self._order = tuple(group.name for group in groups)
        group_of = {name: group.name for group in groups for name in group.classes}
        for row in self._rows:
            chosen = group_of.get(row.name, "") if groups else row.name
            row.box.show_groups((*self._order, row.name), chosen)
        self._show_preview()

    def chosen(self) -> Grouping:
        """The groups as they are filled in; () where each class is one by itself."""
        listed: dict[str, list[str]] = {name: [] for name in self._order}
        for row in self._rows:
            if name := row.box.currentText().strip():
                listed.setdefault(name, []).append(row.name)
        if all([name] == classes for name, classes in listed.items()) and len(listed) == len(self._rows):
            return ()
        return tuple(ClassGroup(name, tuple(classes)) for name, classes in listed.items() if classes)

    @Slot()
    def _show_preview(self) -> None:
        groups, state = self.chosen(), self._session.state
        begun = (at for at, (_words, beginning) in enumerate(self._beginnings) if beginning == groups)
        self._begin.setCurrentIndex(next(begun, -1))
        fault = _fault_of(groups, state.data.whole)
        self._preview.setText("\n".join(self._lines(groups)))
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))
        self._use.setEnabled(not fault and groups != state.document.class_groups)
        self._ungroup.setEnabled(bool(state.document.class_groups))

    def _lines(self, groups: Grouping) -> list[str]:
        counts = {row.name: row.counts for row in self._rows}
        lines = []
        for group in groups:
            learned, held_out = (sum(counts[name][part] for name in group.classes) for part in (0, 1))
            amounts = f"{count(learned)} to learn from, {count(held_out)} held out"
            classes = "1 class" if len(group.classes) == 1 else f"{count(len(group.classes))} classes"
            lines.append(f"{group.name}: {classes}, {amounts}")
        if len(groups) == 2:
            lines.append(f"A network with one output gives the probability of {groups[1].name}.")
        return lines

    # --- what was chosen ---

    @Slot(int)
    def _fill_in(self, at: int) -> None:
        self._show_groups(self._beginnings[at][1])

    @Slot()
    def _group(self) -> None:
        self._session.data.group_classes(self.chosen())


def _fault_of(groups: Grouping, whole: DataSet | None) -> str:
    """Why nothing can learn these groups; "" where something can."""
    from explorer.data.grouping import check_groups

    if whole is None or not groups:
        return ""
    try:
        check_groups(whole, groups)
    except DataError as error:
        return str(error)
    return ""
