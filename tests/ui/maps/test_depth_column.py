"""The column through depth: all channels at the chosen place, with the filter that made each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from explorer.session import Cell, LayerActivation, Selection, Session
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.maps.depth_column import depth_column, filter_owner
from explorer.ui.maps.depth_view import CHOOSE, DepthView
from explorer.ui.maps.feature_maps import FeatureMaps
from explorer.ui.maps.filter_pictures import FilterPictures, heaviest
from explorer.ui.maps.value_bars import ValueBars
from tests.ui.fakes import make_picture, make_session, wait_until_shown
from tests.ui.maps.conftest import ShowMaps

TEXT = "3x16x16 conv(4, 3, padding=1) batchnorm relu maxpool(2) conv(6, 3) relu flatten linear(5)"
Opened = tuple[Session, FeatureMaps]


@pytest.fixture
def open_maps(show_maps: ShowMaps) -> Callable[..., Opened]:
    return lambda text=TEXT: show_maps(text, size=(900, 800))


def button(view: FeatureMaps, name: str) -> QToolButton:
    return next(each for each in view.findChildren(QToolButton) if each.accessibleName() == name)


def column_of(view: FeatureMaps) -> DepthView:
    found = view.findChild(DepthView, "depthColumn")
    assert found is not None
    return found


def bars(view: FeatureMaps) -> ValueBars:
    return column_of(view).findChildren(ValueBars)[0]


def press_row(view: FeatureMaps, row: int) -> None:
    QApplication.processEvents()
    at = bars(view).row_rect(row).center().toPoint()
    QTest.mouseClick(bars(view).viewport(), Qt.MouseButton.LeftButton, pos=at)


def open_column(opened: Opened, layer: str, channel: int = 1, row: int = 2, column: int = 3) -> None:
    session, view = opened
    session.selection.select(layer=layer, channel=channel, row=row, column=column)
    QTest.mouseClick(button(view, "All channels"), Qt.MouseButton.LeftButton)
    assert bars(view).isVisible()


def told(view: FeatureMaps) -> str:
    return next(label.toolTip() for label in column_of(view).findChildren(ElidedLabel) if label.toolTip())


def values_of(session: Session, layer: str) -> np.ndarray:
    entry = session.state.entry(layer)
    assert entry is not None
    return entry.values


def test_a_click_on_the_first_bar_chooses_the_channel_that_gives_most_there(open_maps: Callable[..., Opened]) -> None:
    session, view = opened = open_maps()
    open_column(opened, "conv1")
    press_row(view, 0)
    most = int(values_of(session, "conv1")[:, 2, 3].argmax())
    assert session.state.selection == Selection("conv1", most, 2, 3)


def test_what_lies_inside_the_pane_begins_where_the_pane_begins(open_maps: Callable[..., Opened]) -> None:
    opened = open_maps()
    open_column(opened, "conv1")
    view = opened[1]
    QApplication.processEvents()
    places = {each: each.mapTo(view, QPoint(0, 0)).x() for each in (button(view, "Why this number?"), column_of(view))}
    facts = column_of(view).facts_label
    assert {*places.values()} == {facts.mapTo(view, QPoint(0, 0)).x()}


def test_unranked_the_channels_lie_in_their_own_order(open_maps: Callable[..., Opened]) -> None:
    session, view = opened = open_maps()
    open_column(opened, "conv1")
    QTest.mouseClick(button(view, "Largest first"), Qt.MouseButton.LeftButton)
    press_row(view, 3)
    assert session.state.selection == Selection("conv1", 3, 2, 3)


def test_the_arrow_keys_walk_from_bar_to_bar(open_maps: Callable[..., Opened]) -> None:
    session, view = opened = open_maps()
    order = (-values_of(session, "relu1")[:, 4, 4]).argsort(kind="stable").tolist()
    open_column(opened, "relu1", channel=order[0], row=4, column=4)
    QTest.keyClick(bars(view), Qt.Key.Key_Down)
    assert session.state.selection == Selection("relu1", order[1], 4, 4)


def test_pointing_at_a_bar_marks_its_cell_in_every_view(open_maps: Callable[..., Opened]) -> None:
    session, view = opened = open_maps()
    open_column(opened, "conv1")
    hovered: list[Cell | None] = []
    session.selection.hovered.connect(hovered.append)
    QApplication.processEvents()
    QTest.mouseMove(bars(view).viewport(), bars(view).row_rect(0).center().toPoint())
    most = int(values_of(session, "conv1")[:, 2, 3].argmax())
    assert hovered[-1] == Cell("conv1", (0, most, 2, 3))
    QTest.mouseMove(bars(view).viewport(), QPoint(20, bars(view).viewport().height() - 1))
    assert hovered[-1] is None


def test_it_says_that_all_see_the_same_patch_and_whose_filters_stand_beside(open_maps: Callable[..., Opened]) -> None:
    _, view = opened = open_maps()
    open_column(opened, "relu1")
    words = told(view)
    assert words.startswith("All 4 see the same 3 × 3 × 3 of the input: relu1, row 2, column 3.")
    assert words.endswith("Beside each its filter in conv1.")


def test_in_groups_each_channel_sees_channels_of_its_own(open_maps: Callable[..., Opened]) -> None:
    _, view = opened = open_maps("3x8x8 conv(6, 3, groups=3) relu flatten linear(5)")
    open_column(opened, "relu1")
    assert told(view).startswith("All 6 see 3 × 3 × 1 of the input, each in its own channels: relu1")


def test_the_filters_of_a_deep_layer_are_its_heaviest_slices(open_maps: Callable[..., Opened]) -> None:
    _, view = opened = open_maps()
    open_column(opened, "conv2")
    assert "its 3 heaviest slices of 4, in conv2" in told(view)


def test_it_follows_another_picture(open_maps: Callable[..., Opened], qtbot: QtBot) -> None:
    session, view = opened = open_maps()
    open_column(opened, "conv1")
    before = values_of(session, "conv1")
    session.input.use_picture(make_picture(7))
    wait_until_shown(qtbot, session)
    assert values_of(session, "conv1") is not before
    press_row(view, 0)
    assert session.state.selection.channel == int(values_of(session, "conv1")[:, 2, 3].argmax())


def test_without_a_cell_it_says_how_to_get_one(open_maps: Callable[..., Opened]) -> None:
    session, view = opened = open_maps()
    open_column(opened, "conv1")
    session.selection.select(layer="conv1", channel=2, row=None, column=None)
    assert not bars(view).isVisible()
    assert CHOOSE in [label.text() for label in column_of(view).findChildren(QLabel) if label.isVisible()]


def test_a_row_of_numbers_has_its_facts_and_comes_back_to_the_column(open_maps: Callable[..., Opened]) -> None:
    session, view = opened = open_maps()
    open_column(opened, "conv1")
    session.selection.select(layer="linear1", channel=2)
    assert not column_of(view).isVisible()
    assert not button(view, "All channels").isVisible()
    session.selection.select(layer="conv1", channel=0, row=1, column=1)
    assert column_of(view).isVisible()
    QTest.mouseClick(button(view, "Cell"), Qt.MouseButton.LeftButton)
    assert not column_of(view).isVisible()
    assert button(view, "Cell").isChecked()


# --- what lies in a column ---


def of_output(output: torch.Tensor, **more: object) -> LayerActivation:
    """An output (1, …) as the maps show it."""
    values = output[0].numpy()
    maps = values.reshape(-1, *values.shape[-2:])
    return LayerActivation(
        "layer",
        "relu",
        "activation",
        ("before",),
        maps,
        output_shape=tuple(output.shape),
        **more,  # type: ignore[arg-type]
    )


def test_a_volume_has_the_chosen_slice_of_every_channel() -> None:
    output = torch.randn(1, 5, 4, 6, 7)
    column = depth_column(of_output(output), Selection("layer", 2 * 4 + 3, 1, 6))
    assert column is not None
    assert column.values.tolist() == output[0, :, 3, 1, 6].tolist()
    assert (column.chosen, column.where) == (2, "slice 3, row 1, column 6")
    assert column.places[4] == (4 * 4 + 3, 1, 6)


def test_the_channels_of_a_sequence_are_its_rows() -> None:
    output = torch.randn(1, 8, 30)
    column = depth_column(of_output(output), Selection("layer", 0, 5, 17))
    assert column is not None
    assert column.values.tolist() == output[0, :, 17].tolist()
    assert column.chosen == 5
    assert column.places[2] == (0, 2, 17)


def test_not_a_number_is_ranked_between_the_signs() -> None:
    output = torch.tensor([1.0, float("nan"), -1.0]).reshape(1, 3, 1, 1)
    column = depth_column(of_output(output), Selection("layer", 0, 0, 0))
    assert column is not None
    assert column.ranked().tolist() == [0, 1, 2]


# --- filters ---


def test_behind_a_sum_no_filter_made_the_channel(qtbot: QtBot) -> None:
    session = make_session("3x8x8 c1=conv(4, 3, padding=1) c2=conv(4, 3, padding=1) add(c1, c2) relu")
    wait_until_shown(qtbot, session)
    activations = session.state.maps.activations
    assert activations is not None
    ran = activations.by_name
    assert filter_owner(ran["relu1"], ran, 4) is None
    assert filter_owner(ran["c2"], ran, 4) is ran["c2"]
    assert session.close()


def test_a_filter_on_a_picture_is_shown_in_its_colours() -> None:
    weight = np.zeros((2, 3, 2, 2), np.float32)
    weight[0, 0], weight[1, 2] = 1, -1
    filters = FilterPictures(LayerActivation("conv1", "conv2d", "convolution", ("input",), np.zeros((2, 1, 1)), weight))
    assert filters.is_coloured
    red, blue = filters.of(0)[0, 0], filters.of(1)[0, 0]
    assert red[0] == 255
    assert red[1] == red[2] < 255
    assert blue[2] == 0


def test_the_heaviest_slices_come_first() -> None:
    slices = np.arange(20, dtype=np.float32).reshape(5, 2, 2) * np.float32([1, -1, 1, -1, 1])[:, None, None]
    assert heaviest(slices)[:, 0, 0].tolist() == [16, -12, 8]


def test_a_conv1d_filter_is_one_map_of_inputs_and_places() -> None:
    weight = np.ones((2, 4, 5), np.float32)
    filters = FilterPictures(LayerActivation("c", "conv1d", "convolution", ("input",), np.zeros((1, 2, 9)), weight))
    assert filters.of(1).shape == (4, 5, 4)
    assert filters.slices == (1, 1)


def test_a_transposed_convolution_counts_filters_the_other_way() -> None:
    weight = np.zeros((3, 3, 3, 3), np.float32)
    entry = LayerActivation("t", "conv_transpose2d", "convolution", ("input",), np.zeros((3, 2, 2)), weight)
    assert filter_owner(entry, {"t": entry}, 3) is None
