"""What could not be drawn: its view tells so in place of the picture, rests, and is tried again when it is to be drawn.

A view that fails would fail with every frame. It rests for half a second; if meanwhile something else was to be
drawn, it is tried once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtWidgets import QStyleOptionViewItem, QWidget
from shiboken6 import isValid

from explorer.session import Fault
from explorer.ui import faults

if TYPE_CHECKING:
    from explorer.ui.widgets.fault_cover import FaultCover

REST_S = 0.5


@dataclass
class Rest:
    """Until when it rests (`monotonic`), why, and what tells so; None where there is no room for that."""

    until: float
    fault: Fault
    cover: FaultCover | None


resting: WeakKeyDictionary[object, Rest] = WeakKeyDictionary()
"""What failed when it was drawn last: widgets, delegates, items of a scene."""


def rests(painted: object) -> bool:
    """Whether it is too early to draw it again; then it will be."""
    rest = resting.get(painted)
    if rest is None or monotonic() >= rest.until:
        return False
    if rest.cover is not None:
        rest.cover.draw_later()
    return True


def failed(painted: object, arguments: tuple[Any, ...], error: Exception) -> None:
    """Tell in the view, once for each fault, that it could not be drawn; where there is no room, among the messages."""
    from explorer.ui.widgets.fault_cover import cover_over  # it is a widget itself, made when these are guarded

    before, sentence = resting.get(painted), f"This view could not be drawn: {faults.words(error)}"
    if before is not None and before.fault.message == sentence:
        before.until = monotonic() + REST_S
        faults.end_painters(error, arguments)
        return
    cover = cover_over(_view_of(painted, arguments))
    fault = faults.catch(error, sentence, is_shown=cover is not None, given=arguments)
    resting[painted] = Rest(monotonic() + REST_S, fault, cover)
    if cover is not None:
        cover.tell(fault)


def succeeded(painted: object) -> None:
    """It was drawn: its view is shown again."""
    rest = resting.pop(painted, None)
    if rest is not None and rest.cover is not None and isValid(rest.cover):
        rest.cover.leave_if_free()


def covers(cover: FaultCover) -> bool:
    """Whether something that failed still needs `cover`."""
    return any(rest.cover is cover for rest in list(resting.values()))


def _view_of(painted: object, arguments: tuple[Any, ...]) -> QWidget | None:
    """The widget in which it is seen: of a delegate that of its option, of an item of a scene the one it is given."""
    if isinstance(painted, QWidget):
        return painted
    for argument in arguments:
        widget = argument.widget if isinstance(argument, QStyleOptionViewItem) else argument
        if isinstance(widget, QWidget):
            return widget
    return None
