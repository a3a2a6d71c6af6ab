"""The overview, used as a person would: hover, click, keys, wheel, drag."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Session, State
from explorer.session.selection import Cell
from explorer.ui.common import theme
from explorer.ui.common.colour import scale_for
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.overview.entries import entries_of
from explorer.ui.overview.lines import Spot
from explorer.ui.overview.preview import preview_of
from explorer.ui.overview.sources import sources_in
from explorer.ui.overview.view import EMPTY, Overview
from tests.ui.fakes import SMALL, make_picture, make_session, wait_until_shown
from tests.ui.pixels import colours_near

WIDE = "3x16x16 conv(400, 3, padding=1) relu flatten linear(5) softmax"
LONG = "3x16x16 " + " ".join("conv(4, 3, padding=1) batchnorm relu" for _ in range(14)) + " flatten linear(3)"
SKIP = "3x16x16 conv(4, 3, padding=1) r=relu conv(4, 3, padding=1) relu add(r, relu2) flatten linear(3)"
BROKEN = "3x16x16 conv(4, 3) relu conv(4, 40) relu"
Shown = Callable[..., Overview]


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Shown]:
    sessions = []

    def show(text: str = SMALL, size: tuple[int, int] = (900, 560)) -> Overview:
        theme.apply(QApplication.instance(), "light")
        session = make_session(text)
        sessions.append(session)
        if session.state.maps.computing:
            qtbot.waitUntil(lambda: not session.state.maps.computing, timeout=60_000)
        session.selection.select(layer=None)
        view = Overview(session)
        qtbot.addWidget(view)
        view.resize(*size)
        view.show()
        qtbot.waitExposed(view)
        QTest.mouseMove(view.canvas, QPoint(1, view.canvas.height() - 2))  # away from where an earlier test left it
        return view

    yield show
    for session in sessions:
        session.close()


def session_of(view: Overview) -> Session:
    return view._session


def place(canvas: OverviewCanvas, layer: str, channel: int) -> QPoint:
    column = canvas.column(layer)
    assert column is not None
    rect = column.place(channel)
    assert rect is not None, f"channel {channel} of {layer} is folded away"
    return canvas.view.rect(rect).center().toPoint()


def hover(view: Overview, layer: str, channel: int) -> None:
    QTest.mouseMove(view.canvas, QPoint(1, view.canvas.height() - 2))
    QTest.mouseMove(view.canvas, place(view.canvas, layer, channel))


def click(view: Overview, point: QPoint) -> None:
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)


def turn_wheel(canvas: OverviewCanvas, at: QPointF, steps: int) -> None:
    event = QWheelEvent(
        at,
        QPointF(canvas.mapToGlobal(at.toPoint())),
        QPoint(0, 0),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_every_layer_has_a_column_and_all_are_seen(shown: Shown) -> None:
    view = shown()
    network = session_of(view).state.network
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
    session = session_of(view)
    session.store.edit("mean other classes", lambda before: replace(before, classes=("cat", "dog", "frog")))
    session.learning.set_hyperparameters(loss=loss)
    qtbot.waitUntil(lambda: not session.state.maps.computing and session.state.prediction.is_probability)
    entry = view.canvas.scene.layout.columns[-1].entry
    assert entry.prediction is not None
    by_name = {each.name: each for each in entries_of(session.state)}
    assert [each.channel for each in sources_in(by_name, entry, 1).drawn] == made_of


def test_only_the_scales_of_the_whole_network_are_called_the_widest(shown: Shown) -> None:
    view = shown()
    session_of(view).selection.select(layer=None)
    first, second = view.bars
    assert "widest" in first.toolTip()
    assert "widest" in second.toolTip()
    layers = session_of(view).state.maps.activations.layers
    widest = max((each for each in layers if not scale_for(each.low, each.high).signed), key=lambda each: each.high)
    session_of(view).selection.select(layer=widest.name)
    assert first.isVisible()
    assert first.toolTip().startswith("Colours from 0 to ")
    assert "widest" not in first.toolTip()


def test_hovering_a_map_draws_the_maps_it_was_made_of_and_says_so(shown: Shown) -> None:
    view = shown()
    hover(view, "conv2", 3)
    assert view.pane.title_label.text() == "conv2, channel 3"
    assert view.pane.facts_label.whole() == "made of these 4 maps; width by weight"
    lines = view.canvas._lines
    assert lines is not None
    assert [(source.layer, source.channel) for source in lines.sources] == [("pool1", each) for each in range(4)]


def test_hovering_tells_every_view_the_cell(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    told: list[Cell | None] = []
    session_of(view).selection.hovered.connect(told.append)
    hover(view, "relu1", 2)
    assert isinstance(told[-1], Cell)
    assert (told[-1].layer, told[-1].channel) == ("relu1", 2)
    assert told[-1].row in (7, 8)
    assert told[-1].column in (7, 8)
    QTest.mouseMove(view.canvas, QPoint(1, view.canvas.height() - 2))
    assert told[-1] is None


def test_the_preview_shows_the_map_and_the_number_and_covers_neither_it_nor_its_sources(shown: Shown) -> None:
    view = shown()
    network = session_of(view).state.network
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
        lines = view.canvas._lines
        assert lines is not None
        looked = [(layer, column.channels[-1]), *((each.layer, each.channel) for each in lines.sources)]
        for name, channel in looked:
            tile = view.canvas._place(name, channel)
            assert tile is not None
            assert not over.intersects(tile), layer


def test_the_preview_writes_the_number_under_the_pointer(shown: Shown) -> None:
    view = shown()
    hover(view, "relu1", 2)
    preview = view.canvas.preview.shown()
    spot = view.canvas._over
    assert preview is not None
    assert spot is not None
    assert preview.value.endswith(f"at row {spot.row}, column {spot.cell}")


def test_a_click_chooses_the_map_in_every_view_and_nothing_moves(shown: Shown) -> None:
    view = shown()
    before = [column.box for column in view.canvas.scene.layout.columns]
    click(view, place(view.canvas, "conv2", 3))
    selection = session_of(view).state.selection
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
    assert session_of(view).state.selection.layer is None
    assert contrast() == before


def test_a_click_on_the_background_chooses_nothing(shown: Shown) -> None:
    view = shown()
    click(view, place(view.canvas, "conv2", 3))
    click(view, QPoint(2, view.canvas.height() - 2))
    assert session_of(view).state.selection.layer is None


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
    session = session_of(view)
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up)
    went = []
    for key in keys:
        QTest.keyClick(view.canvas, key)
        went.append((session.state.selection.layer, session.state.selection.channel))
    assert went == [("input", None), ("conv1", None), ("conv1", 0), ("conv1", 1), ("relu1", 1), ("relu1", 0)]


def test_more_channels_than_fit_open_and_fold_with_a_click(shown: Shown) -> None:
    view = shown(WIDE)
    folded = view.canvas.column("conv1")
    assert folded is not None
    assert folded.more is not None
    assert folded.hidden > 0
    middle = view.canvas.view.rect(folded.more).center()
    tip = view.canvas.tip_at(middle)
    assert tip == f"The first {len(folded.channels)} of 400 channels. Click to see all."
    click(view, middle.toPoint())
    opened = view.canvas.column("conv1")
    assert opened is not None
    assert opened.channels == tuple(range(400))
    assert opened.more is not None
    click(view, view.canvas.view.rect(opened.more).center().toPoint())
    again = view.canvas.column("conv1")
    assert again is not None
    assert again.channels == folded.channels


def test_a_folded_map_chosen_elsewhere_comes_into_sight(shown: Shown) -> None:
    view = shown(WIDE)
    session_of(view).selection.select(layer="conv1", channel=399)
    column = view.canvas.column("conv1")
    assert column is not None
    assert column.place(399) is not None


def test_a_long_network_folds_into_groups_that_open_and_fold_again(shown: Shown) -> None:
    view = shown(LONG)
    folded = view.canvas.scene.layout.columns
    group = next(column for column in folded if column.group is not None)
    assert group.group is not None
    click(view, view.canvas.view.rect(group.label).center().toPoint())
    assert len(view.canvas.scene.layout.columns) > len(folded)
    bracket = view.canvas.scene.layout.brackets[0]
    click(view, view.canvas.view.rect(bracket.rect).center().toPoint())
    assert len(view.canvas.scene.layout.columns) == len(folded)


def test_a_group_opens_and_folds_with_keys(shown: Shown) -> None:
    view = shown(LONG)
    folded = len(view.canvas.scene.layout.columns)
    group = next(column for column in view.canvas.scene.layout.columns if column.group is not None)
    session_of(view).selection.select(layer=group.name)
    QTest.keyClick(view.canvas, Qt.Key.Key_Space)
    assert len(view.canvas.scene.layout.columns) > folded
    QTest.keyClick(view.canvas, Qt.Key.Key_Backspace)
    assert len(view.canvas.scene.layout.columns) == folded


def test_the_wheel_zooms_about_the_pointer(shown: Shown) -> None:
    view = shown()
    canvas = view.canvas
    at = QPointF(place(canvas, "conv2", 2))
    before = canvas.view.world(at)
    turn_wheel(canvas, at, 5)
    assert canvas.view.zoom == pytest.approx(1.2**5)
    assert canvas.view.world(at) == pytest.approx(before)


def test_the_minimap_is_there_only_when_something_is_out_of_sight(shown: Shown) -> None:
    view = shown()
    turn_wheel(view.canvas, QPointF(200, 200), 5)
    minimap = view.canvas.minimap
    assert minimap.isVisible()
    assert minimap.geometry().bottom() <= view.canvas.height()
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(minimap.width() - 8, minimap.height() // 2))
    last = view.canvas.scene.layout.columns[-1]
    assert view.canvas.view.sees(last.box)
    QTest.keyClick(view.canvas, Qt.Key.Key_F)
    assert not minimap.isVisible()
    assert view.canvas.view.zoom == 1


def test_a_drag_pans_and_chooses_nothing(shown: Shown) -> None:
    view = shown()
    canvas = view.canvas
    start = place(canvas, "conv2", 2)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(30, 20))
    QTest.mouseMove(canvas, start + QPoint(60, 40))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 40))
    assert (canvas.view.x, canvas.view.y) == (60, 40)
    assert session_of(view).state.selection.layer is None


def test_far_away_there_are_only_boxes(shown: Shown) -> None:
    view = shown()
    canvas = view.canvas
    turn_wheel(canvas, QPointF(400, 250), -6)
    assert canvas.view.is_far
    assert canvas.spot_at(canvas.view.rect(canvas.scene.layout.columns[1].box).center()) is None
    assert not canvas.grab().isNull()


def test_zoomed_in_far_enough_cells_carry_their_numbers(shown: Shown) -> None:
    view = shown()
    canvas = view.canvas

    def darkest() -> int:
        pixels = canvas.grab(QRect(300, 150, 200, 150)).toImage()
        return min(pixels.pixelColor(x, y).lightness() for x in range(200) for y in range(150))

    tile = canvas.column("conv1").place(1)  # type: ignore[union-attr]
    assert tile is not None
    canvas.zoom(6)
    canvas.centre_on(*tile.centre)
    before = darkest()
    canvas.zoom(4)
    canvas.centre_on(*tile.centre)
    assert darkest() < before - 40


def test_a_skip_is_drawn_from_both_inputs_of_the_sum(shown: Shown) -> None:
    view = shown(SKIP)
    hover(view, "add1", 2)
    assert view.pane.facts_label.whole() == "made of these 2 maps"
    assert any(edge.is_arc for edge in view.canvas.scene.layout.edges)


def test_after_the_broken_layer_columns_are_empty_and_say_why(shown: Shown) -> None:
    view = shown(BROKEN)
    state = session_of(view).state
    sentence = next(problem.message for problem in state.problems if problem.severity == "error")
    entries = {column.name: column.entry for column in view.canvas.scene.layout.columns}
    assert entries["relu1"].maps is not None
    assert entries["conv2"].maps is None
    assert entries["conv2"].is_broken
    column = view.canvas.column("conv2")
    assert column is not None
    assert sentence in view.canvas.tip_at(view.canvas.view.rect(column.body).center())
    after = view.canvas.column("relu2")
    assert after is not None
    assert "conv2 is mended" in view.canvas.tip_at(view.canvas.view.rect(after.body).center())


def test_plain_numbers_stand_in_tiles_and_wires_carry_their_weights(shown: Shown) -> None:
    view = shown("2 linear(2) sigmoid linear(2) sigmoid")
    hover(view, "linear2", 1)
    assert view.pane.title_label.text() == "linear2, number 1"
    assert view.pane.facts_label.whole() == "made of these 2 numbers; width by weight"
    weight = session_of(view).state.maps.activations.by_name["linear2"].weight  # type: ignore[union-attr]
    assert weight is not None
    lines = view.canvas._lines
    assert lines is not None
    shares = np.abs(weight[1]) / np.abs(weight[1]).max()
    assert [source.share for source in lines.sources] == pytest.approx(shares.tolist())


def test_another_picture_repaints_the_same_columns(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    before = view.canvas.grab().toImage()
    boxes = [column.box for column in view.canvas.scene.layout.columns]
    session = session_of(view)
    session.input.use_picture(make_picture(seed=5))
    with qtbot.waitSignal(view.canvas._picture.renewed):
        wait_until_shown(qtbot, session)
    assert view.canvas.grab().toImage() != before
    assert [column.box for column in view.canvas.scene.layout.columns] == boxes


@pytest.mark.parametrize("zoomed", [0, 5])
@pytest.mark.parametrize("chosen", [None, "relu1"])
@pytest.mark.parametrize("text", [SMALL, WIDE, SKIP, LONG, "5 linear(7) tanh linear(300) relu linear(3) softmax"])
def test_columns_repainted_one_by_one_are_as_if_painted_at_once(
    shown: Shown, qtbot: QtBot, text: str, chosen: str | None, zoomed: int
) -> None:
    view = shown(text)
    session, canvas = session_of(view), view.canvas
    session.selection.select(layer=chosen if chosen in session.state.network.names else None)  # type: ignore[union-attr]
    if zoomed:
        turn_wheel(canvas, QPointF(300, 250), zoomed)
    before = canvas.grab().toImage()
    with qtbot.waitSignal(canvas._picture.renewed):
        if session.state.input.numbers is not None and session.state.input.picture is None:
            session.input.set_values(np.array([1, -2, 0.5, 3, -1], np.float32))
        else:
            session.input.use_picture(make_picture(seed=5))
    qtbot.waitUntil(lambda: not session.state.maps.computing)
    qtbot.waitUntil(lambda: canvas._picture._next is None)
    little_by_little = canvas.grab().toImage()
    canvas._forget()
    assert little_by_little == canvas.grab().toImage()
    assert little_by_little != before


def test_what_the_network_says_is_drawn_at_once_as_the_prediction_tells_it(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    session, canvas = session_of(view), view.canvas
    place = canvas.view.rect(canvas.scene.layout.columns[-1].body).toAlignedRect()
    drawn = []

    def keep(old: State, new: State) -> None:
        if new.prediction is not old.prediction:
            drawn.append(canvas.grab(place).toImage())

    before = canvas.grab(place).toImage()
    session.changed.connect(keep)
    session.input.use_picture(make_picture(seed=5))
    qtbot.waitUntil(lambda: not session.state.maps.computing)
    canvas._forget()
    assert drawn[-1] == canvas.grab(place).toImage()
    assert drawn[-1] != before


def test_an_edit_shows_the_new_layer_as_soon_as_it_has_run(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    session = session_of(view)
    session.editing.duplicate_layer("relu2")
    wait_until_shown(qtbot, session)
    network = session.state.network
    assert network is not None
    assert [column.name for column in view.canvas.scene.layout.columns] == ["input", *network.names]


def test_a_hidden_overview_catches_up_when_it_is_shown(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    view.hide()
    session = session_of(view)
    session.editing.remove_layer("relu2")
    wait_until_shown(qtbot, session)
    assert view.canvas.column("relu2") is not None  # stale while nobody looks
    view.show()
    assert view.canvas.column("relu2") is None


def test_without_a_network_it_says_what_will_be_here(qtbot: QtBot) -> None:
    session = Session()
    view = Overview(session)
    qtbot.addWidget(view)
    view.show()
    assert view.empty_label.isVisible()
    assert view.empty_label.text() == EMPTY
    session.close()


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_it_follows_the_theme(shown: Shown, choice: str) -> None:
    view = shown()
    theme.apply(QApplication.instance(), choice)
    image = view.canvas.grab().toImage()
    assert image.pixelColor(3, image.height() - 3).name() == theme.current().pane


@pytest.mark.parametrize("size", [(640, 420), (900, 560), (1500, 900), (2400, 1300)])
def test_it_fits_windows_of_all_sizes(shown: Shown, size: tuple[int, int]) -> None:
    view = shown(size=size)
    for column in view.canvas.scene.layout.columns:
        assert QRectF(view.canvas.rect()).contains(view.canvas.view.rect(column.box))


def test_everything_has_a_name_for_those_who_cannot_see_it(shown: Shown) -> None:
    view = shown()
    for widget in (view, view.canvas, view.fit_button, view.canvas.minimap, view.canvas.preview):
        assert widget.accessibleName()
    assert "conv1" in view.canvas.accessibleDescription()


def test_maps_of_before_are_dimmed_while_new_ones_take_long(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    session_of(view).store.set(replace(session_of(view).store.state.maps, computing=True))
    assert not view.canvas._is_dimmed  # a quick answer must not flash
    qtbot.waitUntil(lambda: view.canvas._is_dimmed, timeout=2000)
    session_of(view).store.set(replace(session_of(view).store.state.maps, computing=False))
    assert not view.canvas._is_dimmed


def test_another_picture_under_a_resting_mouse_renews_the_preview(shown: Shown, qtbot: QtBot) -> None:
    view = shown()
    hover(view, "conv1", 2)
    before = view.canvas.preview.shown()
    session = session_of(view)
    session.input.use_picture(make_picture(seed=7))
    wait_until_shown(qtbot, session)
    after = view.canvas.preview.shown()
    assert before is not None
    assert after is not None
    assert (after.title, after.value == before.value) == (before.title, False)


def test_a_chosen_layer_that_is_folded_away_marks_its_group(shown: Shown) -> None:
    view = shown(LONG)
    group = next(column for column in view.canvas.scene.layout.columns if column.group is not None)
    assert group.group is not None
    session_of(view).selection.select(layer=group.group.first.name)
    assert view.canvas.scene.selected == group.name


def test_a_persons_own_module_is_shown_by_its_calls(qtbot: QtBot) -> None:
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 2))
    session = Session()
    session.files.adopt(module, np.random.default_rng(0).random((3, 8, 8), np.float32), "mine")
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


def test_an_input_that_changed_its_kind_is_painted_as_it_was_last_fed(shown: Shown, qtbot: QtBot) -> None:
    view = shown("3x8x8 flatten linear(3)")
    session = session_of(view)
    wait_until_shown(qtbot, session)
    session.editing.set_input_shape((2,))  # the maps are those of a picture until the network has run again
    entry = next(each for each in entries_of(session.state) if each.name == "input")
    assert entry.maps is None or entry.shape == entry.maps.values.shape
    view.grab()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_classes_that_are_no_numbers_say_nan_in_the_error_colour_without_a_bar(
    shown: Shown, qtbot: QtBot, name: str
) -> None:
    view = shown("3x8x8 flatten linear(3) softmax")
    theme.apply(QApplication.instance(), name)
    session, activations = session_of(view), session_of(view).state.maps.activations
    assert activations is not None
    last, prediction = activations.layers[-1], session.state.prediction
    assert prediction is not None
    nothing = np.full(last.values.shape, np.nan, last.values.dtype)
    layers = (*activations.layers[:-1], replace(last, values=nothing))
    session.store.set(
        replace(
            session.state.maps,
            activations=replace(activations, layers=layers, prediction=replace(prediction, values=nothing)),
        )
    )
    column = view.canvas.column(view.canvas.scene.layout.columns[-1].name)
    assert column is not None
    assert column.entry.prediction is not None
    qtbot.waitUntil(lambda: view.canvas._picture._next is None)  # what is painted little by little is whole
    view.canvas.clearFocus()  # which is drawn in the accent's colour, and comes when the screen gives it
    body = view.canvas.view.rect(column.body).toAlignedRect()
    picture = view.canvas.grab(body).toImage()
    assert colours_near(picture, theme.current().error)
    assert not colours_near(picture, theme.current().accent)
    spot = Spot(column.name, 0)
    assert preview_of(column.entry, spot, view.canvas.images).value == "NaN"
