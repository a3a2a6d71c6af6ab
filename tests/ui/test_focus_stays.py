"""The focus of the keyboard goes where a person sends it, and nowhere by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import make_picture, wait_until_shown
from tests.ui.windows import shared_window

WAIT_MS = 60_000
Happening = Callable[[MainWindow, QtBot], None]


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(1440, 900)
        yield made


@pytest.fixture
def window(shared: MainWindow, qtbot: QtBot) -> MainWindow:
    """On a network of two numbers that can learn, the training strip open."""
    shared.activateWindow()
    shared.session.files.new_network("2 linear(4) relu linear(2)")
    shared.session.learning.set_hyperparameters(epochs=1, batch_size=50)
    shared.session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: shared.session.state.data.data_set is not None, timeout=WAIT_MS)
    wait_until_shown(qtbot, shared.session)
    shared.training_dock.unfold()
    shared.show_part("overview")
    QApplication.processEvents()
    return shared


def _a_pass_ends(window: MainWindow, qtbot: QtBot) -> None:
    before = window.session.state.maps.activations
    window.session.editing.reset_weights()
    qtbot.waitUntil(lambda: window.session.state.maps.activations is not before, timeout=WAIT_MS)
    wait_until_shown(qtbot, window.session)


def _a_run_begins_and_ends(window: MainWindow, qtbot: QtBot) -> None:
    window.session.training.train()
    qtbot.waitUntil(lambda: window.session.state.training.status == "ended", timeout=WAIT_MS)


def _a_pane_folds_and_opens(window: MainWindow, qtbot: QtBot) -> None:
    for is_folded in (True, False):
        window.training_dock.choose(is_folded)
        QApplication.processEvents()


def _something_is_told(window: MainWindow, qtbot: QtBot) -> None:
    window.session.say("Something happened.")
    QApplication.processEvents()
    window.session.say("")


def _another_tab_comes_to_the_front(window: MainWindow, qtbot: QtBot) -> None:
    for name in ("maps", "debugger", "overview"):
        window.show_part(name)
        QApplication.processEvents()


HAPPENINGS = (
    _a_pass_ends,
    _a_run_begins_and_ends,
    _a_pane_folds_and_opens,
    _something_is_told,
    _another_tab_comes_to_the_front,
)


@pytest.mark.parametrize("happening", HAPPENINGS)
@pytest.mark.parametrize("where", ["list", "number", "answers", "further"])
def test_nothing_takes_it_when(window: MainWindow, qtbot: QtBot, happening: Happening, where: str) -> None:
    places: dict[str, QWidget] = {
        "list": window.network_panel.list,
        "number": window.input_view.numbers.boxes[0],
        "answers": window.prediction.answers,
        "further": window.training.further,
    }
    places[where].setFocus()
    happening(window, qtbot)
    assert QApplication.focusWidget() is places[where]


def test_tab_goes_from_a_number_to_the_next_also_while_the_network_runs(window: MainWindow, qtbot: QtBot) -> None:
    first, second = window.input_view.numbers.boxes
    first.setFocus()
    first.selectAll()
    QTest.keyClicks(first, "0.25")
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus()
    wait_until_shown(qtbot, window.session)
    assert second.hasFocus()
    assert window.session.state.values is not None
    assert window.session.state.values[0] == 0.25
    QTest.keyClick(second, Qt.Key.Key_Backtab)
    assert first.hasFocus()


@pytest.mark.parametrize("name", ["trainOneStep", "trainOneEpoch", "trainStart"])
def test_a_button_that_cannot_be_used_for_a_while_has_the_focus_again_afterwards(
    window: MainWindow, qtbot: QtBot, name: str
) -> None:
    button = window.findChild(QAbstractButton, name)
    assert button is not None
    button.setFocus()
    lent: list[QWidget | None] = []

    def is_over() -> bool:
        lent.append(QApplication.focusWidget())
        return window.session.state.training.status != "running"

    QTest.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(is_over, timeout=WAIT_MS)
    assert all(each is not None and window.training_dock.isAncestorOf(each) for each in lent)
    qtbot.waitUntil(button.isEnabled, timeout=WAIT_MS)
    assert button.hasFocus()


def test_another_picture_leaves_it_where_it_is(shared: MainWindow, qtbot: QtBot) -> None:
    shared.session.files.open_network("cifar10")
    wait_until_shown(qtbot, shared.session)
    shared.network_panel.list.setFocus()
    shared.session.input.use_picture(make_picture(3))
    wait_until_shown(qtbot, shared.session)
    assert shared.network_panel.list.hasFocus()
    shared.session.store.set(replace(shared.session.state.files, unsaved=False))
