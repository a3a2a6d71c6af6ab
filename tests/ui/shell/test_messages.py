"""Messages stand at the foot of the window: they push nothing, take no focus, and can be read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.session import Fault
from explorer.session.data_errands import FindTwins
from explorer.session.jobs.steps import RecordStep
from explorer.session.slices import Offer
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.message_list import MessageList
from explorer.ui.shell.messages import WELCOME, WELCOME_TO_FEW_CELLS, WELCOME_TO_NUMBERS, Toast
from explorer.ui.shell.status import BOTH_WIDTH
from tests.ui.windows import shared_window

LONG = "A long sentence that goes on and on, " * 12 + "and ends."


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(shared: MainWindow, qtbot: QtBot) -> Iterator[MainWindow]:
    """Without a message when a test begins and ends."""
    shared.resize(1280, 720)
    shared.welcome.want(False)
    shared.activateWindow()
    QApplication.processEvents()
    yield shared
    shared.session.store.set(replace(shared.session.state.maps, fault=None))
    shared.session.store.set(replace(shared.session.state.files, offer=None))
    shared.session.say("")


def _places(window: MainWindow) -> list[QRect]:
    for _ in range(4):  # a column that follows the window's width is laid out after the rest
        QApplication.processEvents()
    parts: tuple[QWidget, ...] = (window.tabs, *window.docks)
    return [QRect(part.mapTo(window, part.rect().topLeft()), part.size()) for part in parts]


def _toast(window: MainWindow, name: str) -> Toast:
    return window.findChild(Toast, name)


def _assert_seen_beside(window: MainWindow, name: str, parts: list[QRect]) -> None:
    """The toast `name` lies in the window and over none of `parts`; what stands beside it is in the window too."""
    toast = _toast(window, name)
    assert toast.isVisible()
    place = QRect(toast.mapTo(window, toast.rect().topLeft()), toast.size())
    assert not any(place.intersects(part) for part in parts)
    mode = window.findChild(QWidget, "mode")
    assert mode is not None
    for each in (place, QRect(mode.mapTo(window, mode.rect().topLeft()), mode.size())):
        assert window.rect().contains(each), name


def _close_message(window: MainWindow) -> None:
    buttons = _toast(window, "messages").findChildren(QToolButton)
    close = next(button for button in buttons if button.accessibleName() == "Close this message")
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)


def _list(window: MainWindow) -> MessageList:
    return window.findChild(MessageList, "messageList")


@pytest.mark.parametrize("size", [(960, 560), (1280, 720), (1920, 1080)])
def test_no_message_offer_or_first_steps_move_or_cover_a_part(window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    before = _places(window)
    window.session.say(LONG)
    window.session.store.set(replace(window.session.state.files, offer=Offer("mine", 0.0)))
    assert _places(window) == before
    _assert_seen_beside(window, "messages", before)
    if size[0] >= BOTH_WIDTH:
        _assert_seen_beside(window, "leftOver", before)
    window.session.say("")
    assert _places(window) == before
    _assert_seen_beside(window, "leftOver", before)
    window.session.store.set(replace(window.session.state.files, offer=None))
    window.action("welcome").trigger()
    assert window.welcome.isVisible()
    assert _places(window) == before
    window.welcome.want(False)
    assert _places(window) == before


WORK = (RecordStep.title, FindTwins.title)


@pytest.mark.parametrize("task", WORK)
@pytest.mark.parametrize("name", ["messages", "welcome"])
def test_work_that_takes_long_leaves_the_words_beside_it_where_they_are(
    window: MainWindow, qtbot: QtBot, name: str, task: str
) -> None:
    window.resize(1280, 720)
    window.welcome.want(name == "welcome")
    window.session.say("" if name == "welcome" else "Something happened.")
    toast, work = _toast(window, name), window.findChild(QWidget, "work")
    assert work is not None
    QApplication.processEvents()
    place, lines = toast.mapTo(window, toast.rect().topLeft()), toast.label.text()
    window.session.store.set(replace(window.session.state.status, task=f"{task}…"))
    qtbot.waitUntil(work.isVisible)
    QApplication.processEvents()
    assert toast.mapTo(window, toast.rect().topLeft()) == place
    assert toast.label.text() == lines == toast.label.whole()
    assert not work.geometry().intersects(toast.geometry())
    window.session.store.set(replace(window.session.state.status, task=""))
    qtbot.waitUntil(lambda: not work.isVisible())
    QApplication.processEvents()
    assert (toast.mapTo(window, toast.rect().topLeft()), toast.label.text()) == (place, lines)
    window.welcome.want(False)


def test_a_message_leaves_the_focus_where_it_is(window: MainWindow) -> None:
    window.network_panel.list.setFocus()
    window.session.say("Something happened.")
    QApplication.processEvents()
    assert window.network_panel.list.hasFocus()


def test_the_first_steps_make_room_for_a_message_and_come_back(window: MainWindow) -> None:
    window.welcome.want(True)
    window.session.say("Something happened.")
    assert not window.welcome.isVisible()
    close = next(
        each
        for each in _toast(window, "messages").findChildren(QToolButton)
        if each.accessibleName().startswith("Close")
    )
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert window.session.state.status.notice == ""
    assert not _toast(window, "messages").isVisible()
    assert window.welcome.isVisible()
    window.welcome.want(False)


def test_a_fault_that_a_card_tells_is_only_pointed_at_from_the_foot(window: MainWindow, qtbot: QtBot) -> None:
    fault = Fault("conv1 failed on 1 × 9: it expects a map.", layer="conv1", details="line 1")
    window.session.selection.select(layer="relu1")
    window.session.store.set(replace(window.session.state.maps, fault=fault))
    messages = _toast(window, "messages")
    assert messages.label.whole() == "conv1 cannot run: see its card."
    dock = window.docks[0]
    dock.close()
    button = next(each for each in messages.findChildren(QToolButton) if each.text() == "Show its card")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.session.state.selection.layer == "conv1"
    assert dock.isVisible()
    cards = window.network_panel.list
    assert cards.hasFocus()
    assert cards.viewport().rect().contains(cards.visualRect(cards.currentIndex()).topLeft())
    details = next(each for each in messages.findChildren(QToolButton) if each.text() == "Details…")
    assert details.isVisible()
    told = [label.text() for label in window.findChildren(QLabel) if label.isVisible() and "1 × 9" in label.text()]
    assert told == []


def test_a_fault_that_was_put_away_stays_away_until_there_is_another(window: MainWindow) -> None:
    fault = Fault("It went wrong.", details="line 1")
    window.session.store.set(replace(window.session.state.maps, fault=fault))
    toast = _toast(window, "messages")
    assert toast.isVisible()
    _close_message(window)
    assert not toast.isVisible()
    window.session.store.set(replace(window.session.state.maps, fault=Fault("It went wrong again.")))
    assert toast.isVisible()
    assert toast.label.whole() == "It went wrong again."


def test_the_list_holds_every_message_the_newest_first_and_grows_while_it_is_open(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.session.say("<b>First</b>.")
    window.session.say("Second.")
    window.session.say("")
    QTest.keyClick(window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    shown = _list(window)
    qtbot.waitUntil(shown.isVisible)
    texts = [shown.list.item(row).text() for row in range(shown.list.count())]
    assert texts[0].endswith("Second.")
    assert texts[1].endswith("<b>First</b>.")
    shown.list.setCurrentRow(1)
    window.session.say("Third.")
    assert shown.list.item(0).text().endswith("Third.")
    assert shown.list.currentItem().text().endswith("<b>First</b>.")
    QTest.mouseClick(shown.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "<b>First</b>."
    shown.close()


def test_the_list_shows_the_details_of_a_fault(window: MainWindow, qtbot: QtBot) -> None:
    window.session.store.set(replace(window.session.state.maps, fault=Fault("It went wrong.", details="line 7")))
    QTest.mouseClick(window.findChild(QToolButton, "showMessages"), Qt.MouseButton.LeftButton)
    shown = _list(window)
    qtbot.waitUntil(shown.isVisible)
    assert shown.details.isEnabled()
    QTest.mouseClick(shown.details, Qt.MouseButton.LeftButton)
    box = window.findChild(QMessageBox)
    assert (box.text(), box.detailedText()) == ("It went wrong.", "line 7")
    box.close()
    window.session.say("Only words.")
    shown.list.setCurrentRow(0)
    assert not shown.details.isEnabled()
    shown.close()


def test_asked_for_again_the_list_that_is_open_comes_to_the_front(window: MainWindow, qtbot: QtBot) -> None:
    window.action("messages").trigger()
    shown = _list(window)
    qtbot.waitUntil(shown.isVisible)
    window.action("messages").trigger()
    assert [each for each in window.findChildren(MessageList) if each.isVisible()] == [shown]
    shown.close()


def test_every_button_of_the_list_is_reached_by_tab(window: MainWindow, qtbot: QtBot) -> None:
    window.session.say("Something happened.")
    window.action("messages").trigger()
    shown = _list(window)
    qtbot.waitUntil(shown.isActiveWindow)
    reached = set()
    for _ in range(6):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.add(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert {shown.list, *(each for each in shown.findChildren(QPushButton) if each.isEnabled())} <= reached
    shown.close()


def test_the_first_steps_speak_of_what_the_network_is_fed(window: MainWindow) -> None:
    window.session.files.open_network("two-two-two")
    assert WELCOME_TO_NUMBERS in (window.welcome.label.text(), window.welcome.label.toolTip())
    assert "Open picture…" not in _offered(window)
    window.session.files.new_network("1x5x5 conv(1, 3)")
    assert WELCOME_TO_FEW_CELLS in (window.welcome.label.text(), window.welcome.label.toolTip())
    for _ in range(2):
        window.session.editing.undo()
    assert WELCOME in (window.welcome.label.text(), window.welcome.label.toolTip())
    assert "Open picture…" in _offered(window)


def _offered(window: MainWindow) -> list[str]:
    """The buttons beside the first steps."""
    return [each.text() for each in window.welcome.findChildren(QToolButton) if not each.isHidden()]
