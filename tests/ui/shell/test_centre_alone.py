"""A key gives the centre the whole window; the same key or Esc brings back exactly what was there before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from explorer.app import open_window
from explorer.ui.maps.canvas import MapCanvas
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.tabs import TABS, Tab
from tests.ui.fakes import wait_until_shown
from tests.ui.windows import shared_window

KEY = Qt.Key.Key_F12


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(shared: MainWindow) -> Iterator[MainWindow]:
    shared.resize(1280, 720)
    shared.activateWindow()
    QApplication.processEvents()
    yield shared
    shared.reset_layout()
    shared.session.selection.clear_cell()


def _around(window: MainWindow) -> list[QWidget]:
    return [*window.docks, window.findChild(QToolBar, "toolBar")]


def _places(window: MainWindow) -> list[QRect | None]:
    """Where the centre and what stands around it are; None for what is hidden."""
    QApplication.processEvents()
    return [part.geometry() if part.isVisible() else None for part in (window.tabs, *_around(window))]


def _press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key)
    QApplication.processEvents()


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.name)
@pytest.mark.parametrize("back", [KEY, Qt.Key.Key_Escape], ids=["key", "esc"])
def test_the_centre_fills_the_window_and_everything_comes_back(window: MainWindow, tab: Tab, back: Qt.Key) -> None:
    window.docks[2].hide()
    window.show_part(tab.name)
    window.resizeDocks([window.docks[0]], [330], Qt.Orientation.Horizontal)
    before = _places(window)
    _press(window, KEY)
    assert not any(part.isVisible() for part in _around(window))
    assert window.tabs.width() == window.width()
    assert window.tabs.height() > 600
    assert window.tabs.current == tab.name
    _press(window, back)
    assert _places(window) == before


def test_the_focus_goes_to_the_centre_and_comes_back_to_the_pane_that_had_it(window: MainWindow) -> None:
    window.network_panel.list.setFocus()
    _press(window, KEY)
    focus = QApplication.focusWidget()
    assert focus is None or window.centralWidget().isAncestorOf(focus) or focus is window.centralWidget()
    _press(window, KEY)
    assert window.network_panel.list.hasFocus()


def test_the_way_back_is_there_where_what_had_the_focus_is_gone(window: MainWindow) -> None:
    field = QLineEdit(window.network_panel)  # as one of a form that is made anew for another layer
    field.show()
    field.setFocus()
    before = _places(window)
    _press(window, KEY)
    shiboken6.delete(field)
    _press(window, KEY)
    assert _places(window) == before


def test_esc_ends_it_where_a_cell_is_chosen_that_the_view_never_lets_go_of(window: MainWindow) -> None:
    window.show_part("debugger")
    window.session.selection.select(layer="conv2", channel=3, row=6, column=9)
    _press(window, KEY)
    window.view("debugger").setFocus()
    _press(window, Qt.Key.Key_Escape)
    assert not window.centre_alone.is_on
    assert window.session.state.selection.channel == 3


@pytest.mark.parametrize("tab", ["overview", "maps"])
def test_esc_lets_go_of_the_chosen_cell_first(window: MainWindow, tab: str) -> None:
    window.show_part(tab)
    window.session.selection.select(layer="conv2", channel=3, row=6, column=9)
    _press(window, KEY)
    canvases = [each for kind in (MapCanvas, OverviewCanvas) for each in window.view(tab).findChildren(kind)]
    next(each for each in canvases if each.isVisible()).setFocus()
    _press(window, Qt.Key.Key_Escape)
    assert window.centre_alone.is_on
    while window.session.state.selection.channel is not None:
        _press(window, Qt.Key.Key_Escape)
        assert window.centre_alone.is_on
    _press(window, Qt.Key.Key_Escape)
    assert not window.centre_alone.is_on


def test_it_is_remembered_with_the_way_back(qtbot: QtBot) -> None:
    first = open_window([])
    qtbot.addWidget(first)
    wait_until_shown(qtbot, first.session)
    first.docks[2].hide()
    first.resizeDocks([first.docks[0]], [340], Qt.Orientation.Horizontal)
    before = _places(first)
    size = first.size()
    first.action("centreAlone").trigger()
    assert first.close()
    second = open_window([])
    qtbot.addWidget(second)
    wait_until_shown(qtbot, second.session)
    assert second.centre_alone.is_on
    assert not any(part.isVisible() for part in _around(second))
    second.resize(size)  # the screen of the tests is smaller, and windows are opened inside it
    second.action("centreAlone").trigger()
    assert _places(second) == before
    assert second.close()


def test_resetting_the_layout_ends_it(window: MainWindow) -> None:
    _press(window, KEY)
    window.action("resetLayout").trigger()
    assert all(part.isVisible() for part in _around(window))
