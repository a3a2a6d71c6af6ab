"""Volumes in the feature-map viewer: one slice of each channel, a slider through the depth, three planes of one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QSlider, QToolButton
from torch import Tensor, nn

from explorer.session import Cell, Selection, Session
from explorer.ui.common.mosaic import Place
from explorer.ui.maps.channel_view import ChannelView
from explorer.ui.maps.feature_maps import FeatureMaps
from explorer.ui.maps.mosaic_view import MapMosaic
from tests.ui.maps.conftest import ShowModel

DEPTH, HEIGHT, WIDTH = 6, 4, 5
Opened = tuple[Session, FeatureMaps, Tensor]


class Scans(nn.Module):
    """Volumes, halved in depth and size."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv3d(1, 3, 3, padding=1)
        self.pool = nn.MaxPool3d(2)

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(self.conv(x))


@pytest.fixture
def opened(show_model: ShowModel) -> Callable[[], Opened]:
    """Opens the viewer at the convolution of `Scans`; with it what PyTorch gives there, (3, D, H, W)."""

    def make() -> Opened:
        torch.manual_seed(0)
        model, x = Scans(), torch.randn(1, 1, DEPTH, HEIGHT, WIDTH)
        with torch.no_grad():
            given = model.conv(x)[0]
        session, view = show_model(model, x)
        session.selection.select(layer="conv")
        QApplication.processEvents()
        return session, view, given

    return make


def slider(view: FeatureMaps) -> QSlider:
    found = view.findChild(QSlider, "slice")
    assert found is not None
    return found


def words(view: FeatureMaps) -> str:
    found = view.findChild(QLabel, "sliceWords")
    assert found is not None
    return found.text()


def mosaic(view: FeatureMaps, name: str) -> MapMosaic:
    found = view.findChild(MapMosaic, name)
    assert found is not None
    return found


def shown(maps: MapMosaic) -> np.ndarray:
    sheet = maps.sheet
    assert sheet is not None
    return np.stack([sheet.tile(at) for at in range(sheet.count)])


def click(maps: MapMosaic, place: Place) -> None:
    QApplication.processEvents()
    QTest.mouseClick(maps.canvas.viewport(), Qt.MouseButton.LeftButton, pos=maps.point_of(place).toPoint())
    QApplication.processEvents()


