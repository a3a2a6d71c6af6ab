"""What a network says of places: a picture of it, and a list of what is in it below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui.input.answer_list import AnswerList
from explorer.ui.input.canvas import PictureCanvas

PICTURE_SHARE, LIST_SHARE = 3, 2  # of the height
LEAST_PICTURE = 96


class PictureAndList(QWidget):
    """`picture` and `listed`, whose rows are chosen by the mouse and by keys; `choose` says what that does."""

    def __init__(self, picture: str, listed: str, *, tip: str, parent: QWidget | None = None) -> None:
        """`picture` and `listed` are what the two are called, `tip` what is in the list and can be done with it."""
        super().__init__(parent)
        self.picture = PictureCanvas(is_sharp=True, parent=self)
        self.picture.setAccessibleName(picture)
        self.picture.setMinimumHeight(LEAST_PICTURE)
        self.listed = AnswerList()
        self.listed.setAccessibleName(listed)
        self.listed.setToolTip(tip)
        for signal in (self.listed.clicked, self.listed.activated):
            signal.connect(self._choose_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.picture, PICTURE_SHARE)
        column.addWidget(self.listed, LIST_SHARE)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, LEAST_PICTURE)

    def choose(self, at: int) -> None:
        """A row of the list was chosen, that of the answer `at`."""
        raise NotImplementedError

    @Slot(QModelIndex)
    def _choose_row(self, row: QModelIndex) -> None:
        self.choose(self.listed.answer_at(row).index)
