"""Every text that comes from a file, a name or an error is shown as it is written: no label reads marks in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from explorer.session import Fault
from explorer.ui.common.fault_details import show_details
from explorer.ui.common.passing import passing
from explorer.ui.common.plot_axis import Axis
from explorer.ui.common.rich_label import RichLabel
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.tabs import TABS
from tests.ui.fakes import wait_until_shown
from tests.ui.windows import shared_window

DIALOGS = ("startList", "shortcuts", "report", "about", "showData")


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[str]:
    """A text that, read as marks, opens a pipe; afterwards nobody may have it open for reading."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    yield f"<img src='file://{pipe}'> <b>x</b>"
    with pytest.raises(OSError, match="No such device"):
        os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)


def _open(window: MainWindow, qtbot: QtBot, folder: Path, trap: str) -> None:
    """A network whose title, description, classes and layer carry the text."""
    content = {
        "format": "network-explorer network",
        "version": 1,
        "title": trap,
        "description": trap,
        "input_shape": [3, 8, 8],
        "classes": [f"{trap} {number}" for number in range(3)],
        "layers": [{"kind": "Flatten", "name": "flatten1"}, {"kind": "Linear", "name": "linear1", "out_features": 3}],
    }
    path = folder / "<b>network<b>.json"
    path.write_text(json.dumps(content))
    window.open_path(path)
    qtbot.waitUntil(lambda: window.session.state.title == trap)
    wait_until_shown(qtbot, window.session)


def _labels(top: QWidget) -> list[QLabel]:
    labels: list[QLabel] = top.findChildren(QLabel)
    return labels


def _check(top: QWidget) -> None:
    """What reads marks is of our own kind; the rest, once it is seen, shows its text as it is."""
    for label in _labels(top):
        label.ensurePolished()
        expected = Qt.TextFormat.RichText if isinstance(label, RichLabel) else Qt.TextFormat.PlainText
        assert label.textFormat() == expected, (label.objectName(), label.text())
        assert "<img" not in label.text() or not isinstance(label, RichLabel)


def test_a_network_file_whose_texts_are_marks_is_shown_as_text(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, trap: str
) -> None:
    _open(window, qtbot, tmp_path, trap)
    session = window.session
    for tab in TABS:
        window.show_part(tab.name)
        for layer in ("input", "linear1"):
            session.selection.select(layer=layer)
            QApplication.processEvents()
            window.grab()
            _check(window)
    assert trap in window.windowTitle()


def test_a_notice_a_fault_and_its_details_are_shown_as_text(window: MainWindow, qtbot: QtBot, trap: str) -> None:
    session = window.session
    session.say(trap)
    QApplication.processEvents()
    window.grab()
    _check(window)
    session.tell(Fault(trap, details=trap))
    window.grab()
    _check(window)
    show_details(window, Fault(trap, details=trap))
    box = window.findChild(QMessageBox)
    QApplication.processEvents()
    box.grab()
    _check(box)
    box.close()


def test_a_question_and_a_tip_are_shown_as_text(window: MainWindow, qtbot: QtBot, trap: str) -> None:
    box = passing(QMessageBox(QMessageBox.Icon.Question, "caption", trap, parent=window))
    box.setInformativeText(trap)
    box.open()
    QApplication.processEvents()
    box.grab()
    _check(box)
    box.close()
    QToolTip.showText(QPoint(5, 5), trap, window)
    tips = [each for each in QApplication.topLevelWidgets() if each.metaObject().className() == "QTipLabel"]
    assert tips
    for tip in tips:
        assert tip.textFormat() == Qt.TextFormat.PlainText
        tip.grab()
    QToolTip.hideText()


@pytest.mark.parametrize("name", DIALOGS)
def test_the_labels_of_every_dialog_show_text(window: MainWindow, name: str) -> None:
    window.action(name).trigger()
    QApplication.processEvents()
    (opened,) = [each for each in window.findChildren(QDialog) if each.isVisible()]
    _check(opened)
    opened.close()


def test_the_label_of_an_axis_is_text(qtbot: QtBot) -> None:
    axis = Axis("left")
    axis.dress("<b>accuracy</b>")
    assert axis.label.toPlainText().strip() == "<b>accuracy</b>"


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_another_theme_changes_nothing_of_it(window: MainWindow, choice: str) -> None:
    window.findChild(QAction, f"action.theme.{choice}").trigger()
    QApplication.processEvents()
    _check(window)
