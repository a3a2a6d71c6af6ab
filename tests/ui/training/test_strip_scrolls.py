"""What the training strip shows fits into it as it opens on the smallest screen; in a lower strip it scrolls."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.ui.common.scrolled import Scrolled
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.training.compare.form import CompareForm
from tests.ui.windows import whole_window


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = whole_window(qtbot)
    made.resize(1280, 720)
    session = made.session
    session.files.new_network("2 linear(8) relu linear(2)")
    session.learning.set_hyperparameters(epochs=1, batch_size=50)
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    made.training_dock.unfold()
    return made


def test_every_tab_has_room_in_the_strip_as_it_opens(window: MainWindow, qtbot: QtBot) -> None:
    parts = window.training.parts
    assert parts is not None
    for at in range(parts.tabs.count()):
        parts.tabs.setCurrentIndex(at)
        page = parts.pages.currentWidget()
        assert isinstance(page, Scrolled)
        QApplication.processEvents()
        qtbot.waitUntil(lambda page=page: page.verticalScrollBar().maximum() == 0, timeout=2000)
        assert page.widget().size() == page.viewport().size(), parts.tabs.tabText(at)


def test_why_nothing_is_compared_is_seen_in_the_strip_as_it_opens(window: MainWindow, qtbot: QtBot) -> None:
    """It stood below the last field, out of sight, and moved the axis of the plot there too."""
    parts = window.training.parts
    assert parts is not None
    parts.tabs.setCurrentIndex(next(at for at in range(parts.tabs.count()) if parts.tabs.tabText(at) == "Compare"))
    for values in ("4, 8", "4, eight"):
        window.session.comparing.compare("Neurons of linear1", values, 1)
        qtbot.waitUntil(lambda: not window.session.state.watching.comparison.is_running)
    refusal = parts.pages.currentWidget().findChild(QLabel, "compareRefusal")
    assert refusal is not None
    qtbot.waitUntil(refusal.isVisible)
    qtbot.waitUntil(lambda: refusal.visibleRegion().boundingRect().size() == refusal.size())
    assert parts.pages.currentWidget().verticalScrollBar().maximum() == 0


def test_in_less_room_than_it_needs_a_view_scrolls_and_keeps_its_height(qtbot: QtBot) -> None:
    form = CompareForm()
    page = Scrolled(form)
    qtbot.addWidget(page)
    page.resize(300, 50)
    page.show()
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 0, timeout=2000)
    column = form.layout()
    assert column is not None
    column.addWidget(QLabel("Something more."))
    qtbot.waitUntil(lambda: form.height() == form.minimumSizeHint().height() > page.viewport().height(), timeout=2000)
    page.resize(300, 400)
    qtbot.waitUntil(lambda: form.height() == page.viewport().height(), timeout=2000)
