"""What a person does with the strip of training, and waiting for what comes of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.session import Session
from tests.ui.fakes import wait_until_drawn

MOONS = "2 linear(8) tanh linear(2)"
WAIT_MS = 60_000


def button_of(parent: QWidget, name: str) -> QAbstractButton:
    found = parent.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def blow_up(session: Session) -> None:
    """Let the next run end with numbers that are none."""
    session.editing.paste_layers("linear(8) relu", 2)
    session.learning.set_hyperparameters(learning_rate=1e30)


def click(parent: QWidget, name: str) -> None:
    button = button_of(parent, name)
    assert button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def wait_for(qtbot: QtBot, session: Session, status: str) -> None:
    qtbot.waitUntil(lambda: session.state.training.status == status, timeout=WAIT_MS)
    if status == "ended":
        wait_until_drawn(qtbot)


def settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=WAIT_MS)
    wait_until_drawn(qtbot)


def type_in(box: QAbstractSpinBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)
