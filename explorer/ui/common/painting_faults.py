"""What could not be drawn: its view says so in place of the picture, rests, and is tried again when it is to be drawn.

A view that fails would fail with every frame. It rests for half a second; if meanwhile something else was to be
drawn, it is tried once more.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import Any

from PySide6.QtWidgets import QAbstractScrollArea, QStyleOptionViewItem, QWidget

from explorer.session.soon import soon
from explorer.ui.common import faults
from explorer.ui.common.painting_rests import Rest, resting

REST_S = 0.5
LEAST_WIDTH, LEAST_HEIGHT = 200, 90  # pixels of a view in which the sentence and its buttons have room


def rests(painted: object) -> bool:
    """Whether it is too early to draw it again; then it will be."""
    rest = resting.get(painted)
    if rest is None or monotonic() >= rest.until:
        return False
    rest.is_asked = True
    return True


def failed(painted: object, arguments: tuple[Any, ...], error: Exception) -> None:
    """Tell in the view, once for each fault, that it could not be drawn; where there is no room, among the messages."""
    before, sentence = resting.get(painted), f"This view could not be drawn: {faults.words(error)}"
    if before is not None and before.fault.message == sentence:
        before.until = monotonic() + REST_S
        faults.end_painters(error, arguments)
        return
    view = _with_room(_view_of(painted, arguments))
    fault = faults.catch(error, sentence, is_shown=view is not None, given=arguments)
    resting[painted] = Rest(monotonic() + REST_S, fault, view)
    if view is not None:
        soon(view, partial(_cover, view))  # Qt goes through the view's children while it paints


def succeeded(painted: object) -> None:
    """It was drawn: its view is shown again."""
    resting.pop(painted, None)


def _cover(view: QWidget) -> None:
    from explorer.ui.common.fault_cover import FaultCover  # a widget itself, guarded by what needs this file

    if view.findChild(FaultCover) is None:
        FaultCover(view).show()


def _view_of(painted: object, arguments: tuple[Any, ...]) -> QWidget | None:
    """The widget in which it is seen: for a delegate that of its option, for an item of a scene the one it is given."""
    for argument in (painted, *arguments):
        widget = argument.widget if isinstance(argument, QStyleOptionViewItem) else argument
        if isinstance(widget, QWidget):
            around = widget.parentWidget()
            is_inside = isinstance(around, QAbstractScrollArea) and around.viewport() is widget
            return around if is_inside else widget
    return None


def _with_room(view: QWidget | None) -> QWidget | None:
    if view is None or view.isWindow() or view.width() < LEAST_WIDTH or view.height() < LEAST_HEIGHT:
        return None
    return view
