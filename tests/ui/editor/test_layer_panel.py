"""The layer editor on a real session: cards, palette and form, driven as a person would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.network import LAYERS, Network
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.editor.card_list import CardList
from explorer.ui.editor.layer_card import Card
from explorer.ui.editor.layer_list import LayerList
from explorer.ui.editor.network_panel import NetworkPanel
from tests.session.staging import with_parts
from tests.ui.fakes import SMALL, make_session, wait_until_shown

NARROW, LOW = 300, 620


@pytest.fixture(autouse=True, scope="module")
def _light(qapp: QApplication) -> None:
    """Once: every widget that was ever there is styled again each time."""
    theme.apply(qapp, "light")


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    session = make_session(SMALL)
    yield session
    assert session.close()


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> Iterator[NetworkPanel]:
    panel = NetworkPanel(session)
    panel.resize(NARROW, LOW)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel
    panel.close()
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


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


# --- cards ---


def test_the_input_comes_first_and_then_a_card_a_layer(panel: NetworkPanel, session: Session) -> None:
    names = [each.name for each in layer_list(panel).cards.cards]
    assert names == ["input", *network_of(session).names]
    assert card(panel, "conv1").shape_text == "4 × 16 × 16"
    assert card(panel, "conv1").facts == "112 parameters"
    assert card(panel, "relu1").facts == ""


def test_the_pane_counts_the_parameters(panel: NetworkPanel, session: Session) -> None:
    total = sum(network_of(session).parameter_counts())
    assert f"{total:,} parameters" in panel.facts_label.whole()


def test_cards_get_their_maps_once_the_network_ran(panel: NetworkPanel, session: Session, qtbot: QtBot) -> None:
    wait_until_shown(qtbot, session)
    minis = card(panel, "conv1").minis
    assert minis is not None
    assert session.state.maps.activations is not None
    assert minis.values is session.state.maps.activations.by_name["conv1"].values


def test_a_click_on_a_card_selects_the_layer_everywhere(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "pool1")
    assert session.state.selection.layer == "pool1"


def test_a_layer_selected_elsewhere_is_chosen_in_the_list(panel: NetworkPanel, session: Session) -> None:
    session.selection.select(layer="relu2")
    current = layer_list(panel).current_card()
    assert current is not None
    assert current.name == "relu2"


def test_a_layer_with_a_skip_says_what_it_takes(panel: NetworkPanel, session: Session) -> None:
    session.files.new_network("3x8x8 conv(4, 3, padding=1) relu add(relu1, conv1)")
    assert card(panel, "add1").takes == ("relu1", "conv1")
    assert card(panel, "relu1").takes == ()


def test_layers_after_the_first_error_are_not_run(panel: NetworkPanel, session: Session) -> None:
    session.files.new_network("3x8x8 conv(4, 3) linear(10, in_features=7) softmax")
    assert card(panel, "conv1").runs
    assert card(panel, "linear1").has_error
    assert card(panel, "softmax1").is_dimmed


def test_the_fix_on_the_card_mends_the_network(panel: NetworkPanel, session: Session) -> None:
    session.files.new_network("3x8x8 conv(4, 3) flatten linear(10, in_features=7)")
    cards = layer_list(panel)
    cards.scrollToBottom()
    button = cards.button_rect("linear1")
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=button.center())
    assert session.state.problems == ()
    assert session.state.files.undo_text.startswith("fix linear1")


def test_alt_enter_fixes_the_selected_layer(panel: NetworkPanel, session: Session) -> None:
    session.files.new_network("3x8x8 conv(4, 3) flatten linear(10, in_features=7)")
    click_card(panel, "linear1")
    layer_list(panel).setFocus()
    QTest.keyClick(layer_list(panel), Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    assert session.state.problems == ()


def test_a_network_without_layers_says_how_to_get_one(panel: NetworkPanel, session: Session) -> None:
    session.files.new_network("3x8x8")
    assert panel.empty.isVisible()
    assert "Add layer" in panel.empty.text()
    session.files.new_network("3x8x8 relu")
    assert not panel.empty.isVisible()


def test_a_card_dragged_down_moves_its_layer(panel: NetworkPanel, session: Session) -> None:
    cards, port = layer_list(panel), layer_list(panel).viewport()
    start = cards.visualRect(cards.cards.index(1)).center()
    end = cards.visualRect(cards.cards.index(2)).center() + QPoint(0, 12)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for place in (start + QPoint(0, 15), start + QPoint(0, 30), end):
        there, none, left = port.mapToGlobal(place), Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        moved = QMouseEvent(QEvent.Type.MouseMove, place, there, none, left, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(port, moved)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)
    assert network_of(session).names[:2] == ("relu1", "conv1")
    assert session.state.files.undo_text == "move conv1"


def test_maps_turn_pale_only_when_new_ones_take_long(panel: NetworkPanel, session: Session, qtbot: QtBot) -> None:
    wait_until_shown(qtbot, session)
    cards = layer_list(panel)
    old = session.state
    cards.show_state(with_parts(old, computing=False), with_parts(old, computing=True))
    assert not cards.is_stale
    qtbot.waitUntil(lambda: cards.is_stale)
    cards.show_state(with_parts(old, computing=True), with_parts(old, computing=False))
    assert not cards.is_stale


def test_each_command_of_the_context_menu_has_a_shortcut_and_a_tip(panel: NetworkPanel) -> None:
    commands = [action for action in layer_list(panel).actions() if not action.isSeparator()]
    assert len(commands) == 9
    for command in commands:
        assert command.text()
        assert command.toolTip().endswith(".")
        assert not command.shortcut().isEmpty()


def test_a_hidden_pane_catches_up_when_it_is_seen(panel: NetworkPanel, session: Session) -> None:
    panel.hide()
    session.files.new_network("3x8x8 relu tanh")
    session.selection.select(layer="tanh1")
    panel.show()
    assert [each.name for each in layer_list(panel).cards.cards] == ["input", "relu1", "tanh1"]
    assert panel.form.name_edit.text() == "tanh1"


# --- keys ---


def test_delete_removes_and_undo_brings_back(panel: NetworkPanel, session: Session) -> None:
    before = network_of(session)
    click_card(panel, "relu1")
    QTest.keyClick(layer_list(panel), Qt.Key.Key_Delete)
    assert "relu1" not in network_of(session).names
    assert session.state.files.undo_text == "remove relu1"
    session.editing.undo()
    assert network_of(session) == before


def test_the_remove_button_removes_the_selected_layer(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "relu1")
    button = panel.findChild(QToolButton, "removeLayer")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "relu1" not in network_of(session).names


def test_the_input_cannot_be_removed(panel: NetworkPanel, session: Session) -> None:
    before = network_of(session)
    click_card(panel, "input")
    QTest.keyClick(layer_list(panel), Qt.Key.Key_Delete)
    assert network_of(session) is before
    button = panel.findChild(QToolButton, "removeLayer")
    assert button is not None
    assert not button.isEnabled()


def test_control_d_duplicates(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "relu1")
    QTest.keyClick(layer_list(panel), Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    kinds = [layer.kind for layer in network_of(session).layers]
    assert kinds[:3] == ["Conv2d", "ReLU", "ReLU"]


def test_alt_and_arrows_move_a_layer(panel: NetworkPanel, session: Session) -> None:
    click_card(panel, "relu1")
    QTest.keyClick(layer_list(panel), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert network_of(session).names[:2] == ("relu1", "conv1")
    QTest.keyClick(layer_list(panel), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert network_of(session).names[:2] == ("conv1", "relu1")


def test_f2_renames_the_selected_layer_in_its_card(panel: NetworkPanel, session: Session, qtbot: QtBot) -> None:
    click_card(panel, "conv1")
    cards = layer_list(panel)
    QTest.keyClick(cards, Qt.Key.Key_F2)
    editor = cards.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "edges")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: network_of(session).names[0] == "edges")
    assert session.state.selection.layer == "edges"


def test_copied_layers_are_text_and_come_back_when_pasted(panel: NetworkPanel, session: Session) -> None:
    cards = layer_list(panel)
    click_card(panel, "conv1")
    QTest.keyClick(cards, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(cards, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QApplication.clipboard().text()
    assert "conv(4, 3" in text
    assert "relu" in text
    click_card(panel, "relu1")
    QTest.keyClick(cards, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    kinds = [layer.kind for layer in network_of(session).layers]
    assert kinds[:4] == ["Conv2d", "ReLU", "Conv2d", "ReLU"]


def test_pasting_something_else_says_so_and_changes_nothing(panel: NetworkPanel, session: Session) -> None:
    before = network_of(session)
    QApplication.clipboard().setText("Dear Sir or Madam")
    click_card(panel, "relu1")
    QTest.keyClick(layer_list(panel), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert network_of(session) is before
    assert session.state.status.notice


# --- palette ---


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


# --- form ---


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
    panel.resize(NARROW, 420)
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


def test_a_setting_out_of_range_is_shown_with_its_sentence(panel: NetworkPanel, session: Session) -> None:
    session.files.new_network("3x8x8 conv(4, 9)")
    session.selection.select(layer="conv1")
    assert panel.form.arithmetic.error.isVisible()
    assert "9" in panel.form.arithmetic.error.text()


def test_a_persons_own_model_is_shown_read_only(panel: NetworkPanel, session: Session, qtbot: QtBot) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 6 * 6, 2))
    session.files.adopt(model, np.zeros((3, 8, 8), np.float32), "mine")
    wait_until_shown(qtbot, session)
    names = [each.name for each in layer_list(panel).cards.cards]
    assert names[0] == "input"
    assert len(names) == 5
    click_card(panel, names[1])
    before = session.state.document
    QTest.keyClick(layer_list(panel), Qt.Key.Key_Delete)
    assert session.state.document is before
    button = panel.findChild(QPushButton, "addLayer")
    assert button is not None
    assert not button.isVisible()
    assert panel.form.facts.facts.isVisible()


def test_before_it_ran_a_persons_own_model_is_open_already(panel: NetworkPanel, session: Session) -> None:
    session.files.adopt(nn.Sequential(nn.Conv2d(3, 4, 3)), np.zeros((3, 8, 8), np.float32), "mine")
    assert session.state.maps.computing
    assert not panel.empty.isVisible()
    assert panel.read_only.isVisible()
    assert not panel.add.isVisible()


# --- all of it ---


def test_every_control_has_a_name_and_a_tip(panel: NetworkPanel, session: Session) -> None:
    controls = (QAbstractButton, QAbstractSpinBox, QComboBox)
    for name in ("input", *network_of(session).names):
        session.selection.select(layer=name)
        found = [each for kind in controls for each in panel.findChildren(kind) if each.isVisible()]
        assert found
        for control in found:
            assert control.accessibleName() or getattr(control, "text", str)(), control
            assert control.toolTip(), control.accessibleName()


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_it_paints_in_both_themes(choice: str, panel: NetworkPanel, qapp: QApplication) -> None:
    theme.apply(qapp, choice)
    click_card(panel, "conv1")
    picture = panel.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, NARROW, 3) for y in range(0, LOW, 3)}
    assert theme.current().pane in colours
    assert theme.current().selection in colours
    theme.apply(qapp, "light")


def test_after_many_edits_and_undos_the_cards_are_those_of_the_network(panel: NetworkPanel, session: Session) -> None:
    random = np.random.default_rng(7)
    cards = layer_list(panel)
    for _ in range(150):
        names = network_of(session).names
        name = str(random.choice(names)) if names else "input"
        index = int(random.integers(len(names) + 1))
        edits = (
            partial(session.editing.insert_layer, index, LAYERS[int(random.integers(len(LAYERS)))]()),
            partial(session.editing.remove_layer, name),
            partial(session.editing.duplicate_layer, name),
            partial(session.editing.move_layer, name, min(index, len(names) - 1)),
            partial(session.editing.rename_layer, name, f"layer{index}"),
            session.editing.undo,
            session.editing.redo,
        )
        edits[int(random.integers(len(edits)))]()
        network = network_of(session)
        assert [each.name for each in cards.cards.cards] == ["input", *network.names]
        assert [each.shape for each in cards.cards.cards[1:]] == list(network.shapes())
        chosen = cards.current_card()
        assert (chosen.name if chosen else None) == session.state.selection.layer


def test_the_form_holds_only_what_is_seen(panel: NetworkPanel, session: Session) -> None:
    for name in ("conv1", "pool1", "linear1", "input", "conv2", "conv1"):
        session.selection.select(layer=name)
        boxes = panel.form.findChildren(QAbstractSpinBox)
        assert boxes
        hidden = [
            box.accessibleName() for box in boxes if not box.isVisible() and "columns" not in box.accessibleName()
        ]
        assert hidden == []


def test_beside_the_large_maps_a_run_is_looked_at_now_and_then(qtbot: QtBot) -> None:
    session = make_session(SMALL)
    wait_until_shown(qtbot, session)
    view = LayerList(session)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)
    before = view.cards.cards
    session.store.set(replace(session.state.training, status="running"))
    session.store.set(replace(session.state.maps, activations=replace(session.state.maps.activations, seconds=99.0)))
    assert view.cards.cards is before
    qtbot.waitUntil(lambda: view.cards.cards is not before)
    session.store.set(replace(session.state.training, status="paused"))
    before = view.cards.cards
    session.store.set(replace(session.state.maps, activations=replace(session.state.maps.activations, seconds=100.0)))
    assert view.cards.cards is not before, "nothing else keeps it from showing what is new"
    assert session.close()
