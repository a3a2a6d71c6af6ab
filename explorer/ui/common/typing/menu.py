"""The menu over chosen cells: copy, paste, and what to fill them with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from explorer.ui.common.passing import passing
from explorer.ui.common.typing import clipboard
from explorer.ui.common.typing.cell_range import CellRange
from explorer.ui.common.typing.clipboard import Chosen
from explorer.ui.common.typing.fills import FILLS, RANDOM, random

Make = Callable[[tuple[int, ...]], np.ndarray]
LARGEST_SEED = 2**31 - 1
FILTER_AXES = 4  # filter, kernel, row, column
NONE_CHOSEN = "Choose cells of a filter, a weight or the input first: click one, drag over several."


def open_menu(chosen: Chosen, over: QWidget, at: QPoint) -> None:
    """The menu of `chosen`, at a place on the screen."""
    menu = QMenu(over)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setObjectName("cellMenu")
    menu.setToolTipsVisible(True)
    add_actions(menu, chosen, over)
    menu.popup(at)


def add_actions(menu: QMenu, chosen: Chosen, over: QWidget) -> None:
    """What can be done with the numbers of `chosen`; where a cell stands for several of them, with the whole filter."""
    target = chosen.target()
    if target is None or not target.is_together:
        _add(menu, "Copy numbers", QKeySequence.StandardKey.Copy, lambda: clipboard.copy(chosen))
        _add(menu, "Paste numbers", QKeySequence.StandardKey.Paste, lambda: clipboard.paste(chosen))
        _add_fills(menu.addMenu("Fill with"), lambda make: _fill(chosen, make), over)
    if target is not None and target.values.ndim == FILTER_AXES:
        _add_fills(menu.addMenu("Fill the whole filter with"), lambda make: _fill_filter(chosen, make), over)


def _add_fills(menu: QMenu, fill_with: Callable[[Make], None], over: QWidget) -> None:
    """An action for each way to fill."""
    menu.setToolTipsVisible(True)
    for fill in FILLS:
        action = menu.addAction(fill.text)
        action.setToolTip(fill.tip)
        action.triggered.connect(lambda _checked=False, make=fill.make: fill_with(make))
    action = menu.addAction(RANDOM)
    action.setToolTip("Numbers between −1 and 1; the same seed gives the same ones.")
    action.triggered.connect(lambda: _ask_seed(fill_with, over))


def _fill(chosen: Chosen, make: Make) -> None:
    """Over the chosen range; where it is one cell, over the whole map that it lies in."""
    target, cells = chosen.target(), chosen.cells
    if target is None or cells is None or chosen.refuses():
        return
    whole = CellRange.whole(cells.head, target.values.shape) if cells.count == 1 else cells
    chosen.choose(whole)
    chosen.write(whole.start, whole.shaped(make(whole.size)))


def _fill_filter(chosen: Chosen, make: Make) -> None:
    """Over each kernel of the filter that the chosen cell lies in."""
    target, cells = chosen.target(), chosen.cells
    if target is None or cells is None or chosen.refuses():
        return
    shape = target.values.shape[1:]
    numbers = make(shape)
    chosen.write((cells.head[0], 0, 0, 0), np.broadcast_to(numbers, shape)[None])


def _ask_seed(fill_with: Callable[[Make], None], over: QWidget) -> None:
    dialog = passing(QInputDialog(over))
    dialog.setObjectName("seedDialog")
    dialog.setWindowTitle("Random numbers")
    dialog.setLabelText("Seed: the same one gives the same numbers.")
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setIntRange(0, LARGEST_SEED)
    dialog.intValueSelected.connect(lambda seed: fill_with(lambda size: random(size, seed)))
    dialog.open()


def _add(menu: QMenu, text: str, key: QKeySequence.StandardKey, act: Callable[[], None]) -> None:
    action = menu.addAction(text)
    action.setShortcut(QKeySequence(key))
    action.triggered.connect(act)
