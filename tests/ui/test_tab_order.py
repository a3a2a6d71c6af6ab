"""Tab goes through the window as its controls stand, and leaves none out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.common.tab_order import chain
from explorer.ui.overview.view import Overview
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.tabs import TABS, Tab
from tests.ui.fakes import wait_until_shown
from tests.ui.windows import shared_window

MOST_STOPS = 120


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(1440, 900)
        made.activateWindow()
        yield made


def _walked(window: MainWindow) -> list[QWidget]:
    """What Tab stops at from the list of layers until it is there again."""
    window.network_panel.list.setFocus()
    stops: list[QWidget] = [window.network_panel.list]
    for _ in range(MOST_STOPS):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus is stops[0]:
            return stops
        if focus is not stops[-1]:  # a label with a link takes Tab twice
            stops.append(focus)
    raise AssertionError(f"Tab never comes back: {[stop.accessibleName() for stop in stops]}")


def _form_of(window: MainWindow) -> list[QWidget]:
    form = window.network_panel.form
    kinds = (QAbstractSpinBox, QLineEdit)
    controls = [each for kind in kinds for each in form.findChildren(kind) if each.isVisible()]
    return [each for each in controls if each.focusProxy() is None]


@pytest.mark.parametrize(
    "layers",
    [("add1", "linear1", "conv2"), ("conv2", "relu1", "conv2"), ("add1", "input", "linear1"), ("add1", "conv2")],
)
def test_a_layers_form_comes_where_it_stands_from_top_to_bottom(window: MainWindow, layers: tuple[str, ...]) -> None:
    for layer in layers:  # their forms are made one after the other, long after the window
        window.session.selection.select(layer=layer)
    stops = _walked(window)
    form = window.network_panel.form
    places = [at for at, stop in enumerate(stops) if form.isAncestorOf(stop)]
    assert places == list(range(places[0], places[0] + len(places)))
    assert set(_form_of(window)) <= set(stops)
    tops = [stop.mapTo(form.area.widget(), stop.rect().center()).y() for stop in stops[places[0] + 1 : places[-1] + 1]]
    assert all(below >= above - 8 for above, below in pairwise(tops))
    before = stops[places[0] - 1]
    assert window.network_panel.isAncestorOf(before)


def test_fit_and_calls_of_the_overview_are_reached(window: MainWindow) -> None:
    stops = _walked(window)
    overview = window.view("overview")
    assert isinstance(overview, Overview)
    assert [stop for stop in stops if overview.isAncestorOf(stop)] == [
        overview.fit_button,
        overview.calls_button,
        overview.canvas,
    ]


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.name)
def test_tab_comes_by_every_part_of_the_window(window: MainWindow, tab: Tab) -> None:
    window.show_part(tab.name)
    stops = _walked(window)
    assert len(set(stops)) == len(stops)
    parts = (window.network_panel, window.input_view, window.prediction, window.training_dock, window.tabs)
    for part in parts:
        assert any(part.isAncestorOf(stop) for stop in stops), part
    assert window.tabs.tabBar() in stops


def test_the_foot_comes_last_and_numbers_come_with_their_pane(window: MainWindow, qtbot: QtBot) -> None:
    window.session.files.open_network("two-two-two")
    wait_until_shown(qtbot, window.session)
    window.show_part("overview")
    stops = _walked(window)
    foot = [window.statusBar().isAncestorOf(stop) for stop in stops]
    assert any(foot)
    assert foot == sorted(foot)
    of_input = [at for at, stop in enumerate(stops) if window.input_view.isAncestorOf(stop)]
    assert of_input == list(range(of_input[0], of_input[0] + len(of_input)))
    assert [stops[at] for at in of_input][-2:] == list(window.input_view.numbers.boxes)


def test_parts_in_two_windows_are_left_apart(qtbot: QtBot) -> None:
    """A pane may float when the last parts are made; Qt warns of an order over two windows, which fails a test."""
    docked, floating = QWidget(), QWidget()
    for part in (docked, floating):
        qtbot.addWidget(part)
        QLineEdit(part)
        QLineEdit(part)
    chain(docked, floating)
    first, second = docked.findChildren(QLineEdit)
    assert first.nextInFocusChain() is second
