"""What the debugger says in little room: nothing of it is cut that has room somewhere."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.debugger.into.move_note import MoveNote
from explorer.ui.debugger.into.moved_cell import Move
from explorer.ui.debugger.words_panel import shared_room
from tests.ui.pixels import colours_near


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (100, 100, [300, 300]),
        (400, 100, [400, 200]),
        (590, 100, [500, 100]),
        (100, 400, [200, 400]),
        (900, 900, [300, 300]),
    ],
)
def test_formula_and_line_share_a_row_by_halves_unless_one_needs_more(
    first: int, second: int, shared: list[int]
) -> None:
    assert shared_room(600, first, second) == shared


def test_a_note_on_a_move_stays_inside_a_low_room(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    note = MoveNote()
    qtbot.addWidget(note)
    lines = ("24 · 16 + 2 = 386", "A map has 16 cells.")
    note.show_move(Move("input", (0, 1), (1,), 1.5, "a", "b", lines, ((0, 1), (1,))))
    note.show()
    inked = []
    for height in (400, 100):
        note.resize(360, height)
        inked.append(colours_near(note.grab().toImage(), theme.current().text, 60))
    assert inked[0] == inked[1] > 100
