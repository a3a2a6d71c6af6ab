"""The explanation below the drawing: what it takes of the height that both share."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.debugger.shared_height import HANDLE, SharedHeight

USUAL, LEAST = 180, 120


@pytest.mark.parametrize(("height", "least", "most"), [(400, USUAL, USUAL), (1000, 290, 300), (200, 70, 80)])
def test_the_explanation_has_more_in_a_tall_room_and_leaves_the_drawing_its_least(
    height: int, least: int, most: int, qtbot: QtBot
) -> None:
    explanation = QWidget()
    shared = SharedHeight(QWidget(), explanation, least=LEAST)
    qtbot.addWidget(shared)
    shared.set_usual(USUAL)
    shared.resize(600, height)
    shared.show()
    assert least - HANDLE <= explanation.height() <= most
