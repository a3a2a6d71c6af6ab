"""I do not know this: the remark that an input is unlike all that was learned, with the nearest training pictures."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from explorer.session import Session, State
from explorer.session.familiarity import Familiarity
from explorer.ui.common.following_view import FollowingView
from explorer.ui.common.images import image_of
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.picture_things import thing_of_picture
from explorer.ui.common.text import number
from explorer.ui.common.things import Thing, offer

SIDE, NEAREST, MOST_DIGITS = 26, 3, 17
TIP = (
    "Measured in how the maps answer, their means and spreads, or without maps in what the last layer takes: how far "
    "the input lies from the nearest of 400 training examples, against how far nearly all of these lie from their own "
    "nearest one."
)


class UnknownLine(FollowingView, QWidget):
    """Hidden while the input is like what was learned, and while that is not known. `turned` tells that it is not."""

    shows = ("maps.familiarity",)
    follows_hidden = True  # it hides itself

    turned = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setObjectName("unknownInput")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # it lies over the answers
        self.sentence = ElidedLabel()
        self.sentence.setProperty("role", "warning")
        self._pictures = tuple(QLabel(objectName=f"nearest{at}") for at in range(NEAREST))
        for at, label in enumerate(self._pictures):
            offer(label, session, partial(self._picture_at, at))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 2)
        row.setSpacing(4)
        row.addWidget(self.sentence, 1)
        for label in self._pictures:
            row.addWidget(label)
        self.follow_session()

    def show_changes(self, old: State | None, new: State) -> None:
        told = new.maps.familiarity
        is_unknown = told is not None and told.is_unknown
        if told is not None and is_unknown:
            self._show(told)
        self.setVisible(is_unknown)
        self.turned.emit()  # its height goes with its pictures

    def _show(self, told: Familiarity) -> None:
        words = unknown_words(told)
        times = f"{_times(told.ratio)} ×"
        ways = (f"I do not know this: {times} as far as usual", f"I do not know this · {times}")
        self.sentence.set_ways(ways, tip=f"{words}\n\n{TIP}")
        self.sentence.setAccessibleName(words)
        self._show_pictures(told)

    def _picture_at(self, at: int, _point: QPoint | None) -> Thing | None:
        """One of the nearest training pictures."""
        told = self._session.state.maps.familiarity
        if told is None or told.pictures is None or at >= len(told.pictures):
            return None
        words = "\t".join(filter(None, (told.names[at], told.labels[at])))
        return thing_of_picture(self._session, told.names[at], told.pictures[at][..., :3], value=lambda: words)

    def _show_pictures(self, told: Familiarity) -> None:
        amount = 0 if told.pictures is None else len(told.pictures)
        for at, label in enumerate(self._pictures):
            label.setVisible(at < amount)
            if told.pictures is None or at >= amount:
                continue
            name, of_class = told.names[at], told.labels[at]
            label.setToolTip(f"Among the nearest it learned from: {name}{f', {of_class}' if of_class else ''}")
            label.setAccessibleName(label.toolTip())
            label.setPixmap(_picture(told.pictures[at]))


def unknown_words(told: Familiarity) -> str:
    """What is said of an input that is unlike what was learned."""
    nearest = ", ".join(dict.fromkeys(told.labels)) if any(told.labels) else ", ".join(told.names)
    times = _times(told.ratio)
    return f"I do not know this: {times} × as far from what was learned as usual. Nearest: {nearest}."


def _times(ratio: float) -> str:
    """With two digits, or as many as it takes to read as more than 1.

    "1.0 × as far as usual" would be no reason to say so.
    """
    digits = max(2, math.ceil(1 - math.log10(ratio - 1))) if 1 < ratio < 2 else 2
    return number(ratio, min(digits, MOST_DIGITS))


def _picture(pixels: np.ndarray) -> QPixmap:
    """A training picture in small, its cells sharp."""
    colours = np.ascontiguousarray(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels[..., :3])
    return QPixmap.fromImage(image_of(colours)).scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio)
