"""The node-link drawing in a window: painted, clicked, walked with the keyboard and edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

import explorer
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.common.number_fields import NumberFields
from explorer.ui.common.text import exact
from explorer.ui.debugger.node_link import Bias, Edge, Item, Node
from explorer.ui.debugger.node_link.structure import spelled
from explorer.ui.debugger.node_link.view import COMPUTED, EMPTY, NOT_DRAWN, NOT_NEGATIVE, ONE_CLASS, NodeLinkView
from explorer.ui.debugger.target_editor import TargetEditor
from tests.ui.menus import copied_by_key, menu_at, place_by_key, press, texts

Opened = Callable[..., tuple[Session, NodeLinkView]]
LEARNING = {"loss": "half_squared_error", "optimizer": "SGD", "learning_rate": 0.1}


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Iterator[Opened]:
    """Opens the drawing on the lecture's network, or on one in text notation; every session is closed afterwards."""
    theme.apply(qapp, "light")
    sessions = []

    def make(text: str = "", *, values: tuple[float, ...] = (0, 1), **learning: object) -> tuple[Session, NodeLinkView]:
        session = Session()
        sessions.append(session)
        if text:
            session.files.new_network(text)
        else:
            session.files.open_network("two-two-two")
            session.learning.set_target((1.0, 0.0))
        session.input.set_values(np.array(values, np.float32))
        session.learning.set_hyperparameters(**(LEARNING | learning))
        session.learning.watch_steps("debugger", True)
        qtbot.waitUntil(lambda: is_recorded(session), timeout=60_000)
        view = NodeLinkView(session)
        qtbot.addWidget(view)
        view.resize(860, 330)
        view.show()
        return session, view

    yield make
    for session in sessions:
        assert session.close()


def is_recorded(session: Session) -> bool:
    return session.state.steps.timeline is not None and not session.state.steps.is_recording


def point(view: NodeLinkView, item: Item) -> QPoint:
    x, y = view.canvas.box(item).middle
    return QPoint(int(x), int(y))


def click(qtbot: QtBot, view: NodeLinkView, item: Item) -> None:
    qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=point(view, item))


def type_over(qtbot: QtBot, view: NodeLinkView, item: Item, text: str) -> None:
    qtbot.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, pos=point(view, item))
    assert view.editor.isVisible()
    view.editor.insert(text)  # over what is selected; QTest types no true minus
    qtbot.keyClick(view.editor, Qt.Key.Key_Return)


def wait_for_a_new_recording(qtbot: QtBot, session: Session, before: object) -> None:
    qtbot.waitUntil(lambda: session.state.steps.timeline is not before and is_recorded(session), timeout=60_000)


def go_to(session: Session, phase: str, call: str) -> None:
    assert session.state.steps.timeline is not None
    step = session.state.steps.timeline.find(phase, call)
    assert step is not None
    session.steps.go_to_step(step)


def test_the_drawing_follows_the_cursor(opened: Opened) -> None:
    session, view = opened()
    assert view.canvas.description(Node(1, 1)) == "Neuron 2 of linear1: u₂ = 2.000, z₂ not there yet, δ₂ not there yet."
    go_to(session, "backward", "identity1")
    assert view.canvas.description(Node(1, 1)) == "Neuron 2 of linear1: u₂ = 2.000, z₂ = 2.000, δ₂ = −2.000."
    go_to(session, "forward", "identity1")
    assert view.canvas.description(Node(1, 1)) == "Neuron 2 of linear1: u₂ = 2.000, z₂ = 2.000, δ₂ not there yet."


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_step_is_painted_in_its_phases_colour(opened: Opened, qapp: QApplication, name: str) -> None:
    theme.apply(qapp, name)
    session, view = opened()
    for phase, call in (("forward", "linear1"), ("backward", "identity2"), ("update", "linear2")):
        go_to(session, phase, call)
        picture = view.grab().toImage()
        colour = QColor(theme.current().phases[phase]).rgb()
        found = sum(picture.pixel(x, y) == colour for x in range(picture.width()) for y in range(picture.height()))
        assert found > 20
    theme.apply(qapp, "light")


