"""The command that fills chosen cells, for those who look for it in the menu."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from explorer.session import State, Verb
from explorer.ui.common.command import Command, Shell, needs
from explorer.ui.common.typing.cell_typing import CellTyping, typing_of
from explorer.ui.common.typing.menu import NONE_CHOSEN, open_menu


def open_cell_menu(shell: Shell) -> None:
    """The menu of the cells that are chosen, in the view that has the focus or else in any that is seen."""
    typing = _chosen_in(shell.widget)
    if typing is None:
        shell.session.say(NONE_CHOSEN)
    else:
        open_menu(typing, typing.surface, typing.surface.mapToGlobal(QPoint(8, 8)))


def _chosen_in(window: QWidget) -> CellTyping | None:
    focused = typing_of(QApplication.focusWidget())
    candidates = [focused, *window.findChildren(CellTyping)]
    seen = (each for each in candidates if each is not None and each.surface.isVisible())
    return next((each for each in seen if each.cells is not None), None)


@needs("There are no numbers to type over: open a network first.")
def _has_numbers(state: State) -> bool:
    return state.subject.is_open and (state.values is not None or state.subject.can(Verb.CHANGE_WEIGHTS))


FILL_CELLS = Command(
    "fillCells",
    "Edit",
    "Fill or paste numbers…",
    "Fill the chosen cells of a filter, a weight or the input: zeros, identity, edge, blur, random.",
    open_cell_menu,
    "ph.paint-bucket",
    "Ctrl+E",
    _has_numbers,
)
