"""The list of the networks that come along is as high as its words need."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from explorer.resources import bundled_networks
from explorer.ui.common.named_action import NamedAction
from explorer.ui.shell.start_list import StartList


def test_a_high_screen_does_not_stretch_the_cards(qtbot: QtBot) -> None:
    """Qt gives a dialog two thirds of the screen, of 1,440 pixels twice what the cards need."""
    open_file = NamedAction("Open network…")
    made = StartList(open_file)
    qtbot.addWidget(made)
    made.resize(QSize(620, 1400))
    made.show()
    cards = [made.findChild(QPushButton, f"network.{name}") for name in bundled_networks()]
    assert len(cards) > 1
    assert all(card.height() < 180 for card in cards)
    assert made.height() == made.minimumHeight()
