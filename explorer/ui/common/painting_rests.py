"""What rests since it could not be drawn: a view that fails would fail with every frame."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from PySide6.QtWidgets import QWidget

from explorer.session import Fault


@dataclass
class Rest:
    """Until when it rests (`monotonic`), why, and the view that says so; None where there is no room for that."""

    until: float
    fault: Fault
    view: QWidget | None
    is_asked: bool = False  # it was to be drawn meanwhile


resting: WeakKeyDictionary[object, Rest] = WeakKeyDictionary()
"""What failed when it was drawn last: widgets, delegates, items of a scene."""


def rests_of(view: QWidget) -> list[Rest]:
    """Why `view` cannot be drawn; nothing if it can."""
    return [rest for rest in list(resting.values()) if rest.view is view]
