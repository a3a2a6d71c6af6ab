"""In a wide window the columns are wider and the maps larger; a width that a person chose stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.common.mosaic import Place
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.shell.columns import LEFT, RIGHT
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_shown
from tests.ui.windows import shared_window

SIZES = ((1280, 720), (1440, 900), (1920, 1080), (2560, 1440))


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(shared: MainWindow) -> MainWindow:
    shared.resize(*SIZES[0])
    shared.reset_layout()
    QApplication.processEvents()
    return shared


def _widths(window: MainWindow) -> tuple[int, int]:
    QApplication.processEvents()
    return window.docks[0].width(), window.docks[1].width()


def test_the_columns_follow_the_window_and_come_back(window: MainWindow, qtbot: QtBot) -> None:
    for size in (*SIZES, *reversed(SIZES)):
        window.resize(*size)
        wanted = LEFT.within(size[0]), RIGHT.within(size[0])
        qtbot.waitUntil(lambda wanted=wanted: _widths(window) == wanted)  # type: ignore[misc]
    assert LEFT.within(1280) < LEFT.within(1920) < LEFT.within(2560)


def test_columns_that_the_centre_squeezed_come_back(window: MainWindow, qtbot: QtBot) -> None:
    """From a wide window to a narrow one in one step, with a centre that needs more than the wide columns leave it."""
    window.resize(*SIZES[3])
    qtbot.waitUntil(lambda: _widths(window)[0] == LEFT.most)
    centre = window.centralWidget()
    centre.setMinimumWidth(SIZES[0][0] - LEFT.most - RIGHT.least)
    window.resize(*SIZES[0])
    qtbot.waitUntil(lambda: _widths(window) == (LEFT.least, RIGHT.least))
    centre.setMinimumWidth(0)


def test_a_width_that_a_person_chose_stays(window: MainWindow, qtbot: QtBot) -> None:
    window.resizeDocks([window.docks[0]], [360], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: _widths(window)[0] == 360)
    window.resize(*SIZES[3])
    assert _widths(window) == (360, RIGHT.least)
    window.action("resetLayout").trigger()
    qtbot.waitUntil(lambda: _widths(window) == (LEFT.within(SIZES[3][0]), RIGHT.within(SIZES[3][0])))


def test_they_follow_it_during_a_lesson_and_are_as_wide_after_it(window: MainWindow, qtbot: QtBot) -> None:
    """The pane of the lessons kept its width, and the narrow columns of before came back in the wide window."""
    window.action("lessons").trigger()
    qtbot.waitUntil(lambda: not window.lessons.view.visibleRegion().isEmpty())
    for size in (SIZES[2], SIZES[0], SIZES[3]):
        window.resize(*size)
        wanted = LEFT.within(size[0]), RIGHT.within(size[0])
        qtbot.waitUntil(
            lambda wanted=wanted: (window.lessons.dock.width(), _widths(window)[1]) == wanted  # type: ignore[misc]
        )
    window.leave_lessons()
    qtbot.waitUntil(lambda: _widths(window) == (LEFT.within(SIZES[3][0]), RIGHT.within(SIZES[3][0])))


def _map_in_overview(window: MainWindow) -> float:
    """How wide a map of the second block is drawn."""
    canvas = window.findChild(OverviewCanvas)
    assert canvas is not None
    column = canvas.column("conv2")
    assert column is not None
    place = canvas.place_of(column.name, column.channels[0])
    assert place is not None
    return place.width()


def _map_in_mosaic(window: MainWindow) -> float:
    """How wide a map of the second convolution, of 16 × 16 cells, is drawn among the others."""
    mosaic = window.findChild(MapMosaic, "mosaic")
    assert mosaic is not None
    return mosaic.point_of(Place(0, 0, 15)).x() - mosaic.point_of(Place(0, 0, 0)).x()


@pytest.mark.parametrize(
    ("tab", "drawn"), [("overview", _map_in_overview), ("maps", _map_in_mosaic)], ids=["overview", "maps"]
)
def test_the_maps_grow_with_the_window_and_not_the_margins(
    window: MainWindow, qtbot: QtBot, tab: str, drawn: Callable[[MainWindow], float]
) -> None:
    wait_until_shown(qtbot, window.session)
    window.session.selection.select(layer="conv2")
    window.show_part(tab)
    maps, inputs = [], []
    for size in SIZES:
        window.resize(*size)
        wanted = LEFT.within(size[0]), RIGHT.within(size[0])
        qtbot.waitUntil(lambda wanted=wanted: _widths(window) == wanted)  # type: ignore[misc]
        maps.append(drawn(window))
        inputs.append(window.input_view.picture.fed.picture_area().width())
    assert maps[0] < maps[2] < maps[3], maps
    assert maps[3] > 1.5 * maps[0], maps
    assert inputs[0] < inputs[2] < inputs[3]


def test_more_cards_are_seen_in_a_higher_window(window: MainWindow) -> None:
    heights = []
    for size in SIZES:
        window.resize(*size)
        QApplication.processEvents()
        heights.append(window.network_panel.list.viewport().height())
    assert heights == sorted(set(heights))
