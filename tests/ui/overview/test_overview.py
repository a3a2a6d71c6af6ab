"""The overview, used as a person would: hover, click, keys, and what is told of what it shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Cell, Session
from explorer.ui.common import theme
from explorer.ui.common.colour import scale_for
from explorer.ui.common.theme_colours import DARK, LIGHT, Theme
from explorer.ui.overview.entries import entries_of
from explorer.ui.overview.lines import Spot
from explorer.ui.overview.sources import sources_in
from explorer.ui.overview.view import EMPTY, Overview
from tests.ui.fakes import make_session, wait_until_shown
from tests.ui.overview.followed import (
    BROKEN,
    SKIP,
    Shown,
    click,
    hover,
    place,
)
from tests.ui.pixels import changed, colours_near


def test_every_layer_has_a_column_and_all_are_seen(shown: Shown) -> None:
    view = shown()
    network = view.session.state.network
    assert network is not None
    columns = view.canvas.scene.layout.columns
    assert [column.name for column in columns] == ["input", *network.names]
    assert all(view.rect().contains(view.canvas.view.rect(column.box).toRect()) for column in columns)
    assert not view.canvas.minimap.isVisible()


def test_a_softmax_at_the_end_shows_the_classes(shown: Shown) -> None:
    last = shown().canvas.scene.layout.columns[-1]
    assert last.entry.prediction is not None
    assert len(last.channels) == 5


@pytest.mark.parametrize(("loss", "made_of"), [("", [0, 1, 2]), ("bce_with_logits", [1])])
def test_a_class_is_made_of_all_outputs_by_a_softmax_and_of_its_own_by_a_sigmoid(
    shown: Shown, qtbot: QtBot, loss: str, made_of: list[int]
) -> None:
    view = shown("3x8x8 flatten linear(3)")
    session = view.session
    session.store.edit("mean other classes", lambda before: replace(before, classes=("cat", "dog", "frog")))
    session.learning.set_hyperparameters(loss=loss)
    qtbot.waitUntil(lambda: not session.state.maps.computing and session.state.prediction.is_probability)
    entry = view.canvas.scene.layout.columns[-1].entry
    assert entry.prediction is session.state.prediction  # what the pane Prediction shows
    by_name = {each.name: each for each in entries_of(session.state)}
    assert [each.channel for each in sources_in(by_name, entry, 1).drawn] == made_of


def test_only_the_scales_of_the_whole_network_are_called_the_widest(shown: Shown) -> None:
    view = shown()
    view.session.selection.select(layer=None)
    first, second = view.bars
    assert "widest" in first.toolTip()
    assert "widest" in second.toolTip()
    layers = view.session.state.maps.activations.layers
    widest = max((each for each in layers if not scale_for(each.low, each.high).signed), key=lambda each: each.high)
    view.session.selection.select(layer=widest.name)
    assert first.isVisible()
    assert first.toolTip().startswith("Colours from 0 to ")
    assert "widest" not in first.toolTip()


def test_hovering_a_map_draws_the_maps_it_was_made_of_and_says_so(shown: Shown) -> None:
    view = shown()
    hover(view, "conv2", 3)
    assert view.pane.title_label.text() == "conv2, channel 3"
    assert view.pane.facts_label.whole() == "made of these 4 maps; width by weight"
    lines = view.canvas.lines
    assert lines is not None
    assert [(source.layer, source.channel) for source in lines.sources] == [("pool1", each) for each in range(4)]


def test_hovering_tells_every_view_the_cell(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    told: list[Cell | None] = []
    view.session.selection.hovered.connect(told.append)
    hover(view, "relu1", 2)
    assert isinstance(told[-1], Cell)
    assert (told[-1].call, told[-1].of, told[-1].index[:2]) == ("relu1", "output", (0, 2))
    assert set(told[-1].index[2:]) <= {7, 8}
    QTest.mouseMove(view.canvas, QPoint(1, view.canvas.height() - 2))
    assert told[-1] is None


def test_the_cell_under_the_mouse_elsewhere_and_the_chosen_one_are_framed(shown: Shown) -> None:
    view = shown()
    for layer, channel in (("relu1", 2), ("input", 0)):
        before = view.canvas.grab().toImage()
        cell = Cell(layer, (0, channel, 3, 4))
        view.session.selection.hover(cell)
        rect = view.canvas.cell_rect(Spot(layer, channel, 3, 4))
        assert rect is not None
        framed = changed(before, view.canvas.grab().toImage())
        assert framed
        assert all(rect.adjusted(-6, -6, 6, 6).contains(point) for point in framed)
        view.session.selection.hover(None)
        assert not changed(before, view.canvas.grab().toImage())
    view.session.selection.select(layer="relu1", channel=2)
    whole = view.canvas.grab().toImage()
    view.session.selection.select(row=3, column=4)
    rect = view.canvas.cell_rect(Spot("relu1", 2, 3, 4))
    framed = changed(whole, view.canvas.grab().toImage())
    assert framed
    assert all(rect.adjusted(-6, -6, 6, 6).contains(point) for point in framed)


def test_the_preview_shows_the_map_and_the_number_and_covers_neither_it_nor_its_sources(shown: Shown) -> None:
    view = shown()
    network = view.session.state.network
    assert network is not None
    for layer in ("input", *network.names):
        column = view.canvas.column(layer)
        assert column is not None
        if column.entry.is_numbers:
            continue
        hover(view, layer, column.channels[-1])
        preview = view.canvas.preview
        assert preview.shown() is not None
        over = QRectF(preview.geometry())
        lines = view.canvas.lines
        assert lines is not None
        looked = [(layer, column.channels[-1]), *((each.layer, each.channel) for each in lines.sources)]
        for name, channel in looked:
            tile = view.canvas.place_of(name, channel)
            assert tile is not None
            assert not over.intersects(tile), layer


def test_the_preview_writes_the_number_under_the_pointer(shown: Shown) -> None:
    view = shown()
    hover(view, "relu1", 2)
    preview = view.canvas.preview.shown()
    spot = view.canvas.over
    assert preview is not None
    assert spot is not None
    assert preview.where == f"row {spot.row}, column {spot.cell}"
    value = view.canvas.column("relu1").entry.maps.values[spot.channel, spot.row, spot.cell]
    assert np.float32(preview.value.replace("−", "-")) == value, "all its digits, as over the maps"


def test_a_click_chooses_the_map_in_every_view_and_nothing_moves(shown: Shown) -> None:
    view = shown()
    before = [column.box for column in view.canvas.scene.layout.columns]
    click(view, place(view.canvas, "conv2", 3))
    selection = view.session.state.selection
    assert (selection.layer, selection.channel, selection.row) == ("conv2", 3, None)
    assert [column.box for column in view.canvas.scene.layout.columns] == before
    QTest.mouseMove(view.canvas, QPoint(1, view.canvas.height() - 2))
    assert view.pane.title_label.text() == "conv2, channel 3"


def test_the_rest_fades_when_a_map_is_chosen_and_comes_back_with_escape(shown: Shown) -> None:
    view = shown()
    column = view.canvas.column("relu2")
    assert column is not None

    def contrast() -> int:
        pixels = view.canvas.grab(view.canvas.view.rect(column.body).toRect()).toImage()
        darkest = min(
            pixels.pixelColor(x, y).lightness()
            for x in range(0, pixels.width(), 3)
            for y in range(0, pixels.height(), 3)
        )
        return 255 - darkest

    before = contrast()
    click(view, place(view.canvas, "conv1", 1))
    assert contrast() < before * 0.6
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert view.session.state.selection.layer is None
    assert contrast() == before


@pytest.mark.parametrize("chosen", [LIGHT, DARK])
def test_a_dead_map_looks_dead_and_says_so(shown: Shown, qtbot: QtBot, chosen: Theme, qapp: QApplication) -> None:
    view = shown("3x16x16 conv(4, 3, bias=False) relu")
    theme.apply(qapp, chosen.name)
    view.session.input.set_values(np.zeros((3, 16, 16), np.float32))
    wait_until_shown(qtbot, view.session)
    view.session.selection.select(layer=None)
    column = view.canvas.column("relu1")
    assert column is not None
    tile = column.place(1)
    assert tile is not None
    rect = view.canvas.view.rect(tile).toRect().adjusted(2, 2, -2, -2)
    qtbot.waitUntil(lambda: not view.canvas.is_renewing)
    picture = view.canvas.grab(rect).toImage()
    assert colours_near(picture, chosen.sunken, 0) > 0.7 * rect.width() * rect.height()
    assert colours_near(picture, chosen.border, 8) > rect.width() // 2, "it is crossed out"
    hover(view, "relu1", 1)
    preview = view.canvas.preview.shown()
    assert preview is not None
    assert preview.facts == "dead: zero in every cell"
    assert view.canvas.tip_at(QPointF(place(view.canvas, "relu1", 1))) == (
        "relu1, channel 1 is dead: zero in every cell."
    )
    assert view.canvas.tip_at(QPointF(place(view.canvas, "input", 1))) == ""


def test_a_click_on_the_background_chooses_nothing(shown: Shown) -> None:
    view = shown()
    click(view, place(view.canvas, "conv2", 3))
    click(view, QPoint(2, view.canvas.height() - 2))
    assert view.session.state.selection.layer is None


def test_a_double_click_and_enter_open_the_layer(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    point = place(view.canvas, "conv2", 1)
    with qtbot.waitSignal(view.opened, timeout=1000):
        click(view, point)
        QTest.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    with qtbot.waitSignal(view.opened, timeout=1000):
        QTest.keyClick(view.canvas, Qt.Key.Key_Return)


def test_arrow_keys_go_through_layers_and_channels(shown: Shown) -> None:
    view = shown()
    session = view.session
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up)
    went = []
    for key in keys:
        QTest.keyClick(view.canvas, key)
        went.append((session.state.selection.layer, session.state.selection.channel))
    assert went == [("input", None), ("conv1", None), ("conv1", 0), ("conv1", 1), ("relu1", 1), ("relu1", 0)]


def test_a_skip_is_drawn_from_both_inputs_of_the_sum(shown: Shown) -> None:
    view = shown(SKIP)
    hover(view, "add1", 2)
    assert view.pane.facts_label.whole() == "made of these 2 maps"
    assert any(edge.is_arc for edge in view.canvas.scene.layout.edges)


def test_after_the_broken_layer_columns_are_empty_and_say_why(shown: Shown) -> None:
    view = shown(BROKEN)
    state = view.session.state
    assert state.told_at == "conv2"
    entries = {column.name: column.entry for column in view.canvas.scene.layout.columns}
    assert entries["relu1"].maps is not None
    assert entries["conv2"].maps is None
    assert entries["conv2"].is_broken
    column = view.canvas.column("conv2")
    assert column is not None
    assert "its card says why" in view.canvas.tip_at(view.canvas.view.rect(column.body).center())
    after = view.canvas.column("relu2")
    assert after is not None
    assert "conv2 is mended" in view.canvas.tip_at(view.canvas.view.rect(after.body).center())


def test_plain_numbers_stand_in_tiles_and_wires_carry_their_weights(shown: Shown) -> None:
    view = shown("2 linear(2) sigmoid linear(2) sigmoid")
    hover(view, "linear2", 1)
    assert view.pane.title_label.text() == "linear2, a₂"
    assert view.pane.facts_label.whole() == "made of these 2 numbers; width by weight"
    weight = view.session.state.maps.activations.by_name["linear2"].weight  # type: ignore[union-attr]
    assert weight is not None
    lines = view.canvas.lines
    assert lines is not None
    shares = np.abs(weight[1]) / np.abs(weight[1]).max()
    assert [source.share for source in lines.sources] == pytest.approx(shares.tolist())


def test_without_a_network_it_says_what_will_be_here(qtbot: QtBot) -> None:
    session = Session()
    view = Overview(session)
    qtbot.addWidget(view)
    view.show()
    assert view.empty_label.isVisible()
    assert view.empty_label.text() == EMPTY
    session.close()


def test_everything_has_a_name_for_those_who_cannot_see_it(shown: Shown) -> None:
    view = shown()
    for widget in (view, view.canvas, view.fit_button, view.canvas.minimap, view.canvas.preview):
        assert widget.accessibleName()
    assert "conv1" in view.canvas.accessibleDescription()


def test_a_persons_own_module_is_shown_by_its_calls(qtbot: QtBot) -> None:
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 2))
    session = Session()
    session.files.adopt(module, np.random.default_rng(0).random((3, 8, 8), np.float32)[None], "mine")
    wait_until_shown(qtbot, session)
    view = Overview(session)
    qtbot.addWidget(view)
    view.resize(900, 560)
    view.show()
    names = [column.name for column in view.canvas.scene.layout.columns]
    assert names == [layer.name for layer in session.state.maps.activations.layers]  # type: ignore[union-attr]
    session.close()


def test_the_calls_take_the_drawings_place_and_give_it_back(qtbot: QtBot) -> None:
    session = make_session()
    view = Overview(session)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    wait_until_shown(qtbot, session)
    view.calls_button.click()
    assert view.calls is not None
    qtbot.waitUntil(lambda: view.calls.model.rowCount() > 0, timeout=60_000)
    assert view.calls.isVisible()
    view.calls_button.click()
    assert view.canvas.isVisible()
    assert not session.state.steps.is_watched
    assert session.close()
