"""The held-out examples behind a cell of the confusion matrix; a click shows one to the network."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStackedLayout, QVBoxLayout, QWidget

from explorer.data.data_set import DataSet, Split
from explorer.session import Session
from explorer.ui.examples import show_example
from explorer.ui.picture_lines import Group
from explorer.ui.text import count, number
from explorer.ui.widgets.pane import ElidedLabel
from explorer.ui.widgets.picture_grid import PictureGrid

ROWS_AT_MOST = 500
PLACE_ROLE = Qt.ItemDataRole.UserRole
NUMBERS_AT_MOST = 6


class BehindCell(QWidget):
    """Pictures in a grid, rows of numbers in a list, under a sentence that says which they are."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("behindCell")
        self._session = session
        self._shown: tuple[DataSet | None, np.ndarray] = (None, np.zeros(0, np.int64))
        self.title = ElidedLabel()
        self.pictures = PictureGrid("Pictures behind the cell")
        self.pictures.chosen.connect(self._show_to_network)
        self.rows = QListWidget(
            accessibleName="Examples behind the cell", toolTip="Click one to show it to the network."
        )
        self.rows.itemClicked.connect(self._take_row)
        self.rows.itemActivated.connect(self._take_row)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.pictures)
        self._pages.addWidget(self.rows)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addLayout(self._pages, 1)

    def show_examples(self, data: DataSet, places: np.ndarray, title: str) -> None:
        """Show the held-out examples of `data` at `places` (n,); the same ones stay as they are."""
        self.title.set_whole(title)
        if self._shown[0] is data and np.array_equal(self._shown[1], places):
            return
        self._shown = (data, places)
        split = data.test
        assert split is not None
        is_pictures = len(data.sample_shape) == 3
        self._pages.setCurrentIndex(0 if is_pictures else 1)
        if is_pictures:
            height, width, _ = data.sample_shape
            groups = (Group("", places),) if len(places) else ()
            self.pictures.show_groups(groups, read=split.inputs, size=(height, width), name_of=split.name_of)
        else:
            self._fill_rows(split, places)

    def _fill_rows(self, split: Split, places: np.ndarray) -> None:
        self.rows.clear()
        chosen = places[:ROWS_AT_MOST]
        for place, values in zip(chosen.tolist(), split.inputs(chosen), strict=True):
            item = QListWidgetItem(f"{split.name_of(place)}: {row_words(values)}")
            item.setData(PLACE_ROLE, place)
            self.rows.addItem(item)
        if len(places) > ROWS_AT_MOST:
            self.rows.addItem(f"{count(len(places) - ROWS_AT_MOST)} more are not listed.")

    @Slot(QListWidgetItem)
    def _take_row(self, item: QListWidgetItem) -> None:
        place = item.data(PLACE_ROLE)
        if place is not None:
            self._show_to_network(place)

    @Slot(int)
    def _show_to_network(self, place: int) -> None:
        data = self._shown[0]
        if data is not None and data.test is not None:
            self._session.say(show_example(self._session, data.test, place))


def row_words(values: np.ndarray) -> str:
    """ "0.312, −0.2 …": the first numbers of an example."""
    words = ", ".join(number(float(value)) for value in values[:NUMBERS_AT_MOST])
    return words if len(values) <= NUMBERS_AT_MOST else f"{words} …"
