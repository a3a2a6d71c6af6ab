"""The order in which the Tab key goes through controls: as they stand, not as they came to be made."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def chain(*parts: QWidget) -> None:
    """Let Tab go from the controls of one part to those of the next, where both are in one window: a pane may float."""
    for before, after in pairwise(stop for part in parts for stop in stops(part)):
        if before.window() is after.window():
            QWidget.setTabOrder(before, after)


def stops(part: QWidget) -> list[QWidget]:
    """What Tab stops at in `part`, itself included, as they were made.

    A control made of several, which hands the focus on to one of them, is one stop: Qt keeps its parts together. Qt's
    own chain is not walked: it goes by widgets that Python would take for others once Qt has let them go.
    """
    if part.focusPolicy() & Qt.FocusPolicy.TabFocus or part.focusProxy() is not None:
        return [part]
    inside = part.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [stop for child in inside for stop in stops(child)]
