"""F fits what the mouse is over, wherever the keyboard is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from explorer.ui.common.fitting import fit_at
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.overview.view import Overview
from explorer.ui.shell.main_window import MainWindow
from tests.ui.windows import shared_window


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def overview(window: MainWindow, qtbot: QtBot) -> Overview:
    window.show_part("overview")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    found = window.view("overview")
    assert isinstance(found, Overview)
    found.canvas.zoom(3)
    assert found.canvas.view.zoom > 2
    return found


def test_it_fits_the_overview_from_wherever_the_keyboard_is(window: MainWindow, overview: Overview) -> None:
    window.training.fold.setFocus()
    QCursor.setPos(overview.canvas.mapToGlobal(QPoint(200, 200)))
    QTest.keyClick(window.training.fold, Qt.Key.Key_F)
    assert overview.canvas.view.zoom <= 1


def test_it_fits_the_overview_also_after_a_click_on_a_card(window: MainWindow, overview: Overview) -> None:
    cards = _cards(window)
    QCursor.setPos(overview.canvas.mapToGlobal(QPoint(200, 200)))
    for _ in range(2):  # not only the first time: a list would take both for one word
        overview.canvas.zoom(3)
        QTest.keyClick(cards, Qt.Key.Key_F)
        assert overview.canvas.view.zoom <= 1
    assert window.session.state.selection.layer == "conv1"


def test_typed_into_the_list_under_the_mouse_it_finds_a_row_as_every_letter_does(
    window: MainWindow, overview: Overview
) -> None:
    cards = _cards(window)
    QCursor.setPos(cards.viewport().mapToGlobal(QPoint(20, 20)))
    QTest.keyClick(cards, Qt.Key.Key_F)
    assert window.session.state.selection.layer == "flatten1"
    assert overview.canvas.view.zoom > 2


def test_letters_of_no_command_find_a_row_wherever_the_mouse_is(window: MainWindow, overview: Overview) -> None:
    cards = _cards(window)
    QCursor.setPos(overview.canvas.mapToGlobal(QPoint(200, 200)))
    QTest.keyClicks(cards, "bn3")
    assert window.session.state.selection.layer == "bn3"


def test_in_the_midst_of_a_word_it_is_a_letter(
    window: MainWindow, overview: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = _cards(window)
    monkeypatch.setattr(QApplication, "keyboardInputInterval", lambda: 60_000)  # also where the machine is slow
    QCursor.setPos(overview.canvas.mapToGlobal(QPoint(200, 200)))
    QTest.keyClicks(cards, "bf")
    assert overview.canvas.view.zoom > 2


def _cards(window: MainWindow) -> QAbstractItemView:
    """The list of layers as after a click on the first convolution, with what was typed before forgotten."""
    cards = window.network_panel.list
    cards.keyboardSearch("")
    window.session.selection.select(layer="conv1")
    cards.setFocus()
    QTest.qWait(QApplication.keyboardInputInterval() + 20)
    return cards


def test_typed_into_a_box_of_choices_it_is_no_command(window: MainWindow, overview: Overview) -> None:
    box = window.findChild(QComboBox, "mode")
    assert box is not None
    box.setFocus()
    QCursor.setPos(box.mapToGlobal(QPoint(5, 5)))
    QTest.keyClick(box, Qt.Key.Key_F)
    assert overview.canvas.view.zoom > 2


def test_it_fits_the_maps_under_the_mouse(window: MainWindow, qtbot: QtBot) -> None:
    window.session.selection.select(layer="conv1")
    window.show_part("maps")
    mosaic = window.view("maps").findChild(MapMosaic, "mosaic")
    assert mosaic is not None
    before = mosaic.canvas.cell_pixels()
    mosaic.canvas.setFocus()
    QTest.keyClick(mosaic.canvas, Qt.Key.Key_Plus)
    assert mosaic.canvas.cell_pixels() > before
    fit_at(mosaic.canvas.mapToGlobal(QPoint(50, 50)), window)
    assert mosaic.canvas.cell_pixels() == pytest.approx(before, rel=0.02)


def test_where_nothing_can_be_fitted_it_is_what_the_keyboard_is_in(window: MainWindow, overview: Overview) -> None:
    overview.canvas.setFocus()
    fit_at(window.mapToGlobal(QPoint(5, 5)), window)
    assert overview.canvas.view.zoom <= 1


def test_with_the_keyboard_in_the_picture_that_is_fed_it_is_the_largest_view(
    window: MainWindow, overview: Overview
) -> None:
    """The pane of the input has a box of that name, which is no verb."""
    fed = window.findChild(PictureCanvas, "fedPicture")
    assert fed is not None
    fed.setFocus()
    assert QApplication.focusWidget() is fed
    fit_at(window.mapToGlobal(QPoint(5, 5)), window)
    assert overview.canvas.view.zoom <= 1


def test_typed_into_a_line_it_is_a_letter(window: MainWindow, overview: Overview) -> None:
    window.session.selection.select(layer="conv1")
    name = window.network_panel.findChild(QLineEdit, "layerName")
    assert name is not None
    name.setFocus()
    QTest.keyClick(name, Qt.Key.Key_F)
    assert "f" in name.text()
    assert overview.canvas.view.zoom > 2
    name.undo()
    name.setModified(False)
