"""What a person does with the browser of data: opening sets, clicking, dropping."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
)
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.data.browser import DataBrowser
from explorer.ui.data.picture_grid import PictureGrid

PICTURES = "3x32x32 conv(4, 3) relu flatten linear(10)"
MOONS = "2 linear(4) tanh linear(2)"


def click(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def wait_until_open(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: session.state.data.progress is None, timeout=60_000)


def open_data_set(qtbot: QtBot, browser: DataBrowser, name: str) -> None:
    browser.open_data(name)
    wait_until_open(qtbot, browser.session)
    assert browser.session.state.document.data == name, browser.session.state.status.notice


def read_pictures(qtbot: QtBot, grid: PictureGrid) -> None:
    grid.grab()
    qtbot.waitUntil(lambda: not grid.is_reading, timeout=20_000)


def make_folder(at: Path) -> Path:
    rng = np.random.default_rng(0)
    for name, amount in (("ants", 6), ("bees", 12)):
        (at / name).mkdir()
        for index in range(amount):
            pixels = rng.integers(0, 255, (20, 20, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(at / name / f"{index:02}.png")
    (at / "ants" / "torn.png").write_bytes((at / "ants" / "00.png").read_bytes()[:60])
    return at


def drop(browser: DataBrowser, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    details = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(50, 50), *details)
    enter.setAccepted(False)
    browser.dragEnterEvent(enter)
    assert enter.isAccepted()
    browser.dropEvent(QDropEvent(QPointF(50, 50), *details))
