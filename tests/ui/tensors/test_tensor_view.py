"""A tensor of any shape as maps, bars or a number: what lies where, what a click asks for, what is written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.common.colour import colourise
from explorer.ui.common.eliding import fitting
from explorer.ui.common.text import hovered
from explorer.ui.tensors.cell_numbers import exponent_of, writing_for
from explorer.ui.tensors.cell_painting import ways_of
from explorer.ui.tensors.layout import boxes
from explorer.ui.tensors.tiles import Shown, fold, scale_of
from explorer.ui.tensors.view import TensorView
from tests.ui.pixels import colours_near

SHAPES = st.lists(st.integers(1, 7), min_size=0, max_size=4).map(tuple)


def shown(values: np.ndarray, *, prefix: tuple[int, ...] = (), is_signed: bool = True) -> Shown:
    return Shown("output", "conv1", "facts", values, scale_of(values, is_signed=is_signed), prefix)


def opened(qtbot: QtBot, what: Shown, width: int = 240, height: int = 260) -> TensorView:
    theme.apply(QApplication.instance(), "light")  # type: ignore[arg-type]
    view = TensorView()
    qtbot.addWidget(view)
    view.resize(width, height)
    view.set_tensor(what)
    view.show()
    return view


def click(view: TensorView, cell: tuple[int, ...]) -> None:
    point = view.point_of(cell)
    assert point is not None
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=point.toPoint())


@given(SHAPES, st.data())
def test_every_cell_is_found_again_where_it_was_folded_to(shape: tuple[int, ...], data: st.DataObject) -> None:
    folding = fold(shape, (200, 150))
    cell = tuple(data.draw(st.integers(0, size - 1)) for size in shape)
    tile, row, column = folding.places(np.asarray([cell], np.int64).reshape(1, len(shape)))[0].tolist()
    assert folding.cell(tile, row, column) == cell


@given(SHAPES)
def test_tiles_hold_every_number_once_and_in_order(shape: tuple[int, ...]) -> None:
    values = np.arange(int(np.prod(shape)), dtype=float).reshape(shape)
    tiles = fold(shape, (200, 150)).tiles(values)
    assert tiles[~np.isnan(tiles)].tolist() == values.reshape(-1).tolist()


def test_a_long_row_of_weights_is_folded_into_a_tile_for_each_neuron() -> None:
    folding = fold((10, 2048), (200, 200))
    assert folding.count == 10
    assert folding.height < 60
    assert folding.cell(3, 0, 1) == (3, 1)


def test_a_row_that_takes_two_lines_has_as_many_numbers_on_each() -> None:
    folding = fold((8,), (240, 60))
    assert (folding.height, folding.width) == (2, 4)


def test_the_lines_of_a_row_are_outlined_so_that_zeros_are_seen(qtbot: QtBot) -> None:
    view = opened(qtbot, shown(np.zeros(97)))
    edges = colours_near(view.grab().toImage(), theme.current().border, tolerance=2)
    assert edges > 500


def test_a_click_on_a_map_gives_the_whole_cell_with_its_example(qtbot: QtBot) -> None:
    values = np.random.default_rng(0).normal(size=(5, 6, 7))
    view = opened(qtbot, shown(values, prefix=(2,)))
    with qtbot.waitSignal(view.clicked) as caught:
        click(view, (2, 4, 5, 3))
    assert caught.args == [(2, 4, 5, 3)]


def test_a_click_on_a_row_of_plain_numbers_gives_its_cell(qtbot: QtBot) -> None:
    view = opened(qtbot, shown(np.linspace(-1, 1, 9), prefix=(0,)))
    with qtbot.waitSignal(view.clicked) as caught:
        click(view, (0, 7))
    assert caught.args == [(0, 7)]


def test_arrow_keys_move_the_chosen_cell_and_stop_at_the_border(qtbot: QtBot) -> None:
    view = opened(qtbot, shown(np.zeros((4, 4)), prefix=(0, 1)))
    found: list[tuple[int, ...]] = []
    view.clicked.connect(found.append)
    view.set_marks(None, (0, 1, 2, 3))
    QTest.keyClick(view, Qt.Key.Key_Up)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert found == [(0, 1, 1, 3)]


def test_dragging_tells_every_cell_on_the_way(qtbot: QtBot) -> None:
    view = opened(qtbot, shown(np.zeros((6, 6))))
    found: list[tuple[int, ...]] = []
    view.dragged.connect(found.append)
    start, end = view.point_of((1, 1)), view.point_of((1, 2))
    assert start is not None
    assert end is not None
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start.toPoint())
    QTest.mouseMove(view, end.toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end.toPoint())
    assert found[-1:] == [(1, 2)]


def test_hovering_tells_the_cell_and_leaving_tells_none(qtbot: QtBot) -> None:
    view = opened(qtbot, shown(np.arange(16.0).reshape(4, 4)))
    with qtbot.waitSignal(view.hovered) as caught:
        point = view.point_of((2, 3))
        assert point is not None
        QTest.mouseMove(view, point.toPoint())
    assert caught.args == [(2, 3)]


def test_a_cell_is_painted_in_the_colour_of_its_value(qtbot: QtBot) -> None:
    values = np.array([[1.0, -1.0], [0.5, 0.0]])
    what = shown(values)
    view = opened(qtbot, what)
    image = view.grab().toImage()
    expected = colourise(values, what.scale)
    for cell in ((0, 0), (0, 1), (1, 0)):
        middle = view.point_of(cell)
        assert middle is not None
        corner = (middle + QPointF(-20, -20)).toPoint()  # beside the number in the middle
        assert QColor(image.pixel(corner)).getRgb()[:3] == tuple(expected[cell][:3].tolist())


def test_marking_a_cell_changes_its_border_and_nothing_far_from_it(qtbot: QtBot) -> None:
    view = opened(qtbot, shown(np.zeros((10, 10))))
    before = view.grab().toImage()
    view.set_marks(None, (5, 5))
    after = view.grab().toImage()
    assert before != after
    far = view.point_of((0, 0))
    assert far is not None
    assert before.pixel(far.toPoint()) == after.pixel(far.toPoint())


def test_what_is_read_from_another_example_is_not_marked(qtbot: QtBot) -> None:
    view = opened(qtbot, shown(np.zeros((3, 8, 8)), prefix=(0,)))
    before = view.grab().toImage()
    view.set_marks(np.array([[1, 0, 2, 2], [1, 2, 3, 3]]), None)
    assert view.grab().toImage() == before
    view.set_marks(np.array([[0, 0, 2, 2], [1, 2, 3, 3]]), None)
    assert view.grab().toImage() != before


def test_the_picture_keeps_its_place_when_other_numbers_of_its_shape_come(qtbot: QtBot) -> None:
    view = opened(qtbot, shown(np.zeros((3, 8, 8))))
    before = view.picture_rect()
    view.set_tensor(shown(np.full((3, 8, 8), 123456.0)))
    view.set_marks(None, (1, 2, 3))
    assert view.picture_rect() == before


def test_an_empty_tensor_says_so_instead_of_failing(qtbot: QtBot) -> None:
    view = opened(qtbot, shown(np.zeros((0, 4, 4))))
    assert view.picture_rect().isEmpty()
    assert not view.grab().isNull()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 40))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_painted(qtbot: QtBot, value: float) -> None:
    values = np.ones((3, 3))
    values[1, 1] = value
    view = opened(qtbot, shown(values))
    assert not view.grab().isNull()
    bars = opened(qtbot, shown(np.array([1.0, value, -2.0])))
    assert not bars.grab().isNull()


def test_windows_are_framed_as_boxes_and_lone_cells_one_by_one() -> None:
    window = np.array([[0, row, column] for row in (3, 4) for column in (5, 6)])
    assert boxes(window) == [(0, 3, 5, 2, 2)]
    assert sorted(boxes(np.array([[0, 1, 1], [0, 5, 5], [2, 0, 0]]))) == [
        (0, 1, 1, 1, 1),
        (0, 5, 5, 1, 1),
        (2, 0, 0, 1, 1),
    ]


# --- numbers in cells ---


def test_whole_numbers_need_no_decimals() -> None:
    writing = writing_for(np.array([1.0, -2.0, 0.0]), 50, 50)
    assert writing is not None
    assert [writing.text(value) for value in (1.0, -2.0, 0.0)] == ["1", "−2", "0"]


def test_the_largest_number_has_four_significant_digits_where_there_is_room() -> None:
    writing = writing_for(np.array([0.123456, -0.01]), 60, 40)
    assert writing is not None
    assert writing.text(0.123456) == "0.1235"
    assert writing.text(-0.01) == "−0.0100"


def test_small_cells_get_fewer_digits_and_the_smallest_none() -> None:
    values = np.array([0.123456, -0.2])
    narrow = writing_for(values, 34, 34)
    assert narrow is not None
    assert narrow.decimals < 4
    assert writing_for(values, 20, 20) is None


@given(st.floats(-12, 12), st.floats(25, 90))
def test_what_is_written_fits_the_cell(power: float, width: float) -> None:
    values = np.array([1, -0.731]) * 10**power
    writing = writing_for(values, width, 40)
    if writing is not None:
        longest = max(len(writing.text(value)) for value in values)
        assert longest * writing.pixels * 0.602 <= width


def test_small_numbers_share_a_power_of_ten() -> None:
    assert exponent_of(np.array([0.00012, -0.0003])) == -3
    assert exponent_of(np.array([0.5, 12.0])) == 0
    writing = writing_for(np.array([1.5e-7]), 60, 40)
    assert writing is not None
    assert writing.text(1.5e-7) == "0.15"
    assert writing.factor == "× 10⁻⁶"


@pytest.mark.parametrize(("width", "has_place"), [(240, True), (98, False)])
def test_where_a_narrow_foot_has_no_room_for_both_the_number_stands_in_it_and_not_its_place(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, width: int, has_place: bool
) -> None:
    """Of a filter's weight "(0, 0, 1, 1)  -" was to be read, and not which number it is."""
    painted: list[str] = []

    def draw(_painter: QPainter, _rect: QRectF, _flags: object, text: str) -> None:
        painted.append(text)

    view = opened(qtbot, shown(np.full((1, 1, 3, 3), -0.1283848)), width=width)
    point = view.point_of((0, 0, 1, 1))
    assert point is not None
    QTest.mouseMove(view, point.toPoint())
    monkeypatch.setattr("explorer.ui.tensors.cell_painting.QPainter.drawText", draw)
    view.grab()
    value = hovered(-0.1283848)
    assert (f"(0, 0, 1, 1)  {value}" if has_place else value) in painted


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_where_no_cell_is_finite_the_foot_says_so_instead_of_a_scale(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, name: str, value: float
) -> None:
    told: list[str] = []
    monkeypatch.setattr("explorer.ui.tensors.cell_painting.paint_note", lambda _painter, _rect, text: told.append(text))
    monkeypatch.setattr("explorer.ui.tensors.cell_painting.lookup_table", lambda _signed: pytest.fail("a colour bar"))
    view = opened(qtbot, shown(np.full((2, 5, 5), value)))
    theme.apply(QApplication.instance(), name)  # type: ignore[arg-type]
    view.grab()
    assert set(told) == {"No cell is finite."}


