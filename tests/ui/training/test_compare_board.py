"""The compare board, as a person uses it: choose what varies, press once, read the table, take the best over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.comparison import BUSY, ComparedRun, Comparison
from explorer.session.run_curves import EpochFigures, RunCurves
from explorer.ui.common import theme
from explorer.ui.training.compare.board import EMPTY, NO_DATA, CompareBoard
from explorer.ui.training.compare.table import CELL_PADDING, HELD_OUT, PARAMETERS, TIME, WHAT, best_of, cells_of
from explorer.ui.training.run_list import RUN, RunList
from explorer.ui.training.shown_runs import ShownRuns
from tests.session.test_comparing import TEXT, pictures, wait_until_over
from tests.ui.fakes import make_session


@pytest.fixture
def session(qtbot: QtBot, qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session(TEXT)
    made.learning.set_hyperparameters(batch_size=20, learning_rate=0.1)
    yield made
    assert made.close()


@pytest.fixture
def board(session: Session, qtbot: QtBot) -> CompareBoard:
    made = CompareBoard(session)
    qtbot.addWidget(made)
    made.resize(1100, 220)
    made.show()
    qtbot.waitExposed(made)
    return made


def wait_until_drawn(qtbot: QtBot, board: CompareBoard) -> None:
    qtbot.waitUntil(lambda: not board.is_due)


def open_pictures(board: CompareBoard, session: Session, qtbot: QtBot, folder: Path) -> None:
    session.data.use_data(pictures(folder / "sides.npz"))
    qtbot.waitUntil(lambda: session.state.data.data_set is not None)
    wait_until_drawn(qtbot, board)


def column(board: CompareBoard, at: int) -> list[str]:
    items = (board.table.topLevelItem(row) for row in range(board.table.topLevelItemCount()))
    return [item.text(at) for item in items if item is not None]


def test_before_there_are_data_it_says_what_is_missing(board: CompareBoard, session: Session, qtbot: QtBot,
                                                       tmp_path: Path) -> None:  # fmt: skip
    words = [label.text() for label in board.findChildren(QLabel) if label.isVisible()]
    assert NO_DATA in words
    assert not board.form.train.isEnabled()
    open_pictures(board, session, qtbot, tmp_path)
    assert board.empty.text() == EMPTY
    assert board.form.train.isEnabled()


def test_while_a_run_rests_it_says_why_nothing_can_be_compared_and_what_to_do(
    board: CompareBoard, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    """The button was grey, and its tip spoke of what it would do."""
    open_pictures(board, session, qtbot, tmp_path)
    session.learning.set_hyperparameters(epochs=100_000)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 3, timeout=60_000)
    session.training.pause()
    qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=60_000)
    wait_until_drawn(qtbot, board)
    assert not board.form.train.isEnabled()
    assert BUSY == board.form.train.toolTip() == board.empty.text()
    session.training.rewind()
    qtbot.waitUntil(lambda: board.form.train.isEnabled(), timeout=60_000)
    assert board.empty.text() == EMPTY
    assert "rewind" not in board.form.train.toolTip()


def test_all_variants_are_trained_in_one_press_and_stand_in_the_table(
    board: CompareBoard, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    open_pictures(board, session, qtbot, tmp_path)
    board.form.what.setCurrentText("Filters of conv1")
    assert board.form.values.text() == "1, 3, 6"
    board.form.values.setText("2, 8")
    board.form.epochs.setValue(2)
    QTest.mouseClick(board.form.train, Qt.MouseButton.LeftButton)
    assert session.state.watching.comparison.is_running
    wait_until_over(qtbot, session)
    wait_until_drawn(qtbot, board)
    assert [text.removesuffix(" · best") for text in column(board, WHAT)] == ["2", "8"]
    assert column(board, PARAMETERS) == [f"{run.parameters:,}" for run in session.state.watching.comparison.runs]
    assert all(column(board, TIME))
    last = [run.epochs[-1].val_accuracy for run in session.state.watching.runs]
    assert [float(text.removesuffix(" %")) for text in column(board, HELD_OUT)] == [
        round(100 * accuracy, 1) for accuracy in last
    ]
    assert board.form.values.text() == "2, 8"


def test_a_refusal_stands_beside_the_values_until_something_else_is_written(
    board: CompareBoard, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    open_pictures(board, session, qtbot, tmp_path)
    board.form.what.setCurrentText("Filters of conv1")
    board.form.values.setText("2, four")
    QTest.keyClick(board.form.values, Qt.Key.Key_Return)
    qtbot.waitUntil(board.refusal.isVisible)
    assert board.refusal.text() == "Filters: give a whole number, not four."
    assert session.state.status.notice == ""
    QTest.keyClick(board.form.values, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: not board.refusal.isVisible())
    board.form.values.setText("2")
    QTest.keyClick(board.form.values, Qt.Key.Key_Return)
    qtbot.waitUntil(board.refusal.isVisible)
    session.comparing.compare("Filters of conv1", "2, 4", 1)
    wait_until_over(qtbot, session)
    qtbot.waitUntil(lambda: not board.refusal.isVisible())


@pytest.mark.parametrize("width", [960, 1400])
def test_all_columns_are_in_sight_however_long_the_name_of_what_is_varied(
    board: CompareBoard, session: Session, qtbot: QtBot, tmp_path: Path, width: int
) -> None:
    open_pictures(board, session, qtbot, tmp_path)
    session.comparing.compare("Filters of all convolutions", "2, 4", 1)
    wait_until_over(qtbot, session)
    board.resize(width, 150)
    wait_until_drawn(qtbot, board)
    QApplication.processEvents()
    header, table = board.table.header(), board.table
    assert header.length() <= table.viewport().width()
    assert table.headerItem().toolTip(WHAT) == "Filters of all convolutions"
    wide = [
        header.sectionSize(at) - 2 * CELL_PADDING - table.fontMetrics().horizontalAdvance(item.text(at))
        for row in range(2)
        if (item := table.topLevelItem(row)) is not None
        for at in (WHAT, PARAMETERS, TIME, HELD_OUT)
    ]
    assert min(wide) >= 0


def test_the_chosen_variant_is_taken_over(board: CompareBoard, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    open_pictures(board, session, qtbot, tmp_path)
    session.comparing.compare("Kind of pool1", "max, average", 1)
    wait_until_over(qtbot, session)
    wait_until_drawn(qtbot, board)
    button = next(
        each for each in board.table.findChildren(QToolButton) if each.accessibleName() == "Take over variant 2"
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.state.network.layer("pool1").kind == "AvgPool2d"
    session.editing.undo()
    assert session.state.network.layer("pool1").kind == "MaxPool2d"


def test_it_can_be_stopped(board: CompareBoard, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    open_pictures(board, session, qtbot, tmp_path)
    session.comparing.compare("Learning rate", "0.1, 0.01", 100_000)
    wait_until_drawn(qtbot, board)
    QTest.mouseClick(board.form.stop, Qt.MouseButton.LeftButton)
    wait_until_drawn(qtbot, board)
    assert [text.endswith("stopped") for text in column(board, TIME)] == [True, True]
    assert board.form.train.isEnabled()


def test_the_list_of_runs_names_what_differs(session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    session.data.use_data(pictures(tmp_path / "sides.npz"))
    qtbot.waitUntil(lambda: session.state.data.data_set is not None)
    session.comparing.compare("Learning rate", "0.1, 0.01", 1)
    wait_until_over(qtbot, session)
    listed = RunList(session, ShownRuns())
    qtbot.addWidget(listed)
    listed.show()
    item = listed.tree.topLevelItem(0)
    assert item is not None
    assert item.text(RUN) == "run 2: Learning rate = 0.01"


def test_the_best_is_told_where_one_stands_out() -> None:
    def curves(number: int, accuracy: float) -> RunCurves:
        return RunCurves(number, f"run {number}", epochs=(EpochFigures(10, 1, val_accuracy=accuracy),))

    runs = tuple(ComparedRun(value, number, 10, "done") for number, value in enumerate("abc"))
    found = {number: curves(number, accuracy) for number, accuracy in enumerate((0.5, 0.9, 0.7))}
    assert best_of(Comparison("x", runs), found) == 1
    assert best_of(Comparison("x", runs), found | {2: curves(2, 0.9)}) is None
    assert cells_of(runs[1], found[1], is_best=True) == ("b · best", "10", "–", "90 %", "–")
