"""The list of layer cards, driven by mouse and keys, without a session."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from explorer.network import Network
from explorer.ui.common import theme
from explorer.ui.editor.card_list import CardList
from explorer.ui.editor.cards import Cards, chosen_settings
from explorer.ui.editor.layer_card import Card, CardProblem, arranged
from explorer.ui.editor.minis import Minis
from tests.ui.fakes import make_session, wait_until_shown
from tests.ui.pixels import colours_near

INPUT = Card("input", "picture", "input", (3, 32, 32), is_input=True)
CONV = Card("conv1", "Conv2d", "convolution", (12, 32, 32), 912, ("filters 12",))
RELU = Card("relu1", "ReLU", "activation", (12, 32, 32))
BROKEN = Card(
    "linear1",
    "Linear",
    "linear",
    None,
    problems=(CardProblem("Input features = 100, but 3,072 numbers arrive.", "error", "Set input features = 3072"),),
    runs=False,
)
AFTER = Card("softmax1", "Softmax", "activation", None, runs=False)
CARDS = (INPUT, CONV, RELU, BROKEN, AFTER)


@pytest.fixture
def cards(qtbot: QtBot, qapp: QApplication) -> CardList:
    theme.apply(qapp, "light")
    view = CardList()
    qtbot.addWidget(view)
    view.resize(298, 500)
    view.show_cards(CARDS, "conv1", editable=True)
    view.show()
    qtbot.waitExposed(view)
    return view


def middle_of(view: CardList, name: str) -> QPoint:
    return view.visualRect(view.cards.index(view.cards.row_of(name))).center()


def drag(view: CardList, start: QPoint, end: QPoint) -> None:
    port = view.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.3, 0.6, 1.0):
        place = start + (end - start) * share
        QTest.mouseMove(port, place)
        send_move(view, place)


def send_move(view: CardList, place: QPoint) -> None:
    """QTest's own move carries no pressed button on a screen that does not exist."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    left = Qt.MouseButton.LeftButton
    there = view.viewport().mapToGlobal(place)
    none = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, place, there, Qt.MouseButton.NoButton, left, none)
    QApplication.sendEvent(view.viewport(), event)


def test_a_click_on_a_card_asks_for_that_layer(cards: CardList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cards.chosen) as chosen:
        QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(cards, "relu1"))
    assert chosen.args == ["relu1"]


