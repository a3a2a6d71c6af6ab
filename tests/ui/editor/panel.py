"""The parts of the layer editor, found as a person finds them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QLabel,
    QWidget,
)

from explorer.network import Network
from explorer.session import Session
from explorer.ui.editor.card_list import CardList
from explorer.ui.editor.layer_card import Card
from explorer.ui.editor.network_panel import NetworkPanel


def layer_list(panel: NetworkPanel) -> CardList:
    found = panel.findChild(CardList, "layerList")
    assert found is not None
    return found


def card(panel: NetworkPanel, name: str) -> Card:
    cards = layer_list(panel).cards
    return cards.cards[cards.row_of(name)]


def click_card(panel: NetworkPanel, name: str) -> None:
    cards = layer_list(panel)
    index = cards.cards.index(cards.cards.row_of(name))
    cards.scrollTo(index)
    place = cards.visualRect(index).topLeft() + QPoint(60, 12)
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=place)


def editor_of(panel: NetworkPanel, field: str) -> QWidget:
    form = panel.findChild(QWidget, "layerForm")
    assert form is not None
    found = [editor for editor in form.findChildren(QWidget, field) if editor.isVisible()]
    assert found, f"no editor for {field}"
    return found[0]


def spin_of(panel: NetworkPanel, field: str) -> QAbstractSpinBox:
    box = editor_of(panel, field).findChild(QAbstractSpinBox)
    assert box is not None
    return box


def network_of(session: Session) -> Network:
    assert session.state.network is not None
    return session.state.network


def label_text(panel: NetworkPanel, name: str) -> str:
    label = panel.findChild(QLabel, name)
    assert label is not None
    return label.text()
