"""The order in which the Tab key goes through controls: as they stand, not as they came to be made."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def chain(*parts: QWidget) -> None:
    """Let Tab go from the controls of one part to those of the next; within a part their order stays."""
    stops = [stop for part in parts for stop in _stops(part)]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)


def _stops(part: QWidget) -> list[QWidget]:
    """What Tab stops at in `part`, itself included, in the present order.

    A control made of several, which hands the focus on to one of them, is one stop: Qt keeps its parts together.
    """
    found: list[QWidget] = []
    widget: QWidget | None = part
    while widget is not None:
        is_inside = widget is part or part.isAncestorOf(widget)
        is_part = bool(found) and found[-1].focusProxy() is not None and found[-1].isAncestorOf(widget)
        if is_inside and not is_part and (widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget.focusProxy()):
            found.append(widget)
        following = widget.nextInFocusChain()
        widget = None if following is part else following
    return found
