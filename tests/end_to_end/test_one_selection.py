"""One selection in the whole window: what is chosen or pointed at in one view is so in all others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListView, QWidget
from pytestqt.qtbot import QtBot

from explorer.session import Cell
from explorer.session.selection import Selection
from explorer.ui.common.mosaic import Place
from explorer.ui.debugger.into.view import IntoView
from explorer.ui.debugger.over_view import OverView
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.tensors.view import TensorView
from tests.ui.fakes import wait_until_recorded
from tests.ui.windows import shared_window

SIZE = (1440, 900)


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(*SIZE)
        made.show_part("debugger")
        wait_until_recorded(module_qtbot, made.session)
        yield made


@pytest.fixture
def window(shared: MainWindow) -> Iterator[MainWindow]:
    """With a recorded step in sight, and nothing chosen but the first layer."""
    shared.show_part("debugger")
    shared.session.steps.to_start()
    shared.session.selection.select(layer="conv1", channel=None, row=None, column=None)
    QApplication.processEvents()
    yield shared
    shared.session.selection.hover(None)


def title(window: MainWindow) -> str:
    label = window.findChild(QLabel, "stepTitle")
    assert label is not None
    return label.toolTip() or label.text()


def outline(window: MainWindow) -> tuple[float, float] | None:
    """The corner of the frame on the input."""
    fed = window.findChild(PictureCanvas, "fedPicture")
    assert fed is not None
    found = fed.outline
    return None if found is None else (found.left(), found.top())


def mosaic(window: MainWindow) -> MapMosaic:
    found = window.findChild(MapMosaic, "mosaic")
    assert found is not None
    return found


def made(window: MainWindow) -> TensorView:
    """What the step made, as the debugger draws it from outside."""
    over = window.findChild(OverView, "stepOverView")
    assert over is not None
    return [view for view in over.views if not view.isHidden()][-1]


def click(widget: QWidget, at: QPoint) -> None:
    QApplication.processEvents()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)
    QApplication.processEvents()


def test_a_click_on_a_card_brings_the_debugger_to_the_layer(window: MainWindow) -> None:
    cards = window.findChild(QListView, "layerList")
    assert cards is not None
    names = window.session.state.subject.names
    for layer in ("pool1", "conv2"):
        index = next(
            cards.model().index(row, 0)
            for row in range(cards.model().rowCount())
            if layer in str(cards.model().index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole))
        )
        assert layer in names
        cards.scrollTo(index)
        click(cards.viewport(), cards.visualRect(index).center())
        assert f" · {layer}" in title(window)


def test_a_cell_chosen_in_the_maps_is_the_debuggers_and_the_inputs(window: MainWindow) -> None:
    window.show_part("maps")
    place = Place(1, 18, 28)
    click(mosaic(window).canvas.viewport(), mosaic(window).point_of(place).toPoint())
    assert window.session.state.selection == Selection("conv1", 1, 18, 28)
    before = outline(window)
    window.show_part("debugger")
    assert "cell (1, 18, 28)" in title(window)
    assert outline(window) == before is not None


def test_a_cell_chosen_in_the_debugger_is_the_maps_and_the_inputs(window: MainWindow) -> None:
    view = made(window)
    for row, column in ((3, 4), (20, 25)):
        cell = (*view.shown.prefix, row, column) if view.shown.values.ndim == 2 else (0, 2, row, column)
        point = view.point_of(cell)
        assert point is not None
        before = outline(window)
        click(view, point.toPoint())
        chosen = window.session.state.selection
        assert (chosen.layer, chosen.row, chosen.column) == ("conv1", row, column)
        assert outline(window) != before
    channel = chosen.channel
    window.show_part("maps")
    QApplication.processEvents()
    facts = {label.accessibleName(): label.text() for label in window.findChildren(QLabel)}
    assert facts["place of the chosen cell"] == "row 20, column 25"
    assert window.session.state.selection.channel == channel


def test_inside_a_step_every_cell_walked_to_moves_the_frame_on_the_input(window: MainWindow) -> None:
    window.session.steps.choose_cell("output", (0, 0, 4, 4))
    window.session.steps.step_into()
    corners = set()
    for _ in range(3):
        window.session.steps.step_over()
        QApplication.processEvents()
        corners.add(outline(window))
    assert len(corners) == 3
    assert window.session.state.selection == Selection("conv1", 0, 4, 7)


# --- the cell under the mouse ---


def move_to(widget: QWidget, at: QPoint) -> None:
    QApplication.processEvents()
    QTest.mouseMove(widget, at)
    QApplication.processEvents()


def test_the_cell_under_the_mouse_in_the_debugger_is_framed_on_the_input(window: MainWindow) -> None:
    seen = []
    window.session.selection.hovered.connect(seen.append)
    view = made(window)
    chosen = outline(window)
    point = view.point_of((0, 1, 20, 9))
    assert point is not None
    move_to(view, point.toPoint())
    assert seen[-1] == Cell("conv1", (0, 1, 20, 9))
    assert outline(window) != chosen
    QTest.mouseMove(view, QPoint(2, 2))
    assert seen[-1] is None
    assert outline(window) == chosen
    window.session.selection.hovered.disconnect(seen.append)


def test_the_pixel_under_the_mouse_is_marked_in_the_debuggers_input(window: MainWindow) -> None:
    over, fed = window.findChild(OverView, "stepOverView"), window.findChild(PictureCanvas, "fedPicture")
    assert over is not None
    assert fed is not None
    move_to(fed, fed.point_of(12, 5).toPoint())
    assert over.views[0].told() == (0, 0, 12, 5)
    assert made(window).told() is None
    window.session.steps.step_into()
    into = window.findChild(IntoView, "stepIntoView")
    assert into is not None
    move_to(fed, fed.point_of(3, 6).toPoint())
    assert into.given.told() == (0, 0, 3, 6)
    assert into.made.told() is None


def test_of_another_example_of_the_batch_nothing_is_pointed_at(window: MainWindow) -> None:
    session = window.session
    cell = Cell("conv1", (0, 1, 2, 3))
    assert session.steps.cell_in_tensor("output", cell) == cell.index
    assert session.steps.cell_in_maps("output", cell.index) == cell
    assert session.steps.cell_in_maps("weight", (0, 0, 0, 0)) is None
    assert session.steps.cell_in_maps("output", (1, 1, 2, 3)) is None
    assert session.steps.cell_in_tensor("input", cell) is None


@pytest.mark.parametrize("key", [Qt.Key.Key_G, Qt.Key.Key_End])
def test_what_was_under_the_mouse_in_another_step_is_framed_on_the_input_no_more(
    window: MainWindow, key: Qt.Key
) -> None:
    """The keys move the step, not the mouse: the words under the picture went on to speak of the step before."""
    move_to(made(window), QPoint(2, 2))
    chosen = outline(window)
    point = made(window).point_of((0, 1, 20, 9))
    assert point is not None
    move_to(made(window), point.toPoint())
    assert outline(window) != chosen
    window.activateWindow()
    QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert window.session.state.steps.cursor.step > 0
    assert outline(window) == chosen
