"""Which page of the picture's file is shown, and the way to another one: a box for each axis that they lie along."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from explorer.data.pages import PageAxis, Pages
from explorer.ui.common.number_boxes import CARETS_ROOM, WholeBox

ROOM_AROUND = CARETS_ROOM + 16  # pixels beside what is written in a box
MANY_AXES = 3  # from that many on there is room for the bare numbers, "Z 3/20"


class PageChooser(QWidget):
    """ "Z 3 of 20", "C 1 of 3". `chosen` tells the number of a page, `refused` why what was typed is none.

    It takes room only where there is more than one page.
    """

    chosen = Signal(int)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageChooser")
        self._pages: Pages | None = None
        self.boxes: tuple[PageBox, ...] = ()
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addStretch()
        self.hide()

    def show_pages(self, pages: Pages | None, asked: int | None = None) -> None:
        """Show the page that is shown, or that is `asked` for; None for a picture that has no other pages."""
        if pages is not None and (self._pages is None or self._pages.axes != pages.axes):
            self._make_boxes(pages)
        self._pages = pages
        self.setVisible(pages is not None)
        if pages is None:
            return
        shown = pages if asked is None else pages.moved(asked)
        for box, place in zip(self.boxes, shown.places, strict=True):
            box.show_number(place + 1)

    def _make_boxes(self, pages: Pages) -> None:
        for box in self.boxes:
            self._row.removeWidget(box)
            box.hide()
            box.deleteLater()
        self.boxes = tuple(PageBox(axis, pages) for axis in pages.axes)
        for place, box in enumerate(self.boxes):
            self._row.insertWidget(place, box)
            box.valueChanged.connect(self._choose)
            box.refused.connect(self.refused)
        self.setFocusProxy(self.boxes[0])

    @Slot()
    def _choose(self) -> None:
        if self._pages is not None:
            self.chosen.emit(self._pages.number(tuple(box.value() - 1 for box in self.boxes)))


class PageBox(WholeBox):
    """A place along one axis, counted from 1 on, among its words."""

    def __init__(self, axis: PageAxis, pages: Pages) -> None:
        tip = f"{axis.title}: which {pages.of(axis)} the network is shown. Page Up and Page Down go on by ten."
        super().__init__(1, axis.size, name=axis.title, tip=tip)
        self.setObjectName(f"page {axis.name}")
        self.setPrefix(f"{axis.name[:1].upper()}{axis.name[1:]} ")
        self.setSuffix(f" {pages.of(axis)}" if len(pages.axes) < MANY_AXES else f"/{axis.size}")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as the last place along the axis."""
        widest = f"{self.prefix()}{self.maximum()}{self.suffix()}"
        return QSize(self.fontMetrics().horizontalAdvance(widest) + ROOM_AROUND, super().sizeHint().height())
