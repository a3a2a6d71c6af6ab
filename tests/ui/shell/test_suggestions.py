"""After the first steps something suggests the next thing: one line at a time, gone once it was done or put away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.session.slices import Offer
from explorer.ui.common import settings
from explorer.ui.overview.view import Overview
from explorer.ui.shell.finding.popup import FindPopup
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.suggestions import SUGGESTIONS
from tests.ui.fakes import wait_until_shown
from tests.ui.overview.followed import click, place
from tests.ui.windows import whole_window

MAP, INSIDE, LAYER, TRAIN, FIND = (
    "Try next: click a map. The lines show which maps it was made of.",
    "Try next: in the step debugger (Ctrl+3), F11 goes into a step, cell by cell.",
    "Try next: change a setting of a layer on the left. Ctrl+Z takes it back.",
    "Try next: train the network (Ctrl+R). Curves and maps follow while it learns.",
    "Try next: Ctrl+K finds any command, layer or picture by a few letters.",
)


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    """One whose first steps were read and put away."""
    made = whole_window(qtbot)
    assert told(made) == "", "the first steps come first"
    press(made.welcome, "Got it")
    return made


def told(window: MainWindow) -> str:
    """What is suggested; "" for nothing."""
    return window.suggestions.label.whole() if window.suggestions.isVisible() else ""


def press(toast: QWidget, name: str) -> None:
    button = next(each for each in toast.findChildren(QAbstractButton) if name in (each.text(), each.accessibleName()))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def click_a_map(window: MainWindow) -> None:
    overview = window.view("overview")
    assert isinstance(overview, Overview)
    window.show_part("overview")
    column = overview.canvas.column("relu1")
    assert column is not None
    click(overview, place(overview.canvas, column.name, column.channels[0]))


def test_each_suggestion_goes_once_it_was_followed_and_the_next_comes(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    assert told(window) == MAP
    click_a_map(window)
    assert told(window) == INSIDE
    window.action("showDebugger").trigger()
    qtbot.waitUntil(window.action("stepInto").isEnabled, timeout=60_000)
    window.action("stepInto").trigger()
    assert told(window) == LAYER
    session.editing.duplicate_layer("relu1")
    assert told(window) == TRAIN
    window.action("undo").trigger()
    session.data.use_data("textures")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    window.action("trainStart").trigger()
    qtbot.waitUntil(lambda: told(window) == FIND, timeout=60_000)
    session.training.pause()
    qtbot.waitUntil(lambda: not session.store.runner.is_busy(), timeout=60_000)
    window.action("find").trigger()
    window.findChildren(FindPopup)[0].close()
    assert told(window) == ""
    assert set(settings.suggestions_seen()) == {each.name for each in SUGGESTIONS}


def test_what_was_done_before_it_was_suggested_is_not_suggested(window: MainWindow) -> None:
    window.session.editing.duplicate_layer("relu1")
    click_a_map(window)
    assert told(window) == INSIDE
    assert set(settings.suggestions_seen()) == {"map", "layer"}


def test_put_away_it_is_quiet_until_the_next_start_and_goes_on_there(window: MainWindow, qtbot: QtBot) -> None:
    press(window.suggestions, "Put this away")
    assert told(window) == ""
    click_a_map(window)
    assert told(window) == ""
    another = whole_window(qtbot)
    assert not another.welcome.isVisible()
    assert told(another) == INSIDE


def test_showing_the_first_steps_again_suggests_everything_once_more(window: MainWindow) -> None:
    click_a_map(window)
    window.action("welcome").trigger()
    assert window.welcome.isVisible()
    assert told(window) == ""
    press(window.welcome, "Got it")
    assert told(window) == MAP


def test_a_message_and_an_offer_have_its_place_and_nothing_moves(window: MainWindow) -> None:
    def places() -> list[QRect]:
        QApplication.processEvents()
        return [QRect(part.mapTo(window, part.rect().topLeft()), part.size()) for part in (window.tabs, *window.docks)]

    before = places()
    window.session.say("A sentence.")
    assert told(window) == ""
    window.session.say("")
    assert told(window) == MAP
    window.session.store.set(replace(window.session.state.files, offer=Offer("mine", 0.0)))
    assert told(window) == ""
    window.session.store.set(replace(window.session.state.files, offer=None))
    press(window.suggestions, "Put this away")
    assert places() == before


def test_what_cannot_be_done_is_not_suggested(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.store.set(replace(session.state.maps, activations=None))
    assert told(window) == LAYER, "without maps there is nothing to click, nor to step into"
    session.passes.ask()
    wait_until_shown(qtbot, session)
