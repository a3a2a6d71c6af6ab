"""While a model of one's own runs, and after it failed, no part of the window says that no network is open."""

from __future__ import annotations

import threading

import shiboken6
import torch
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

import explorer
from explorer.session.state import PARTS_COME, TOLD_AT_THE_FOOT
from explorer.ui.shell.main_window import MainWindow

TABS = ("maps", "debugger", "losses", "overview")
NOT_OPEN = ("Open a network", "No network is open")


class Waiting(nn.Module):
    """Runs until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.go = nn.Linear(4, 2), threading.Event()

    def forward(self, x: Tensor) -> Tensor:
        assert self.go.wait(60)
        return self.linear(x)


def viewed(qtbot: QtBot, model: nn.Module) -> MainWindow:
    """The window on a model, as a notebook with a running loop opens it."""
    opened: list[MainWindow | None] = []
    QTimer.singleShot(0, lambda: opened.append(explorer.view(model, torch.ones(1, 4))))
    qtbot.waitUntil(lambda: bool(opened))
    window = opened[0]
    assert window is not None
    window.show_late_parts()
    return window


def close(qtbot: QtBot, window: MainWindow) -> None:
    window.close()
    qtbot.waitUntil(lambda: not shiboken6.isValid(window))


def said(window: MainWindow) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def looked_through(window: MainWindow) -> list[str]:
    """What every tab says."""
    words = []
    for name in TABS:
        window.tabs.bring(name)
        words += said(window)
    return words


def test_while_it_runs_its_layers_are_promised(qtbot: QtBot) -> None:
    model = Waiting()
    window = viewed(qtbot, model)
    qtbot.waitUntil(lambda: window.session.state.maps.computing)
    words = looked_through(window)
    assert not [line for line in words if line.startswith(NOT_OPEN)]
    assert words.count(PARTS_COME) > len(TABS)  # beside every tab, and in the overview
    model.go.set()
    qtbot.waitUntil(lambda: len(window.session.state.parts) == 2, timeout=60_000)
    assert PARTS_COME not in said(window)
    close(qtbot, window)


def test_after_a_fault_the_message_is_pointed_to(qtbot: QtBot) -> None:
    window = viewed(qtbot, nn.Linear(4, 2, device="meta"))
    qtbot.waitUntil(lambda: window.session.state.maps.fault is not None, timeout=60_000)
    words = looked_through(window)
    assert not [line for line in words if line.startswith(NOT_OPEN)]
    assert words.count(TOLD_AT_THE_FOOT) > len(TABS)
    close(qtbot, window)
