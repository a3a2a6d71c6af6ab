"""The held-out examples behind a cell of the confusion matrix; a click shows one to the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QStackedLayout, QVBoxLayout, QWidget

from explorer.data.data_set import DataSet
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.text import count, number
from explorer.ui.data.mistake_words import told_group
from explorer.ui.data.picture_grid import PictureGrid
from explorer.ui.data.picture_lines import Group
from explorer.ui.data.words import noun_of
from explorer.ui.training.confusion.layout import Pair, cell_sentence

if TYPE_CHECKING:
    from explorer.engine.training.confusion import Evaluation
    from explorer.session.train_state import Judged

PICTURE = 64.0  # the pane is low: two lines of pictures
ROWS_AT_MOST = 500
PLACE_ROLE = Qt.ItemDataRole.UserRole
NUMBERS_AT_MOST = 6


class BehindCell(QWidget):
    """Pictures in a grid, rows of numbers in a list, under a sentence that says which they are.

    `chosen` tells the split and the place in it of an example that the network is to see.
    """

    chosen = Signal(object, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("behindCell")
        self._data: DataSet | None = None
        self._cell: Pair | None = None
        self._told = Told(np.zeros(0, np.int64), None)
        self.title = ElidedLabel()
        self.pictures = PictureGrid("Pictures behind the cell", captioned=PICTURE)
        self.pictures.chosen.connect(self._choose)
        self.rows = QListWidget(
            accessibleName="Examples behind the cell", toolTip="Click one to show it to the network."
        )
        self.rows.clicked.connect(self.take_row)
        self.rows.activated.connect(self.take_row)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.pictures)
        self._pages.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addLayout(self._pages, 1)

    def show_examples(self, data: DataSet, judged: Judged, cell: Pair) -> None:
        """Show the held-out examples of `data` behind `cell`, the worst first; the same ones stay as they are."""
        evaluation, (true, guessed) = judged.evaluation, cell
        assert evaluation.confusion is not None
        self.title.set_whole(cell_sentence(evaluation.confusion, data.classes, cell, noun=noun_of(data)))
        told = Told.of(evaluation, evaluation.behind(judged.labels, true, guessed))
        if self._data is data and self._told.is_same(told):
            return
        is_other = self._data is not data or self._cell != cell
        self._data, self._cell, self._told = data, cell, told
        is_pictures = len(data.sample_shape) == 3
        self._pages.setCurrentIndex(0 if is_pictures else 1)
        group = told_group(data, judged, told.places)
        if is_pictures:
            self._show_pictures(data, group, is_other)
        else:
            self._fill_rows(data, group)

    def _show_pictures(self, data: DataSet, group: Group, is_other: bool) -> None:
        split, bar = data.test, self.pictures.verticalScrollBar()
        assert split is not None
        height, width, _ = data.sample_shape
        groups, before = (group,) if len(group.places) else (), bar.value()
        self.pictures.show_groups(groups, read=split.inputs, size=(height, width), name_of=split.name_of)
        bar.setValue(0 if is_other else before)

    def _fill_rows(self, data: DataSet, group: Group) -> None:
        split = data.test
        assert split is not None
        model = self.rows.model()  # no item is made in Python: clearing a list of such ended the process now and then
        self.rows.clear()
        chosen = group.places[:ROWS_AT_MOST]
        for at, (place, values) in enumerate(zip(chosen.tolist(), split.inputs(chosen), strict=True)):
            caption = ", ".join(group.captions[at].split("\n"))
            self.rows.addItem(f"{split.name_of(place)}: {caption}; {row_words(values)}")
            words = f"{split.name_of(place)}, {group.words(at)}: {row_words(values)}"
            roles = {Qt.ItemDataRole.AccessibleTextRole: words, Qt.ItemDataRole.ToolTipRole: words, PLACE_ROLE: place}
            for role, value in roles.items():
                model.setData(model.index(at, 0), value, role)
        if len(group.places) > ROWS_AT_MOST:
            self.rows.addItem(f"{count(len(group.places) - ROWS_AT_MOST)} more are not listed.")

    @Slot(QModelIndex)
    def take_row(self, index: QModelIndex) -> None:
        """What a click on a row does."""
        self.take_place(index.data(PLACE_ROLE))

    def take_place(self, place: int | None) -> None:
        """Let the network look at the example that stands there among those held out."""
        if place is not None:
            self._choose(place)

    @Slot(int)
    def _choose(self, place: int) -> None:
        if self._data is not None and self._data.test is not None and place < len(self._data.test):
            self.chosen.emit(self._data.test, place)


@dataclass(frozen=True, eq=False)
class Told:
    """Which examples are shown, (n,), and what is said of them, (n, 2)."""

    places: np.ndarray
    probabilities: np.ndarray | None

    @classmethod
    def of(cls, evaluation: Evaluation, places: np.ndarray) -> Told:
        shares = evaluation.probabilities
        return cls(places, None if shares is None else shares[places])

    def is_same(self, other: Told) -> bool:
        if self.probabilities is None or other.probabilities is None:
            return self.probabilities is other.probabilities and np.array_equal(self.places, other.places)
        is_same_words = np.array_equal(self.probabilities, other.probabilities, equal_nan=True)
        return is_same_words and np.array_equal(self.places, other.places)


def row_words(values: np.ndarray) -> str:
    """ "0.312, −0.2 …": the first numbers of an example."""
    words = ", ".join(number(float(value)) for value in values[:NUMBERS_AT_MOST])
    return words if len(values) <= NUMBERS_AT_MOST else f"{words} …"
