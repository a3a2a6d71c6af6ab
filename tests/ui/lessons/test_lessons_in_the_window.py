"""Lessons in the window: opened, answered and left with mouse and keys; what was there before comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.lessons.shelf import lesson_named, lessons
from explorer.session.lesson_state import LessonState
from explorer.ui.common import settings, theme
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.lessons.contents import DOT_ROOM, HEADING, LESSON, MARGIN, ContentsList
from explorer.ui.lessons.end_page import SeenSteps
from explorer.ui.shell.finding.sources import lessons as lessons_to_find
from explorer.ui.shell.main_window import MainWindow
from tests.ui.pixels import colours_near
from tests.ui.windows import shared_window

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(qtbot: QtBot, shared: MainWindow) -> Iterator[MainWindow]:
    shared.resize(1280, 720)
    shared.session.lessons.forget_answers()
    shared.session.lessons.read_in("en")
    settle(qtbot, shared)
    yield shared
    shared.leave_lessons()
    settle(qtbot, shared)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    qtbot.waitUntil(
        lambda: (
            not session.store.runner.is_busy()
            and not session.state.maps.computing
            and not session.state.steps.is_recording
        )
    )
    QApplication.processEvents()


def part(window: MainWindow, kind: type[QWidget], name: str) -> QWidget:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


def press(qtbot: QtBot, window: MainWindow, kind: type[QWidget], name: str) -> None:
    button = part(window, kind, name)
    assert button.isVisible(), name
    QTest.mouseClick(button, LEFT)
    settle(qtbot, window)


def with_keys(qtbot: QtBot, window: MainWindow, name: str, *keys: Qt.Key | str) -> None:
    """Press keys, once the part called `name` has them."""
    for key in keys or ("",):
        focus = QApplication.focusWidget()
        assert focus is not None
        assert focus.objectName() == name
        QTest.keyClicks(focus, key) if isinstance(key, str) else QTest.keyClick(focus, key)
    settle(qtbot, window)


def said(window: MainWindow, name: str) -> str:
    label = part(window, QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def opened(qtbot: QtBot, window: MainWindow, name: str, step: str = "") -> LessonState:
    lesson = lesson_named(name)
    assert lesson is not None
    window.session.lessons.open(lesson, next((each.number for each in lesson.steps if each.name == step), 0))
    settle(qtbot, window)
    return window.session.state.lessons


def type_answer(qtbot: QtBot, window: MainWindow, text: str) -> None:
    field = part(window, QLineEdit, "lessonAnswer")
    field.setFocus()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, window)


def pixels(window: MainWindow) -> np.ndarray:
    """The window but for its foot, which tells how long the last pass took."""
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    whole = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return whole[: image.height() - window.statusBar().height()].copy()


def test_the_contents_list_all_lessons_and_a_click_opens_one(qtbot: QtBot, window: MainWindow) -> None:
    window.action("lessons").trigger()
    QApplication.processEvents()
    listed = part(window, QListView, "lessonList")
    assert isinstance(listed, QListView)
    model = listed.model()
    rows = [str(model.index(row, 0).data()) for row in range(model.rowCount())]
    assert sum(" min · 0 of " in row for row in rows) == len(lessons())
    row = next(at for at, text in enumerate(rows) if text.startswith("What happens in one step"))
    listed.scrollTo(model.index(row, 0))
    QTest.mouseClick(listed.viewport(), LEFT, pos=listed.visualRect(model.index(row, 0)).center())
    settle(qtbot, window)
    assert said(window, "lessonTitle") == "A neuron adds up"
    assert window.tabs.current == "debugger"


def test_a_number_is_typed_and_wrong_ones_are_answered_with_what_they_come_from(
    qtbot: QtBot, window: MainWindow
) -> None:
    opened(qtbot, window, "convolution")
    assert said(window, "lessonQuestion").endswith("What is the first cell?")
    type_answer(qtbot, window, "6")
    assert said(window, "lessonFeedback").startswith("6 is not it. You added the pixels.")
    field = part(window, QLineEdit, "lessonAnswer")
    assert isinstance(field, QLineEdit)
    field.clear()
    type_answer(qtbot, window, "4")
    assert said(window, "lessonFeedback").startswith("Right: 4.")
    assert not field.isEnabled()
    assert said(window, "lessonPlace") == "1 of 6"


def test_a_step_that_is_asked_again_has_an_empty_field(qtbot: QtBot, window: MainWindow) -> None:
    """The old answer stood in it: whoever opened the lesson once more was told what it asks."""
    opened(qtbot, window, "convolution")
    type_answer(qtbot, window, "4")
    window.leave_lessons()
    opened(qtbot, window, "convolution")
    field = part(window, QLineEdit, "lessonAnswer")
    assert isinstance(field, QLineEdit)
    assert field.isEnabled()
    assert not field.text()


def test_the_letter_of_an_option_stands_on_the_line_of_its_first_word(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "first-look")
    option = part(window, QPushButton, "lessonOptionA")
    letter, words, _votes = option.findChildren(QLabel)
    assert (letter.text(), words.text()) == ("A", "5")
    lines = [_line_of_writing(option, each) for each in (letter, words)]
    assert abs(lines[0] - lines[1]) <= 1


def _line_of_writing(option: QWidget, label: QLabel) -> int:
    """The row of pixels of `option` at which what is written in its `label` begins."""
    place = label.geometry()
    picture = option.grab(place).toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    pixels = pixels[:, : picture.width()].astype(int)
    return place.top() + int(np.flatnonzero((np.abs(pixels - np.median(pixels)) > 40).any(axis=1))[0])


def test_what_is_no_number_is_said_to_be_none(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "convolution")
    type_answer(qtbot, window, "four")
    assert "number" in said(window, "lessonFeedback")
    assert not window.session.state.lessons.is_revealed


def test_a_step_that_cannot_be_shown_says_why_in_a_whole_sentence(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "one-step")
    window.session.editing.set_input_shape((3, 4, 4))
    settle(qtbot, window)
    why = (
        "linear1 cannot run. linear1: Linear needs a row of numbers, but a map of 3×4×4 arrives. "
        "PyTorch would act on its last axis of 4 alone, row by row."
    )
    assert said(window, "lessonText") == f"This step cannot be shown: {why}"


def test_an_option_is_chosen_by_mouse_and_by_its_letter(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "first-look")
    press(qtbot, window, QPushButton, "lessonOptionA")
    assert said(window, "lessonFeedback").startswith("5 is not it. Five numbers were typed")
    option = part(window, QPushButton, "lessonOptionB")
    option.setFocus()
    QTest.keyClick(option, Qt.Key.Key_B)
    settle(qtbot, window)
    assert said(window, "lessonFeedback").startswith("Right: 31,642.")


def test_i_do_not_know_shows_the_answer_and_the_change_can_be_done_for_me(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "convolution")
    assert not part(window, QPushButton, "lessonDoIt").isVisible()
    press(qtbot, window, QPushButton, "lessonUnknown")
    assert said(window, "lessonFeedback").startswith("It is 4.")
    press(qtbot, window, QPushButton, "lessonDoIt")
    entry = window.session.state.entry("conv1")
    assert entry is not None
    assert entry.values[0, 0, 0] == 5
    assert not said(window, "lessonRemark")  # the lesson changed them, and the question is answered
    window.action("undo").trigger()
    settle(qtbot, window)
    entry = window.session.state.entry("conv1")
    assert entry is not None
    assert entry.values[0, 0, 0] == 4


def test_a_hint_is_the_sum_with_a_gap_and_makes_the_answer_a_helped_one(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "convolution")
    press(qtbot, window, QPushButton, "lessonHint")
    assert said(window, "lessonFeedback").endswith("+ 1·1 = ?")
    hint = part(window, QPushButton, "lessonHint")
    assert not hint.isEnabled()
    assert hint.toolTip() == "The hint stands below."
    type_answer(qtbot, window, "4")
    assert list(window.session.state.lessons.dots.values()) == ["helped"]
    assert hint.toolTip() == "The answer is there: no hint is needed any more."


def test_what_cannot_be_done_in_a_step_says_why(qtbot: QtBot, window: MainWindow) -> None:
    """In every step of every lesson: nothing of it is grey under the tip of what it would do."""
    window.session.lessons.open(lessons()[0])
    settle(qtbot, window)
    page = window.lessons.view.step
    parts = (page.question.hint, page.question.unknown, page.back, page.show_me, page.again)
    tips: dict[bool, set[str]] = {True: set(), False: set()}
    for name in ("first-look", "one-step", "size", "going-wrong"):
        lesson = opened(qtbot, window, name).lesson
        assert lesson is not None
        for at in range(len(lesson.steps)):
            window.session.lessons.go_to(at)
            settle(qtbot, window)
            for each in parts:
                tips[each.isEnabled()].add(each.toolTip())
    assert len(tips[False]) >= 4
    assert not tips[True] & tips[False]


def test_only_what_the_person_changed_is_said_to_be_changed_and_while_it_is_asked(
    qtbot: QtBot, window: MainWindow
) -> None:
    opened(qtbot, window, "convolution")
    window.session.input.set_cell((0, 0, 0), 3.0)
    settle(qtbot, window)
    assert said(window, "lessonRemark").startswith("You changed the numbers")
    press(qtbot, window, QPushButton, "lessonUnknown")
    assert not said(window, "lessonRemark")


def test_an_option_that_was_wrong_is_not_offered_again(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "first-look")
    press(qtbot, window, QPushButton, "lessonOptionA")
    assert not part(window, QPushButton, "lessonOptionA").isEnabled()
    assert part(window, QPushButton, "lessonOptionC").isEnabled()


@pytest.mark.parametrize(("name", "step"), [("what-layers-see", "upside-down"), ("one-step", "delta")])
def test_where_an_answered_step_has_no_room_what_is_spent_goes(
    qtbot: QtBot, window: MainWindow, name: str, step: str
) -> None:
    opened(qtbot, window, name, step)
    question = window.lessons.view.step.question
    window.session.lessons.reveal()
    seen, options = [], []
    for height in (1400, 560, 1400):
        window.resize(1280, height)
        settle(qtbot, window)
        seen.append((question.unknown.isVisible(), question.hint.isVisible()))
        options.append(sum(each.isVisible() for each in question.options))
    assert seen == [(True, True), (False, False), (True, True)]
    assert options == ([4, 1, 4] if name == "what-layers-see" else [0, 0, 0])
    assert question.field.isVisible() == (name == "one-step")


def test_a_lesson_is_opened_and_answered_with_keys_alone(qtbot: QtBot, window: MainWindow) -> None:
    """The keys go to what can be done next, not to whatever Qt finds behind what was greyed."""
    window.activateWindow()
    listed = part(window, QListView, "lessonList")
    assert isinstance(listed, QListView)
    listed.setCurrentIndex(QModelIndex())
    window.action("lessons").trigger()
    with_keys(qtbot, window, "lessonList", Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return)
    with_keys(qtbot, window, "lessonOptionA", Qt.Key.Key_B)
    with_keys(qtbot, window, "lessonNext", Qt.Key.Key_Space)
    with_keys(qtbot, window, "lessonAnswer", *"3072", Qt.Key.Key_Return)
    with_keys(qtbot, window, "lessonNext", Qt.Key.Key_Space)
    hint = part(window, QPushButton, "lessonHint")
    hint.setFocus()
    with_keys(qtbot, window, "lessonHint", Qt.Key.Key_Space)
    with_keys(qtbot, window, "lessonAnswer", "0", Qt.Key.Key_Return)
    with_keys(qtbot, window, "lessonNext")
    assert said(window, "lessonFeedback").startswith("Right: 0.")


def test_next_and_back_are_never_locked(qtbot: QtBot, window: MainWindow) -> None:
    lesson = opened(qtbot, window, "one-step").lesson
    assert lesson is not None
    for step in lesson.steps[1:]:
        press(qtbot, window, QToolButton, "lessonNext")
        assert said(window, "lessonTitle") == step.title
    press(qtbot, window, QToolButton, "lessonNext")
    assert part(window, QPushButton, "lessonOn").isVisible()
    press(qtbot, window, QPushButton, "lessonEndBack")
    assert said(window, "lessonTitle") == lesson.steps[-1].title
    press(qtbot, window, QToolButton, "lessonBack")
    assert said(window, "lessonTitle") == lesson.steps[-2].title
    assert not window.session.state.lessons.dots


def test_again_asks_of_other_numbers_and_reset_brings_those_of_the_lesson(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "convolution")
    first = window.session.state.values
    assert first is not None
    menu = window.findChild(QMenu, "lessonMenu")
    assert menu is not None
    again, reset = menu.actions()[:2]
    again.trigger()
    settle(qtbot, window)
    other = window.session.state.values
    assert other is not None
    assert not np.array_equal(other, first)
    reset.trigger()
    settle(qtbot, window)
    back = window.session.state.values
    assert back is not None
    assert np.array_equal(back, first)


def test_the_finder_opens_a_lesson(qtbot: QtBot, window: MainWindow) -> None:
    window.action("find").trigger()
    QApplication.processEvents()
    popup = QApplication.activePopupWidget()
    assert popup is not None
    field = popup.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "whose gradient")
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, window)
    lesson = window.session.state.lessons.lesson
    assert lesson is not None
    assert lesson.name == "whose-gradient"


def test_a_lesson_that_is_called_by_its_question_is_found_with_its_chapter(window: MainWindow) -> None:
    found = list(lessons_to_find(window))
    assert len(found) == len(lessons())
    assert not [each.title for each in found if each.title == each.note]


def test_what_was_done_is_there_at_the_next_start(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "convolution")
    type_answer(qtbot, window, "4")
    assert settings.lesson_dots() == dict(window.session.state.lessons.dots)
    assert list(settings.lesson_dots().values()) == ["answered"]


def test_closing_the_pane_leaves_the_window_as_it_was_at_random_moments(qtbot: QtBot, window: MainWindow) -> None:
    session, random = window.session, np.random.default_rng(7)
    settle(qtbot, window)
    before, document = pixels(window), session.state.document
    for _round in range(40):
        lesson = lessons()[random.integers(len(lessons()))]
        session.lessons.open(lesson, int(random.integers(len(lesson.steps))))
        for _act in range(int(random.integers(4))):
            act = (session.lessons.reveal, session.lessons.do_change, session.lessons.redraw, session.lessons.step)
            chosen = act[random.integers(len(act))]
            chosen(1) if chosen == session.lessons.step else chosen()
            if random.random() < 0.5:
                settle(qtbot, window)
        window.show_part(("overview", "maps", "debugger", "losses")[random.integers(4)])
        QTest.mouseClick(part(window, QToolButton, "lessonClose"), LEFT)
        settle(qtbot, window)
        QTest.mouseMove(window, QPoint(2, 2))
        qtbot.waitUntil(lambda: np.array_equal(pixels(window), before), timeout=8000)
        assert session.state.document is document
        assert not session.state.files.unsaved


def test_the_end_says_what_was_seen_and_leads_to_the_next_lesson(qtbot: QtBot, window: MainWindow) -> None:
    lesson = opened(qtbot, window, "pooling").lesson
    assert lesson is not None
    press(qtbot, window, QPushButton, "lessonUnknown")
    window.session.lessons.go_to(len(lesson.steps) - 1)
    settle(qtbot, window)
    press(qtbot, window, QToolButton, "lessonNext")
    assert said(window, "lessonDone") == f"You have come to the end. The question was: {lesson.script.question}"
    seen = part(window, SeenSteps, "lessonSeen")
    assert isinstance(seen, SeenSteps)
    assert [label.text() for _, label in seen.lines] == [step.title for step in lesson.steps]
    assert [mark.dot for mark, _ in seen.lines] == ["shown", *["open"] * (len(lesson.steps) - 1)]
    assert len({label.x() for _, label in seen.lines}) == 1  # the marks are of one width
    press(qtbot, window, QPushButton, "lessonOn")
    after = window.session.state.lessons.lesson
    assert after is not None
    assert after.name == "pool-gradient"
    assert said(window, "lessonTitle") == after.steps[0].title


def test_a_title_that_is_wider_than_the_list_goes_on_below(qtbot: QtBot) -> None:
    """It ended in an …, and nothing told the rest."""
    listed = ContentsList()
    qtbot.addWidget(listed)
    listed.resize(600, 2_000)
    listed.show()
    listed.show_lessons(lessons("de"), {}, "de")
    QApplication.processEvents()
    rows = range(listed.lines.rowCount())
    heights = [listed.visualRect(listed.lines.index(row)).height() for row in rows]
    assert set(heights) == {HEADING, LESSON}
    narrow = 180
    listed.resize(narrow, 2_000)
    qtbot.waitUntil(lambda: listed.visualRect(listed.lines.index(0)).width() <= narrow)
    QApplication.processEvents()
    picture = listed.grab().toImage()
    for row in rows:
        line, place = listed.lines.rows[row], listed.visualRect(listed.lines.index(row))
        font = theme.interface_font(12, semibold=True) if line.lesson is None else theme.interface_font()
        needed = QFontMetrics(font).horizontalAdvance(line.title)
        room = listed.viewport().width() - 2 * MARGIN - (0 if line.lesson is None else DOT_ROOM)
        assert (place.height() > heights[row]) == (needed > room), line.title
        if needed > room and line.lesson is not None:
            second = place.adjusted(MARGIN + DOT_ROOM, 4 + QFontMetrics(font).height(), 0, 0)
            second.setHeight(QFontMetrics(font).height())
            assert colours_near(picture.copy(second), theme.current().text, 60), line.title


def test_after_the_last_lesson_only_the_contents_are_offered(qtbot: QtBot, window: MainWindow) -> None:
    lesson = opened(qtbot, window, lessons()[-1].name).lesson
    assert lesson is not None
    window.session.lessons.go_to(len(lesson.steps) - 1)
    settle(qtbot, window)
    press(qtbot, window, QToolButton, "lessonNext")
    assert not part(window, QPushButton, "lessonOn").isVisible()
    press(qtbot, window, QPushButton, "lessonEndContents")
    assert part(window, QListView, "lessonList").isVisible()


def words_of_the_pane(window: MainWindow) -> set[str]:
    """All that the pane says, in sight and to who hears it."""
    found: set[str] = set()
    for widget in window.lessons.view.findChildren(QWidget):
        if not widget.isVisible() and not isinstance(widget, QMenu):
            continue  # of what was shown before
        found |= {widget.toolTip(), widget.accessibleName()}
        found |= {action.text() for action in widget.actions()}
        if isinstance(widget, QLabel | QPushButton | QLineEdit):
            found.add(widget.text())
        if isinstance(widget, QLineEdit):
            found.add(widget.placeholderText())
    return {text for text in found if re.search("[a-z]{3}", text)}


def test_the_pane_speaks_the_language_that_lessons_are_read_in(qtbot: QtBot, window: MainWindow) -> None:
    """Every word of it: nothing that it says in one language stands there in the other."""
    said_in: dict[str, set[str]] = {}
    for language in ("en", "de"):
        window.session.lessons.read_in(language)
        lesson = opened(qtbot, window, "convolution").lesson
        assert lesson is not None
        type_answer(qtbot, window, "6")
        found = words_of_the_pane(window)
        window.session.lessons.reveal()
        settle(qtbot, window)
        found |= words_of_the_pane(window)
        window.session.lessons.go_to(len(lesson.steps) - 1)
        settle(qtbot, window)
        window.session.lessons.step(1)
        found |= words_of_the_pane(window)
        window.lessons.view.show_contents()
        settle(qtbot, window)
        said_in[language] = found | words_of_the_pane(window)
    assert len(said_in["de"]) > 30
    assert not said_in["en"] & said_in["de"]
    assert settings.lesson_language() == "de"


def test_a_click_below_the_contents_changes_the_language_of_the_lesson_too(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "convolution")
    window.lessons.view.show_contents()
    press(qtbot, window, QPushButton, "lessonLanguage")
    listed = part(window, QListView, "lessonList")
    assert isinstance(listed, QListView)
    assert listed.isVisible()
    assert listed.model().index(1, 0).data().endswith("erledigt")
    lesson = window.session.state.lessons.lesson
    assert lesson is not None
    assert lesson.script.language == "de"
    assert window.session.state.lessons.is_set  # the scene stays as it is


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
def test_the_pane_is_no_wider_than_it_has_to_be(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int], language: str
) -> None:
    window.resize(*size)
    window.session.lessons.read_in(language)
    for lesson in lessons():
        window.session.lessons.open(lesson)
        settle(qtbot, window)
        assert window.lessons.dock.width() <= 330, lesson.name


def test_a_cell_is_pointed_at_in_the_picture_or_typed(qtbot: QtBot, window: MainWindow) -> None:
    opened(qtbot, window, "pool-gradient", "point-at-it")
    field, fed = part(window, QLineEdit, "lessonAnswer"), part(window, PictureCanvas, "fedPicture")
    assert isinstance(field, QLineEdit)
    assert isinstance(fed, PictureCanvas)
    assert (field.text(), field.placeholderText()) == ("", "point at a cell")
    QTest.mouseClick(fed, LEFT, pos=fed.point_of(1, 3).toPoint())
    assert field.text() == "0, 1, 3"
    press(qtbot, window, QPushButton, "lessonCheck")
    assert said(window, "lessonFeedback").startswith("0, 1, 3 is not it. It hears from the loss too")
    field.clear()
    type_answer(qtbot, window, "here")
    assert said(window, "lessonFeedback").startswith("Choose a cell of input")
    QTest.mouseClick(fed, LEFT, pos=fed.point_of(3, 3).toPoint())
    assert field.text() == "0, 3, 3"
    press(qtbot, window, QPushButton, "lessonCheck")
    assert said(window, "lessonFeedback").startswith("Right: (0, 3, 3).")
