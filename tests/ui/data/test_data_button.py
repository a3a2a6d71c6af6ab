"""The button that names the chosen data, the progress of opening them, and the fix of a network that does not fit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.progress import Progress
from explorer.ui.common import theme
from explorer.ui.data.browser import DataBrowser
from explorer.ui.data.button import DataButton
from explorer.ui.data.lines import progress_words
from tests.ui.fakes import make_actions, make_session


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session("2 linear(4) tanh linear(5)")
    yield made
    assert made.close()


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> DataButton:
    window = QWidget()
    qtbot.addWidget(window)
    made = DataButton(session, make_actions(session, window)["showData"], window)
    made.resize(420, 120)
    window.resize(420, 120)
    window.show()
    return made


def _open(qtbot: QtBot, session: Session, name: str) -> None:
    session.data.use_data(name)
    qtbot.waitUntil(lambda: session.state.data.progress is None, timeout=60_000)


def test_it_asks_for_data_and_then_names_them_with_as_many_facts_as_there_is_room_for(
    view: DataButton, session: Session, qtbot: QtBot
) -> None:
    assert view.button.text() == "Choose data…"
    _open(qtbot, session, "points:moons")
    assert view.button.text() == "Points: moons · 2 classes · 600 points"
    assert view.button.accessibleName() == "Data: Points: moons · 2 classes · 600 points"
    view.resize(200, 120)
    assert view.button.text() == "Points: moons · 2 classes"
    view.button.setFixedWidth(90)
    assert view.button.text().endswith("…")
    assert "600 points" in view.button.toolTip()


def test_while_data_are_opened_it_tells_how_far_and_can_be_cancelled(
    view: DataButton, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = threading.Event()

    def fetch(_name: str, *, progress: Callable[[str, int, int], None], **_others: object) -> None:
        progress("Downloading cifar-10-binary.tar.gz", 42_500_000, 170_000_000)
        fetched.wait(10)
        progress("Downloading cifar-10-binary.tar.gz", 42_600_000, 170_000_000)

    monkeypatch.setattr("explorer.data.open_data", fetch)
    session.data.use_data("cifar10")
    qtbot.waitUntil(lambda: view.opening.bar.value() > 0)
    assert not view.button.isVisible()
    assert view.opening.words.whole() == "Downloading cifar-10-binary.tar.gz · 42.5 of 170.0 MB"
    assert view.opening.bar.value() == view.opening.bar.maximum() // 4
    QTest.mouseClick(view.opening.cancel, Qt.MouseButton.LeftButton)
    assert session.state.data.progress is None
    assert session.state.status.notice == "Opening the data was cancelled."
    assert view.button.isVisible()
    assert not view.opening.isVisible()
    fetched.set()


def test_progress_without_an_end_is_a_bar_without_one() -> None:
    assert progress_words(Progress("Listing photos", 4000)) == "Listing photos · 4,000"
    assert progress_words(Progress("Reading Textures", 3, 10)) == "Reading Textures · 3 of 10"
    assert progress_words(Progress("Opening photos…")) == "Opening photos…"


def test_the_fix_of_a_network_that_does_not_fit_is_a_button(view: DataButton, session: Session, qtbot: QtBot) -> None:
    assert view.problem is not None
    assert not view.problem.isVisible()
    _open(qtbot, session, "points:moons")
    assert view.problem.isVisible()
    assert view.problem.sentence.text() == "Points: moons has 2 classes, but this network gives 5 numbers."
    assert view.problem.fix.text() == "Give the last layer 1 output"
    assert view.problem.others[0].text() == "or: give the last layer 2 outputs"
    QTest.mouseClick(view.problem.fix, Qt.MouseButton.LeftButton)
    assert session.state.network.shapes()[-1] == (1,)
    assert not view.problem.isVisible()


def test_it_opens_one_browser_and_brings_it_back(view: DataButton, session: Session) -> None:
    view.button.setFocus()
    QTest.keyClick(view.button, Qt.Key.Key_Space)
    (browser,) = _browsers(session)
    assert browser.isVisible()
    assert not browser.isModal()
    QTest.mouseClick(view.button, Qt.MouseButton.LeftButton)
    assert _browsers(session) == [browser]
    browser.close()
    assert _browsers(session) == []


def _browsers(session: Session) -> list[DataBrowser]:
    every = QApplication.topLevelWidgets()
    return [each for each in every if isinstance(each, DataBrowser) and each.session is session and each.isVisible()]
