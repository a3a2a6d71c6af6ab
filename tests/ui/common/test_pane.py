"""The title of a pane stands where it does in every pane, whatever stands beside it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer.ui.common.pane import Pane


@pytest.mark.parametrize("height", [0, 20, 24])
def test_a_control_in_the_corner_moves_no_title_whether_it_is_shown_or_not(height: int, qtbot: QtBot) -> None:
    """Its room was taken from above the title, also while it was not shown: the title jumped with what was fed."""

    def middle_of_title(control: int | None) -> int:
        pane = Pane("Input")
        qtbot.addWidget(pane)
        if control is not None:
            button = QToolButton()
            button.setFixedHeight(control or 24)
            pane.corner.addWidget(button)
            pane.let_stand_out()
            button.setVisible(bool(control))
        pane.resize(240, 100)
        pane.show()
        return int(pane.title_label.mapTo(pane, pane.title_label.rect().center()).y())

    assert middle_of_title(height) == middle_of_title(None)
