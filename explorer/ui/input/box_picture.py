"""What a detector found: its boxes over what it is fed, and a list of them, the surest first."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from explorer.session.found_boxes import FoundBoxes
from explorer.ui.common.class_colours import area_colour
from explorer.ui.common.text import exact, listed_percent, number
from explorer.ui.input.answer_list import Answer
from explorer.ui.input.picture_and_list import PictureAndList

TIP = "What was found, the surest first. Choose one to see it alone, and again to see all."


class BoxPicture(PictureAndList):
    """Each box is framed in the colour of its class; the chosen one of the list alone is, until it is let go of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("What was found where", "Boxes that were found", tip=TIP, parent=parent)
        self._found: FoundBoxes | None = None
        self.picture.setObjectName("boxPicture")
        self.listed.setObjectName("foundBoxes")

    def show_boxes(self, found: FoundBoxes, fed: np.ndarray) -> None:
        """Show the boxes of `found` over the picture `fed`, (H, W, 3) uint8."""
        self._found = found
        self.picture.set_picture(fed)
        answers = [_answer(found, at) for at in range(len(found.boxes))]
        self.listed.show_answers(answers, signed=False, classes=found.names)
        self.listed.set_chosen(None)
        self.picture.setAccessibleDescription(", ".join(f"{each.name} {each.value}" for each in answers[:5]))
        self._frame(None)

    def choose(self, at: int) -> None:
        wanted = None if self.listed.chosen == at else at
        self.listed.set_chosen(wanted)
        self._frame(wanted)

    def _frame(self, alone: int | None) -> None:
        assert self._found is not None
        shown = range(len(self._found.boxes)) if alone is None else (alone,)
        framed = []
        for at in reversed(shown):  # the surest one on top
            left, top, right, bottom = self._found.boxes[at].tolist()
            framed.append((QRectF(left, top, right - left, bottom - top), area_colour(self._found.kind(at))))
        self.picture.set_boxes(tuple(framed))


def _answer(found: FoundBoxes, at: int) -> Answer:
    left, top, right, bottom = (number(value) for value in found.boxes[at].tolist())
    score = None if found.scores is None else float(found.scores[at])
    told = f"columns {left} to {right}, rows {top} to {bottom}"
    return Answer(
        at,
        found.name(at),
        "" if score is None else listed_percent(score),
        min(max(score or 0.0, 0.0), 1.0),
        told if score is None else f"{exact(score)}, {told}",
        colour=area_colour(found.kind(at)).name(),
    )
