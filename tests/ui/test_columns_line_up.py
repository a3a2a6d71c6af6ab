"""In every table the title of a column stands over what it is the title of: at its left, of figures at its right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QHeaderView, QLabel, QTableView, QToolButton, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.shell.main_window import MainWindow
from tests.ui.everything import EVERYTHING
from tests.ui.windows import whole_window

NEAR = 2  # pixels that letters leave at their sides
NAMES = ("calls", "dialog newNetwork", "training Runs", "training Curves", "training Compare")
OPENED = tuple(each for each in EVERYTHING if each.name in NAMES)


@pytest.mark.parametrize("opened", OPENED, ids=str)
def test_titles_stand_over_their_columns(opened, qtbot: QtBot, tmp_path: Path) -> None:
    window = whole_window(qtbot)
    window.resize(1280, 720)
    root = opened.open(window, qtbot, tmp_path)
    if opened.name == "training Compare":
        _compare(window, qtbot)
    qtbot.waitUntil(lambda: bool(_tables(root)))
    beside = [words for table in _tables(root) for words in _beside_their_columns(table)]
    assert not beside
    assert not [words for table in _tables(root) for words in _off_their_rows(table)]


def test_the_titles_of_panes_beside_each_other_stand_at_one_height(qtbot: QtBot) -> None:
    """Input's stood lower than Network's, for the button beside it."""
    window = whole_window(qtbot)
    window.resize(1280, 720)
    QApplication.processEvents()
    titles = [label for label in window.findChildren(QLabel) if label.text() in ("Network", "Input")]
    titles = [label for label in titles if label.property("role") == "title" and label.isVisible()]
    assert len(titles) == 2
    network, own = (label.mapTo(window, label.rect().center()).y() for label in titles)
    assert network == own


def _tables(root: QWidget) -> list[QTreeView | QTableView]:
    """Those in sight that have rows."""
    every = (each for kind in (QTreeView, QTableView) for each in root.findChildren(kind) if each.isVisible())
    return [each for each in every if each.model().rowCount()]


def _compare(window: MainWindow, qtbot: QtBot) -> None:
    window.session.comparing.compare("Neurons of linear1", "2, 4", 1)
    qtbot.waitUntil(lambda: not window.session.state.watching.comparison.is_running)


def _beside_their_columns(table: QTreeView | QTableView) -> Iterator[str]:
    model, header = table.model(), _header(table)
    for column in range(model.columnCount()):
        cell = next((i for row in range(model.rowCount()) if (i := model.index(row, column)).data()), None)
        title = model.headerData(column, Qt.Orientation.Horizontal)
        if cell is None or not title or cell.data(Qt.ItemDataRole.CheckStateRole) is not None:
            continue
        place = table.visualRect(cell)
        over = QRect(header.sectionViewportPosition(column), 2, header.sectionSize(column), header.height() - 5)
        titles, cells = _ink(header.viewport(), over), _ink(table.viewport(), place)
        alignment = Qt.AlignmentFlag(cell.data(Qt.ItemDataRole.TextAlignmentRole) or 0)
        side = 1 if alignment & Qt.AlignmentFlag.AlignRight else 0
        if abs(titles[side] - cells[side]) > NEAR:
            yield f"{title!r} {titles} over {cell.data()!r} {cells}"


def _off_their_rows(table: QTreeView | QTableView) -> Iterator[str]:
    """The buttons of rows that are not in their middle."""
    for button in table.viewport().findChildren(QToolButton):
        row = table.visualRect(table.indexAt(button.geometry().center()))
        if abs(button.geometry().center().y() - row.center().y()) > 1:
            yield f"{button.accessibleName()} at {button.geometry()} in {row}"


def _header(table: QTreeView | QTableView) -> QHeaderView:
    return table.header() if isinstance(table, QTreeView) else table.horizontalHeader()


def _ink(widget: QWidget, place: QRect) -> tuple[int, int]:
    """The first and the last column of pixels in `place` that something is written in."""
    picture: QImage = widget.grab(place).toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    pixels = pixels[:, : picture.width()].astype(int)
    written = np.flatnonzero((np.abs(pixels - np.median(pixels)) > 40).any(axis=0))
    return int(written[0]) + place.left(), int(written[-1]) + place.left()