def test_a_volume_is_shown_by_one_slice_of_each_channel_at_first_the_middle_one(opened: Callable[[], Opened]) -> None:
    _, view, given = opened()
    np.testing.assert_array_equal(shown(mosaic(view, "mosaic")), given[:, DEPTH // 2].numpy())
    assert (words(view), slider(view).isVisible()) == ("3 of 6", True)


def test_the_slider_goes_through_the_slices(opened: Callable[[], Opened]) -> None:
    _, view, given = opened()
    for at in range(DEPTH):
        slider(view).setValue(at)
        np.testing.assert_array_equal(shown(mosaic(view, "mosaic")), given[:, at].numpy())
    assert words(view) == "5 of 6"


def test_a_layer_of_less_depth_is_shown_at_the_same_share_of_it(opened: Callable[[], Opened]) -> None:
    session, view, given = opened()
    slider(view).setValue(5)
    session.selection.select(layer="pool")
    QApplication.processEvents()
    assert words(view) == "2 of 3"
    pooled = torch.nn.functional.max_pool3d(given[None], 2)[0]
    np.testing.assert_array_equal(shown(mosaic(view, "mosaic")), pooled[:, 2].numpy())


def test_what_is_chosen_stays_in_its_place_while_the_slices_go_by(opened: Callable[[], Opened]) -> None:
    session, view, _ = opened()
    click(mosaic(view, "mosaic"), Place(2, 1, 4))
    assert session.state.selection == Selection("conv", 2 * DEPTH + 3, 1, 4)
    slider(view).setValue(0)
    assert session.state.selection == Selection("conv", 2 * DEPTH, 1, 4)
    assert session.state.chosen_cell == Cell("conv", (0, 2, 0, 1, 4))


def test_a_cell_that_is_chosen_elsewhere_brings_its_slice(opened: Callable[[], Opened]) -> None:
    session, view, given = opened()
    session.selection.select_cell(Cell("conv", (0, 1, 4, 2, 0)))
    QApplication.processEvents()
    assert words(view) == "4 of 6"
    np.testing.assert_array_equal(shown(mosaic(view, "mosaic")), given[:, 4].numpy())


def test_three_planes_cross_in_the_chosen_cell(opened: Callable[[], Opened]) -> None:
    session, view, given = opened()
    session.selection.select_cell(Cell("conv", (0, 1, 4, 2, 3)))
    QApplication.processEvents()
    row, column = mosaic(view, "rowPlane"), mosaic(view, "columnPlane")
    np.testing.assert_array_equal(shown(row)[0], given[1, :, 2, :].numpy())
    np.testing.assert_array_equal(shown(column)[0], given[1, :, :, 3].T.numpy())
    assert [each.marked[0] for each in (row, column)] == [Place(0, 4, 3), Place(0, 2, 4)]
    assert row.isVisible()
    assert column.isVisible()
    channel = view.findChild(ChannelView, "channelView")
    assert channel is not None
    assert channel.map.width() == row.width()
    assert channel.map.height() == column.height()


def test_a_click_in_another_plane_goes_through_the_depth(opened: Callable[[], Opened]) -> None:
    session, view, _ = opened()
    session.selection.select_cell(Cell("conv", (0, 1, 4, 2, 3)))
    click(mosaic(view, "rowPlane"), Place(0, 1, 0))
    assert session.state.chosen_cell == Cell("conv", (0, 1, 1, 2, 0))
    assert words(view) == "1 of 6"
    click(mosaic(view, "columnPlane"), Place(0, 3, 5))
    assert session.state.chosen_cell == Cell("conv", (0, 1, 5, 3, 0))


def test_the_keys_walk_in_a_plane_and_stop_at_its_edge(opened: Callable[[], Opened]) -> None:
    session, view, _ = opened()
    session.selection.select_cell(Cell("conv", (0, 1, 4, 2, 3)))
    canvas = mosaic(view, "columnPlane").canvas
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert session.state.chosen_cell == Cell("conv", (0, 1, 5, 1, 3))


def test_pointing_in_a_plane_tells_the_cell(opened: Callable[[], Opened]) -> None:
    session, view, _ = opened()
    session.selection.select_cell(Cell("conv", (0, 2, 4, 2, 3)))
    QApplication.processEvents()
    row = mosaic(view, "rowPlane")
    QTest.mouseMove(row.canvas.viewport(), QPoint(row.point_of(Place(0, 5, 1)).toPoint()))
    assert session.selection.pointed == Cell("conv", (0, 2, 5, 2, 1))
    assert row.marked[1] == Place(0, 5, 1)
    assert mosaic(view, "columnPlane").marked[1] is None


def test_maps_without_depth_have_neither_slider_nor_planes(show_model: ShowModel) -> None:
    session, view = show_model(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()), torch.randn(1, 3, 8, 8))
    session.selection.select(layer="0", channel=1, row=2, column=2)
    QApplication.processEvents()
    assert not slider(view).isVisible()
    assert not mosaic(view, "rowPlane").isVisible()


def test_a_channel_of_a_volume_is_dead_where_all_its_slices_are(show_model: ShowModel) -> None:
    model = nn.Sequential(nn.Conv3d(1, 2, 1), nn.ReLU())
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([1.0, -1.0]).reshape(2, 1, 1, 1, 1))
        model[0].bias.zero_()
    x = torch.ones(1, 1, 3, 4, 4)
    x[0, 0, 0] = 0  # the first slice of the living channel is zero too
    session, view = show_model(model, x)
    session.selection.select(layer="1")
    QApplication.processEvents()
    entry = session.state.entry("1")
    assert entry is not None
    assert entry.dead.tolist() == [False] * 3 + [True] * 3
    assert "1 dead" in [button.text() for button in view.findChildren(QToolButton)]
