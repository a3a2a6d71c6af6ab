"""A screen reader is told what everything is that takes the keys or does something, and what is chosen in a view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QStackedWidget,
    QStatusBar,
    QTabBar,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.ui.shell.main_window import MainWindow
from tests.ui.everything import EVERYTHING, Opened, close_all, parts_of
from tests.ui.windows import shared_window

ACTING = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
)
PANES = (QDockWidget, QDialog, QToolBar, QStatusBar, QStackedWidget)


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(1440, 900)
        yield made
        close_all(made)


def _acts(widget: QWidget) -> bool:
    is_inside = isinstance(widget.parentWidget(), QAbstractSpinBox | QTabBar) or isinstance(
        widget, QScrollBar | QHeaderView
    )
    takes_keys = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return not is_inside and widget.focusProxy() is None and (takes_keys or isinstance(widget, ACTING))


def _name(widget: QWidget) -> str:
    """Its own name, or what Qt tells in its place: the words on a button."""
    interface = QAccessible.queryAccessibleInterface(widget)
    told = interface.text(QAccessible.Text.Name) if interface is not None else ""
    is_its_value = isinstance(widget, QComboBox | QTabBar)
    return widget.accessibleName() or ("" if is_its_value else told)


def _pane(widget: QWidget) -> QWidget:
    above = widget.parentWidget()
    while above is not None and not above.isWindow() and not isinstance(above, PANES):
        above = above.parentWidget()
    return above or widget.window()


def _words(widget: QWidget) -> str:
    return f"{type(widget).__name__}#{widget.objectName()} in {type(_pane(widget)).__name__}"


@pytest.mark.parametrize("opened", EVERYTHING, ids=str)
def test_everything_that_acts_has_a_name_of_its_own(
    opened: Opened, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    root = opened.open(window, qtbot, tmp_path)
    acting = [widget for widget in parts_of(root) if _acts(widget)]
    assert acting
    nameless = [_words(each) for each in acting if _name(each).strip() in ("", type(each).__name__)]
    assert not nameless
    alike: dict[tuple[QWidget, str], list[QWidget]] = defaultdict(list)
    for each in acting:
        alike[_pane(each), _name(each)].append(each)
    assert not [f"{name}: {[_words(each) for each in found]}" for (_, name), found in alike.items() if len(found) > 1]


@pytest.mark.parametrize("opened", EVERYTHING, ids=str)
def test_boxes_and_tabs_are_not_known_by_what_is_chosen_in_them_alone(
    opened: Opened, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """On Linux Qt gives that as their name; a reader asks for their label, as a test can on every system."""
    root = opened.open(window, qtbot, tmp_path)
    choosing = [each for kind in (QComboBox, QTabBar) for each in root.findChildren(kind) if each.isVisible()]
    assert not [_words(each) for each in choosing if each.accessibleName() not in _labels(each)]


def _labels(widget: QWidget) -> list[str]:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    labels = interface.relations(QAccessible.RelationFlag.Label)
    return [label.text(QAccessible.Text.Name) for label, _ in labels]


# --- what is chosen in a view ---


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is read out, as a screen reader would that listens."""
    heard: list[str] = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: heard.append(event.message()))
    return heard


WALKED = (
    ("overview", "Overview of the network", ("Right",)),
    ("overview", "What the network is fed", ("Down", "Right")),
    ("maps", "Feature maps", ("Right", "Right")),
    ("cell of the maps", "Chosen channel", ("Right",)),
    ("depth column", "Channels at the chosen place", ("Down",)),
    ("filters", "Feature maps", ("F2", "Right")),
    ("numbers", "Values of the layer", ("Down",)),
    ("step", "conv2", ("Right",)),
    ("step", "conv2.weight", ("F2", "Right")),
    ("step", "Timeline of the training step", ("Right",)),
    ("inside conv2", "filter", ("F2", "Right")),
    ("neurons", "Neurons and weights", ("Right",)),
)


@pytest.mark.parametrize(("name", "view", "keys"), WALKED, ids=lambda each: each if isinstance(each, str) else "")
def test_what_is_walked_to_is_told(
    name: str, view: str, keys: tuple[str, ...], window: MainWindow, qtbot: QtBot, tmp_path: Path, told: list[str]
) -> None:
    opened = next(each for each in EVERYTHING if each.name == name)
    root = opened.open(window, qtbot, tmp_path)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    found = next(each for each in parts_of(root) if each.accessibleName() == view)
    found.setFocus()
    said = []
    for key in keys:
        told.clear()
        QTest.keyClick(found, QKeySequence(key)[0].key())
        QApplication.processEvents()
        said.append(_description(found))
        assert said[-1] in told, (key, told)
    assert any(sign.isdigit() for sign in said[-1])
    assert len(set(said)) == len(said)


def _description(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None
    return interface.text(QAccessible.Text.Description)