def test_showing_another_selection_asks_for_nothing(cards: CardList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(cards.chosen):
        cards.show_cards(CARDS, "relu1", editable=True)
    assert cards.currentIndex().row() == 2


def test_arrow_keys_go_from_card_to_card(cards: CardList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cards.chosen) as chosen:
        QTest.keyClick(cards, Qt.Key.Key_Down)
    assert chosen.args == ["relu1"]


def test_the_fix_button_on_a_card_asks_for_the_fix_and_selects_nothing(cards: CardList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cards.fix_wanted) as wanted, qtbot.assertNotEmitted(cards.chosen):
        place = cards.button_rect("linear1").center()
        QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert wanted.args == ["linear1", 0]


def test_a_card_dragged_below_another_asks_to_be_moved_there(cards: CardList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cards.move_wanted) as moved:
        end = middle_of(cards, "relu1") + QPoint(0, 12)
        drag(cards, middle_of(cards, "conv1"), end)
        QTest.mouseRelease(cards.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert moved.args == ["conv1", 2]


def test_a_card_cannot_be_dropped_before_the_input(cards: CardList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(cards.move_wanted) as moved:
        drag(cards, middle_of(cards, "relu1"), QPoint(50, 2))
        QTest.mouseRelease(cards.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 2))
    assert moved.args == ["relu1", 1]


def test_escape_gives_a_drag_up(cards: CardList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(cards.move_wanted):
        drag(cards, middle_of(cards, "conv1"), middle_of(cards, "softmax1"))
        QTest.keyClick(cards, Qt.Key.Key_Escape)
        QTest.mouseRelease(cards.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(cards, "softmax1"))


def test_the_input_is_not_dragged(cards: CardList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(cards.move_wanted):
        drag(cards, middle_of(cards, "input"), middle_of(cards, "relu1"))
        QTest.mouseRelease(cards.viewport(), Qt.MouseButton.LeftButton, pos=middle_of(cards, "relu1"))


def test_f2_renames_in_place(cards: CardList, qtbot: QtBot) -> None:
    cards.setFocus()
    cards.edit(cards.currentIndex())
    editor = cards.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "conv1"
    editor.selectAll()
    QTest.keyClicks(editor, "first")
    with qtbot.waitSignal(cards.rename_wanted) as renamed:
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["conv1", "first"]


def test_cards_that_stay_keep_scroll_position_when_one_is_put_in(cards: CardList) -> None:
    many = (INPUT, *(Card(f"relu{number}", "ReLU", "activation", (1, 2, 2)) for number in range(60)))
    cards.show_cards(many, "relu2", editable=True)
    cards.verticalScrollBar().setValue(700)
    cards.show_cards((*many[:40], CONV, *many[40:]), "relu2", editable=True)
    assert cards.verticalScrollBar().value() == 700
    assert [card.name for card in cards.cards.cards][40] == "conv1"


def test_the_chosen_card_stays_in_sight_in_a_lower_list_unless_it_was_scrolled_away(cards: CardList) -> None:
    cards.show_cards(CARDS, "softmax1", editable=True)
    QApplication.processEvents()
    cards.resize(298, 160)
    QApplication.processEvents()
    assert cards.viewport().rect().contains(cards.visualRect(cards.currentIndex()).center())
    cards.scrollToTop()
    cards.resize(298, 120)
    QApplication.processEvents()
    assert cards.verticalScrollBar().value() == 0


def test_a_wrapped_sentence_makes_its_card_higher_and_keeps_inside_it() -> None:
    narrow, wide = arranged(BROKEN, 240), arranged(BROKEN, 600)
    assert narrow.height > wide.height > arranged(CONV, 600).height
    for places in (narrow, wide):
        assert places.problems[0].button.bottom() < places.problems[0].box.bottom() < places.height


def test_the_card_of_a_layer_says_everything_in_its_tip() -> None:
    assert "912 parameters" in CONV.tip
    assert "filters 12" in CONV.tip
    assert "Not run" in AFTER.tip
    assert BROKEN.problems[0].message in BROKEN.tip


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 1, 1), (2, 5, 300), (2, 300, 5), (10,), (5000,), (64, 112, 112)])
def test_miniature_maps_fit_their_place_whatever_the_shape(shape: tuple[int, ...]) -> None:
    image = Minis(values=np.linspace(-1, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape), low=-1, high=1)
    drawn = image.rendered(16, 106)
    assert 0 < drawn.width() <= 106
    assert drawn.height() == 16


def test_values_that_are_not_numbers_do_not_stop_the_maps() -> None:
    values = np.array([[[np.nan, np.inf], [0.0, 1.0]]], np.float32)
    assert not Minis(values=values, low=0, high=1).rendered(16, 106).isNull()


def test_a_card_tells_what_a_setting_that_is_not_set_means_for_its_layer() -> None:
    pool, wide, norm = Network.parse("3x8x8 maxpool(2) avgpool((3, 2)) layernorm").layers
    assert "stride as the window (2)" in chosen_settings(pool)
    assert "stride as the window (3 × 2)" in chosen_settings(wide)
    assert "axes all" in chosen_settings(norm)


def test_cards_hold_on_to_the_maps_of_the_present_network_alone(qtbot: QtBot, qapp: QApplication) -> None:
    """Each card was remembered with its maps, which are those of the whole layer, and so was each picture of them."""
    theme.apply(qapp, "light")
    session = make_session("3x16x16 conv(2, 3) relu flatten linear(2)")
    wait_until_shown(qtbot, session)
    cards, view = Cards(), CardList()
    qtbot.addWidget(view)
    view.resize(298, 500)
    view.show()
    seen: list[weakref.ref[np.ndarray]] = []
    for channels in range(3, 9):
        first = session.state.network.layers[0]
        session.editing.replace_layer(first.name, first.with_settings(out_channels=channels))
        session.editing.rename_layer(first.name, f"c{channels}")
        wait_until_shown(qtbot, session)
        seen += [weakref.ref(entry.values) for entry in session.state.maps.activations.layers[1:]]
        view.show_cards(cards.of(session.state), None, editable=True)
        view.grab()
    gc.collect()
    shown = [entry.values for entry in session.state.maps.activations.layers]
    assert [values for ref in seen if (values := ref()) is not None and not any(values is each for each in shown)] == []
    assert session.close()


def test_a_dead_map_looks_dead_on_its_card_and_one_that_is_nearly_zero_does_not(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    values = np.zeros((2, 32, 32), np.float32)
    values[1, 3, 3] = 1
    drawn = Minis(values=values, low=0, high=1).rendered(16, 106)
    dead, alive = drawn.copy(0, 0, 16, 16), drawn.copy(18, 0, 16, 16)
    assert colours_near(dead, theme.current().dim, 4) == 16  # the stroke from corner to corner
    assert colours_near(dead, theme.current().sunken, 1) == 16 * 15
    assert colours_near(alive, theme.current().dim, 4) == 0


def test_a_zero_at_the_end_of_a_row_of_numbers_is_seen_by_its_edge(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    view = CardList()
    qtbot.addWidget(view)
    view.resize(298, 120)
    numbers = Minis(values=np.array([0, 1], np.float32), low=0, high=1)
    view.show_cards((Card("a", "numbers", "input", (2,), minis=numbers),), None, editable=True)
    view.show()
    qtbot.waitExposed(view)
    place = arranged(view.cards.cards[0], view.visualRect(view.cards.index(0)).width()).minis
    picture = view.viewport().grab().toImage()
    border = QColor(theme.current().border).rgb()
    assert all(picture.pixel(place.left(), place.top() + step) == border for step in range(16))
    assert all(picture.pixel(place.left() + step, place.top()) == border for step in range(32))