def test_cells_in_which_one_digit_has_room_carry_it(qtbot: QtBot, qapp: QApplication) -> None:
    """They were empty below 34 pixels, whatever the numbers: a typed input of 5 × 5 was coloured boxes."""
    theme.apply(qapp, "light")
    numbers = np.arange(25, dtype=np.float32).reshape(5, 5) % 7
    view = opened(qtbot, shown(numbers, is_signed=False), 130, 130)
    first, second = view.point_of((0, 0)), view.point_of((0, 1))
    assert first is not None
    assert second is not None
    assert 12 <= second.x() - first.x() < 30
    zero = QRect(int(first.x()) - 6, int(first.y()) - 7, 12, 14)
    assert colours_near(view.grab(zero).toImage(), theme.current().text, 60) > 8
    view.set_tensor(shown(numbers + 0.123, is_signed=False))
    assert colours_near(view.grab(zero).toImage(), theme.current().text, 60) == 0  # no room for these, and never half


@pytest.mark.parametrize("room", [131, 160])
def test_titles_that_end_differently_are_told_apart_in_little_room(qapp: QApplication, room: int) -> None:
    theme.apply(qapp, "light")
    metrics = QFontMetricsF(theme.interface_font(13, semibold=True))
    shown = [fitting(ways_of(f"gradient of linear1.{each}"), metrics, room) for each in ("weight", "bias")]
    assert all(metrics.horizontalAdvance(each) <= room for each in shown)
    assert [each.rpartition(".")[2].removeprefix("gradient of ") for each in shown] == ["weight", "bias"]
    assert ways_of("gradient of 0") == ("gradient of 0",)
    assert ways_of("layer1.0.conv1") == ("layer1.0.conv1", "conv1")
    assert ways_of("features.0") == ("features.0",), "a number alone is no name"
