"""Painting with the mouse on what the network is fed; each stroke is a new picture, so that the maps follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Qt, Slot

from explorer.data import Fitted, Picture, picture_from_array
from explorer.session import Session, State
from explorer.ui.common.fed_pixels import pixels_of
from explorer.ui.input.brush import BrushBar, stroke
from explorer.ui.input.picture import InputPicture

BLACK = (0, 0, 0)


class Drawing(QObject):
    """The sheet under the brush: as large as the network's input, so that it is fed without being resized."""

    def __init__(self, session: Session, picture: InputPicture, brush: BrushBar) -> None:
        super().__init__(picture)
        self._session = session
        self._picture = picture
        self._brush = brush
        self._sheet: np.ndarray | None = None
        self._last_place: tuple[int, int] | None = None
        self._drawn: Picture | None = None
        self._answered: Fitted | None = None
        self._strokes = 0
        self.is_on = False
        picture.fed.dragged.connect(self.drag)
        picture.fed.released.connect(self.release)
        brush.cleared.connect(self.clear)

    def is_ahead(self, state: State) -> bool:
        """Whether the sheet is newer than `state.fitted`: in a stroke, or before the worker has answered."""
        if self._drawn is None or state.input.picture is not self._drawn:
            return False
        return self._last_place is not None or state.input.fitted is self._answered

    @property
    def has_sheet(self) -> bool:
        return self._sheet is not None

    def set_on(self, on: bool) -> None:
        """Start or stop painting; without a picture it starts on an empty sheet."""
        self.is_on = on
        self._sheet = self._last_place = None
        self._brush.hide()
        self._picture.set_sheet(on)
        self._brush.setVisible(on)  # after what goes: both at once would need more height than a low window has
        self._picture.fed.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)
        if on and pixels_of(self._session.state.input) is None:
            self._feed(self._empty_sheet(BLACK))

    def press(self, row: int, column: int) -> None:
        """Start a stroke on what is shown."""
        if self._sheet is None or not self.is_ahead(self._session.state):
            self._sheet = pixels_of(self._session.state.input)
        self._last_place = (row, column)
        self._strokes += 1
        self.drag(row, column)

    @Slot(int, int)
    def drag(self, row: int, column: int) -> None:
        """Go on with the stroke up to this place."""
        if self._sheet is None or self._last_place is None:
            return
        sheet = self._sheet.copy()  # the canvas still shows the one before
        stroke(sheet, self._last_place, (row, column), size=self._brush.size_in_pixels, colour=self._brush.colour)
        self._last_place = (row, column)
        self._feed(sheet, stroke=self._strokes)

    @Slot()
    def release(self) -> None:
        """End the stroke."""
        self._last_place = None

    @Slot()
    def clear(self) -> None:
        """Start again on an empty sheet in the chosen colour."""
        self._feed(self._empty_sheet(self._brush.colour))

    def _empty_sheet(self, colour: tuple[int, int, int]) -> np.ndarray | None:
        shape = self._session.state.subject.picture_shape
        return None if shape is None else np.full((*shape[1:], 3), colour, np.uint8)

    def _feed(self, sheet: np.ndarray | None, *, stroke: int | None = None) -> None:
        self._sheet = sheet
        if sheet is None:
            return
        drawn = replace(picture_from_array(sheet, "drawing"), is_drawn=True)
        self._drawn, self._answered = drawn, self._session.state.input.fitted
        self._session.input.draw(self._drawn, stroke=stroke)
        self._picture.show_fed(sheet)
