"""What points into a tensor points into the one that is there: hover, selection, cursor, frame, marks, empty drops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.session import Cell, Session, State
from explorer.session import cursor as moves
from explorer.session.cell import has_places, is_index
from explorer.session.cursor import Cursor
from explorer.session.selection import Selection
from explorer.session.state import settled
from explorer.ui.common import pictures
from explorer.ui.common.colour import scale_for
from explorer.ui.data.browser import DataBrowser
from explorer.ui.input.view import InputView
from explorer.ui.tensors.tiles import Shown, fold
from explorer.ui.tensors.view import TensorView
from tests.session.staging import with_parts
from tests.ui.fakes import make_actions, make_session, wait_until_shown
from tests.ui.step_sessions import recorded


@pytest.fixture
def session() -> Iterator[Session]:
    made = make_session("3x16x16 conv(4, 3, padding=1) relu flatten linear(4)")
    yield made
    assert made.close()


def test_a_place_of_none_is_any_and_a_place_on_no_axis_is_nowhere() -> None:
    assert has_places((3, None, None), (4, 2, 2))
    assert has_places((3, 1, None), (4, 2))
    assert has_places((), ())
    assert not has_places((3, 1), (4,))
    assert not has_places((0,), ())
    assert not has_places((-1,), (4,))
    assert not has_places((0,), (0,))
    assert is_index((1, 1), (2, 2))
    assert not is_index((1,), (2, 2))


def test_what_the_mouse_rests_on_is_no_cell_any_more_when_its_map_grew_smaller(qtbot: QtBot, session: Session) -> None:
    wait_until_shown(qtbot, session)
    session.editing.replace_layer("conv1", replace(session.state.layer("conv1"), padding=(4, 4)))
    wait_until_shown(qtbot, session)
    view = InputView(session, make_actions(session))
    qtbot.addWidget(view)
    view.show()
    seen: list[Cell | None] = []
    session.selection.hovered.connect(seen.append)
    session.selection.hover(Cell("conv1", (0, 3, 20, 20)))
    assert "conv1" in view.picture.caption.text()
    session.editing.undo()
    wait_until_shown(qtbot, session)
    assert seen == [Cell("conv1", (0, 3, 20, 20)), None]
    assert session.selection.receptive_field(Cell("conv1", (0, 3, 20, 20))) is None
    view.hide()
    view.show()
    assert "conv1" not in view.picture.caption.text()


@pytest.mark.parametrize(
    "cell",
    [
        Cell("conv1", (0, 4, 0, 0)),
        Cell("conv1", (0, 0, -1, 0)),
        Cell("conv1", (1, 0, 0, 0)),
        Cell("conv1", (0, 0, 0, 0), "weight"),
        Cell("linear1", (0, 1, 0)),
        Cell("no", (0, 0)),
    ],
)
def test_a_cell_that_is_not_there_is_not_hovered_and_looks_at_nothing(
    qtbot: QtBot, session: Session, cell: Cell
) -> None:
    wait_until_shown(qtbot, session)
    seen: list[Cell | None] = []
    session.selection.hovered.connect(seen.append)
    session.selection.hover(cell)
    assert seen == [None]
    assert session.selection.receptive_field(cell) is None


def test_a_selected_cell_is_one_of_its_layer(qtbot: QtBot, session: Session) -> None:
    wait_until_shown(qtbot, session)
    for layer, *places in (("conv1", 4), ("conv1", 0, 16, 0), ("linear1", 0, 0), ("linear1", 4)):
        wrong = Selection(layer, *places)
        session.store.set(wrong)
        assert session.state.selection == Selection(wrong.layer)
    session.store.set(Selection("conv1", 3, 15, 15))
    assert session.state.selection == Selection("conv1", 3, 15, 15)


def test_the_cursor_is_on_a_step_of_the_timeline_that_is_there() -> None:
    timeline = recorded("3x6x6 conv(2, 3) relu flatten linear(5)")
    start, last = moves.at(timeline, 0), len(timeline.steps) - 1
    good = replace(start, cell=(0, 1, 3, 3), is_inside=True)
    assert settled(with_parts(State(), timeline=timeline, cursor=good)).steps.cursor == good
    for wrong in (
        Cursor(),
        replace(start, step=last + 1),
        replace(start, cell=(0, 1, 4, 0)),
        replace(start, cell=(0, 1)),
        replace(start, of="weight"),
        replace(start, example=1),
    ):
        assert settled(with_parts(State(), timeline=timeline, cursor=wrong)).steps.cursor == start


def test_a_frame_of_another_film_is_not_shown() -> None:
    assert settled(with_parts(State(), film=(0, 10), film_at=1)).watching.film_at == 1
    assert settled(with_parts(State(), film=(0,), film_at=1)).watching.film_at is None
    assert settled(with_parts(State(), film=(), film_at=0)).watching.film_at is None


@pytest.mark.parametrize("shape", [(), (1,), (7,), (2, 3), (1, 9), (4, 3, 3), (2, 3, 2, 2), (2, 2, 2, 2, 2)])
def test_arrow_keys_stop_at_every_edge_of_every_tensor(qtbot: QtBot, shape: tuple[int, ...]) -> None:
    view = TensorView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.set_tensor(Shown("x", "x", "", np.zeros(shape, np.float32), scale_for(0, 1)))
    asked: list[tuple[int, ...]] = []
    view.clicked.connect(asked.append)
    for cell in np.ndindex(shape):
        view.set_marks(None, cell)
        for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right):
            QTest.keyClick(view, key)
    assert all(is_index(cell, shape) for cell in asked)
    assert bool(asked) == (int(np.prod(shape)) > 1)


def test_marks_of_another_tensor_are_not_drawn(qtbot: QtBot) -> None:
    view = TensorView()
    qtbot.addWidget(view)
    view.resize(300, 300)
    view.set_tensor(Shown("x", "x", "", np.zeros((2, 3, 3), np.float32), scale_for(0, 1)))
    view.set_marks(np.array([[1, 2, 2], [5, 2, 2], [0, 3, -1]]), (0, 9, 9))
    view.grab()
    assert view.point_of((0, 9, 9)) is None
    assert view.shown.own(np.array([[1, 2, 2], [5, 2, 2], [0, 3, -1]])).tolist() == [[1, 2, 2]]


def test_no_tile_has_a_cell_before_its_first_or_beyond_its_edges() -> None:
    folding = fold((4, 3, 5), (100, 100))
    assert folding.cell(3, 2, 4) == (3, 2, 4)
    for place in ((0, -1, 0), (0, 0, -1), (-1, 0, 0), (4, 0, 0), (0, 3, 0), (0, 0, 5)):
        assert folding.cell(*place) is None


def test_an_empty_clipboard_and_an_empty_drop_are_told_of(qtbot: QtBot, session: Session) -> None:
    QGuiApplication.clipboard().clear()
    pictures.paste(session, session.open_path)
    assert session.state.status.notice == pictures.NOTHING_TO_PASTE
    for nothing in (None, QMimeData()):
        session.say("")
        assert not pictures.can_take(nothing)
        pictures.take(session, nothing, session.open_path, pictures.NOT_A_FILE)
        assert session.state.status.notice == pictures.NOT_A_FILE


def test_an_empty_drop_on_the_data_browser_opens_nothing(qtbot: QtBot, session: Session) -> None:
    browser = DataBrowser(session)
    qtbot.addWidget(browser)
    nothing = QMimeData()
    event = QDropEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, nothing, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    browser.dropEvent(event)
    assert session.state.data.progress is None
    assert not event.isAccepted()
