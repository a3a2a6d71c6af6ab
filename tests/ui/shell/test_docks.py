"""A dock and its title bar are one pane: no line divides them."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.common.pane import Pane
from explorer.ui.shell.docks import PaneDock


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
