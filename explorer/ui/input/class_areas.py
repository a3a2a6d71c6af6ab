"""Which class a network sees where: coloured areas over what it is fed, and a legend with the share of each class."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from explorer.session.class_picture import ClassPicture
from explorer.ui.common.class_colours import area_colour, area_rgb
from explorer.ui.common.fed_pixels import paled
from explorer.ui.common.text import listed_percent
from explorer.ui.input.answer_list import Answer
from explorer.ui.input.picture_and_list import PictureAndList

AREA_SHARE = 0.55  # of an area's own colour, the rest is the picture
TIP = "How much of the picture each class has. Choose one to see its map in every view."


class ClassAreas(PictureAndList):
    """`pointed` tells the place under the mouse, `chosen` the one that was clicked, (row, column) of the class picture;
    `class_chosen` a class of the legend."""

    pointed = Signal(object)
    chosen = Signal(int, int)
    class_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Class at each place", "Classes by their share of the picture", tip=TIP, parent=parent)
        self._shown: ClassPicture | None = None
        self._size = (1, 1)
        self.picture.setObjectName("classPicture")
        self.listed.setObjectName("classLegend")
        self.picture.pointed.connect(self._point)
        self.picture.pressed.connect(self._press)

    def show_areas(self, shown: ClassPicture, fed: np.ndarray | None) -> None:
        """Show the areas of `shown` over the picture `fed`, (H, W, 3) uint8, where there is one."""
        self._shown = shown
        pixels = coloured_areas(shown, fed)
        self._size = pixels.shape[:2]
        self.picture.set_picture(pixels)
        order = np.argsort(-shown.shares, kind="stable").tolist()
        answers = [_answer(shown, at) for at in order]
        self.listed.show_answers(answers, signed=False, classes=shown.names)
        told = ", ".join(f"{each.name} {each.value}" for each in answers[:5] if each.share)
        self.picture.setAccessibleDescription(told)

    @Slot(object)
    def _point(self, place: tuple[int, int] | None) -> None:
        self.pointed.emit(None if place is None else self._place(*place))

    @Slot(int, int)
    def _press(self, row: int, column: int) -> None:
        if self._shown is not None:
            self.chosen.emit(*self._place(row, column))

    def choose(self, at: int) -> None:
        self.class_chosen.emit(at)

    def _place(self, row: int, column: int) -> tuple[int, int]:
        """The place of the class picture under a pixel of what is shown."""
        assert self._shown is not None
        (height, width), (rows, columns) = self._size, self._shown.classes.shape
        return min(row * rows // height, rows - 1), min(column * columns // width, columns - 1)


def coloured_areas(shown: ClassPicture, fed: np.ndarray | None) -> np.ndarray:
    """The class of each place in its colour, over what is `fed` where that is a picture: (H, W, 3) uint8, as large as
    the larger of the two."""
    table = np.array([area_rgb(at) for at in range(len(shown.names))], np.float32)
    rows, columns = shown.classes.shape
    if fed is not None:
        rows, columns = max(rows, fed.shape[0]), max(columns, fed.shape[1])
    stretch = partial(_stretched, size=(rows, columns))
    areas = table[stretch(shown.classes)]
    if fed is None:
        return areas.astype(np.uint8)
    mixed: np.ndarray = AREA_SHARE * areas + (1 - AREA_SHARE) * stretch(paled(fed))
    return mixed.astype(np.uint8)


def _stretched(values: np.ndarray, *, size: tuple[int, int]) -> np.ndarray:
    height, width = size
    rows = np.arange(height) * len(values) // height
    columns = np.arange(width) * values.shape[1] // width
    places = np.ix_(rows, columns)
    stretched: np.ndarray = values[places]
    return stretched


def _answer(shown: ClassPicture, at: int) -> Answer:
    share = float(shown.shares[at])
    places = f"{round(share * shown.classes.size)} of {shown.classes.size} places"
    return Answer(at, shown.names[at], listed_percent(share), share, places, colour=area_colour(at).name())