def test_stepping_moves_no_box(opened: Opened) -> None:
    session, view = opened()
    assert view.canvas.scene is not None
    places = view.canvas.scene.places
    assert session.state.steps.timeline is not None
    for _ in session.state.steps.timeline.steps[1:]:
        session.steps.step_over()
        assert view.canvas.scene.places is places


def test_a_click_on_a_neuron_explains_it_in_the_phase_of_the_cursor(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    click(qtbot, view, Node(2, 1))
    assert session.state.steps.timeline is not None
    entry = session.state.steps.timeline.steps[session.state.steps.cursor.step]
    assert (entry.phase, session.state.steps.cursor.of, session.state.steps.cursor.cell) == (
        "forward",
        "output",
        (0, 1),
    )
    go_to(session, "backward", "identity2")
    click(qtbot, view, Node(1, 0))
    entry = session.state.steps.timeline.steps[session.state.steps.cursor.step]
    assert (entry.phase, session.state.steps.cursor.of, session.state.steps.cursor.cell) == (
        "backward",
        "input",
        (0, 0),
    )


def test_a_click_on_a_weight_explains_its_gradient_and_its_update(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    assert session.state.steps.timeline is not None
    for phase in ("backward", "update"):
        go_to(session, phase, "linear1")
        click(qtbot, view, Edge(2, 1, 0))
        entry = session.state.steps.timeline.steps[session.state.steps.cursor.step]
        assert (entry.phase, entry.call) == (phase, "linear2")
        assert (session.state.steps.cursor.of, session.state.steps.cursor.cell) == ("weight", (1, 0))
        assert view.canvas.focused == Edge(2, 1, 0)


def test_a_weight_is_typed_over_and_the_step_recorded_again(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    go_to(session, "backward", "identity1")
    before, cursor = session.state.steps.timeline, session.state.steps.cursor
    type_over(qtbot, view, Edge(1, 0, 1), "−0.5")
    wait_for_a_new_recording(qtbot, session, before)
    assert not view.editor.isVisible()
    assert view.canvas.description(Edge(1, 0, 1)).endswith(": −0.5000.")
    assert view.canvas.description(Node(1, 0)).startswith("Neuron 1 of linear1: u₁ = 0.5000, z₁ = 0.5000")
    assert session.state.steps.cursor.step == cursor.step


def test_biases_inputs_and_targets_are_typed_over(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    go_to(session, "backward", "identity2")
    for item, text, expected in (
        (Bias(2, 0), "2", "Bias of linear2, neuron 1: 2.000."),
        (Node(0, 0), "1e-2", "Input 1: x₁ = 0.01000."),
        (Node(3, 1), "-4", "Target 2: d₂ = −4.000."),
    ):
        before = session.state.steps.timeline
        type_over(qtbot, view, item, text)
        wait_for_a_new_recording(qtbot, session, before)
        assert view.canvas.description(item) == expected
    assert session.state.steps.target == (1.0, -4.0)


def test_a_class_becomes_the_target_by_typing_one(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("2 linear(3)", loss="cross_entropy")
    before = session.state.steps.timeline
    other = next(unit for unit in range(3) if "= 0." in view.canvas.description(Node(2, unit)))
    type_over(qtbot, view, Node(2, other), "0.5")
    assert view.editor.toolTip() == ONE_CLASS
    view.editor.clear()
    qtbot.keyClicks(view.editor, "1")
    qtbot.keyClick(view.editor, Qt.Key.Key_Return)
    wait_for_a_new_recording(qtbot, session, before)
    assert session.state.steps.target == other
    assert view.canvas.description(Node(2, other)).endswith("= 1.000.")


def test_the_learning_rate_is_typed_over(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    session.steps.to_end()
    before = session.state.steps.timeline
    assert view.learning_rate.text() == "η = 0.1000"
    qtbot.mouseClick(view.learning_rate, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(view.editor, "-1")
    qtbot.keyClick(view.editor, Qt.Key.Key_Return)
    assert view.editor.toolTip() == NOT_NEGATIVE
    view.editor.selectAll()
    qtbot.keyClicks(view.editor, "0,5")
    qtbot.keyClick(view.editor, Qt.Key.Key_Return)
    wait_for_a_new_recording(qtbot, session, before)
    assert view.learning_rate.text() == "η = 0.5000"
    assert view.canvas.description(Edge(1, 0, 1)).endswith(": 0 → 0.5000.")


def test_rubbish_is_refused_where_it_was_typed(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    before = session.state.steps.timeline
    type_over(qtbot, view, Edge(1, 0, 0), "much")
    assert view.editor.isVisible()
    assert view.editor.accessibleDescription() == "“much” is not a number, such as −0.5 or 1e-2."
    assert theme.current().error in view.editor.styleSheet()
    qtbot.keyClick(view.editor, Qt.Key.Key_Backspace)
    assert not view.editor.styleSheet()
    qtbot.keyClick(view.editor, Qt.Key.Key_Escape)
    assert not view.editor.isVisible()
    assert session.state.steps.timeline is before


@pytest.mark.parametrize("item", [Edge(1, 0, 0), Bias(1, 0), Node(0, 1), Node(3, 0), None])
@pytest.mark.parametrize(("text", "told"), [("1e39", "1.00e39"), ("3.5e38", "3.50e38")])
def test_a_number_too_large_for_its_type_is_refused_where_it_was_typed(
    opened: Opened, qtbot: QtBot, item: Item | None, text: str, told: str
) -> None:
    session, view = opened()
    before = session.state.steps.timeline
    if item is None:
        session.steps.to_end()
        qtbot.mouseClick(view.learning_rate, Qt.MouseButton.LeftButton)
        view.editor.selectAll()
        qtbot.keyClicks(view.editor, text)
        qtbot.keyClick(view.editor, Qt.Key.Key_Return)
    else:
        type_over(qtbot, view, item, text)
    assert view.editor.isVisible()
    assert view.editor.accessibleDescription() == f"{told} is no number that float32 can hold: at most 3.40e38."
    assert theme.current().error in view.editor.styleSheet()
    qtbot.keyClick(view.editor, Qt.Key.Key_Escape)
    assert session.state.steps.timeline is before
    assert not session.state.steps.is_recording


def test_the_editor_begins_with_the_old_weight_whole(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    session.steps.to_end()
    qtbot.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, pos=point(view, Edge(2, 1, 0)))
    assert view.editor.text() == "−1.0"
    assert view.editor.selectedText() == view.editor.text()
    assert view.editor.accessibleName().startswith("Weight of linear2 to neuron 2 from neuron 1")


def test_what_is_computed_cannot_be_typed_over(opened: Opened, qtbot: QtBot) -> None:
    _, view = opened()
    qtbot.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, pos=point(view, Node(1, 0)))
    assert not view.editor.isVisible()
    assert view.canvas.message == COMPUTED


def test_the_keyboard_walks_explains_and_edits(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    view.canvas.setFocus()
    view.canvas.set_focused(Node(0, 1))
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    assert view.canvas.focused == Edge(1, 1, 1)
    assert view.canvas.accessibleDescription() == "Weight of linear1 to neuron 2 from input 2: 1.000."
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    assert view.canvas.focused == Node(1, 1)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
    assert view.canvas.focused == Bias(1, 1)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Up)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Space)
    assert session.state.steps.cursor.cell == (0, 1)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Left)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Return)
    assert view.editor.isVisible()
    qtbot.keyClick(view.editor, Qt.Key.Key_Escape)
    assert not view.editor.isVisible()


def test_hovering_a_neuron_of_a_large_layer_labels_its_weights(opened: Opened, qtbot: QtBot) -> None:
    _, view = opened("2 linear(8) tanh linear(8) tanh linear(2)")
    view.canvas.set_focused(Node(0, 0))
    qtbot.mouseMove(view.canvas, pos=point(view, Node(2, 3)))
    assert view.canvas.scene is not None
    assert {Edge(2, 3, source) for source in range(8)} <= set(view.canvas.scene.labels)
    assert Edge(2, 2, 0) not in view.canvas.scene.labels


def test_a_network_that_is_not_drawn_says_why(opened: Opened) -> None:
    _, view = opened("2 linear(60) linear(2)")
    assert view.canvas.scene is None
    assert view.canvas.message == NOT_DRAWN
    assert not view.learning_rate.isVisible()


def test_before_anything_is_recorded_a_line_says_what_would_appear(qtbot: QtBot) -> None:
    session = Session()
    view = NodeLinkView(session)
    qtbot.addWidget(view)
    view.show()
    assert view.canvas.message == EMPTY
    assert session.close()


def test_a_hidden_drawing_catches_up(opened: Opened) -> None:
    session, view = opened()
    view.hide()
    session.steps.to_end()
    assert "→" not in view.canvas.description(Edge(1, 0, 1))
    view.show()
    assert "→" in view.canvas.description(Edge(1, 0, 1))


def test_every_control_has_a_name_and_a_tip(opened: Opened) -> None:
    _, view = opened()
    assert view.objectName() == "nodeLink"
    assert view.canvas.accessibleName()
    assert view.learning_rate.accessibleName()
    assert view.learning_rate.toolTip()
    assert view.editor.toolTip()


def test_a_number_typed_for_one_network_does_not_reach_the_next(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("2 linear(2) tanh linear(2)")
    qtbot.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, pos=point(view, Edge(1, 0, 0)))
    view.editor.insert("7")
    session.files.new_network("2 linear(2) tanh linear(2)")
    assert not view.editor.isVisible()
    before = session.state.document
    qtbot.keyClick(view.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: is_recorded(session), timeout=60_000)
    assert session.state.document is before


def test_the_numbers_of_the_input_are_called_as_in_the_drawing(qtbot: QtBot) -> None:
    fields, targets = NumberFields(), TargetEditor()
    qtbot.addWidget(fields)
    qtbot.addWidget(targets)
    fields.show_numbers(np.zeros(12, np.float32))
    assert [box.accessibleName() for box in fields.boxes] == [f"Input {spelled('x', unit)}" for unit in range(12)]
    expected = [f"Target {spelled('d', unit)}" for unit in range(len(targets.boxes))]
    assert [box.accessibleName() for box in targets.boxes] == expected


def test_neurons_and_weights_can_be_copied_explained_and_changed_from_their_menu(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened()
    edge = Edge(1, 0, 1)
    weight = next(iter(explorer.load("two-two-two").model.parameters()))
    at = point(view, edge)
    assert texts(menu_at(view.canvas, at)) == [
        "Copy value",
        "Copy picture",
        "Copy PyTorch line",
        "Copy PyTorch code",
        "Explain this number",
        "Ask about this number…",
        "Change it…",
    ]
    assert copied_by_key(view.canvas, view.canvas, at) == exact(weight[0, 1].item())
    press(menu_at(view.canvas, at), "Copy PyTorch line")
    assert "nn.Linear(2, 2" in QGuiApplication.clipboard().text()
    press(menu_at(view.canvas, at), "Explain this number")
    assert session.state.steps.cursor.cell is not None
    press(menu_at(view.canvas, at), "Change it…")
    assert view.editor.isVisible()
    assert "Change it…" not in texts(menu_at(view.canvas, point(view, Node(1, 0))))
    output = Node(2, 1)
    assert view.canvas.scene is not None
    written = view.canvas.scene.shown.newest(output).value
    view.canvas.set_focused(output)
    view.canvas.setFocus()
    QTest.keyClick(view.canvas, Qt.Key.Key_Menu)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    if written is not None:
        press(menu, "Copy value")
        assert QGuiApplication.clipboard().text() == exact(written)
    for item in (Node(0, 0), Node(2, 1), Edge(1, 0, 1)):
        view.canvas.set_focused(item)
        assert (place_by_key(view.canvas) - point(view, item)).manhattanLength() < 3
