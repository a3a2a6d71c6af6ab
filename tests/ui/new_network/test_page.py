"""A new network is written on a page: templates, completion, what the text says so far, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from explorer.network import LAYERS, Network
from explorer.network.draft import read_draft
from explorer.network.shape import MOST_LAYERS
from explorer.network.templates import TEMPLATES
from explorer.ui.common import dialogs
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.new_network.layer_table import layer_line
from explorer.ui.new_network.page import NewNetworkPage
from explorer.ui.shell.main_window import MainWindow
from tests.ui.windows import shared_window

SIZES = [(1280, 720), (1440, 900), (960, 560)]


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> Iterator[NewNetworkPage]:
    window.action("newNetwork").trigger()
    found = window.findChild(NewNetworkPage)
    assert found is not None
    qtbot.waitExposed(found)
    yield found
    found.forget()
    assert not found.isVisible()


def _write(page: NewNetworkPage, text: str) -> None:
    """Type it in place of everything, as a person does."""
    page.editor.selectAll()
    QTest.keyClicks(page.editor, text)


def _wait_until_read(page: NewNetworkPage, qtbot: QtBot) -> None:
    """The rows follow by themselves, a moment after the last letter."""
    rows = tuple(layer_line(written) for written in read_draft(page.editor.text()).layers)
    qtbot.waitUntil(lambda: page.table.rows == rows)


def _button(page: NewNetworkPage, name: str) -> QPushButton:
    button = page.findChild(QPushButton, name)
    assert button is not None
    return button


def test_rows_shapes_and_parameters_follow_what_is_typed(page: NewNetworkPage, qtbot: QtBot) -> None:
    text = "3x32x32 conv(12, 5) relu maxpool(2) flatten linear(10)"
    _write(page, text)
    _wait_until_read(page, qtbot)
    network = Network.parse(text)
    assert [row.kind for row in page.table.rows] == [layer.kind for layer in network.layers]
    assert [row.output for row in page.table.rows] == ["12 × 28 × 28"] * 2 + ["12 × 14 × 14", "2,352", "10"]
    counts = network.parameter_counts()
    assert [row.parameters for row in page.table.rows] == [f"{count:,}" if count else "" for count in counts]
    assert page.table.rows[0].settings == "filters = 12, window = 5"
    assert page.lines.sentences == ()


def test_a_typing_error_keeps_the_page_and_the_text_and_says_where(page: NewNetworkPage, qtbot: QtBot) -> None:
    text = "3x32x32 conv(12, 5) rleu"
    _write(page, text)
    qtbot.waitUntil(lambda: any("perhaps relu?" in sentence for sentence in page.lines.sentences))
    assert [row.name for row in page.table.rows] == ["conv1"]
    assert page.editor.marks == (((20, 24), "error"),)
    assert not page.create_button.isEnabled()
    QTest.keyClick(page.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.isVisible()
    assert page.editor.text() == text
    page.editor.moveCursor(page.editor.textCursor().MoveOperation.Start)
    _button(page, "problemPlace0").click()
    assert page.editor.textCursor().selectedText() == "rleu"
    assert page.editor.hasFocus()


def test_a_problem_is_mended_by_its_button_and_undo_takes_that_back(page: NewNetworkPage, qtbot: QtBot) -> None:
    text = "3x8x8 conv(4, 3) linear(2)"
    _write(page, text)
    qtbot.waitUntil(lambda: bool(page.lines.sentences))
    (problem,) = Network.parse(text).problems()
    assert page.lines.sentences == (problem.message,)
    assert problem.fix is not None
    fix = _button(page, "problemFix0")
    assert fix.text() == problem.fix.label
    fix.click()
    assert page.editor.text() == "3x8x8 conv(4, 3) flatten linear(2)"
    assert page.lines.sentences == ()
    assert page.table.rows[-1].output == "2"
    page.editor.undo()
    assert page.editor.text() == text


def test_what_is_perhaps_meant_is_put_in_by_a_button_and_undo_takes_that_back(
    page: NewNetworkPage, qtbot: QtBot
) -> None:
    """It was asked, "perhaps relu?", and had to be typed."""
    text = "3x8x8 conv(4, 3) rellu linear(2)"
    _write(page, text)
    qtbot.waitUntil(lambda: any("perhaps relu?" in sentence for sentence in page.lines.sentences))
    fix = _button(page, "problemFix0")
    assert fix.text() == "Write relu"
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert page.editor.text() == "3x8x8 conv(4, 3) relu linear(2)"
    assert _button(page, "problemFix0").text() == "Insert Flatten before", "what comes to light behind it"
    page.editor.undo()
    assert page.editor.text() == text


def test_buttons_are_those_of_their_lines_also_under_what_could_not_be_put_in(
    page: NewNetworkPage, qtbot: QtBot
) -> None:
    _write(page, "3x8x8 conv(4, 3) linear(2)")
    qtbot.waitUntil(lambda: bool(page.lines.sentences))
    page.editor.refused.emit("That is too long.")
    assert len(page.lines.sentences) == 2
    _button(page, "problemFix1").click()
    assert page.editor.text() == "3x8x8 conv(4, 3) flatten linear(2)"


def test_what_is_wrong_stands_right_under_the_text(page: NewNetworkPage, qtbot: QtBot) -> None:
    """It stood at the foot of the page, under the table of the layers."""
    _write(page, "3x8x8 conv(4, 3) linear(2)")
    qtbot.waitUntil(lambda: bool(page.lines.sentences))
    QApplication.processEvents()
    end = page.editor.mapTo(page, page.editor.rect().bottomLeft()).y()
    top = page.lines.mapTo(page, QPoint()).y()
    assert 0 < top - end < 12


def test_a_network_with_a_problem_can_be_created_and_mended_later(
    page: NewNetworkPage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "ask_unsaved", lambda *_given: "discard")
    _write(page, "3x8x8 conv(4, 3) linear(2)")
    page.editor.setFocus()
    QTest.keyClick(page.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not page.isVisible()
    assert [problem.layer for problem in window.session.state.problems] == ["linear1"]


# --- completion ---


def test_completion_offers_kinds_and_tab_puts_one_in_with_its_first_number_chosen(page: NewNetworkPage) -> None:
    _write(page, "3x32x32 con")
    assert page.editor.completion_list.words == ("conv", "convtranspose", "concat")
    QTest.keyClick(page.editor, Qt.Key.Key_Down)
    QTest.keyClick(page.editor, Qt.Key.Key_Up)
    QTest.keyClick(page.editor, Qt.Key.Key_Tab)
    assert page.editor.text() == "3x32x32 conv(16, 3)"
    assert page.editor.textCursor().selectedText() == "16"
    assert page.editor.hasFocus()
    QTest.keyClicks(page.editor, "8")
    assert page.editor.text() == "3x32x32 conv(8, 3)"


def test_escape_closes_the_list_first_and_then_the_page_and_the_text_is_there_again(
    page: NewNetworkPage, window: MainWindow
) -> None:
    _write(page, "3x32x32 maxp")
    assert page.editor.completion_list.isVisible()
    QTest.keyClick(page.editor, Qt.Key.Key_Escape)
    assert not page.editor.completion_list.isVisible()
    assert page.isVisible()
    QTest.keyClick(page.editor, Qt.Key.Key_Escape)
    assert not page.isVisible()
    window.action("newNetwork").trigger()
    assert window.findChildren(NewNetworkPage) == [page]
    assert page.isVisible()
    assert page.editor.text() == "3x32x32 maxp"
    other = NewNetworkPage()  # as after the next start
    assert other.editor.text() == "3x32x32 maxp"
    other.deleteLater()


def test_names_of_layers_before_and_settings_are_offered_and_a_whole_word_is_left_alone(
    page: NewNetworkPage, qtbot: QtBot
) -> None:
    _write(page, "3x32x32 first=conv(3, 3, padding=1) relu")
    _wait_until_read(page, qtbot)
    QTest.keyClicks(page.editor, " add(f")
    assert page.editor.completion_list.words == ("first",)
    QTest.keyClick(page.editor, Qt.Key.Key_Return)
    QTest.keyClicks(page.editor, ", relu1")
    assert not page.editor.completion_list.isVisible()
    QTest.keyClicks(page.editor, ") relu")
    assert not page.editor.completion_list.isVisible()
    QTest.keyClick(page.editor, Qt.Key.Key_Return)
    assert page.editor.text() == "3x32x32 first=conv(3, 3, padding=1) relu add(first, relu1) relu\n"


def test_control_and_space_ask_for_all_that_can_stand_here(page: NewNetworkPage) -> None:
    _write(page, "3x32x32 ")
    assert not page.editor.completion_list.isVisible()
    QTest.keyClick(page.editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert page.editor.completion_list.words == tuple(kind.word for kind in LAYERS)
    place = page.editor.completion_list.geometry()
    assert page.rect().contains(place)


def test_without_a_list_tab_goes_on_to_the_next_control(page: NewNetworkPage) -> None:
    _write(page, "3x32x32 ")
    QTest.keyClick(page.editor, Qt.Key.Key_Tab)
    assert not page.editor.hasFocus()
    assert page.editor.text() == "3x32x32 "


# --- templates, the sheet, the table ---


def test_templates_are_taken_by_arrows_and_enter_or_a_click_and_undo_brings_the_text_back(
    page: NewNetworkPage, window: MainWindow
) -> None:
    document = window.session.state.document
    _write(page, "3x8x8 relu")
    page.templates.setFocus()
    page.templates.setCurrentIndex(page.templates.model().index(0, 0))
    QTest.keyClick(page.templates, Qt.Key.Key_Down)
    assert page.editor.text() == "3x8x8 relu"
    QTest.keyClick(page.templates, Qt.Key.Key_Return)
    assert page.isVisible()
    assert page.editor.text() == TEMPLATES[1].text
    assert len(page.table.rows) == len(TEMPLATES[1].network.layers)
    page.editor.undo()
    assert page.editor.text() == "3x8x8 relu"
    place = page.templates.row_rect(TEMPLATES[2].name).center()
    QTest.mouseClick(page.templates.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.editor.text() == TEMPLATES[2].text
    assert page.editor.verticalScrollBar().value() == 0
    assert window.session.state.document is document


def _selected(page: NewNetworkPage) -> list[str]:
    return [index.data() for index in page.templates.selectedIndexes()]


@pytest.mark.parametrize(
    ("keys", "at"), [((Qt.Key.Key_End,), -1), ((Qt.Key.Key_Down, Qt.Key.Key_Down), 2), ((Qt.Key.Key_PageDown,), None)]
)
def test_the_template_that_the_keys_reach_is_the_one_that_stands_in_the_text(
    page: NewNetworkPage, keys: tuple[Qt.Key, ...], at: int | None
) -> None:
    """End went to "Empty" in the list, while the text stayed that of another."""
    assert _selected(page) == [TEMPLATES[0].title]
    page.templates.setFocus()
    for key in keys:
        QTest.keyClick(page.templates, key)
    template = next(each for each in TEMPLATES if each.text == page.editor.text())
    assert _selected(page) == [template.title]
    assert template is not TEMPLATES[0]
    assert at is None or template is TEMPLATES[at]


def test_a_text_of_ones_own_is_no_template_and_the_keys_leave_it(page: NewNetworkPage, qtbot: QtBot) -> None:
    _write(page, "3x8x8 relu")
    qtbot.waitUntil(lambda: not _selected(page))
    page.templates.setFocus()
    QTest.keyClick(page.templates, Qt.Key.Key_End)
    assert page.editor.text() == "3x8x8 relu"
    assert not _selected(page)
    assert page.templates.currentIndex().data() == TEMPLATES[-1].title
    QTest.keyClick(page.templates, Qt.Key.Key_Return)
    assert page.editor.text() == TEMPLATES[-1].text
    assert _selected(page) == [TEMPLATES[-1].title]
    page.editor.undo()
    qtbot.waitUntil(lambda: not _selected(page))


def test_a_kind_of_the_cheat_sheet_is_written_where_the_cursor_is(page: NewNetworkPage) -> None:
    _write(page, "3x8x8")
    assert page.sheet.findChildren(QPushButton)
    _button(page, "write.conv").click()
    assert page.editor.text() == "3x8x8 conv(16, 3)"
    assert page.editor.textCursor().selectedText() == "16"


def test_what_cannot_be_counted_is_not_counted_as_none(page: NewNetworkPage, qtbot: QtBot) -> None:
    """ "0 parameters" stood under a network whose first layer has no room for its window."""
    _write(page, "3x8x8 conv(4, 9) relu flatten linear(2)")
    told = page.findChild(ElidedLabel, "newNetworkSummary")
    assert told is not None
    qtbot.waitUntil(lambda: told.whole() == "4 layers · ? parameters · 3 × 8 × 8 → ?")
    _write(page, "3x8x8 conv(4, 3) relu conv(4, 9)")
    qtbot.waitUntil(lambda: told.whole() == "3 layers · 112 parameters before the fault · 3 × 8 × 8 → ?")


def test_the_cheat_sheet_has_every_kind_with_its_summary(page: NewNetworkPage) -> None:
    written = {label.text() for label in page.sheet.findChildren(QLabel)}
    assert {button.text().strip() for button in page.sheet.findChildren(QPushButton)} == {k.word for k in LAYERS}
    assert {kind.summary for kind in LAYERS} <= written


def test_a_click_on_a_row_shows_the_layer_in_the_text_and_the_cursor_marks_its_row(
    page: NewNetworkPage, qtbot: QtBot
) -> None:
    _write(page, "3x8x8 conv(4, 3) relu linear(2)")
    _wait_until_read(page, qtbot)
    place = page.table.visualRect(page.table.model().index(1, 0)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.editor.textCursor().selectedText() == "relu"
    page.editor.moveCursor(page.editor.textCursor().MoveOperation.End)
    assert page.table.currentIndex().row() == 2


# --- bounds ---


def test_ten_megabytes_and_too_many_layers_are_refused_in_a_sentence(page: NewNetworkPage, qtbot: QtBot) -> None:
    _write(page, "3x8x8 relu")
    clipboard = QMimeData()
    clipboard.setText("relu " * 2_000_000)
    page.editor.insertFromMimeData(clipboard)
    assert page.editor.text() == "3x8x8 relu"
    assert "10,000,010 letters" in page.lines.sentences[0]
    clipboard.setText(" relu" * 50_000)
    page.editor.insertFromMimeData(clipboard)
    qtbot.waitUntil(lambda: len(page.table.rows) == MOST_LAYERS)
    assert page.lines.sentences[0].startswith("A network has up to 1,000 layers")
    assert not page.create_button.isEnabled()


# --- what it takes the place of ---


def test_nothing_is_asked_before_the_text_is_right_and_no_leaves_the_page_as_it_is(
    page: NewNetworkPage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers = iter(("cancel", "discard"))
    monkeypatch.setattr(dialogs, "ask_unsaved", lambda _parent, title: asked.append(title) or next(answers))
    window.session.editing.remove_layer(window.session.state.parts[-1].name)
    _write(page, "3x8x8 conv(4 flatten")
    page.create_button.click()
    assert not asked
    _write(page, "3x8x8 conv(4, 3) flatten linear(2)")
    document = window.session.state.document
    QTest.keyClick(page.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(asked) == 1
    assert page.isVisible()
    assert window.session.state.document is document
    QTest.keyClick(page.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not page.isVisible()
    assert window.session.state.network == Network.parse("3x8x8 conv(4, 3) flatten linear(2)")
    window.action("newNetwork").trigger()
    assert page.editor.text() == TEMPLATES[0].text


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_page_lies_in_the_window_with_all_its_parts(
    window: MainWindow, page: NewNetworkPage, size: tuple[int, int]
) -> None:
    page.close()
    window.resize(*size)
    window.action("newNetwork").trigger()
    assert page.width() <= window.width()
    assert page.height() <= window.height()
    for part in (page.templates, page.editor, page.table, page.sheet, page.create_button):
        place = part.mapTo(page, part.rect().topLeft())
        assert page.rect().contains(part.rect().translated(place))
        assert part.width() > 60
        assert part.height() > 20


def test_sentences_have_their_room_or_scroll(page: NewNetworkPage, window: MainWindow, qtbot: QtBot) -> None:
    page.close()
    window.resize(1280, 720)
    window.action("newNetwork").trigger()
    _write(page, "3x8x8 conv(4, 3) linear(2) conv(4,")
    qtbot.waitUntil(lambda: len(page.lines.sentences) == 2)
    labels = [label for label in page.lines.findChildren(QLabel) if label.isVisible()]
    assert [label.text() for label in labels] == list(page.lines.sentences)
    qtbot.waitUntil(lambda: all(label.height() >= label.heightForWidth(label.width()) for label in labels))
    assert page.lines.verticalScrollBar().maximum() == 0
    top = page.table.mapTo(page, page.table.rect().topLeft())
    _write(page, "3x8x8 conv(4, 3) flatten")
    qtbot.waitUntil(lambda: not page.lines.sentences)
    assert page.table.mapTo(page, page.table.rect().topLeft()) == top


def test_the_tip_of_a_cell_is_all_that_it_says_and_what_is_wrong_with_its_layer(
    page: NewNetworkPage, qtbot: QtBot
) -> None:
    _write(page, "3x8x8 conv(4, 9, padding=0, dilation=1) relu")
    _wait_until_read(page, qtbot)
    model = page.table.model()
    settings = model.index(0, 2)
    tip = settings.data(Qt.ItemDataRole.ToolTipRole)
    assert tip.split("\n") == [settings.data(), *page.table.rows[0].told]
    assert page.table.rows[0].told
