"""A lesson shown to a room: large type, one view, votes by key that are seen once the answer is, and the way back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.lessons.presenter import TYPE_PX
from explorer.ui.shell.main_window import MainWindow
from tests.ui.lessons.test_lessons_in_the_window import opened, part, pixels, said, settle
from tests.ui.windows import shared_window

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture(params=["en", "de"])
def window(qtbot: QtBot, shared: MainWindow, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    shared.resize(1280, 720)
    shared.session.lessons.forget_answers()
    shared.session.lessons.read_in(request.param)
    settle(qtbot, shared)
    yield shared
    shared.leave_lessons()
    shared.session.lessons.read_in("en")
    settle(qtbot, shared)


def present(qtbot: QtBot, window: MainWindow, name: str, step: str = "") -> None:
    opened(qtbot, window, name, step)
    window.action("present").trigger()
    settle(qtbot, window)


def keys(qtbot: QtBot, window: MainWindow, *pressed: str | Qt.Key) -> None:
    for key in pressed:
        target = QApplication.focusWidget() or window
        QTest.keyClicks(target, key) if isinstance(key, str) else QTest.keyClick(target, key)
    settle(qtbot, window)


def at_rest(qtbot: QtBot, window: MainWindow) -> np.ndarray:
    """The pixels once words of another size have their lines."""
    question = part(window, QLabel, "lessonQuestion")
    qtbot.waitUntil(lambda: not question.isVisible() or question.height() >= question.heightForWidth(question.width()))
    settle(qtbot, window)
    return pixels(window)


def counts(window: MainWindow) -> list[str]:
    """What stands at the right of each option."""
    options = (part(window, QWidget, f"lessonOption{letter}") for letter in "ABC")
    return [label.text() for option in options for label in option.findChildren(QLabel)[2:] if not label.isHidden()]


def test_one_step_and_its_view_fill_the_window_in_large_type(qtbot: QtBot, window: MainWindow) -> None:
    present(qtbot, window, "convolution", "one-place")
    shown = [dock for dock in window.docks if dock.isVisible()]
    assert shown == [window.docks[1]] * ("input" in window.session.state.lessons.step.open)
    assert not window.menus.tool_bar.isVisible()
    assert not window.statusBar().isVisible()
    assert part(window, QLabel, "lessonText").font().pixelSize() == TYPE_PX
    assert window.tabs.isVisible()


def test_the_way_back_is_to_the_pixel(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "convolution")
    before = at_rest(qtbot, window)
    window.action("present").trigger()
    settle(qtbot, window)
    assert not np.array_equal(pixels(window), before)
    keys(qtbot, window, Qt.Key.Key_Escape)
    assert not window.presenting.is_on
    np.testing.assert_array_equal(at_rest(qtbot, window), before)


def test_the_whole_screen_is_taken_and_the_mouse_is_seen_from_afar(qtbot: QtBot, window: MainWindow) -> None:
    state, size = window.windowState(), window.size()
    present(qtbot, window, "convolution")
    assert window.isFullScreen()
    cursor = QApplication.overrideCursor()
    assert cursor is not None
    picture = cursor.pixmap().toImage()
    assert min(picture.width(), picture.height()) >= 48
    assert picture.pixelColor(picture.width() // 2, picture.height() // 2) == QColor(theme.current().accent)
    keys(qtbot, window, Qt.Key.Key_Escape)
    assert (window.windowState(), window.size()) == (state, size)
    assert QApplication.overrideCursor() is None


def test_votes_are_counted_by_key_and_seen_with_the_answer(qtbot: QtBot, window: MainWindow) -> None:
    present(qtbot, window, "convolution", "turned")
    keys(qtbot, window, "a", "b", "b", "c")
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_C, SHIFT)
    assert ": 3." in said(window, "lessonVotes")
    keys(qtbot, window, "v", "a", "a", "b")
    assert counts(window) == []
    assert not window.session.state.lessons.told
    keys(qtbot, window, Qt.Key.Key_Space)
    assert window.session.state.lessons.is_revealed
    assert counts(window) == ["1 → 2", "2 → 1", "0 → 0"]
    keys(qtbot, window, "a")
    assert counts(window)[0] == "1 → 2"


def test_pages_turn_and_take_the_votes_along(qtbot: QtBot, window: MainWindow) -> None:
    present(qtbot, window, "convolution", "turned")
    keys(qtbot, window, "a", Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
    assert ": 0." in said(window, "lessonVotes")
    keys(qtbot, window, Qt.Key.Key_PageUp)
    assert window.session.state.lessons.at == 3


def test_a_full_stop_blanks_until_the_next_one(qtbot: QtBot, window: MainWindow) -> None:
    present(qtbot, window, "convolution", "turned")
    keys(qtbot, window, ".")
    assert part(window, QWidget, "lessonBlank").isVisible()
    keys(qtbot, window, Qt.Key.Key_Escape)
    QApplication.sendPostedEvents()
    assert window.presenting.is_on
    keys(qtbot, window, ".", ".")
    assert not any(blank.isVisible() for blank in window.findChildren(QWidget, "lessonBlank"))


def test_a_number_that_is_being_typed_keeps_its_keys(qtbot: QtBot, window: MainWindow) -> None:
    present(qtbot, window, "convolution", "one-place")
    field = part(window, QWidget, "lessonAnswer")
    field.setFocus()
    keys(qtbot, window, "4", ".", "0", Qt.Key.Key_Return)
    assert window.session.state.lessons.is_revealed
    assert window.presenting.is_on


def test_leaving_the_lesson_ends_it(qtbot: QtBot, window: MainWindow) -> None:
    before = at_rest(qtbot, window)
    present(qtbot, window, "pool-gradient")
    window.leave_lessons()
    settle(qtbot, window)
    assert not window.presenting.is_on
    assert window.menus.tool_bar.isVisible()
    np.testing.assert_array_equal(at_rest(qtbot, window), before)
