"""The layer editor on a real session: cards, palette and form, driven as a person would."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QToolButton,
)
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.network import LAYERS
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.editor.layer_list import NUMBERS, LayerList
from explorer.ui.editor.network_panel import NetworkPanel
from tests.session.staging import with_parts
from tests.ui.editor.panel import card, click_card, layer_list, network_of
from tests.ui.fakes import SMALL, make_session, wait_until_shown


def test_the_input_comes_first_and_then_a_card_a_layer(panel: NetworkPanel, session: Session) -> None:
    names = [each.name for each in layer_list(panel).cards.cards]
    assert names == ["input", *network_of(session).names]
    assert card(panel, "conv1").shape_text == "4 × 16 × 16"
    assert card(panel, "conv1").facts == "112 parameters"
    assert card(panel, "relu1").facts == ""


def test_the_pane_counts_the_parameters(panel: NetworkPanel, session: Session) -> None:
    total = sum(network_of(session).parameter_counts())
    assert f"{total:,} parameters" in panel.facts_label.whole()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("3x16x16 conv(4, 99) relu conv(8, 3)", ""),
        ("3x16x16 conv(4, 3) relu conv(8, 99)", "112 parameters so far"),
        ("3x16x16 relu", "0 parameters"),
    ],
    ids=["the first", "a later one", "none"],
)
def test_with_a_fault_the_pane_counts_what_stands_before_it(
    panel: NetworkPanel, session: Session, text: str, told: str
) -> None:
    session.files.new_network(text)
    assert panel.facts_label.whole().split(" · ")[:-1] == ([told] if told else [])


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


def test_rename_chosen_while_the_name_is_typed_keeps_what_was_typed(
    panel: NetworkPanel, session: Session, qtbot: QtBot, qtlog: object
) -> None:
    click_card(panel, "conv1")
    cards = layer_list(panel)
    QTest.keyClick(cards, Qt.Key.Key_F2)
    (editor,) = cards.viewport().findChildren(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "edges")
    cards.rename.trigger()
    assert not [record for record in qtlog.records if "editing failed" in record.message]  # type: ignore[attr-defined]
    assert editor.text() == "edges"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: network_of(session).names[0] == "edges")


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


def test_numbers_pasted_on_the_cards_are_told_where_they_belong(panel: NetworkPanel, session: Session) -> None:
    """A table for the input, pasted with its card chosen, was a layer that was not understood."""
    before = network_of(session)
    QApplication.clipboard().setText("15\t9\t4\t2\n11\t5\t8\t6")
    click_card(panel, "input")
    QTest.keyClick(layer_list(panel), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert network_of(session) is before
    assert session.state.status.notice == NUMBERS


def test_a_persons_own_model_is_shown_read_only(panel: NetworkPanel, session: Session, qtbot: QtBot) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 6 * 6, 2))
    session.files.adopt(model, np.zeros((3, 8, 8), np.float32)[None], "mine")
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
    session.files.adopt(nn.Sequential(nn.Conv2d(3, 4, 3)), np.zeros((3, 8, 8), np.float32)[None], "mine")
    assert session.state.maps.computing
    assert not panel.empty.isVisible()
    assert panel.read_only.isVisible()
    assert not panel.add.isVisible()


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
    colours = {picture.pixelColor(x, y).name() for x in range(0, panel.width(), 3) for y in range(0, panel.height(), 3)}
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


class Misfit(nn.Module):
    """Its second layer takes more numbers than the first one gives."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(4, 5), nn.Linear(6, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x).relu())


def test_a_call_of_a_persons_own_model_that_failed_has_a_card_that_says_which_and_why(
    panel: NetworkPanel, session: Session, qtbot: QtBot
) -> None:
    session.files.adopt(Misfit(), np.ones(4, np.float32)[None], "mine")
    wait_until_shown(qtbot, session)
    assert [each.name for each in layer_list(panel).cards.cards] == ["input", "first", "relu", "second"]
    with pytest.raises(RuntimeError) as caught:
        Misfit()(torch.ones(1, 4))
    failed = card(panel, "second")
    assert failed.kind == "failed call"
    assert not failed.runs
    assert [problem.severity for problem in failed.problems] == ["error"]
    assert str(caught.value) in failed.problems[0].message
    assert session.state.told_at == "second"
    click_card(panel, "second")
    assert session.state.selection.layer == "second"
    session.files.adopt(nn.Linear(4, 2), np.ones(4, np.float32)[None], "mine")
    wait_until_shown(qtbot, session)
    assert [each.name for each in layer_list(panel).cards.cards] == ["input", "linear"]
    assert session.state.selection.layer != "second"


def test_where_the_code_of_a_model_failed_between_its_calls_the_card_names_the_module(
    panel: NetworkPanel, session: Session, qtbot: QtBot
) -> None:
    class Broken(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x.relu()
            raise ValueError("the numbers ran out")

    session.files.adopt(Broken(), np.ones(4, np.float32)[None], "mine")
    wait_until_shown(qtbot, session)
    *ran, last = layer_list(panel).cards.cards
    assert [each.name for each in ran] == ["input", "relu"]
    assert "the numbers ran out" in last.problems[0].message
