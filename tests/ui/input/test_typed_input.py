"""Numbers typed over the picture that the network is fed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.common.typing.cell_typing import CellTyping, typing_of
from explorer.ui.input.commands import PASTE_PICTURE
from explorer.ui.input.picture import TYPED_OVER_TIP
from explorer.ui.input.view import InputView
from tests.ui.fakes import make_actions, make_session, wait_until_shown

Opened = Callable[[str], tuple[Session, InputView]]
LEFT = Qt.MouseButton.LeftButton
GREY, COLOUR = "1x5x5 conv(1, 3)", "3x16x16 conv(2, 3)"


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Iterator[Opened]:
    theme.apply(qapp, "light")
    sessions = []

    def make(text: str) -> tuple[Session, InputView]:
        session = make_session(text)
        sessions.append(session)
        view = InputView(session, make_actions(session))
        qtbot.addWidget(view)
        view.resize(320, 520)
        view.show()
        view.activateWindow()
        wait_until_shown(qtbot, session)
        return session, view

    yield make
    for session in sessions:
        assert session.close()


def _typing(view: InputView) -> CellTyping:
    found = typing_of(view.picture.fed)
    assert found is not None
    return found


def _at(view: InputView, row: int, column: int) -> QPoint:
    return view.picture.fed.point_of(row, column).toPoint()


def _type(text: str, key: Qt.Key = Qt.Key.Key_Tab) -> None:
    for sign in text:
        QTest.keyClicks(QApplication.focusWidget(), sign)
    QTest.keyClick(QApplication.focusWidget(), key)


def test_any_number_is_typed_over_a_cell_and_the_rule_says_numbers_as_typed(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened(GREY)
    before, picture = np.array(session.state.values), session.state.input.picture
    QTest.mouseClick(view.picture.fed, LEFT, pos=_at(view, 1, 3))
    _type("-1")
    assert session.state.files.undo_text == "input [0, 1, 3] = −1"
    _type("17")
    wait_until_shown(qtbot, session)
    expected = before.copy()
    expected[0, 1, 3:] = [-1, 17]
    np.testing.assert_array_equal(session.state.values, expected)
    assert view.picture.rule.accessibleName().startswith("Numbers, as typed: 1 × 5 × 5")
    assert view.facts_label.whole() == "numbers, as typed"
    assert view.picture.original.toolTip() == TYPED_OVER_TIP
    assert _typing(view).cells is not None
    assert _typing(view).cells.head == (0, 2, 0)  # type: ignore[union-attr]
    session.editing.undo()
    assert session.state.values is not None
    assert session.state.values[0, 1, 3:].tolist() == [-1, before[0, 1, 4]]
    session.editing.undo()
    wait_until_shown(qtbot, session)
    assert session.state.input.picture is picture
    np.testing.assert_array_equal(session.state.values, before)


def test_a_block_from_a_slide_is_pasted_and_copied_with_every_digit(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened(GREY)
    QTest.mouseClick(view.picture.fed, LEFT, pos=_at(view, 0, 0))
    QGuiApplication.clipboard().setText("image = [[1,1,1,0,0],[0,1,1,1,0],[0,0,1,1,1],[0,0,1,1,0],[0,1,1,0,-0.1]]")
    QTest.keyClick(view.picture.fed, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    wait_until_shown(qtbot, session)
    assert session.state.values is not None
    assert session.state.values[0, 0].tolist() == [1, 1, 1, 0, 0]
    assert session.state.values[0, 4].tolist() == [0, 1, 1, 0, np.float32(-0.1)]
    assert _typing(view).cells.size == (5, 5)  # type: ignore[union-attr]
    QTest.keyClick(view.picture.fed, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines()[4] == "0\t1\t1\t0\t-0.1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 2 3\n4 5 6", "2 × 3 numbers do not fit into 5 × 5 cells from row 4, column 4 on."),
        ("", "There is no number on the clipboard."),
        ("1 2\n3", "The rows differ in length: 2 numbers in the first, 1 in row 2."),
        ("1e39", "1.00e39 is no number that float32 can hold: at most 3.40e38."),
        ("one", "“one” is not a number, such as −0.5 or 1e-2."),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_changes(opened: Opened, text: str, sentence: str) -> None:
    session, view = opened(GREY)
    before = session.state.values
    QTest.mouseClick(view.picture.fed, LEFT, pos=_at(view, 4, 4))
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(view.picture.fed, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert session.state.status.notice == sentence
    assert session.state.values is before


def test_a_picture_pasted_over_cells_is_told_the_command_that_takes_it(opened: Opened) -> None:
    session, view = opened(COLOUR)
    before = session.state.values
    QTest.mouseClick(view.picture.fed, LEFT, pos=_at(view, 4, 4))
    QGuiApplication.clipboard().setImage(QImage(6, 3, QImage.Format.Format_RGB32))
    QTest.keyClick(view.picture.fed, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    key = QKeySequence(PASTE_PICTURE.shortcut).toString()
    assert f"{PASTE_PICTURE.menu} → {PASTE_PICTURE.text} ({key})" in session.state.status.notice
    assert session.state.values is before


def test_dragging_chooses_a_block_and_one_number_fills_it(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened(GREY)
    QTest.mousePress(view.picture.fed, LEFT, pos=_at(view, 1, 1))
    QTest.mouseMove(view.picture.fed, _at(view, 2, 2))
    QTest.mouseMove(view.picture.fed, _at(view, 2, 3))
    QTest.mouseRelease(view.picture.fed, LEFT, pos=_at(view, 2, 3))
    assert _typing(view).cells is not None
    assert _typing(view).cells.size == (2, 3)  # type: ignore[union-attr]
    QGuiApplication.clipboard().setText("-3")
    QTest.keyClick(view.picture.fed, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    wait_until_shown(qtbot, session)
    assert session.state.values is not None
    assert (session.state.values[0, 1:3, 1:4] == -3).all()
    assert (session.state.values == -3).sum() == 6


def test_of_a_colour_picture_a_pixel_gets_the_number_in_every_channel(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened(COLOUR)
    before = np.array(session.state.values)
    QTest.mouseDClick(view.picture.fed, LEFT, pos=_at(view, 2, 5))
    assert _typing(view).editor.isVisible()
    _type("2.5", Qt.Key.Key_Return)
    wait_until_shown(qtbot, session)
    expected = before.copy()
    expected[:, 2, 5] = 2.5
    np.testing.assert_array_equal(session.state.values, expected)


def test_under_the_brush_nothing_is_typed(opened: Opened) -> None:
    _, view = opened(COLOUR)
    view.draw.click()
    QTest.mouseDClick(view.picture.fed, LEFT, pos=_at(view, 2, 5))
    assert not _typing(view).editor.isVisible()


def test_a_block_pasted_into_the_open_box_goes_over_the_cells(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened(GREY)
    QTest.mouseDClick(view.picture.fed, LEFT, pos=_at(view, 3, 1))
    QGuiApplication.clipboard().setText("-1\t2\n3\t-4,5")
    QTest.keyClick(_typing(view).editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert not _typing(view).editor.isVisible()
    wait_until_shown(qtbot, session)
    assert session.state.values is not None
    assert session.state.values[0, 3:, 1:3].tolist() == [[-1, 2], [3, -4.5]]


@pytest.mark.parametrize("text", [GREY, COLOUR])
def test_the_first_number_is_told_of_and_neither_moves_anything_nor_changes_what_is_chosen(
    opened: Opened, qtbot: QtBot, text: str
) -> None:
    session, view = opened(text)
    session.selection.select(layer="conv1", channel=0)
    chosen, picture = session.state.selection, session.state.input.picture
    assert picture is not None
    parts = view.picture.fed, view.picture.original, view.picture.fit, view.picture.rule, view.open
    QApplication.processEvents()

    def places() -> list[QRect]:
        QApplication.processEvents()
        return [QRect(part.mapTo(view, QPoint()), part.size()) for part in parts if part.isVisible()]

    before, at = places(), _at(view, 1, 3)
    assert len(before) == len(parts)
    QTest.mouseClick(view.picture.fed, LEFT, pos=at)
    QTest.mouseDClick(view.picture.fed, LEFT, pos=at)
    assert _typing(view).editor.isVisible()
    assert session.state.selection == chosen
    _type("-1")
    _type("17", Qt.Key.Key_Return)
    wait_until_shown(qtbot, session)
    assert places() == before
    assert session.state.selection == chosen
    assert session.state.status.told[0].sentence == (
        f"{picture.name} is fed as numbers from now on, as they are typed; undo brings the picture back."
    )
    assert len(session.state.status.told) == 1
    assert not view.picture.fit.isEnabled()
    while session.state.files.undo_text.startswith("input"):
        session.editing.undo()
    wait_until_shown(qtbot, session)
    assert session.state.input.picture is picture
    assert places() == before
    assert view.picture.fit.isEnabled()
    assert session.state.status.notice == ""
