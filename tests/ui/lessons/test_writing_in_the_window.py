"""A lesson of one's own is written in the window: saved, asked about with the right button, its texts typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTextBrowser,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.lessons.lesson import Lesson
from explorer.lessons.shelf import lesson_named
from explorer.session.asked_number import AskedNumber
from explorer.session.open_views import OpenViews
from explorer.ui.common import dialogs
from explorer.ui.lessons.writing_words import WRITING
from explorer.ui.shell.main_window import MainWindow
from tests.ui.lessons.test_lessons_in_the_window import part, press, said
from tests.ui.windows import shared_window

FOUND = "lessonField."


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(qtbot: QtBot, shared: MainWindow) -> Iterator[MainWindow]:
    shared.resize(1280, 720)
    shared.session.lessons.read_in("en")
    shared.session.files.new_network("1x5x5 conv(2, 3) relu flatten linear(3)")
    shared.session.input.use_sample("camera")
    idle(qtbot, shared)
    yield shared
    shared.lessons.view.pencil.setChecked(False)
    shared.leave_lessons()
    idle(qtbot, shared)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "One filter.lesson.toml"
    monkeypatch.setattr(dialogs, "ask_lesson_path", lambda _parent, _proposed: found)
    monkeypatch.setattr(dialogs, "ask_lesson", lambda _parent: found)
    return found


def idle(qtbot: QtBot, window: MainWindow) -> None:
    store = window.session.store
    for _ in range(3):  # what is read asks for a pass, and what is written is read
        qtbot.waitUntil(lambda: not store.runner.is_busy() and not store.runner.lanes.are_busy(), timeout=20_000)
        qtbot.waitUntil(lambda: not window.session.state.maps.computing)
        QApplication.processEvents()


def do(qtbot: QtBot, window: MainWindow, command: str) -> None:
    window.action(command).trigger()
    idle(qtbot, window)


def type_into(window: MainWindow, place: str, text: str) -> None:
    field = window.findChild(QWidget, f"{FOUND}{place}")
    assert isinstance(field, QLineEdit | QPlainTextEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def test_what_stands_in_the_window_is_saved_and_opened(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    do(qtbot, window, "showFeatureMaps")
    do(qtbot, window, "saveAsLesson")
    assert said(window, "lessonTitle") == "Step 1"
    assert said(window, "lessonRemark") == WRITING["en"].asks_nothing
    assert window.tabs.current == "maps"
    assert Lesson.read(path).script.steps[0].view == "maps"
    assert window.lessons.view.head.whole() == "One filter"


def test_the_right_button_on_a_number_asks_about_it(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    do(qtbot, window, "showDebugger")
    qtbot.waitUntil(lambda: window.session.state.steps.timeline is not None)
    idle(qtbot, window)
    step = next(s for s in window.session.state.steps.timeline.steps if (s.phase, s.call) == ("forward", "linear1"))
    window.session.steps.go_to_step(step.index)
    idle(qtbot, window)
    menus = []
    for view in window.view("debugger").findChildren(QWidget):
        menu = view.findChild(QMenu, "thingMenu", Qt.FindChildOption.FindDirectChildrenOnly)
        if menu is not None and view.isVisible():
            event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
            QApplication.sendEvent(view, event)
            ask = next((each for each in menu.actions() if each.objectName() == "thing.askAboutNumber"), None)
            menus.append(ask)
            menu.close()
    found = [each for each in menus if each is not None]
    assert found
    found[0].trigger()
    idle(qtbot, window)
    question = Lesson.read(path).script.steps[0].question
    assert question is not None
    assert said(window, "lessonQuestion") == "Which number stands at the question mark?"
    assert [str(each) for each in Lesson.read(path).check()] == []


def test_texts_and_wrong_answers_are_typed_in_the_dock(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.session.selection.select(layer="conv1", channel=1, row=1, column=1)
    do(qtbot, window, "showFeatureMaps")
    do(qtbot, window, "askAboutNumber")
    do(qtbot, window, "writeLesson")
    type_into(window, "title", "One place")
    type_into(window, "text", "Nine products and a bias.")
    type_into(window, "lesson.title", "A filter")
    press(qtbot, window, QPushButton, "lessonAddWrong")
    QTest.keyClicks(part(window, QLineEdit, "lessonWrongAnswer1"), "12")
    QTest.keyClicks(part(window, QPlainTextEdit, "lessonWrongBecause1"), "You forgot the bias.")
    press(qtbot, window, QPushButton, "lessonSave")
    idle(qtbot, window)
    press(qtbot, window, QPushButton, "lessonWritten")
    idle(qtbot, window)
    assert said(window, "lessonTitle") == "One place"
    assert said(window, "lessonText") == "Nine products and a bias."
    lesson = Lesson.read(path)
    assert lesson.title == "A filter"
    assert [each.is_warning for each in lesson.check()] == []
    assert lesson.play()[0].wrong == 1
    field = part(window, QLineEdit, "lessonAnswer")
    QTest.keyClicks(field, "12")
    QTest.keyClick(field, Qt.Key.Key_Return)
    idle(qtbot, window)
    assert "You forgot the bias." in said(window, "lessonFeedback")


def test_what_is_typed_and_not_saved_stays_when_the_file_changes(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    do(qtbot, window, "saveAsLesson")
    do(qtbot, window, "writeLesson")
    type_into(window, "text", "Half a sen")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('title = "Step 1"', 'title = "From outside"'), encoding="utf-8")
    title = window.findChild(QLineEdit, f"{FOUND}title")
    assert isinstance(title, QLineEdit)
    qtbot.waitUntil(lambda: title.text() == "From outside")
    field = window.findChild(QPlainTextEdit, f"{FOUND}text")
    assert isinstance(field, QPlainTextEdit)
    assert field.toPlainText() == "Half a sen"


def test_a_mistake_stands_in_the_dock_in_red_with_its_line(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    do(qtbot, window, "saveAsLesson")
    label = part(window, QLabel, "lessonMistakes")
    assert label.isHidden()
    text = path.read_text(encoding="utf-8")
    line = next(at for at, each in enumerate(text.splitlines(), 1) if each.startswith("show"))
    path.write_text(text.replace('show = "forward conv1"', 'show = "forward conv8"'), encoding="utf-8")
    qtbot.waitUntil(label.isVisible)
    assert label.property("role") == "error"
    assert said(window, "lessonMistakes").startswith(f'line {line}, step "step-1": there is no step forward conv8')
    path.write_text(text, encoding="utf-8")
    qtbot.waitUntil(label.isHidden)


def test_a_lesson_is_opened_from_its_file_and_dropped_on_the_window(
    qtbot: QtBot, window: MainWindow, path: Path
) -> None:
    do(qtbot, window, "saveAsLesson")
    window.leave_lessons()
    do(qtbot, window, "openLesson")
    assert window.session.state.lessons.is_own
    window.leave_lessons()
    window.open_path(path)
    idle(qtbot, window)
    assert window.session.state.lessons.is_own


def test_the_lessons_that_come_along_have_no_pencil(qtbot: QtBot, window: MainWindow) -> None:
    lesson = lesson_named("convolution")
    assert lesson is not None
    window.session.lessons.open(lesson)
    idle(qtbot, window)
    assert part(window, QToolButton, "lessonPencil").isHidden()
    assert not window.action("showInLesson").isEnabled()
    assert not window.action("writeLesson").isEnabled()


def test_the_page_on_writing_lessons_is_read_beside_the_work(qtbot: QtBot, window: MainWindow) -> None:
    do(qtbot, window, "howToWrite")
    page = part(window, QTextBrowser, "howToWritePage")
    assert page.isVisible()
    assert "Save as lesson…" in page.toPlainText()
    assert "ask.reading" in page.toPlainText()
    page.window().close()
    QApplication.processEvents()


@pytest.mark.parametrize(("reading", "is_told"), [("input[0,0,1,1]", True), ("conv1.output[0,0,1,1]", False)])
def test_a_number_that_stays_to_be_seen_is_asked_about_with_a_word(
    qtbot: QtBot, window: MainWindow, path: Path, reading: str, is_told: bool
) -> None:
    window.session.lessons.writing.save_as(path, OpenViews("maps"), AskedNumber(reading))
    idle(qtbot, window)
    qtbot.waitUntil(lambda: window.session.state.lessons.is_set)
    assert (said(window, "lessonRemark") == WRITING["en"].asks_given) == is_told


def test_the_key_that_saves_saves_the_texts_while_they_are_typed(
    qtbot: QtBot, window: MainWindow, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(dialogs, "ask_save_path", lambda *_: asked.append("network"))
    do(qtbot, window, "saveAsLesson")
    do(qtbot, window, "writeLesson")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    type_into(window, "text", "Nine products.")
    QTest.keyClick(part(window, QPlainTextEdit, f"{FOUND}text"), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    idle(qtbot, window)
    assert Lesson.read(path).script.steps[0].text == "Nine products."
    assert asked == []
