"""The command that opens the menu of chosen cells, in the window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from explorer.ui.common.typing.menu import NONE_CHOSEN
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_shown
from tests.ui.windows import shared_window


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


def test_where_nothing_is_chosen_it_says_what_to_choose(window: MainWindow) -> None:
    window.action("fillCells").trigger()
    assert window.session.state.status.notice == NONE_CHOSEN


def test_it_fills_what_is_chosen_in_the_view_that_has_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    wait_until_shown(qtbot, window.session)
    window.activateWindow()
    fed = window.findChild(PictureCanvas, "fedPicture")
    assert fed is not None
    QTest.mouseClick(fed, Qt.MouseButton.LeftButton, pos=fed.point_of(0, 0).toPoint())
    window.action("fillCells").trigger()
    menu = next(menu for menu in fed.findChildren(QMenu, "cellMenu") if menu.isVisible())
    fills = menu.findChild(QMenu)
    assert fills is not None
    next(action for action in fills.actions() if action.text() == "Identity").trigger()
    menu.close()
    values = window.session.state.values
    assert values is not None
    rows, columns = values.shape[1:]
    np.testing.assert_array_equal(values, np.broadcast_to(np.eye(rows, columns), values.shape))
