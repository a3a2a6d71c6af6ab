"""A dock and its title bar are one pane: no line divides them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.common.pane import Pane
from explorer.ui.shell.docks import PaneDock
from tests.ui.windows import shared_window


def test_no_line_divides_a_title_from_what_is_below_it(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    window, pane = QMainWindow(), Pane("Title")
    qtbot.addWidget(window)
    pane.body.addWidget(QLabel("content"))
    pane.ensurePolished()  # as what is measured before it is docked
    dock = PaneDock("Title", "dock", pane, window)
    window.setCentralWidget(dock)
    window.resize(300, 200)
    window.show()
    qtbot.waitExposed(window)
    picture, title = dock.grab().toImage(), dock.titleBarWidget().height()
    colours = {picture.pixelColor(150, y).name() for y in range(title - 2, title + 3)}
    assert colours == {theme.current().pane}


def test_docks_in_another_window_are_given_no_size_in_this_one(qtbot: QtBot, qtlog: object) -> None:
    for window in shared_window(qtbot):
        window.training_dock.unfold()
        tabs = QMainWindow()  # as Qt's own window is for docks that float in tabs
        qtbot.addWidget(tabs)
        docks = (*window.docks, window.training_dock)
        for dock in docks:
            tabs.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        tabs.show()
        assert not any(dock.isFloating() for dock in docks)
        window.training_dock.sit()
        window.resize(1500, 950)
        QApplication.processEvents()
        assert not [record for record in qtlog.records if "resizeDocks" in record.message]  # type: ignore[attr-defined]
        for dock in docks:
            window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
