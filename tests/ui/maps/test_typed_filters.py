"""Filters typed over in the feature-map viewer, and the channels of the input."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMenu
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.common.typing.cell_typing import CellTyping, typing_of
from explorer.ui.common.typing.fills import edge, random
from explorer.ui.maps.feature_maps import FeatureMaps
from explorer.ui.maps.mosaic_view import MapMosaic
from tests.ui.fakes import wait_until_shown, weight_of
from tests.ui.maps.conftest import ShowMaps
from tests.ui.menus import menu_at, texts

Opened = Callable[..., tuple[Session, FeatureMaps]]
TEXT = "3x8x8 conv(4, 3, padding=1) relu conv(2, 3) flatten linear(3) linear(2)"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def opened(show_maps: ShowMaps) -> Opened:
    def make(layer: str, *, channel: int | None = None, filters: bool = True) -> tuple[Session, FeatureMaps]:
        session, view = show_maps(TEXT)
        view.activateWindow()
        session.selection.select(layer=layer, channel=channel)
        QApplication.processEvents()
        if filters:
            box = next(box for box in view.findChildren(QComboBox) if box.accessibleName() == "Show")
            box.setCurrentText("filters")
        QApplication.processEvents()
        return session, view

    return make


def _mosaic(view: FeatureMaps) -> MapMosaic:
    found = view.findChild(MapMosaic, "mosaic")
    assert found is not None
    return found


def _typing(view: FeatureMaps) -> CellTyping:
    found = typing_of(_mosaic(view).canvas.viewport())
    assert found is not None
    return found


def _at(view: FeatureMaps, cell: tuple[int, ...]) -> QPoint:
    QApplication.processEvents()
    rect = _mosaic(view).rect_of(cell)
    assert rect is not None
    return rect.center().toPoint()


def _type(text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    for sign in text:
        QTest.keyClicks(QApplication.focusWidget(), sign)
    QTest.keyClick(QApplication.focusWidget(), key)


@pytest.mark.parametrize(
    ("layer", "channel", "cell"),
    [
        ("conv2", None, (1, 3, 2, 0)),  # every kernel beside the others; the first click shows those of filter 1 alone
        ("conv2", 1, (1, 3, 2, 0)),
        ("conv1", 2, (2, 1, 0, 2)),  # a filter on colours, slice by slice
        ("linear2", None, (1, 2)),  # a matrix
    ],
)
def test_a_double_click_types_over_the_number_that_was_clicked(
    opened: Opened, qtbot: QtBot, layer: str, channel: int | None, cell: tuple[int, ...]
) -> None:
    session, view = opened(layer, channel=channel)
    before = weight_of(session, layer).copy()
    QTest.mouseDClick(_mosaic(view).canvas.viewport(), LEFT, pos=_at(view, cell))
    assert _typing(view).editor.isVisible()
    assert float(_typing(view).editor.text().replace("−", "-")) == pytest.approx(before[cell])
    _type("-17.25")
    place = ", ".join(map(str, cell))
    assert session.state.files.undo_text == f"{layer} weight [{place}] = −17.25"
    wait_until_shown(qtbot, session)
    before[cell] = -17.25
    np.testing.assert_array_equal(weight_of(session, layer), before)


@pytest.mark.parametrize("cell", [(1, 3, 2, 2), (1, 0, 2, 1), (0, 0, 0, 0)])
def test_a_double_click_types_over_what_was_clicked_though_the_first_click_shows_the_slices_of_the_filter(
    opened: Opened, qtbot: QtBot, cell: tuple[int, ...]
) -> None:
    session, view = opened("conv2")
    before, canvas = weight_of(session, "conv2").copy(), _mosaic(view).canvas
    window, place = view.windowHandle(), canvas.viewport().mapTo(view, _at(view, cell))
    slices = _mosaic(view).columns
    QTest.mouseDClick(window, LEFT, Qt.KeyboardModifier.NoModifier, place)
    QApplication.processEvents()
    assert _mosaic(view).columns != slices
    editor = _typing(view).editor
    assert editor.isVisible()
    assert float(editor.text().replace("−", "-")) == pytest.approx(before[cell])
    rect = _mosaic(view).rect_of(cell)
    assert rect is not None
    assert rect.toRect().intersects(editor.geometry())
    assert canvas.viewport().rect().intersects(editor.geometry())
    _type("2.5")
    wait_until_shown(qtbot, session)
    before[cell] = 2.5
    np.testing.assert_array_equal(weight_of(session, "conv2"), before)


def test_a_kernel_is_pasted_over_another_and_undone_at_once(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("conv2", channel=0)
    before = weight_of(session, "conv2").copy()
    QTest.mouseClick(_mosaic(view).canvas.viewport(), LEFT, pos=_at(view, (0, 2, 0, 0)))
    QGuiApplication.clipboard().setText("1 0 1\n0 1 0\n1 0 1")
    QTest.keyClick(_mosaic(view).canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    wait_until_shown(qtbot, session)
    assert weight_of(session, "conv2")[0, 2].tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    session.editing.undo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(weight_of(session, "conv2"), before)


def test_a_channel_of_the_input_is_typed_over_by_itself(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("input", filters=False)
    before = np.array(session.state.values)
    QTest.mouseDClick(_mosaic(view).canvas.viewport(), LEFT, pos=_at(view, (2, 4, 4)))
    _type("-2")
    wait_until_shown(qtbot, session)
    before[2, 4, 4] = -2
    np.testing.assert_array_equal(session.state.values, before)


def test_maps_were_worked_out_and_are_not_typed_over(opened: Opened) -> None:
    _, view = opened("conv1", filters=False)
    assert _mosaic(view).typing_target() is None


def test_a_matrix_on_flattened_maps_is_typed_over_as_maps(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("linear1", channel=2)
    before = weight_of(session, "linear1").copy()
    maps = before.reshape(3, 2, 6, 6).copy()  # views of the same numbers, by PyTorch's order of flattening
    QTest.mouseDClick(_mosaic(view).canvas.viewport(), LEFT, pos=_at(view, (2, 1, 4, 3)))
    _type("-9")
    assert session.state.files.undo_text == f"linear1 weight [2, {36 + 4 * 6 + 3}] = −9"
    maps[2, 1, 4, 3] = -9
    QTest.mouseClick(_mosaic(view).canvas.viewport(), LEFT, pos=_at(view, (2, 0, 1, 1)))
    QGuiApplication.clipboard().setText("1 2\n3 4\n5 6")
    QTest.keyClick(_mosaic(view).canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    maps[2, 0, 1:4, 1:3] = [[1, 2], [3, 4], [5, 6]]
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(weight_of(session, "linear1"), maps.reshape(3, 72))


def test_dragging_with_ctrl_scales_a_weight_and_moves_no_map(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("conv2", channel=0)
    before, viewport = weight_of(session, "conv2").copy(), _mosaic(view).canvas.viewport()
    start, ctrl = _at(view, (0, 1, 1, 1)), Qt.KeyboardModifier.ControlModifier
    QTest.mousePress(viewport, LEFT, ctrl, start)
    QTest.mouseMove(viewport, start + QPoint(0, 30))
    QTest.mouseMove(viewport, start + QPoint(0, 60))
    QTest.mouseRelease(viewport, LEFT, ctrl, start + QPoint(0, 60))
    wait_until_shown(qtbot, session)
    assert _at(view, (0, 1, 1, 1)) == start
    assert weight_of(session, "conv2")[0, 1, 1, 1] == pytest.approx(before[0, 1, 1, 1] / 2, rel=1e-3)
    session.editing.undo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(weight_of(session, "conv2"), before)


def test_a_double_click_on_a_filter_in_colour_types_over_the_red_of_what_was_clicked_and_shows_green_and_blue(
    opened: Opened, qtbot: QtBot
) -> None:
    session, view = opened("conv1")
    before, mosaic = weight_of(session, "conv1").copy(), _mosaic(view)
    shown = mosaic.typing_target()
    assert shown is not None
    assert shown.is_together
    window, place = view.windowHandle(), mosaic.canvas.viewport().mapTo(view, _at(view, (2, 0, 1, 0)))
    QTest.mouseDClick(window, LEFT, Qt.KeyboardModifier.NoModifier, place)
    QApplication.processEvents()
    editor = _typing(view).editor
    assert editor.isVisible()
    assert editor.accessibleName() == "conv1.weight [2, 0, 1, 0], red"
    assert editor.width() > editor.fontMetrics().horizontalAdvance(editor.text()) + 16  # its sign was cut off
    assert float(editor.text().replace("−", "-")) == pytest.approx(before[2, 0, 1, 0])
    _type("3")
    for at, (colour, typed) in enumerate((("green", 4), ("blue", 5)), start=1):
        wait_until_shown(qtbot, session)
        QTest.mouseClick(mosaic.canvas.viewport(), LEFT, pos=_at(view, (2, at, 1, 0)))
        QTest.mouseDClick(mosaic.canvas.viewport(), LEFT, pos=_at(view, (2, at, 1, 0)))
        assert editor.isVisible()
        assert editor.accessibleName() == f"conv1.weight [2, {at}, 1, 0], {colour}"
        _type(str(typed))
    wait_until_shown(qtbot, session)
    before[2, :, 1, 0] = [3, 4, 5]
    np.testing.assert_array_equal(weight_of(session, "conv1"), before)
    assert session.state.files.undo_text == "conv1 weight [2, 2, 1, 0] = 5"


def test_dragging_with_ctrl_scales_no_single_colour_of_a_filter_in_colour(opened: Opened, qtbot: QtBot) -> None:
    session, view = opened("conv1")
    document, viewport = session.state.document, _mosaic(view).canvas.viewport()
    start, ctrl = _at(view, (1, 0, 1, 1)), Qt.KeyboardModifier.ControlModifier
    QTest.mousePress(viewport, LEFT, ctrl, start)
    QTest.mouseMove(viewport, start + QPoint(0, 30))
    QTest.mouseRelease(viewport, LEFT, ctrl, start + QPoint(0, 60))
    assert session.state.document is document


@pytest.mark.parametrize(("layer", "channel"), [("conv1", None), ("conv1", 2), ("conv2", None), ("linear1", 2)])
def test_a_whole_filter_is_filled_kernel_by_kernel(
    opened: Opened, qtbot: QtBot, layer: str, channel: int | None
) -> None:
    session, view = opened(layer, channel=channel)
    before = weight_of(session, layer).copy()
    target = _mosaic(view).typing_target()
    assert target is not None
    at = _at(view, (1 if channel is None else channel, 0, 1, 1))
    menu = menu_at(_mosaic(view).canvas.viewport(), at)
    whole = next(each for each in menu.findChildren(QMenu) if each.title() == "Fill the whole filter with")
    assert ("Fill with" in texts(menu)) != target.is_together
    next(action for action in whole.actions() if action.text() == "Edge").trigger()
    wait_until_shown(qtbot, session)
    filters = weight_of(session, layer).reshape(target.values.shape)
    expected = before.reshape(target.values.shape).copy()
    expected[1 if channel is None else channel] = edge(target.values.shape)
    np.testing.assert_array_equal(filters, expected)
    session.editing.undo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(weight_of(session, layer), before)


def test_random_numbers_of_a_whole_filter_are_others_in_each_kernel() -> None:
    numbers = random((3, 5, 5), 7)
    assert numbers.shape == (3, 5, 5)
    assert len({kernel.tobytes() for kernel in numbers}) == 3
    np.testing.assert_array_equal(numbers, random((3, 5, 5), 7))
