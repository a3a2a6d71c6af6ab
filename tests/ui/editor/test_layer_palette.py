"""The palette of layers: what is found in it, and where what is chosen goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QLineEdit,
    QPushButton,
    QToolButton,
)

from explorer.network import LAYERS
from explorer.session import Session
from explorer.ui.editor.network_panel import NetworkPanel
from tests.ui.editor.panel import click_card, editor_of, network_of


def open_palette(panel: NetworkPanel) -> QLineEdit:
    QTest.mouseClick(panel.findChild(QPushButton, "addLayer"), Qt.MouseButton.LeftButton)
    assert panel.palette_popup.isVisible()
    return panel.palette_popup.search


def test_the_palette_finds_by_name_and_enter_inserts_after_the_selected_layer(
    panel: NetworkPanel, session: Session
) -> None:
    click_card(panel, "conv1")
    search = open_palette(panel)
    QTest.keyClicks(search, "batch")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert not panel.palette_popup.isVisible()
    assert [layer.kind for layer in network_of(session).layers[:2]] == ["Conv2d", "BatchNorm2d"]
    assert session.state.selection.layer == network_of(session).names[1]


def test_the_palette_finds_by_family(panel: NetworkPanel) -> None:
    search = open_palette(panel)
    QTest.keyClicks(search, "pooling")
    popup = panel.palette_popup
    shown = [popup.shown_choice(row).title for row in range(popup.list.model().rowCount())]
    assert {"MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d"} <= set(shown)
    assert "Conv2d" not in shown


def test_the_palette_puts_what_begins_with_the_word_before_what_only_holds_it(panel: NetworkPanel) -> None:
    search = open_palette(panel)
    QTest.keyClicks(search, "l")
    popup = panel.palette_popup
    titles = [popup.shown_choice(row).title for row in range(popup.list.model().rowCount())]
    assert titles[:3] == ["Linear", "LeakyReLU", "LayerNorm"]
    assert titles[3:5] == ["MaxPool2d", "AvgPool2d"], "they hold it in their names, and come before in the list"
    assert titles.index("Conv2d") > titles.index("Upsample"), "only its words hold it"
    search.clear()
    assert [popup.shown_choice(row).title for row in range(popup.list.model().rowCount())] == [
        kind.kind for kind in LAYERS
    ]


def test_escape_closes_the_palette_and_adds_nothing(panel: NetworkPanel, session: Session) -> None:
    before = network_of(session)
    search = open_palette(panel)
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert not panel.palette_popup.isVisible()
    assert network_of(session) is before


def test_the_palette_closes_when_another_network_comes_under_it(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, network_of(session).names[-1])
    open_palette(panel)
    session.files.new_network("1x8x8 relu")
    assert not panel.palette_popup.isVisible(), "its places were the other network's"


def test_the_palette_offers_every_layer_with_a_sentence(panel: NetworkPanel) -> None:
    open_palette(panel)
    popup = panel.palette_popup
    choices = [popup.shown_choice(row) for row in range(popup.list.model().rowCount())]
    assert [choice.title for choice in choices] == [kind.kind for kind in LAYERS]
    assert all(choice.note.endswith(".") for choice in choices)


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.kind)
def test_every_layer_can_be_put_in_and_shown(kind: type, panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "relu1")
    search = open_palette(panel)
    QTest.keyClicks(search, kind.kind)
    QTest.keyClick(search, Qt.Key.Key_Return)
    added = session.state.layer(session.state.selection.layer or "")
    assert type(added) is kind
    form = panel.form
    for more in form.findChildren(QToolButton, "moreSettings"):
        if more.isVisible():
            QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    wide = form.area.widget().minimumSizeHint().width()
    assert wide <= form.area.viewport().width(), "something in the form is cut off"
    for name, _, _ in kind.settings():
        assert editor_of(panel, name).isVisible()


def test_a_convolution_put_in_keeps_the_sizes_behind_it(panel: NetworkPanel, session: Session) -> None:
    before = network_of(session).shapes()
    click_card(panel, "conv2")
    search = open_palette(panel)
    QTest.keyClicks(search, "Conv2d")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert network_of(session).shapes()[-1] == before[-1]
    assert network_of(session).shapes()[4] == before[3]


def test_a_layer_that_merges_takes_two_that_go_together(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "relu1")
    search = open_palette(panel)
    QTest.keyClicks(search, "Add")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert network_of(session).layer("add1").inputs == ("relu1", "conv1")
    assert session.state.problems == ()
