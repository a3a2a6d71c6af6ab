"""What can be done with things: menus at the mouse and at the keys, and Ctrl+C, in a view that stands alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.selection import Selection
from explorer.session.timeline import Timeline
from explorer.ui.common.colour import scale_for
from explorer.ui.common.number_things import chosen_thing, picture_of, pytorch_line, thing_of_maps
from explorer.ui.common.things import DEEDS, Thing, offer
from tests.ui.fakes import make_session, wait_until_shown


@pytest.fixture
def session(qtbot: QtBot):
    made = Session()
    yield made
    assert made.close()


def widget_with(qtbot: QtBot, session: Session, **has: object) -> QLabel:
    made = QLabel("thing")
    qtbot.addWidget(made)
    made.resize(120, 60)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    offer(made, session, lambda point: Thing("chosen" if point is None else f"at {point.x()}", **has))  # type: ignore[arg-type]
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def opened_by_mouse(widget: QLabel, at: QPoint) -> list[str]:
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    return entries(widget)


def entries(widget: QLabel) -> list[str]:
    menu = widget.findChild(QMenu, "thingMenu")
    assert menu is not None
    found = [action.text() for action in menu.actions()] if menu.isVisible() else []
    menu.close()
    return found


def test_a_menu_holds_what_can_be_done_with_the_thing(qtbot: QtBot, session: Session) -> None:
    widget = widget_with(qtbot, session, value=lambda: "0.5", line="y = f(x)")
    assert opened_by_mouse(widget, QPoint(7, 9)) == ["Copy value", "Copy PyTorch line"]
    assert opened_by_mouse(widget_with(qtbot, session), QPoint(7, 9)) == []


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [(Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)],
)
def test_the_menu_key_opens_that_of_what_is_chosen(
    qtbot: QtBot, session: Session, key: Qt.Key, modifiers: Qt.KeyboardModifier
) -> None:
    widget = widget_with(qtbot, session, value=lambda: "0.5")
    QTest.keyClick(widget, key, modifiers)
    menu = widget.findChild(QMenu, "thingMenu")
    assert menu is not None
    assert menu.accessibleName() == "What can be done with chosen"
    assert entries(widget) == ["Copy value"]


def test_a_deed_says_what_it_did(qtbot: QtBot, session: Session) -> None:
    widget = widget_with(qtbot, session, value=lambda: "0.25")
    opened_by_mouse(widget, QPoint(7, 9))
    menu = widget.findChild(QMenu, "thingMenu")
    assert menu is not None
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == "0.25"
    assert session.state.status.notice == "On the clipboard, of at 7: 0.25"


def test_what_one_thing_alone_can_do_stands_at_the_end(qtbot: QtBot, session: Session) -> None:
    done: list[str] = []
    widget = widget_with(qtbot, session, value=lambda: "1", more=(("Go there", lambda: done.append("gone")),))
    assert opened_by_mouse(widget, QPoint(1, 1)) == ["Copy value", "Go there"]
    menu = widget.findChild(QMenu, "thingMenu")
    assert menu is not None
    menu.actions()[1].trigger()
    assert done == ["gone"]


def test_every_deed_has_its_words_its_icon_and_a_key_of_its_own() -> None:
    assert len({deed.shortcut for deed in DEEDS}) == len(DEEDS)
    for deed in DEEDS:
        assert deed.text
        assert deed.icon
        assert deed.tip.endswith(".")


def test_maps_are_drawn_beside_each_other_as_they_are() -> None:
    values = np.arange(5 * 2 * 3, dtype=np.float32).reshape(5, 2, 3)
    drawn = picture_of(values, scale_for(0, 29))
    assert drawn.dtype == np.uint8
    height, width, channels = drawn.shape
    assert (height % 3, width % 4, channels) == (2, 3, 4)
    np.testing.assert_array_equal(drawn[:2, :3], picture_of(values[0], scale_for(0, 29)))
    assert not drawn[2].any()


@pytest.mark.parametrize(
    "broken", ["linear(4) flatten batchnorm", "flatten maxpool(2) batchnorm", "conv(2, 50) batchnorm"]
)
def test_a_layer_that_cannot_run_has_no_line_of_pytorch(broken: str) -> None:
    for text in (f"3x8x8 {broken}", f"3x8x8 {broken} relu conv(2, 3)"):
        session = make_session(text)
        names = session.state.network.names  # type: ignore[union-attr]
        lines = [pytorch_line(session.state, name) for name in names]
        shapes = session.state.network.shapes()  # type: ignore[union-attr]
        assert [bool(line) for line in lines] == [shape is not None for shape in shapes]
        assert session.close()


@pytest.mark.parametrize("network", ["1x1x1 conv(2, 1)", "3x4x5 conv(2, 3)", "5 linear(2)"])
def test_what_was_pointed_at_before_the_present_maps_came_is_no_thing_of_theirs(network: str, qtbot: QtBot) -> None:
    """A command looked up the cell (0, 80) of an input that had become one number."""
    session = make_session(network)
    wait_until_shown(qtbot, session)
    assert session.state.maps.activations is not None
    for entry in session.state.maps.activations.layers:
        for places in product((None, 0, 1, 80), repeat=3):
            own = zip(places[: entry.values.ndim], entry.values.shape, strict=False)
            is_there = all(place is None or place < size for place, size in own)
            found = thing_of_maps(session, entry, Selection(entry.name, *places))
            assert (found is not None) == is_there, (entry.name, places)
    assert session.close()


def test_a_cell_of_a_tensor_that_is_drawn_as_one_cell_is_no_thing_to_copy(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is where its size is asked for: the command looked up the cell at which the debugger stands."""
    session = make_session("3x4x5 conv(2, 3)")
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(lambda: session.state.steps.timeline is not None)
    session.steps.choose_cell("output", (0, 1, 1, 2))
    assert chosen_thing(session) is not None
    asked = Timeline.asked
    one_cell = np.zeros((1, 1, 1, 1), np.float32)
    monkeypatch.setattr(Timeline, "asked", lambda *which: replace(asked(*which), values=one_cell))
    assert chosen_thing(session) is None
    assert session.close()
