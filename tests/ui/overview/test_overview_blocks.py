"""Blocks in the overview, used as a person would: opened and closed, hovered, chosen from elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Cell
from explorer.ui.common.theme_colours import LIGHT
from explorer.ui.overview.geometry import Column
from explorer.ui.overview.lines import Spot
from explorer.ui.overview.scene import font, shortened
from tests.ui.fakes import make_picture, wait_until_shown
from tests.ui.overview.followed import FollowedOverview, Shown, click, hover
from tests.ui.pixels import colours_near

DEEP = (
    "3x16x16 "
    + " ".join("conv(4, 3, padding=1) batchnorm relu" for _ in range(3))
    + " conv(24, 3, padding=1) batchnorm relu flatten linear(3)"
)


def column_of(view: FollowedOverview, layer: str) -> Column:
    column = view.canvas.column(layer)
    assert column is not None
    return column


def names(view: FollowedOverview) -> list[str]:
    return [column.name for column in view.canvas.scene.layout.columns]


def click_head(view: FollowedOverview, layer: str) -> None:
    click(view, view.canvas.view.rect(column_of(view, layer).label).center().toPoint())


FOLDED = ["input", "relu1", "relu2", "relu3", "relu4", "flatten1", "linear1"]
OPENED = ["input", "relu1", "conv2", "bn2", "relu2", "relu3", "relu4", "flatten1", "linear1"]


def test_a_deep_network_shows_a_column_a_block_and_a_click_opens_and_closes_one(shown: Shown) -> None:
    view = shown(DEEP)
    assert names(view) == FOLDED
    block = column_of(view, "conv2")
    assert block.families == ("convolution", "normalization", "activation")
    head = QPointF(view.canvas.view.rect(block.label).center())
    assert view.canvas.tip_at(head) == (
        "A block of conv2, bn2 and relu2; the maps are those that leave relu2. Click here to open it."
    )
    click_head(view, "conv2")
    assert names(view) == OPENED
    (bracket,) = view.canvas.scene.layout.brackets
    assert bracket.group.title == "conv2"
    click(view, view.canvas.view.rect(bracket.rect).center().toPoint())
    assert names(view) == FOLDED


def test_a_block_opens_and_closes_by_keys_from_any_layer_inside(shown: Shown) -> None:
    view = shown(DEEP)
    view.session.selection.select(layer="bn2")
    QTest.keyClick(view.canvas, Qt.Key.Key_Space)
    assert names(view) == OPENED
    assert view.canvas.scene.selected == "bn2"
    QTest.keyClick(view.canvas, Qt.Key.Key_Backspace)
    assert names(view) == FOLDED
    assert view.canvas.scene.selected == "relu2"


def test_what_was_opened_stays_open_with_another_picture_and_through_an_edit(shown: Shown, qtbot: QtBot) -> None:
    view = shown(DEEP)
    click_head(view, "conv2")
    view.session.input.use_picture(make_picture(seed=5))
    wait_until_shown(qtbot, view.session)
    assert names(view) == OPENED
    view.session.editing.remove_layer("flatten1")
    wait_until_shown(qtbot, view.session)
    assert names(view)[:7] == OPENED[:7]


def test_each_layer_of_a_block_has_its_colour_in_the_bar(shown: Shown) -> None:
    view = shown(DEEP)
    bar = view.canvas.view.rect(column_of(view, "relu2").bar)
    picture = view.canvas.grab(bar.toAlignedRect()).toImage()
    for family in ("convolution", "normalization", "activation"):
        third = picture.width() * picture.height() / 3
        assert colours_near(picture, LIGHT.kinds[family], 12) > 0.5 * third, family


def test_hovering_a_blocks_map_draws_what_entered_the_block_by_the_weights_of_its_convolution(shown: Shown) -> None:
    view = shown(DEEP)
    told: list[Cell | None] = []
    view.session.selection.hovered.connect(told.append)
    hover(view, "relu2", 3)
    lines = view.canvas.lines
    assert lines is not None
    weight = view.session.state.maps.activations.by_name["conv2"].weight  # type: ignore[union-attr]
    assert weight is not None
    norms = np.linalg.norm(weight[3].reshape(4, -1), axis=1)
    assert [(source.layer, source.channel) for source in lines.sources] == [("relu1", each) for each in range(4)]
    assert [source.share for source in lines.sources] == pytest.approx((norms / norms.max()).tolist(), rel=1e-5)
    assert view.pane.facts_label.whole() == "made of these 4 maps; width by weight"
    assert told[-1] is not None
    assert (told[-1].call, told[-1].index[:2]) == ("relu2", (0, 3)), "the receptive field is that of what is shown"


def test_a_map_chosen_of_a_layer_inside_is_marked_in_the_blocks_column(shown: Shown) -> None:
    view = shown(DEEP)
    view.session.selection.select(layer="conv2", channel=1)
    assert view.canvas.scene.selected == "relu2"
    tile = column_of(view, "relu2").place(1)
    assert tile is not None
    assert view.canvas.place_of("conv2", 1) == view.canvas.view.rect(tile)
    assert view.pane.title_label.text() == "conv2, channel 1"


def test_a_folded_away_map_of_a_layer_inside_comes_into_sight(shown: Shown) -> None:
    view = shown(DEEP, (900, 400))
    block = column_of(view, "relu4")
    assert block.hidden > 0
    hidden = next(channel for channel in range(24) if channel not in block.channels)
    view.session.selection.select(layer="conv4", channel=hidden)
    assert column_of(view, "relu4").place(hidden) is not None


def test_an_opened_block_shows_the_same_channels_in_all_its_columns(shown: Shown) -> None:
    view = shown(DEEP, (900, 400))
    before = column_of(view, "relu4").channels
    click_head(view, "relu4")
    assert {column_of(view, layer).channels for layer in ("conv4", "bn4", "relu4")} == {before}


def test_the_most_active_maps_are_chosen_again_for_another_picture(shown: Shown, qtbot: QtBot) -> None:
    view = shown(DEEP, (900, 400))
    for seed in (5, 6):
        view.session.input.use_picture(make_picture(seed=seed))
        wait_until_shown(qtbot, view.session)
        values = view.session.state.maps.activations.by_name["relu4"].values  # type: ignore[union-attr]
        column = column_of(view, "relu4")
        shown_peaks = [float(values[channel].max()) for channel in column.channels]
        hidden = [float(values[channel].max()) for channel in range(24) if channel not in column.channels]
        assert min(shown_peaks) >= max(hidden)


def test_of_a_dotted_name_without_room_whole_parts_go_from_its_beginning(qapp: QApplication) -> None:
    written = font(11, semibold=True)

    def room_for(text: str) -> float:
        return QFontMetricsF(written).horizontalAdvance(text) + 0.5

    for shown_as in ("layer1.0.conv1", "…0.conv1", "…conv1"):
        assert shortened("layer1.0.conv1", room_for(shown_as), written) == shown_as
    assert shortened("layer1.0.conv1", room_for("con…"), written) == "con…"
    assert shortened("layer4.0.bn … avgpool", room_for("layer4.0…"), written).startswith("layer4")


def test_a_double_click_on_a_blocks_map_opens_its_feature_maps(shown: Shown, qtbot: QtBot) -> None:
    view = shown(DEEP)
    tile = column_of(view, "relu2").place(1)
    assert tile is not None
    at = view.canvas.view.rect(tile).center().toPoint()
    with qtbot.waitSignal(view.opened):
        click(view, at)
        QTest.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert view.session.state.selection.layer == "relu2"
    assert names(view) == FOLDED


def test_a_cell_of_a_layer_inside_a_block_is_no_cell_of_the_map_that_leaves_it(shown: Shown) -> None:
    view = shown(DEEP)
    assert view.canvas.cell_rect(Spot("relu2", 1, 3, 4)) is not None
    assert view.canvas.cell_rect(Spot("conv2", 1, 3, 4)) is None
    click_head(view, "conv2")
    assert view.canvas.cell_rect(Spot("conv2", 1, 3, 4)) is not None


def test_the_colour_bar_is_that_of_the_maps_that_the_block_shows(shown: Shown) -> None:
    """The layer that is chosen in it has a scale of its own, which nothing there is drawn on."""
    view = shown(DEEP)
    view.session.selection.select(layer="conv2")
    told = view.bars[0].accessibleDescription()
    view.session.selection.select(layer="relu2")
    assert view.bars[0].accessibleDescription() == told
    assert "relu2" not in view.bars[0].toolTip()
    view.session.selection.select(layer="conv2", channel=1)
    assert "These are the colours of relu2" in view.bars[0].toolTip()
    click_head(view, "conv2")
    assert view.bars[0].accessibleDescription() != told
