"""Input and prediction keep their shares of the height, whatever the window and the strip below have gone through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.shared_column import SharedColumn
from tests.ui.windows import shared_window

USUAL, LOW = (1440, 900), (1280, 720)


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(shared: MainWindow) -> MainWindow:
    shared.resize(*USUAL)
    shared.reset_layout()
    QApplication.processEvents()
    return shared


def _heights(window: MainWindow) -> tuple[int, int]:
    QApplication.processEvents()
    return window.docks[1].height(), window.docks[2].height()


def _squeeze(window: MainWindow) -> None:
    """Open the strip and make the window low, and take both back."""
    window.training_dock.choose(False)
    QApplication.processEvents()
    window.resize(*LOW)
    QApplication.processEvents()
    window.resize(*USUAL)
    QApplication.processEvents()
    window.training_dock.choose(True)
    QApplication.processEvents()


def test_what_a_low_window_squeezed_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    before = _heights(window)
    _squeeze(window)
    qtbot.waitUntil(lambda: _heights(window) == before)


def test_the_share_that_a_person_dragged_comes_back(window: MainWindow, qtbot: QtBot) -> None:
    usual, picture = _heights(window), window.docks[1]
    border = picture.geometry().center()
    border.setY(picture.geometry().bottom() + 3)
    QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=border)
    for by in (20, 40, 60):
        QTest.mouseMove(window, border + type(border)(0, by))
        QApplication.processEvents()
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=border + type(border)(0, 60))
    dragged = _heights(window)
    assert dragged[0] > usual[0] + 30
    _squeeze(window)
    qtbot.waitUntil(lambda: abs(_heights(window)[0] - dragged[0]) <= 2)


def test_a_dock_that_grew_by_itself_lies_over_nothing(qtbot: QtBot) -> None:
    window = QMainWindow()
    window.setCentralWidget(QWidget())
    upper, lower = QDockWidget(window), QDockWidget(window)
    for dock in (upper, lower):
        dock.setWidget(QWidget())
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    column = SharedColumn(window, upper, lower, share=0.5)
    window.resize(400, 400)
    qtbot.addWidget(window)
    window.show()
    column.place()
    qtbot.waitUntil(lambda: upper.height() > 150)
    before = upper.height()
    upper.resize(upper.width(), before + 40)  # as Qt does where its least height grows for a moment
    assert upper.geometry().intersects(lower.geometry())
    qtbot.waitUntil(lambda: upper.height() == before, timeout=2_000)


def test_a_window_that_goes_deletes_its_docks_before_what_shares_their_height(qtbot: QtBot) -> None:
    window = QMainWindow()
    upper, lower = QDockWidget(window), QDockWidget(window)
    for dock in (upper, lower):
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    column = SharedColumn(window, upper, lower, share=0.5)
    for gone in (upper, lower):
        delete(gone)
        column.follow()
    qtbot.addWidget(window)
