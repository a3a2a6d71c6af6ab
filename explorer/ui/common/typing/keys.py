"""What keys do with chosen cells: they walk, open the box over one, empty them, copy and paste."""

from __future__ import annotations

from typing import cast

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from explorer.ui.common.arrow_keys import ARROWS, ENTERING
from explorer.ui.common.inline_editor import STAY
from explorer.ui.common.typing import clipboard
from explorer.ui.common.typing.cell_range import CellRange, Step, neighbour, next_in_reading
from explorer.ui.common.typing.mouse import Typed
from explorer.ui.common.typing.target import TypingTarget

FIRST_SIGNS = "0123456789.,-−"
OPENING = (*ENTERING, Qt.Key.Key_F2)
EMPTYING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
TABS = {Qt.Key.Key_Tab: (0, 1), Qt.Key.Key_Backtab: (0, -1)}
PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


def hears(typed: Typed, event: QEvent) -> bool:
    """Whether neither the view nor a command of the window is to hear of a key."""
    if event.type() == QEvent.Type.ShortcutOverride and _is_for_cells(typed, cast("QKeyEvent", event)):
        event.accept()
        return True
    return event.type() == QEvent.Type.KeyPress and _on_key(typed, cast("QKeyEvent", event))


def go(typed: Typed, step: Step, target: TypingTarget) -> bool:
    """Go on to the next cell, along a row as a text is read; whether there is one."""
    if typed.cells is None or step == STAY:
        return False
    down, across = step
    cell, shape = typed.cells.head, target.values.shape
    found = next_in_reading(cell, across, shape) if across else neighbour(cell, (down, 0), shape)
    if found is not None:
        typed.choose(CellRange.of(found))
    return found is not None


def _is_for_cells(typed: Typed, event: QKeyEvent) -> bool:
    if typed.cells is None:
        return False
    if clipboard.action_of(event) is not None:
        return True
    is_own = Qt.Key(event.key()) in (*ARROWS, *OPENING, *EMPTYING, Qt.Key.Key_Escape)
    return _is_plain(event) and (is_own or _begins_number(event))


def _is_plain(event: QKeyEvent) -> bool:
    return event.modifiers() in PLAIN or event.modifiers() == Qt.KeyboardModifier.ShiftModifier


def _begins_number(event: QKeyEvent) -> bool:
    return bool(event.text()) and event.text() in FIRST_SIGNS


def _on_key(typed: Typed, event: QKeyEvent) -> bool:
    target, key = typed.target(), Qt.Key(event.key())
    if target is None:
        return False
    if typed.cells is None:
        return key == Qt.Key.Key_F2 and _enter(typed, target)
    act = clipboard.action_of(event)
    if act is not None:
        act(typed)
        return True
    return _is_plain(event) and _on_plain_key(typed, typed.cells, event, target)


def _on_plain_key(typed: Typed, cells: CellRange, event: QKeyEvent, target: TypingTarget) -> bool:
    key = Qt.Key(event.key())
    if key in TABS:
        return go(typed, TABS[key], target)
    if key in ARROWS:
        cell = neighbour(cells.head, ARROWS[key], target.values.shape)
        is_shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        typed.choose(cells.to(cell) if is_shifted else CellRange.of(cell))
    elif key == Qt.Key.Key_Escape:
        typed.choose(None)
    elif key in OPENING:
        typed.open(cells.head)
    elif key in EMPTYING:
        typed.write_chosen(np.zeros(cells.size))
    elif _begins_number(event):
        typed.open(cells.head, event.text())
    else:
        return False
    return True


def _enter(typed: Typed, target: TypingTarget) -> bool:
    """Choose the first cell, for those who come by the keyboard."""
    typed.choose(CellRange.of((0,) * target.values.ndim))
    return True
