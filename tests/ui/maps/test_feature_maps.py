"""The feature-map viewer, driven as a person would: point, click, turn the wheel, press keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QScrollBar, QToolButton
from pytestqt.qtbot import QtBot

from explorer.session import Cell, Selection, Session
from explorer.ui.common import theme
from explorer.ui.common.colour import rgb
from explorer.ui.common.colour_bar import ColourBar
from explorer.ui.common.mosaic import Place
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.text import exact
from explorer.ui.common.theme_colours import LIGHT
from explorer.ui.maps.channel_view import ChannelView
from explorer.ui.maps.controls import MapControls
from explorer.ui.maps.feature_maps import FeatureMaps
from explorer.ui.maps.mosaic_view import NUMBERS_FROM_PIXELS, MapMosaic, short
from explorer.ui.maps.value_bars import ROW, ValueBars
from explorer.ui.maps.why import CHOOSE
from tests.ui.fakes import SMALL, make_picture, values_of, wait_until_shown
from tests.ui.maps.conftest import ShowMaps
from tests.ui.pixels import colours_near

BROKEN = "3x16x16 conv(4, 3, padding=1) relu linear(5) softmax"
Opened = tuple[Session, FeatureMaps]


@pytest.fixture
def open_maps(show_maps: ShowMaps) -> Callable[..., Opened]:
    """Opens the viewer on a layer of a network."""

    def make(text: str = SMALL, layer: str = "conv1") -> Opened:
        session, view = show_maps(text)
        session.selection.select(layer=layer)
        QApplication.processEvents()
        return session, view

    return make


@pytest.fixture
def opened(open_maps: Callable[..., Opened]) -> Opened:
    return open_maps()


def mosaic(view: FeatureMaps) -> MapMosaic:
    found = view.findChild(MapMosaic, "mosaic")
    assert found is not None
    return found


def large(view: FeatureMaps) -> MapMosaic:
    channel = view.findChild(ChannelView, "channelView")
    assert channel is not None
    return channel.findChildren(MapMosaic)[0]


def value_bars(view: FeatureMaps) -> ValueBars:
    return next(bars for bars in view.findChildren(ValueBars) if bars.accessibleName() == "Values of the layer")


def told(view: FeatureMaps) -> str:
    label = view.findChild(ElidedLabel, "hoveredValue")
    assert label is not None
    return label.whole()


def choose(view: FeatureMaps, what: str, choice: str) -> None:
    box = next(box for box in view.findChildren(QComboBox) if box.accessibleName() == what)
    box.setCurrentText(choice)


def point(maps: MapMosaic, place: Place) -> QPoint:
    QApplication.processEvents()
    return maps.point_of(place).toPoint()


def click(maps: MapMosaic, place: Place) -> None:
    QTest.mouseClick(maps.canvas.viewport(), Qt.MouseButton.LeftButton, pos=point(maps, place))
    QApplication.processEvents()


def turn_wheel(maps: MapMosaic, at: QPointF, steps: int, *, ctrl: bool = False) -> None:
    viewport = maps.canvas.viewport()
    keys = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    place = QPointF(viewport.mapToGlobal(at.toPoint()))
    for _ in range(abs(steps)):
        turned = QPoint(0, 120 if steps > 0 else -120)
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(at, place, QPoint(), turned, Qt.MouseButton.NoButton, keys, phase, False)
        QGuiApplication.sendEvent(viewport, event)
    QApplication.processEvents()


def test_the_head_says_what_is_shown(opened: Opened) -> None:
    _, view = opened
    words = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert "conv1" in words
    assert "4 feature maps · 16 × 16" in words


def test_pointing_tells_channel_row_column_and_exact_value(opened: Opened) -> None:
    session, view = opened
    hovered: list[Cell | None] = []
    session.selection.hovered.connect(hovered.append)
    QTest.mouseMove(mosaic(view).canvas.viewport(), point(mosaic(view), Place(2, 5, 7)))
    value = exact(float(values_of(session, "conv1")[2, 5, 7]))
    assert told(view) == f"conv1 · channel 2 · row 5, column 7 · {value}"
    assert hovered[-1] == Cell("conv1", (0, 2, 5, 7))


def test_one_click_selects_the_cell_and_opens_its_channel_large(opened: Opened) -> None:
    session, view = opened
    click(mosaic(view), Place(1, 3, 9))
    assert session.state.selection == Selection("conv1", 1, 3, 9)
    assert large(view).isVisible()
    assert large(view).canvas.hasFocus()


def test_arrow_keys_move_the_cell_and_escape_goes_back(opened: Opened) -> None:
    session, view = opened
    click(mosaic(view), Place(1, 3, 9))
    canvas = large(view).canvas
    for key, place in (
        (Qt.Key.Key_Right, (3, 10)),
        (Qt.Key.Key_Down, (4, 10)),
        (Qt.Key.Key_Left, (4, 9)),
        (Qt.Key.Key_Up, (3, 9)),
        (Qt.Key.Key_Home, (3, 0)),
        (Qt.Key.Key_Left, (3, 0)),
        (Qt.Key.Key_End, (3, 15)),
        (Qt.Key.Key_PageDown, (15, 15)),
        (Qt.Key.Key_PageUp, (0, 15)),
    ):
        QTest.keyClick(canvas, key)
        assert (session.state.selection.row, session.state.selection.column) == place
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert session.state.selection == Selection("conv1")
    assert large(view).isVisible(), "it stays as it is, until another one is pointed at"
    assert mosaic(view).canvas.hasFocus()


def test_arrow_keys_walk_over_the_mosaic(opened: Opened) -> None:
    session, view = opened
    canvas = mosaic(view).canvas
    canvas.setFocus()
    for key, channel in ((Qt.Key.Key_Right, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Left, 0)):
        QTest.keyClick(canvas, key)
        assert session.state.selection == Selection("conv1", channel)
    assert canvas.hasFocus()
    QTest.keyClick(large(view).canvas, Qt.Key.Key_Right)
    assert session.state.selection == Selection("conv1", 0, 0, 0)


def test_each_map_on_its_own_scale_has_its_own_colour_bar(opened: Opened) -> None:
    session, view = opened
    bar = view.findChildren(ColourBar)[0]
    choose(view, "Scale", "map")
    assert bar.sizeHint().width() == 0
    session.selection.select(channel=2)
    reach = float(np.abs(values_of(session, "conv1")[2]).max())
    assert exact(reach) in bar.accessibleDescription()


def test_maps_turn_pale_only_when_new_ones_take_long(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened
    image = mosaic(view).canvas.image
    session.store.set(replace(session.state.maps, computing=True))
    assert image.opacity() == 1
    qtbot.waitUntil(lambda: image.opacity() < 1, timeout=2000)
    session.store.set(replace(session.state.maps, computing=False))
    assert image.opacity() == 1


def test_what_is_not_a_number_stands_out(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened
    values = np.ones((3, 16, 16), np.float32)
    values[0, 4, 4] = np.nan
    session.input.set_values(values)
    wait_until_shown(qtbot, session)
    click(mosaic(view), Place(0, 4, 4))
    QTest.mouseMove(mosaic(view).canvas.viewport(), point(mosaic(view), Place(0, 4, 4)))
    assert told(view).endswith(" NaN")
    assert (mosaic(view).colours() == (*rgb(theme.current().error), 255)).all(axis=-1).any()


def test_the_wheel_zooms_about_the_pointer_until_cells_carry_numbers_and_f_fits_again(opened: Opened) -> None:
    session, view = opened
    session.selection.select(channel=0, row=8, column=8)
    canvas = large(view).canvas
    at = QPointF(point(large(view), Place(0, 5, 6)))
    before, small = canvas.to_cells(at), canvas.cell_pixels()
    turn_wheel(large(view), at, 9)
    after = canvas.to_cells(at)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=1e-3)
    assert canvas.cell_pixels() > NUMBERS_FROM_PIXELS
    QTest.keyClick(canvas, Qt.Key.Key_F)
    assert canvas.cell_pixels() == pytest.approx(small)


def test_the_zoom_stays_when_another_picture_comes(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened
    session.selection.select(channel=0, row=8, column=8)
    turn_wheel(large(view), QPointF(point(large(view), Place(0, 8, 8))), 6)
    zoomed = large(view).canvas.cell_pixels()
    session.input.use_picture(make_picture(7))
    wait_until_shown(qtbot, session)
    assert large(view).canvas.cell_pixels() == pytest.approx(zoomed)


def test_a_cell_panned_out_of_sight_stays_there_while_the_mouse_moves(opened: Opened) -> None:
    session, view = opened
    session.selection.select(channel=0, row=1, column=1)
    turn_wheel(large(view), QPointF(point(large(view), Place(0, 14, 14))), 12)
    seen = large(view).canvas.to_cells(QPointF(0, 0))
    QTest.mouseMove(large(view).canvas.viewport(), point(large(view), Place(0, 14, 13)))
    assert large(view).canvas.to_cells(QPointF(0, 0)) == seen
    session.selection.move_cell(1, 0)
    assert large(view).canvas.to_cells(QPointF(0, 0)) != seen


def test_choosing_a_cell_at_the_edge_leaves_the_whole_channel_in_sight(opened: Opened) -> None:
    session, view = opened
    session.selection.select(layer="pool1", channel=0, row=0, column=1)
    QApplication.processEvents()
    rect = large(view).canvas.viewport().rect()
    for place in (Place(0, 0, 0), Place(0, 7, 7)):
        assert rect.contains(point(large(view), place))


def test_dragging_pans_and_selects_nothing(opened: Opened) -> None:
    session, view = opened
    canvas = mosaic(view).canvas
    turn_wheel(mosaic(view), QPointF(canvas.viewport().rect().center()), 4, ctrl=True)
    before = canvas.to_cells(QPointF(0, 0))
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(canvas.viewport(), QPoint(240, 230))
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(240, 230))
    after = canvas.to_cells(QPointF(40, 30))
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()), abs=0.2)
    assert session.state.selection == Selection("conv1")


def test_many_maps_scroll_with_the_wheel(open_maps: Callable[..., Opened]) -> None:
    session, view = open_maps("3x7x7 conv(2048, 3, padding=1) relu")
    canvas = mosaic(view).canvas
    assert canvas.cell_pixels() * 7 >= 23
    top = canvas.to_cells(QPointF(0, 0)).y()
    turn_wheel(mosaic(view), QPointF(200, 200), -5)
    assert canvas.to_cells(QPointF(0, 0)).y() > top
    turn_wheel(mosaic(view), QPointF(200, 200), -500)
    session.selection.select(channel=2047, row=0, column=0)
    corner = mosaic(view).point_of(Place(2047, 6, 6))
    assert canvas.viewport().rect().contains(corner.toPoint())


def test_many_maps_scroll_with_the_bar_and_a_few_have_none(open_maps: Callable[..., Opened]) -> None:
    session, view = open_maps("3x7x7 conv(2048, 3, padding=1) relu")
    bars = mosaic(view).findChildren(QScrollBar)
    bar = next(found for found in bars if found.accessibleName() == "Rows of maps")
    assert bar.isVisible()
    bar.setValue(bar.maximum())
    QApplication.processEvents()
    assert mosaic(view).canvas.viewport().rect().contains(mosaic(view).point_of(Place(2047, 6, 6)).toPoint())
    session.selection.select(layer="input")
    QApplication.processEvents()
    assert not bar.isVisible()


@pytest.mark.parametrize("size", [(860, 760), (700, 520), (1300, 500)])
def test_maps_that_can_be_seen_whole_are_not_cut_off(open_maps: Callable[..., Opened], size: tuple[int, int]) -> None:
    session, view = open_maps("3x32x32 conv(32, 3, padding=1) relu")
    view.resize(*size)
    session.selection.select(channel=0, row=0, column=0)
    rect = mosaic(view).canvas.viewport().rect
    for tile in (0, 31):
        assert rect().contains(point(mosaic(view), Place(tile, 0, 0)))
        assert rect().contains(point(mosaic(view), Place(tile, 31, 31)))


def test_a_selection_from_elsewhere_scrolls_its_map_into_view(open_maps: Callable[..., Opened]) -> None:
    session, view = open_maps("3x7x7 conv(2048, 3, padding=1) relu")
    session.selection.select(channel=3, row=0, column=0)
    session.selection.select(channel=1900, row=2, column=2)
    QApplication.processEvents()
    place = mosaic(view).point_of(Place(1900, 2, 2)).toPoint()
    assert mosaic(view).canvas.viewport().rect().contains(place)


@pytest.mark.parametrize(("order", "of"), [("mean", np.mean), ("maximum", np.max), ("variance", np.var)])
def test_clicking_in_another_order_selects_the_channel_that_is_seen(
    opened: Opened, order: str, of: Callable[..., np.ndarray]
) -> None:
    session, view = opened
    choose(view, "Order", order)
    click(mosaic(view), Place(0, 2, 2))
    assert session.state.maps.activations is not None
    statistic = of(session.state.maps.activations.by_name["conv1"].values.astype(np.float64), axis=(1, 2))
    assert session.state.selection.channel == int(statistic.argmax())


def test_dead_maps_are_counted_and_shown_alone(open_maps: Callable[..., Opened], qtbot: QtBot) -> None:
    session, view = open_maps("3x16x16 conv(4, 3, bias=False) relu conv(6, 3, bias=False) relu")
    session.input.set_values(np.zeros((3, 16, 16), np.float32))
    wait_until_shown(qtbot, session)
    session.selection.select(layer="relu2")
    button = next(found for found in view.findChildren(QToolButton) if found.accessibleName() == "Dead channels")
    assert button.text() == "6 dead"
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    click(mosaic(view), Place(5, 1, 1))
    assert session.state.selection == Selection("relu2", 5, 1, 1)


def test_a_dead_map_looks_dead_and_says_so(open_maps: Callable[..., Opened], qtbot: QtBot) -> None:
    session, view = open_maps("3x16x16 conv(4, 3, bias=False) relu")
    session.input.set_values(np.zeros((3, 16, 16), np.float32))
    wait_until_shown(qtbot, session)
    session.selection.select(layer="relu1")
    maps = mosaic(view)
    QTest.mouseMove(maps.canvas.viewport(), point(maps, Place(1, 3, 3)))
    assert told(view).endswith("dead: zero in every cell")
    tile = QRect(point(maps, Place(0, 0, 0)), point(maps, Place(0, 13, 13)))
    picture = maps.canvas.viewport().grab(tile).toImage()
    assert colours_near(picture, LIGHT.sunken, 0) > 0.8 * tile.width() * tile.height()
    assert colours_near(picture, LIGHT.border, 8) > tile.width() // 2, "it is crossed out"


def test_between_maps_a_saved_picture_is_grey(opened: Opened) -> None:
    _, view = opened
    colours = mosaic(view).colours()
    assert (colours[..., 3] == 255).all()
    np.testing.assert_array_equal(colours[0, 16, :3], rgb(LIGHT.border))  # right of the first map


def test_filters_tell_their_weights(opened: Opened) -> None:
    session, view = opened
    choose(view, "Show", "filters")
    assert session.state.maps.activations is not None
    weight = session.state.maps.activations.by_name["conv1"].weight
    assert weight is not None
    QTest.mouseMove(mosaic(view).canvas.viewport(), point(mosaic(view), Place(2, 1, 2)))
    red, green, blue = (exact(float(value)) for value in weight[2, :, 1, 2])
    assert told(view) == f"filter 2 · row 1, column 2 · red {red}, green {green}, blue {blue}"
    click(mosaic(view), Place(2, 1, 2))
    assert session.state.selection == Selection("conv1", 2)
    QTest.mouseMove(mosaic(view).canvas.viewport(), point(mosaic(view), Place(1, 0, 0)))
    assert told(view).endswith(exact(float(weight[2, 1, 0, 0])))


def test_a_row_of_numbers_is_shown_as_bars(open_maps: Callable[..., Opened]) -> None:
    session, view = open_maps(layer="softmax1")
    bars = value_bars(view)
    rows = bars.viewport()
    assert rows.isVisible()
    QTest.mouseMove(rows, QPoint(200, 6 + 3 * ROW + ROW // 2))
    assert told(view) == f"softmax1 · y₄ · {exact(float(values_of(session, 'softmax1')[3]))}"
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(200, 6 + 3 * ROW + ROW // 2))
    assert session.state.selection == Selection("softmax1", 3)
    explained = bars.explained_at(QPoint(20, 6 + 3 * ROW + ROW // 2))
    assert explained == (f"y₄: {exact(float(values_of(session, 'softmax1')[3]))}", bars.row_rect(3))
    QTest.keyClick(bars, Qt.Key.Key_Down)
    assert session.state.selection.channel == 4


def test_thousands_of_numbers_scroll(open_maps: Callable[..., Opened]) -> None:
    session, view = open_maps("3x16x16 conv(16, 3, padding=1) flatten", layer="flatten1")
    bars = value_bars(view)
    session.selection.select(channel=4000)
    QApplication.processEvents()
    assert bars.verticalScrollBar().value() > 3900


def test_after_a_broken_layer_a_line_and_a_button_lead_to_its_card(
    open_maps: Callable[..., Opened], qtbot: QtBot
) -> None:
    session, view = open_maps(BROKEN, layer="softmax1")
    words = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert "linear1 cannot run: see its card." in words
    assert not [text for text in words if session.state.problems[0].message in text]
    button = next(found for found in view.findChildren(QPushButton) if found.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.state.selection.layer == "linear1"
    session.editing.apply_fix(session.state.problems[0])
    session.selection.select(layer="softmax1")
    wait_until_shown(qtbot, session)
    assert session.state.maps.activations is not None
    assert "softmax1" in session.state.maps.activations.by_name
    assert value_bars(view).isVisible()


def test_without_a_chosen_layer_a_line_says_what_to_do(opened: Opened) -> None:
    session, view = opened
    session.selection.select(layer=None)
    words = [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
    assert "Choose a layer in the list on the left to see its feature maps." in words


def test_hidden_it_waits_and_shown_it_catches_up(opened: Opened) -> None:
    session, view = opened
    view.hide()
    session.selection.select(layer="pool1")
    view.show()
    QApplication.processEvents()
    assert "4 feature maps · 8 × 8" in [label.text() for label in view.findChildren(QLabel)]


def test_a_wide_pane_has_the_channel_beside_the_mosaic(opened: Opened) -> None:
    session, view = opened
    session.selection.select(channel=0, row=0, column=0)
    QApplication.processEvents()
    assert large(view).mapTo(view, QPoint()).y() > mosaic(view).mapTo(view, QPoint()).y() + 100
    view.resize(1300, 500)
    QApplication.processEvents()
    assert large(view).mapTo(view, QPoint()).x() > mosaic(view).mapTo(view, QPoint()).x() + 300


@pytest.mark.parametrize("ending", [".png", ".svg", ".npy", ".csv"])
def test_what_is_shown_is_saved_and_told(opened: Opened, tmp_path: Path, ending: str, qtbot: QtBot) -> None:
    session, view = opened
    view.export.save_to(tmp_path / f"conv1{ending}")
    qtbot.waitUntil(lambda: session.exports.names == ())
    assert (tmp_path / f"conv1{ending}").stat().st_size > 100
    assert session.state.status.notice == f"Saved as conv1{ending}."


def test_the_box_says_maps_where_a_layer_has_no_filters_and_filters_again_where_it_has(opened: Opened) -> None:
    session, view = opened
    choose(view, "Show", "filters")
    box = next(box for box in view.findChildren(QComboBox) if box.accessibleName() == "Show")
    for layer, what in (("relu1", "maps"), ("conv1", "filters"), ("pool1", "maps"), ("linear1", "filters")):
        session.selection.select(layer=layer)
        QApplication.processEvents()
        assert (box.currentText(), box.isEnabled()) == (what, what == "filters")


def test_filters_on_show_are_what_is_saved(opened: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    session, view = opened
    choose(view, "Show", "filters")
    view.export.save_to(tmp_path / "weights.npy")
    qtbot.waitUntil(lambda: session.exports.names == ())
    assert session.state.maps.activations is not None
    weight = session.state.maps.activations.by_name["conv1"].weight
    np.testing.assert_array_equal(np.load(tmp_path / "weights.npy"), weight)


def test_a_folder_that_cannot_be_written_to_is_told(opened: Opened, tmp_path: Path, qtbot: QtBot) -> None:
    session, view = opened
    view.export.save_to(tmp_path / "nowhere" / "maps.png")
    qtbot.waitUntil(lambda: session.exports.names == ())
    assert "maps.png could not be written" in session.state.status.notice


def test_the_chosen_channel_is_copied_as_a_table(opened: Opened) -> None:
    session, view = opened
    session.selection.select(channel=2)
    view.export.copy_values()
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    np.testing.assert_array_equal(np.array(rows, np.float32), values_of(session, "conv1")[2])
    view.export.copy_picture()
    assert not QGuiApplication.clipboard().image().isNull()


def test_a_row_of_numbers_is_saved_as_numbers_and_said_not_to_be_a_picture(
    open_maps: Callable[..., Opened], tmp_path: Path, qtbot: QtBot
) -> None:
    session, view = open_maps(layer="softmax1")
    view.export.ask(".png")
    assert session.state.status.notice == "softmax1 is a row of numbers, not a picture: save or copy its values."
    view.export.save_to(tmp_path / "softmax1.csv")
    qtbot.waitUntil(lambda: session.exports.names == ())
    assert len((tmp_path / "softmax1.csv").read_text().splitlines()) == 6


def test_another_theme_gives_other_colours(opened: Opened, qapp: QApplication) -> None:
    _, view = opened
    before = mosaic(view).colours().copy()
    theme.apply(qapp, "dark")
    QApplication.processEvents()
    assert (mosaic(view).colours() != before).any()


def test_numbers_in_cells_keep_three_digits_in_eight_signs() -> None:
    assert [short(value) for value in (0.0415, -0.00415, -0.000129, 1234567.0)] == [
        "0.0415",
        "−0.00415",
        "−1.29e−4",
        "1.23e6",
    ]


def test_in_a_wide_low_pane_the_chosen_channel_is_large_between_all_maps_and_the_words(opened: Opened) -> None:
    """What a window of 1280 × 720 leaves the maps above an open training strip."""
    session, view = opened
    session.selection.select(channel=1, row=2, column=3)
    view.resize(708, 364)
    QApplication.processEvents()
    channel = large(view).canvas
    assert min(channel.width(), channel.height()) >= 150
    assert min(mosaic(view).canvas.width(), mosaic(view).canvas.height()) >= 120
    for name in ("Why this number?", "Cell", "All channels"):
        button = next(each for each in view.findChildren(QToolButton) if each.accessibleName() == name)
        assert button.width() >= button.sizeHint().width()
    facts = [label for label in view.findChildren(QLabel) if label.accessibleName().endswith("of the chosen cell")]
    QTest.mouseClick(
        next(each for each in view.findChildren(QToolButton) if each.text() == "Cell"), Qt.MouseButton.LeftButton
    )
    QApplication.processEvents()
    seen = [label for label in facts if label.isVisible()]
    assert len(seen) > 5
    assert all(label.height() >= label.fontMetrics().height() for label in seen)


def test_small_maps_have_an_edge_each_so_that_zeros_do_not_run_together(
    show_maps: ShowMaps, qtbot: QtBot, qapp: QApplication
) -> None:
    session, view = show_maps("3x16x16 conv(120, 3) relu flatten linear(5)", size=(500, 430))
    session.selection.select(layer="relu1")
    QApplication.processEvents()
    canvas = mosaic(view).canvas
    tile = mosaic(view).point_of(Place(1, -1, -1)) - mosaic(view).point_of(Place(0, -1, -1))
    assert 20 < tile.x() < 32
    tiles = 120
    assert colours_near(canvas.grab().toImage(), LIGHT.border, 2) > tiles * 3 * tile.x()


def test_what_to_do_for_a_why_is_said_whole_in_a_narrow_window(
    show_maps: ShowMaps,
) -> None:
    session, view = show_maps(SMALL, size=(708, 512))
    session.selection.select(layer="conv1", channel=1)
    QApplication.processEvents()
    line = next(each for each in view.findChildren(ElidedLabel) if each.whole() == CHOOSE and each.isVisible())
    assert line.text() == CHOOSE


def test_the_frame_of_the_only_map_lies_close_about_it_however_large_its_cells_are(show_maps: ShowMaps) -> None:
    """A share of a cell stood far out at the sides as two lines, and beyond the picture above and below."""
    session, view = show_maps("1x4x4 conv(1, 1) relu", size=(700, 500))
    session.selection.select(layer="relu1", channel=0)
    QApplication.processEvents()
    maps = mosaic(view)
    corner = maps.point_of(Place(0, 0, 0))
    half = (maps.point_of(Place(0, 0, 1)).x() - corner.x()) / 2
    picture = maps.canvas.grab().toImage()
    left = picture.copy(0, 0, round(corner.x() - half) - 4, picture.height())
    assert half > 20
    assert not colours_near(left, LIGHT.accent, 60)
    assert colours_near(picture, LIGHT.accent, 60) > 8 * half, "it is there"


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("width", [350, 480, 860])
def test_no_choice_over_the_maps_is_cut_off_in_a_narrow_pane(
    opened: Opened, qapp: QApplication, name: str, width: int
) -> None:
    theme.apply(qapp, name)
    view = opened[1]
    view.resize(width, 700)
    QApplication.processEvents()
    assert view.width() == width
    controls = view.findChild(MapControls)
    assert controls is not None
    whole = [*controls.findChildren(QComboBox), *controls.findChildren(QToolButton)]
    parts = [part for part in whole if part.isVisible()]
    assert len(parts) == 5
    for part in parts:
        assert part.width() >= part.minimumSizeHint().width(), part.accessibleName()
        assert controls.rect().contains(QRect(part.mapTo(controls, QPoint(0, 0)), part.size())), part.accessibleName()
    view.resize(860, 760)
    QApplication.processEvents()
    assert len({part.mapTo(controls, QPoint(0, 0)).y() // 8 for part in parts}) == 1  # one row again
