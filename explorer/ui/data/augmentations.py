"""The random changes to training pictures, each with its settings and an example of what it does."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.data import AUGMENTATIONS, Augmentation, DataSet, augmented
from explorer.session import Session, State
from explorer.ui.common.number_boxes import FloatBox, WholeBox
from explorer.ui.data.example_things import offer_strip
from explorer.ui.data.picture_strip import PictureStrip
from explorer.ui.data.words import kind_of

EXAMPLES = 8
BOX_WIDTH = 84
HINT = (
    "Training pictures are changed anew each time they are seen; held-out ones never. This holds from the next run on."
)
NOT_PICTURES = "Only pictures can be flipped, shifted, rotated or made brighter; these data are numbers."


@dataclass(frozen=True)
class _Row:
    """A change that can be chosen: its box, its numbers by the field they set, and its examples."""

    check: QCheckBox
    boxes: dict[str, WholeBox | FloatBox]
    strip: PictureStrip


class Augmentations(QScrollArea):
    """What is checked is the document's, so that undo takes it back. Settings of unchecked ones are kept here."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("augmentations")
        self.setAccessibleName("How training pictures are varied")
        self.setWidgetResizable(True)
        self._session = session
        self._data: DataSet | None = None
        self._place = 0
        self._settings = {each.name: each for each in AUGMENTATIONS}
        self._rows: dict[str, _Row] = {}
        self._together = PictureStrip("Examples of all that are chosen, together")
        self._original = PictureStrip("The picture before it is changed")
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        self.hint = QLabel(HINT, wordWrap=True)
        self.hint.setProperty("role", "dim")
        column.addWidget(self.hint)
        self._form = QWidget()
        self._form.setLayout(self._grid())
        for strip in (self._original, self._together, *(row.strip for row in self._rows.values())):
            offer_strip(strip, session)
        column.addWidget(self._form)
        column.addStretch()
        self.setWidget(page)

    def show_state(self, state: State) -> None:
        """Show what is chosen, and what it does to a picture of the data."""
        chosen = {each.name: each for each in state.document.augmentations}
        self._settings |= chosen
        if state.data.data_set is not self._data:
            self._data, self._place = state.data.data_set, 0
        are_pictures = state.data.data_set is not None and kind_of(state.data.data_set) == "pictures"
        self.hint.setText(HINT if are_pictures or state.data.data_set is None else NOT_PICTURES)
        self._form.setVisible(are_pictures)
        for name, row in self._rows.items():
            row.check.blockSignals(True)
            row.check.setChecked(name in chosen)
            row.check.blockSignals(False)
            for setting, box in row.boxes.items():
                box.show_number(getattr(self._settings[name], setting))
        if are_pictures:
            self._show_examples(state)

    def _show_examples(self, state: State) -> None:
        assert state.data.data_set is not None
        picture = state.data.data_set.train.inputs([self._place])[0]
        self._original.show_pictures(picture[None])
        for name, row in self._rows.items():
            row.strip.show_pictures(self._settings[name].shown(picture, count=EXAMPLES))
        same = np.repeat(picture[None], EXAMPLES, axis=0)
        self._together.show_pictures(augmented(same, state.document.augmentations, np.random.default_rng(0)))

    # --- the form ---

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(1, 1)
        other = QPushButton("Another picture", objectName="otherPicture", accessibleName="Another picture")
        other.setToolTip("Try the changes on another training picture.")
        other.setAutoDefault(False)
        other.clicked.connect(self._take_another)
        first = QHBoxLayout()
        self._original.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        first.addWidget(self._original)
        first.addSpacing(8)
        first.addWidget(other)
        first.addStretch()
        grid.addWidget(_words("The picture", "As it is in the data set."), 0, 0)
        grid.addLayout(first, 0, 1)
        for number, each in enumerate(AUGMENTATIONS, 1):
            self._rows[each.name] = self._row(each)
            grid.addWidget(self._left(each, self._rows[each.name]), number, 0)
            grid.addWidget(self._rows[each.name].strip, number, 1)
        grid.addWidget(_words("Together", "All that are checked, one after the other."), len(AUGMENTATIONS) + 1, 0)
        grid.addWidget(self._together, len(AUGMENTATIONS) + 1, 1)
        return grid

    def _row(self, each: Augmentation) -> _Row:
        check = QCheckBox(each.title, objectName=f"augment.{each.name}", accessibleName=each.title, toolTip=each.what)
        check.toggled.connect(lambda _checked: self._tell())
        boxes = {field.name: self._box(each, field.name, field.metadata) for field in fields(each)}
        return _Row(check, boxes, PictureStrip(f"Examples of {each.title.lower()}"))

    def _box(self, each: Augmentation, name: str, rules: Any) -> WholeBox | FloatBox:
        kind: Any = WholeBox if isinstance(getattr(each, name), int) else FloatBox
        box: WholeBox | FloatBox = kind(
            rules["minimum"],
            rules["maximum"],
            name=f"{each.title}: {rules['label'].lower()}",
            tip=f"{rules['label']}, {rules['minimum']:g} to {rules['maximum']:g}. {each.what}",
        )
        box.show_number(getattr(each, name))
        box.setFixedWidth(BOX_WIDTH)
        box.refused.connect(self._session.say)
        box.valueChanged.connect(lambda value: self._set(each.name, name, value))
        return box

    def _left(self, each: Augmentation, row: _Row) -> QWidget:
        side = QWidget()
        side.setFixedWidth(230)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(row.check)
        head.addStretch()
        for name, box in row.boxes.items():
            label = QLabel(next(field for field in fields(each) if field.name == name).metadata["label"].lower())
            label.setProperty("role", "dim")
            label.setBuddy(box)
            head.addWidget(label)
            head.addWidget(box)
        what = QLabel(each.what, wordWrap=True)
        what.setProperty("role", "dim")
        column.addLayout(head)
        column.addWidget(what)
        column.addStretch()
        return side

    # --- what the person does ---

    def _set(self, name: str, setting: str, value: float) -> None:
        """Another number; choosing one for a change that is not checked only changes its examples."""
        self._settings[name] = replace(self._settings[name], **{setting: value})
        if self._rows[name].check.isChecked():
            self._tell()
        else:
            self.show_state(self._session.state)

    def _tell(self) -> None:
        chosen = tuple(self._settings[name] for name, row in self._rows.items() if row.check.isChecked())
        self._session.data.set_augmentations(chosen)

    @Slot()
    def _take_another(self) -> None:
        if self._data is not None:
            self._place = int(np.random.default_rng(self._place + 1).integers(len(self._data.train)))
            self._show_examples(self._session.state)


def _words(title: str, what: str) -> QWidget:
    side = QWidget()
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    for text, role in ((title, "title"), (what, "dim")):
        label = QLabel(text, wordWrap=True)
        label.setProperty("role", role)
        column.addWidget(label)
    column.addStretch()
    return side
