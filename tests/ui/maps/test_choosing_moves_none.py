"""Choosing a map moves none: the room of the chosen channel is kept, and until then has the map under the mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Selection, Session
from explorer.ui.common.colour import colourise, on_paper, scale_for
from explorer.ui.common.mosaic import Place
from explorer.ui.maps.channel_view import ChannelView
from explorer.ui.maps.feature_maps import FeatureMaps
from explorer.ui.maps.mosaic_view import MapMosaic
from tests.ui.fakes import SMALL, values_of
from tests.ui.maps.conftest import ShowMaps
from tests.ui.windows import whole_window


def mosaic(view: FeatureMaps) -> MapMosaic:
    found = view.findChild(MapMosaic, "mosaic")
    assert found is not None
    return found


def large(view: FeatureMaps) -> MapMosaic:
    channel = view.findChild(ChannelView, "channelView")
    assert channel is not None
    return channel.map


def point(maps: MapMosaic, place: Place) -> QPoint:
    QApplication.processEvents()
    return maps.point_of(place).toPoint()


def click(maps: MapMosaic, place: Place) -> None:
    QTest.mouseClick(maps.canvas.viewport(), Qt.MouseButton.LeftButton, pos=point(maps, place))


@pytest.mark.parametrize("size", [(690, 510), (708, 340), (1100, 400), (860, 760), (1400, 420)])
@pytest.mark.parametrize("text", [SMALL, "1x12x12 conv(40, 3)"])
def test_choosing_a_map_moves_none(show_maps: ShowMaps, size: tuple[int, int], text: str) -> None:
    session, view = show_maps(text, size=size)
    session.selection.select(layer="conv1")
    QApplication.processEvents()
    shown = mosaic(view)
    first, last = Place(0, 0, 0), Place(len(values_of(session, "conv1")) - 1, 3, 3)

    def places() -> tuple[object, ...]:
        return shown.canvas.size(), shown.columns, point(shown, first), point(shown, last)

    before = places()
    for selection in ({"channel": 1}, {"row": 2, "column": 3}, {"channel": 0}, {"channel": None, "row": None}):
        session.selection.select(**selection)
        QApplication.processEvents()
        assert places() == before, selection


def test_nor_does_it_in_the_smallest_window_with_the_training_strip_open(qtbot: QtBot) -> None:
    window = whole_window(qtbot)
    window.resize(1280, 720)
    window.training_dock.unfold()
    window.show_part("maps")
    window.session.selection.select(layer="conv2")
    view = window.view("maps")
    assert isinstance(view, FeatureMaps)
    qtbot.waitUntil(lambda: mosaic(view).columns > 1)
    lay_out(view)
    before = (mosaic(view).canvas.size(), mosaic(view).columns, point(mosaic(view), Place(0, 0, 0)))
    for selection in ({"channel": 3}, {"row": 4, "column": 5}, {"channel": None, "row": None}):
        window.session.selection.select(**selection)
        lay_out(view)
        after = (mosaic(view).canvas.size(), mosaic(view).columns, point(mosaic(view), Place(0, 0, 0)))
        assert after == before, selection


def lay_out(view: FeatureMaps) -> None:
    for _ in range(4):  # a column that follows the window's width is laid out after the rest
        QApplication.processEvents()
    assert view.isVisible()


def test_a_low_pane_of_even_less_width_is_left_to_the_maps_until_one_is_chosen(show_maps: ShowMaps) -> None:
    session, view = show_maps(SMALL, size=(640, 340))
    session.selection.select(layer="conv1")
    QApplication.processEvents()
    assert mosaic(view).width() > 560
    click(mosaic(view), Place(1, 3, 9))
    assert large(view).isVisible()
    QTest.keyClick(large(view).canvas, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert mosaic(view).width() > 560
    view.resize(860, 760)
    QApplication.processEvents()
    below = view.rect().bottom() - mosaic(view).mapTo(view, mosaic(view).rect().bottomLeft()).y()
    assert below > 150


def test_the_map_under_the_mouse_is_large_while_none_is_chosen(show_maps: ShowMaps) -> None:
    session, view = show_maps(SMALL)
    session.selection.select(layer="conv1")
    QApplication.processEvents()
    shown = large(view)
    most = int(np.abs(values_of(session, "conv1")).max(axis=(1, 2)).argmax())
    assert shown.isVisible(), "a third of the pane was empty"
    assert np.array_equal(shown.colours(), _large_of(session, most))
    for channel in (3, 1):
        QTest.mouseMove(mosaic(view).canvas.viewport(), point(mosaic(view), Place(channel, 5, 7)))
        assert shown.isVisible()
        assert np.array_equal(shown.colours(), _large_of(session, channel))
    session.selection.hover(None)
    assert shown.isVisible(), "between two maps it would flash"
    assert session.state.selection.channel is None
    click(shown, Place(0, 3, 9))
    assert session.state.selection == Selection("conv1", 1, 3, 9)
    QTest.mouseMove(mosaic(view).canvas.viewport(), point(mosaic(view), Place(0, 2, 2)))
    assert np.array_equal(shown.colours(), _large_of(session, 1)), "what is chosen stays"


def _large_of(session: Session, channel: int) -> np.ndarray:
    """The colours of a channel, where all are shown on one scale."""
    values = values_of(session, "conv1")
    return on_paper(colourise(values[channel], scale_for(float(values.min()), float(values.max()))))
