"""What keys do with chosen cells, each declared once: they walk, open the box, scale, copy; the help lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

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
SCALING = {QKeySequence.StandardKey.ZoomIn: 1, QKeySequence.StandardKey.ZoomOut: -1}
MENU = (QKeySequence(Qt.Key.Key_Menu), QKeySequence(Qt.KeyboardModifier.ShiftModifier | Qt.Key.Key_F10))


class TypedByKeys(Typed, Protocol):
    """What the keys need of a chosen range beyond what the mouse does."""

    goes_on: bool
    """Whether Tab leads on to the next widget: it led here, and no other key was pressed since."""

    def scale(self, presses: int) -> None:
        """Make the chosen numbers larger, or with less than 0 smaller."""

    def open_menu(self) -> None:
        """The menu of the chosen cells, at them."""

    def standing(self) -> CellRange | None:
        """The cell that the keys begin at."""


@dataclass(frozen=True)
class TypingKey:
    """Keys that mean chosen cells: `names` and `words` for the list of keys, `is_meant` tells them from others.

    `act` is False where the view is to hear of the key.
    """

    names: str
    words: str
    is_meant: Callable[[QKeyEvent], bool]
    act: Callable[[TypedByKeys, CellRange, QKeyEvent, TypingTarget], bool]


def hears(typed: TypedByKeys, event: QEvent) -> bool:
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


def _is_for_cells(typed: TypedByKeys, event: QKeyEvent) -> bool:
    if typed.cells is None or Qt.Key(event.key()) in TABS:
        return False
    return any(key.is_meant(event) for key in TYPING_KEYS)


def _on_key(typed: TypedByKeys, event: QKeyEvent) -> bool:
    target = typed.target()
    if target is None:
        return False
    if typed.cells is None:
        return _is_plain(event) and Qt.Key(event.key()) in OPENING and _enter(typed, event)
    meant = next((key for key in TYPING_KEYS if key.is_meant(event)), None)
    if meant is None:
        return False
    typed.goes_on = typed.goes_on and Qt.Key(event.key()) in TABS
    return meant.act(typed, typed.cells, event, target)


def _enter(typed: TypedByKeys, event: QKeyEvent) -> bool:
    """Choose a cell, for those who come by the keyboard; of Enter the view is to hear too, as of a click."""
    typed.goes_on = False
    typed.choose(typed.standing())
    return Qt.Key(event.key()) == Qt.Key.Key_F2


def _is_plain(event: QKeyEvent) -> bool:
    return event.modifiers() in PLAIN or event.modifiers() == Qt.KeyboardModifier.ShiftModifier


def _plain(*keys: Qt.Key) -> Callable[[QKeyEvent], bool]:
    return lambda event: _is_plain(event) and Qt.Key(event.key()) in keys


def _begins_number(event: QKeyEvent) -> bool:
    return _is_plain(event) and bool(event.text()) and event.text() in FIRST_SIGNS


# --- what they do ---


def _walk(typed: TypedByKeys, cells: CellRange, event: QKeyEvent, target: TypingTarget) -> bool:
    cell = neighbour(cells.head, ARROWS[Qt.Key(event.key())], target.values.shape)
    is_shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    typed.choose(cells.to(cell) if is_shifted else CellRange.of(cell))
    return True


def _read_on(typed: TypedByKeys, _cells: CellRange, event: QKeyEvent, target: TypingTarget) -> bool:
    return not typed.goes_on and go(typed, TABS[Qt.Key(event.key())], target)


def _open(typed: TypedByKeys, cells: CellRange, event: QKeyEvent, _target: TypingTarget) -> bool:
    typed.open(cells.head, None if Qt.Key(event.key()) in OPENING else event.text())
    return True


def _empty(typed: TypedByKeys, cells: CellRange, _event: QKeyEvent, _target: TypingTarget) -> bool:
    typed.write_chosen(np.zeros(cells.size))
    return True


def _scale(typed: TypedByKeys, _cells: CellRange, event: QKeyEvent, _target: TypingTarget) -> bool:
    typed.scale(next(presses for key, presses in SCALING.items() if event.matches(key)))
    return True


def _use_clipboard(typed: TypedByKeys, _cells: CellRange, event: QKeyEvent, _target: TypingTarget) -> bool:
    act = clipboard.action_of(event)
    if act is not None:
        act(typed)
    return act is not None


def _open_menu(typed: TypedByKeys, _cells: CellRange, _event: QKeyEvent, _target: TypingTarget) -> bool:
    typed.open_menu()
    return True


def _let_go(typed: TypedByKeys, _cells: CellRange, _event: QKeyEvent, _target: TypingTarget) -> bool:
    typed.choose(None)
    return True


TYPING_KEYS: tuple[TypingKey, ...] = (
    TypingKey(
        "Enter, F2",
        "Choose a cell of the input, a filter or a weight; once more, type over its number.",
        _plain(*OPENING),
        _open,
    ),
    TypingKey("A digit, −", "Type over the chosen cell: Enter, Tab and the arrows take it.", _begins_number, _open),
    TypingKey(
        "Arrows, Shift+Arrows",
        "From the chosen cell to its neighbours; with Shift choose a block.",
        _plain(*ARROWS),
        _walk,
    ),
    TypingKey(
        "Tab, Shift+Tab",
        "After typing to the next cell or the one before; from a view without a chosen cell to the next view.",
        _plain(*TABS),
        _read_on,
    ),
    TypingKey(
        "Ctrl+C, Ctrl+V, Ctrl+A",
        "Copy the chosen numbers, paste a block over them, choose the whole map.",
        lambda event: clipboard.action_of(event) is not None,
        _use_clipboard,
    ),
    TypingKey("Del, Backspace", "Make the chosen numbers 0.", _plain(*EMPTYING), _empty),
    TypingKey(
        "Ctrl++, Ctrl+−",
        "Scale the chosen numbers: four times double them, or halve them.",
        lambda event: any(event.matches(key) for key in SCALING),
        _scale,
    ),
    TypingKey(
        "Menu, Shift+F10",
        "Open the menu of what is chosen: fill, copy, export, go to the debugger.",
        lambda event: QKeySequence(event.keyCombination()) in MENU,
        _open_menu,
    ),
    TypingKey("Esc", "Let go of the chosen cells, or leave a number as it was.", _plain(Qt.Key.Key_Escape), _let_go),
)
