"""A student types the lecture's tables into the window, key by key, and reads the slide's numbers off it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.debugger.over_view import OverView
from explorer.ui.debugger.why_panel import WhyPanel
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.tensors.view import TensorView
from tests.ui.fakes import wait_until_still
from tests.ui.windows import new_window

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def slides(shared_data: Path) -> dict[str, Any]:
    """The lecture's worked numbers."""
    path = shared_data.parent / "lecture" / "worked_examples.toml"
    if not path.exists():
        pytest.skip(f"the lecture's numbers are not here: {path}")
    return tomllib.loads(path.read_text())


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = new_window(qtbot)
    made.show_late_parts()
    made.activateWindow()
    return made


def _open(qtbot: QtBot, window: MainWindow, text: str) -> None:
    window.session.files.new_network(text)
    window.action("showDebugger").trigger()
    wait_until_still(qtbot, window.session)


def _type(numbers: list[list[float]]) -> None:
    """Into the cell that is chosen and those after it, as they are read: a number, Tab, a number …"""
    for number in np.ravel(numbers).tolist():
        for sign in f"{number:g}":  # the first one opens a box, which takes the others
            QTest.keyClicks(QApplication.focusWidget(), sign)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)


def _type_input(qtbot: QtBot, window: MainWindow, numbers: list[list[float]]) -> None:
    fed = window.findChild(PictureCanvas, "fedPicture")
    assert fed is not None
    QTest.mouseClick(fed, LEFT, pos=fed.point_of(0, 0).toPoint())
    _type(numbers)
    wait_until_still(qtbot, window.session)
    assert window.session.state.values is not None
    assert window.session.state.values[0].tolist() == numbers


def _shown(window: MainWindow, title: str) -> TensorView:
    return next(view for view in window.findChildren(TensorView) if view.isVisible() and view.accessibleName() == title)


def _read(window: MainWindow, title: str) -> list[list[float]]:
    """What is written of each cell of the map called `title` when it is clicked."""
    view, panel = _shown(window, title), window.findChild(WhyPanel, "stepExplanation")
    assert view.shown is not None
    assert panel is not None
    read = np.zeros(view.shown.values.shape[-2:])
    for place in np.ndindex(*read.shape):
        point = _shown(window, title).point_of((0, 0, *place))
        assert point is not None
        QTest.mouseClick(_shown(window, title), LEFT, pos=point.toPoint())
        line = panel.line.toolTip() or panel.line.whole()
        read[place] = float(line.rpartition("= ")[2].replace("−", "-"))
    found: list[list[float]] = read.tolist()
    return found


def test_the_convolution_of_the_slides_is_typed_and_read_off(
    qtbot: QtBot, window: MainWindow, slides: dict[str, Any]
) -> None:
    table = slides["convolution"]
    _open(qtbot, window, "1x5x5 conv(1, 3, bias=False)")
    _type_input(qtbot, window, table["image"])
    weight = window.findChildren(OverView)[0].weight
    rect = weight.rect_of((0, 0, 0, 0))
    assert rect is not None
    QTest.mouseClick(weight, LEFT, pos=rect.center().toPoint())
    _type(table["filter"])
    wait_until_still(qtbot, window.session)
    assert _read(window, "conv1") == table["feature"]
    for _ in range(9):  # each typed number is an entry
        window.action("undo").trigger()
    wait_until_still(qtbot, window.session)
    assert _read(window, "conv1") != table["feature"]


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_the_pooling_tables_of_the_slides_are_typed_and_read_off(
    qtbot: QtBot, window: MainWindow, slides: dict[str, Any], kind: str
) -> None:
    tables = [table for table in slides["pooling"] if {"max": "max", "avg": "average"}[kind] in table]
    assert any(np.min(table["input"]) < 0 for table in tables)
    for table in tables:
        _open(qtbot, window, f"1x4x4 {kind}pool({table['size']}, stride={table['stride']})")
        _type_input(qtbot, window, table["input"])
        assert _read(window, "pool1") == table[{"max": "max", "avg": "average"}[kind]]
