"""Nothing in a dialog is louder than it is important: chosen rows, pictures and corners keep to the theme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QComboBox, QListView, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.resources import bundled_networks
from explorer.ui.common import theme
from explorer.ui.shell import commands
from explorer.ui.shell.main_window import MainWindow
from tests.ui.menus import menu_at
from tests.ui.pixels import colours_near
from tests.ui.windows import shared_window

INSIDE = 14  # pixels from the corner of a card to its picture's


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture(params=["light", "dark"], autouse=True)
def colours(request: pytest.FixtureRequest) -> theme.Theme:
    commands.set_theme(request.param)
    return theme.current()


def _opened(window: MainWindow, qtbot: QtBot, action: str, name: str) -> QWidget:
    window.action(action).trigger()
    dialog: QWidget = window.findChild(QWidget, name)
    qtbot.waitUntil(dialog.isVisible)
    QApplication.processEvents()
    return dialog


@pytest.mark.parametrize(("action", "name"), [("about", "aboutBox"), ("messages", "messageList")])
def test_the_chosen_row_of_a_list_has_the_colour_of_selection_not_that_of_the_main_action(
    window: MainWindow, qtbot: QtBot, colours: theme.Theme, action: str, name: str
) -> None:
    window.session.say("A message to be chosen.")
    dialog = _opened(window, qtbot, action, name)
    rows = dialog.findChild(QListView)
    assert rows.currentIndex().row() == 0
    picture = rows.viewport().grab().toImage()
    assert colours_near(picture, colours.selection, 4) > 1000
    assert not colours_near(picture, colours.accent, 4)
    dialog.close()


def test_the_chosen_entry_of_a_box_has_the_colour_of_selection(
    window: MainWindow, qtbot: QtBot, colours: theme.Theme
) -> None:
    box = window.findChild(QComboBox, "mode")
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    picture = box.view().viewport().grab().toImage()
    box.hidePopup()
    assert colours_near(picture, colours.selection, 4) > 200
    assert not colours_near(picture, colours.accent, 4)


def test_pictures_of_networks_have_no_ground_of_their_own(
    window: MainWindow, qtbot: QtBot, colours: theme.Theme
) -> None:
    dialog = _opened(window, qtbot, "startList", "startList")
    for name in bundled_networks():
        picture = dialog.findChild(QPushButton, f"network.{name}").grab().toImage()
        assert picture.pixelColor(INSIDE, INSIDE) == QColor(colours.pane), name
    dialog.close()


def test_where_two_scroll_bars_meet_there_is_nothing(window: MainWindow, qtbot: QtBot, colours: theme.Theme) -> None:
    dialog = _opened(window, qtbot, "report", "problemReport")
    text = dialog.findChild(QPlainTextEdit)
    text.setPlainText("\n".join(["a line that has no room " * 40] * 100))
    across, down = text.horizontalScrollBar(), text.verticalScrollBar()
    qtbot.waitUntil(lambda: across.isVisible() and down.isVisible())
    at = text.viewport().geometry().bottomRight()
    corner = text.grab().toImage().copy(at.x() + 1, at.y() + 1, down.width() - 2, across.height() - 2)
    assert colours_near(corner, colours.sunken, 2) > 0.8 * corner.width() * corner.height()
    dialog.close()


def test_an_icon_of_a_menu_stands_inside_the_colour_of_the_chosen_entry(
    window: MainWindow, colours: theme.Theme
) -> None:
    """As far from the left as a word from the right, and not at the very edge."""
    menu = menu_at(window.network_panel.list.viewport(), QPoint(80, 20))
    entry = next(action for action in menu.actions() if not action.icon().isNull())
    picture = menu.grab(menu.actionGeometry(entry)).toImage()
    menu.close()
    columns = (x for x in range(picture.width()) if colours_near(picture.copy(x, 0, 1, picture.height()), colours.text))
    assert 6 <= next(columns) <= 14
