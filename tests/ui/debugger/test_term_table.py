"""The table of terms: its rows are walked with the keys, followed, copied, and read out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.timeline import Timeline
from explorer.ui.common import theme
from explorer.ui.common.text import exact
from explorer.ui.common.things import COPY
from explorer.ui.debugger.into.term_table import TermTable
from explorer.ui.debugger.into.term_tables import Table
from explorer.ui.debugger.stage import StepStage
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.tensors.view import TensorView
from tests.ui.everything import close_all
from tests.ui.fakes import wait_until_recorded
from tests.ui.pixels import changed
from tests.ui.step_sessions import CLASSES, SteppedSession, recorded
from tests.ui.windows import shared_window


@cache
def timeline() -> Timeline:
    return recorded("1x6x6 conv(2, 3) flatten linear(10)")


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Iterator[tuple[SteppedSession, TermTable]]:
    theme.apply(qapp, "light")
    session = SteppedSession(timeline(), classes=CLASSES)
    shown = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(shown)
    shown.resize(860, 330)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    session.go("forward", "linear1", inside=True)
    yield session, shown.into.table
    shown.hide()


def _table(shown: TermTable) -> Table:
    assert shown.table is not None
    return shown.table


def test_tab_leads_to_the_table_and_its_first_row_is_told(stage: tuple[SteppedSession, TermTable]) -> None:
    _, shown = stage
    before = shown.grab().toImage()
    shown.setFocus(Qt.FocusReason.TabFocusReason)
    assert shown.hasFocus()
    table = _table(shown)
    assert shown.chosen() == table.order[0]
    assert shown.accessibleName() == "Terms"
    told = shown.accessibleDescription()
    assert told.startswith(table.labels[table.order[0]])
    assert all(exact(float(column.values[table.order[0]])) in told for column in table.columns)
    rows = {at.y() for at in changed(before, shown.grab().toImage())}
    assert rows
    area = shown.rect_of(int(table.order[0]))
    assert area is not None
    assert area.top() - 1 <= min(rows)
    assert max(rows) <= area.bottom() + 1


def test_the_keys_walk_over_all_rows_and_keep_the_chosen_one_in_sight(
    stage: tuple[SteppedSession, TermTable],
) -> None:
    _, shown = stage
    shown.setFocus()
    rows = _table(shown).order.tolist()
    assert 3 < shown.rows_shown() < len(rows), "some do not fit"
    walked = []
    for _ in range(len(rows) + 1):
        walked.append(shown.chosen())
        assert shown.rect_of(walked[-1]) is not None
        QTest.keyClick(shown, Qt.Key.Key_Down)
    assert walked == [*rows, rows[-1]]
    page = shown.rows_shown() - 1
    for key, at in ((Qt.Key.Key_Up, -2), (Qt.Key.Key_Home, 0), (Qt.Key.Key_PageDown, page), (Qt.Key.Key_End, -1)):
        QTest.keyClick(shown, key)
        assert shown.chosen() == rows[at]
        assert shown.rect_of(rows[at]) is not None


def test_the_wheel_scrolls_to_the_rows_that_are_counted_below(stage: tuple[SteppedSession, TermTable]) -> None:
    _, shown = stage
    first, last = _table(shown).order[[0, -1]].tolist()
    assert (shown.rect_of(first) is None, shown.rect_of(last) is None) == (False, True)
    before = shown.grab().toImage()
    for _ in range(30):
        _turn_wheel(shown, -120)
    assert (shown.rect_of(first) is None, shown.rect_of(last) is None) == (True, False)
    assert changed(before, shown.grab().toImage())
    foot = shown.rect_of(last)
    assert foot is not None
    assert shown.row_at(foot.center()) == last
    for _ in range(30):
        _turn_wheel(shown, 120)
    assert shown.rect_of(first) is not None


def test_the_marked_row_stays_in_sight_and_every_other_can_be_brought_there(
    stage: tuple[SteppedSession, TermTable],
) -> None:
    _, shown = stage
    rows = _table(shown).order.tolist()
    for marked in (rows[0], rows[len(rows) // 2], rows[-1]):
        shown.show_table(replace(_table(shown), marked=marked))
        shown.setFocus()
        for key in (Qt.Key.Key_Home, *(Qt.Key.Key_Down,) * len(rows), *(Qt.Key.Key_Up,) * len(rows)):
            QTest.keyClick(shown, key)
            chosen = shown.chosen()
            assert chosen is not None
            assert shown.rect_of(chosen) is not None
            assert shown.rect_of(marked) is not None


def _turn_wheel(shown: TermTable, angle: int) -> None:
    at = QPointF(40, 60)
    turned = QWheelEvent(
        at,
        shown.mapToGlobal(at),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(shown, turned)


def test_enter_goes_to_where_the_chosen_row_came_from(stage: tuple[SteppedSession, TermTable]) -> None:
    session, shown = stage
    shown.setFocus()
    QTest.keyClick(shown, Qt.Key.Key_Down)
    row = shown.chosen()
    assert row is not None
    QTest.keyClick(shown, Qt.Key.Key_Return)
    assert session.followed == [_table(shown).sources[row]]


def test_the_row_that_is_clicked_is_where_the_keys_go_on(stage: tuple[SteppedSession, TermTable]) -> None:
    _, shown = stage
    third, fourth = _table(shown).order[2:4].tolist()
    rect = shown.rect_of(third)
    assert rect is not None
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
    assert shown.hasFocus()
    assert shown.chosen() == third
    QTest.keyClick(shown, Qt.Key.Key_Down)
    assert shown.chosen() == fourth


def test_a_row_stays_chosen_while_another_cell_of_the_same_layer_is_explained(
    stage: tuple[SteppedSession, TermTable],
) -> None:
    session, shown = stage
    session.go("loss", "loss", inside=True)
    shown.setFocus()
    assert shown.chosen() == (_table(shown).order[0] if _table(shown).marked is None else _table(shown).marked)
    QTest.keyClick(shown, Qt.Key.Key_End)
    row, told = shown.chosen(), shown.accessibleDescription()
    session.go("backward", "loss", inside=True)
    assert _table(shown).labels == CLASSES
    assert shown.chosen() == row
    assert shown.accessibleDescription() != told


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(1280, 720)
        yield made
        close_all(made)


def _inside_linear(window: MainWindow, qtbot: QtBot) -> tuple[Session, TermTable]:
    session = window.session
    session.files.new_network("2 linear(4) relu linear(2)")
    session.selection.select(layer="linear2")
    window.show_part("debugger")
    wait_until_recorded(qtbot, session)
    stage = window.findChild(StepStage)
    assert stage is not None
    session.steps.step_into()
    for button in stage.findChildren(type(window.training.further)):
        if button.objectName() == "stageTensors":
            button.click()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert stage.into.table.isVisible()
    return session, stage.into.table


def test_keys_find_no_row_in_a_table_without_terms(stage: tuple[SteppedSession, TermTable]) -> None:
    _, shown = stage
    empty = replace(_table(shown), order=_table(shown).order[:0], marked=None)
    shown.show_table(empty)
    shown.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return):
        QTest.keyClick(shown, key)
    assert shown.chosen() is None


def test_the_copy_key_takes_the_chosen_row_with_all_its_digits(window: MainWindow, qtbot: QtBot) -> None:
    _, shown = _inside_linear(window, qtbot)
    shown.setFocus()
    QTest.keyClick(shown, Qt.Key.Key_Down)
    row, table = shown.chosen(), _table(shown)
    assert row is not None
    window.action(COPY).trigger()
    numbers = [exact(float(column.values[row])) for column in table.columns]
    assert QGuiApplication.clipboard().text() == "\t".join([table.labels[row], *numbers])


def test_after_going_there_the_keys_are_still_in_the_step(window: MainWindow, qtbot: QtBot) -> None:
    session, shown = _inside_linear(window, qtbot)
    shown.setFocus()
    before = session.state.steps.cursor.step
    QTest.keyClick(shown, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert session.state.steps.cursor.step != before
    stage = window.findChild(StepStage)
    assert stage is not None
    focused = QApplication.focusWidget()
    assert isinstance(focused, TensorView)
    assert stage.isAncestorOf(focused)
    assert focused.chosen() == session.state.steps.cursor.cell
