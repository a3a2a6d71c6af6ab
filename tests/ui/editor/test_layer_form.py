"""The form under the cards: settings typed, spun, refused and worked out in numbers."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
)
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.editor.network_panel import NetworkPanel
from explorer.ui.editor.settings_grid import SettingsGrid
from explorer.ui.shell.columns import LEFT
from tests.ui.editor.panel import click_card, editor_of, label_text, network_of, spin_of
from tests.ui.fakes import wait_until_shown


def test_spinning_a_setting_changes_the_network_in_one_entry_of_undo(panel: NetworkPanel, session: Session) -> None:
    before = network_of(session)
    click_card(panel, "conv1")
    box = spin_of(panel, "out_channels")
    for _ in range(3):
        QTest.keyClick(box, Qt.Key.Key_Up)
    assert network_of(session).shapes()[0] == (7, 16, 16)
    session.editing.undo()
    assert network_of(session) == before
    assert box.text() == "4"


def test_sizes_and_parameters_are_worked_out_in_numbers(panel: NetworkPanel) -> None:
    click_card(panel, "conv1")
    assert "(16 + 2·1 − 3)/1 + 1 = 16" in label_text(panel, "sizeFormula")
    assert label_text(panel, "parameterFormula").endswith("= 112")
    click_card(panel, "relu1")
    label = panel.findChild(QLabel, "parameterFormula")
    assert label is not None
    assert not label.isVisible()


def test_pooling_says_what_it_discards_and_what_no_patch_reaches(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "pool1")
    assert label_text(panel, "discardFormula") == "1 − 8·8/(16·16) = 75 %"
    unread = panel.findChild(QLabel, "unreadCells")
    assert unread is not None
    assert not unread.isVisible()
    session.files.new_network("3x7x7 conv(4, 2, stride=2) maxpool(2) flatten linear(5)")
    click_card(panel, "conv1")
    assert label_text(panel, "unreadCells") == "the last row and the last column"
    click_card(panel, "pool1")
    assert label_text(panel, "discardFormula") == "1 − 1·1/(3·3) = 88.9 %"
    assert label_text(panel, "unreadCells") == "the last row and the last column"
    click_card(panel, "linear1")
    assert not unread.isVisible()


def test_typing_goes_on_while_new_maps_arrive(panel: NetworkPanel, session: Session, qtbot: QtBot) -> None:
    wait_until_shown(qtbot, session)
    click_card(panel, "conv1")
    box = spin_of(panel, "out_channels")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "1")
    wait_until_shown(qtbot, session)
    assert spin_of(panel, "out_channels") is box
    QTest.keyClicks(box, "0")
    wait_until_shown(qtbot, session)
    assert box.text() == "10"
    assert network_of(session).shapes()[0] == (10, 16, 16)
    assert panel.focusWidget() is box


def test_the_form_keeps_its_scroll_position_while_a_setting_changes(panel: NetworkPanel) -> None:
    click_card(panel, "conv1")
    panel.resize(panel.width(), 420)
    bar = panel.form.area.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    QTest.keyClick(spin_of(panel, "out_channels"), Qt.Key.Key_Up)
    assert bar.value() == place


def test_the_name_in_the_form_renames(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "conv1")
    name = panel.findChild(QLineEdit, "layerName")
    assert name is not None
    name.selectAll()
    QTest.keyClicks(name, "edges")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert network_of(session).names[0] == "edges"
    assert name.text() == "edges"


def test_a_refused_name_goes_back_to_what_it_was(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "conv1")
    name = panel.findChild(QLineEdit, "layerName")
    assert name is not None
    name.selectAll()
    QTest.keyClicks(name, "relu1")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert name.text() == "conv1"
    assert session.state.status.notice


def test_padding_is_chosen_by_rule(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "conv1")
    rule = editor_of(panel, "padding").findChild(QComboBox)
    assert rule is not None
    rule.setCurrentText("valid")
    assert network_of(session).shapes()[0] == (4, 14, 14)


def test_what_a_layer_takes_is_chosen_by_name(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "relu1")
    box = editor_of(panel, "inputs").findChild(QComboBox)
    assert box is not None
    box.setCurrentText("input")
    assert network_of(session).layer("relu1").inputs == ("input",)


def test_the_size_of_the_input_can_be_changed(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "input")
    QTest.keyClick(spin_of(panel, "height"), Qt.Key.Key_Up)
    assert network_of(session).input_shape == (3, 17, 16)


def test_what_is_wrong_stands_on_the_card_and_a_line_of_the_form_leads_there(
    panel: NetworkPanel, session: Session, qtbot: QtBot
) -> None:
    session.files.new_network("3x8x8 conv(4, 3) relu relu relu relu relu relu relu conv(4, 9)")
    session.selection.select(layer="conv2")
    line = panel.form.arithmetic.error
    assert line.isVisible()
    assert line.text() == "conv2 cannot run: see its card."
    panel.list.scrollToTop()
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    assert panel.list.hasFocus()
    assert panel.list.viewport().rect().intersects(panel.list.visualRect(panel.list.currentIndex()))
    session.selection.select(layer="conv1")
    assert not line.isVisible()


def test_the_form_holds_only_what_is_seen(panel: NetworkPanel, session: Session) -> None:
    for name in ("conv1", "pool1", "linear1", "input", "conv2", "conv1"):
        session.selection.select(layer=name)
        boxes = panel.form.findChildren(QAbstractSpinBox)
        assert boxes
        (grid,) = (each for each in panel.form.findChildren(SettingsGrid) if each.isVisible())
        hidden = [box.accessibleName() for box in boxes if not box.isVisible() and not grid.isAncestorOf(box)]
        assert hidden == []


def test_the_size_of_a_pooling_is_one_line_in_the_narrowest_pane(panel: NetworkPanel, session: Session) -> None:
    if "Inter" not in QFontDatabase.families():
        pytest.skip("the interface's font, Inter, is not installed: other fonts are wider")
    session.files.new_network("3x32x32 maxpool(2)")
    panel.resize(LEFT.least, panel.height())
    click_card(panel, "pool1")
    size, discards = (panel.findChild(QLabel, name) for name in ("sizeFormula", "discardFormula"))
    assert size is not None
    assert discards is not None
    assert size.height() == discards.height() < 2 * size.fontMetrics().height()
