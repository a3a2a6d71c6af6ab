"""The menu of a thing, as a right click opens it over a view."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMenu, QWidget


def menu_at(widget: QWidget, at: QPoint) -> QMenu:
    """The menu that a right click there opens."""
    QApplication.processEvents()
    QApplication.sendEvent(widget, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def press(menu: QMenu, text: str) -> None:
    """Take the entry called `text`."""
    action = next(action for action in menu.actions() if action.text() == text)
    menu.close()
    action.trigger()
    QApplication.processEvents()


def texts(menu: QMenu) -> list[str]:
    """Its entries; it is closed."""
    menu.close()
    return [action.text() for action in menu.actions() if action.text()]


def copied_by_key(widget: QWidget, keys: QWidget, at: QPoint | None = None) -> str:
    """What Ctrl+C puts on the clipboard with the mouse over a place of `widget`, where `keys` has the focus."""
    QGuiApplication.clipboard().clear()
    if at is not None:
        QTest.mouseMove(widget, at)
    QTest.keyClick(keys, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    return QGuiApplication.clipboard().text()


def place_by_key(view: QWidget) -> QPoint:
    """Where the Menu key asks for the menu, in pixels of `view`; a small screen would shift it."""
    places: list[QPoint] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(QMenu, "popup", lambda _menu, place: places.append(place))
        QTest.keyClick(view, Qt.Key.Key_Menu)
    surface = view.viewport() if isinstance(view, QAbstractScrollArea) else view
    return surface.mapFromGlobal(places[0])
