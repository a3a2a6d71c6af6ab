"""What a person points at can be copied, exported and gone to from every view of the window, by mouse and by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QListView,
    QMenu,
    QTabWidget,
    QToolButton,
    QTreeView,
)
from pytestqt.qtbot import QtBot

import explorer
from explorer.session.selection import Selection
from explorer.ui.common import dialogs
from explorer.ui.common.mosaic import Place
from explorer.ui.common.text import exact
from explorer.ui.common.things import NOTHING
from explorer.ui.debugger.into.number_grid import NumberGrid
from explorer.ui.debugger.into.view import IntoView
from explorer.ui.debugger.over_view import OverView
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.maps.value_bars import ValueBars
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_recorded
from tests.ui.menus import menu_at, place_by_key, press, texts
from tests.ui.windows import shared_window

SIZE = (1440, 900)
CODE = "Copy PyTorch code"


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(*SIZE)
        yield made


@pytest.fixture
def window(shared: MainWindow) -> Iterator[MainWindow]:
    """With the maps of the first layer in sight, and the mouse nowhere."""
    shared.show_part("maps")
    shared.session.selection.select(layer="conv1", channel=None, row=None, column=None)
    QGuiApplication.clipboard().clear()
    QApplication.processEvents()
    yield shared
    choose(shared, "maps")
    for view in (mosaic(shared).canvas.viewport(), shared.findChild(PictureCanvas, "fedPicture")):
        QTest.mouseMove(view, QPoint(1, 1))
        QApplication.sendEvent(view, _leave())


def _leave() -> object:
    from PySide6.QtCore import QEvent

    return QEvent(QEvent.Type.Leave)


def mosaic(window: MainWindow) -> MapMosaic:
    found = window.findChild(MapMosaic, "mosaic")
    assert found is not None
    return found


def choose(window: MainWindow, what: str) -> None:
    box = next(box for box in window.findChildren(QComboBox) if box.accessibleName() == "Show")
    if box.isEnabled():
        box.setCurrentText(what)
        box.activated.emit(box.currentIndex())
    QApplication.processEvents()


def copied(window: MainWindow) -> str:
    window.action("copyValue").trigger()
    return QGuiApplication.clipboard().text()


def values(window: MainWindow, layer: str) -> np.ndarray:
    entry = window.session.state.entry(layer)
    assert entry is not None
    return entry.values


def test_the_cell_under_the_mouse_is_copied_with_all_its_digits(window: MainWindow) -> None:
    place = mosaic(window).point_of(Place(3, 5, 7)).toPoint()
    QTest.mouseMove(mosaic(window).canvas.viewport(), place)
    assert copied(window) == exact(float(values(window, "conv1")[3, 5, 7]))


def test_after_a_key_it_is_the_chosen_cell(window: MainWindow) -> None:
    viewport = mosaic(window).canvas.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=mosaic(window).point_of(Place(3, 5, 7)).toPoint())
    QApplication.processEvents()
    QTest.mouseMove(viewport, mosaic(window).point_of(Place(1, 2, 2)).toPoint())
    QTest.keyClick(mosaic(window).canvas, Qt.Key.Key_Right)
    chosen = window.session.state.selection
    assert chosen != Selection("conv1", 3, 5, 7)
    whole = values(window, "conv1")[chosen.channel]
    expected = whole if chosen.row is None else whole[chosen.row, chosen.column]
    text = copied(window)
    if chosen.row is None:
        np.testing.assert_allclose(np.loadtxt(text.splitlines()), expected, rtol=1e-6)
    else:
        assert text == exact(float(expected))


def test_a_text_field_and_the_cards_keep_their_own_copy(window: MainWindow) -> None:
    place = mosaic(window).point_of(Place(0, 5, 7)).toPoint()
    QTest.mouseMove(mosaic(window).canvas.viewport(), place)
    cards = window.findChild(QListView, "layerList")
    assert cards is not None
    window.activateWindow()
    cards.setFocus()
    QTest.keyClick(cards, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("conv(32, 3")
    name = next(field for field in window.findChildren(QLineEdit) if field.isVisible() and field.text() == "conv1")
    name.setFocus()
    name.setSelection(1, 3)
    QTest.keyClick(name, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "onv"


def test_a_map_offers_all_of_it_and_leads_to_the_debugger(window: MainWindow, qtbot: QtBot) -> None:
    place = mosaic(window).point_of(Place(2, 9, 4)).toPoint()
    menu = menu_at(mosaic(window).canvas.viewport(), place)
    offered = texts(menu)
    copies = ["Copy value", "Copy picture", "Copy PyTorch line", "Copy PyTorch code"]
    assert offered[:6] == [*copies, "Export…", "Go to the debugger"]
    assert {"Ask about this number…", "Switch off channel 2"} <= set(offered)
    press(menu, "Copy PyTorch line")
    assert QGuiApplication.clipboard().text().startswith("conv1 = nn.Conv2d(3, 32, 3")
    press(menu, "Copy picture")
    assert QGuiApplication.clipboard().image().height() == 4 * 32
    press(menu, "Go to the debugger")
    wait_until_recorded(qtbot, window.session)
    assert window.tabs.current == "debugger"
    cursor = window.session.state.steps.cursor
    assert window.session.state.steps.timeline.steps[cursor.step].call == "conv1"
    assert cursor.cell == (0, 2, 9, 4)


def test_the_code_that_is_copied_takes_the_number_out_of_the_model(window: MainWindow) -> None:
    press(menu_at(mosaic(window).canvas.viewport(), mosaic(window).point_of(Place(2, 9, 4)).toPoint()), CODE)
    model, x = explorer.load("cifar10").model, torch.from_numpy(values(window, "input").copy())[None]
    names: dict[str, Any] = {"model": model, "x": x}
    exec(QGuiApplication.clipboard().text(), names)
    assert float(names["numbers"]) == pytest.approx(float(values(window, "conv1")[2, 9, 4]), abs=1e-6)
    assert "the model in PyTorch" in window.session.state.status.notice


def test_the_gradient_of_one_filter_weight_is_two_acts_from_its_picture(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, "filters")
    sheet_place = Place(5, 1, 2)
    weight = window.session.state.entry("conv1").weight
    strongest = int(np.argmax(np.abs(weight[5, :, 1, 2])))
    menu = menu_at(mosaic(window).canvas.viewport(), mosaic(window).point_of(sheet_place).toPoint())
    press(menu, "Its gradient, in the debugger")
    wait_until_recorded(qtbot, window.session)
    steps = window.session.state.steps
    entry = steps.timeline.steps[steps.cursor.step]
    assert (entry.phase, entry.call, steps.cursor.of) == ("backward", "conv1", "weight")
    assert steps.cursor.cell == (5, strongest, 1, 2)
    explained = steps.timeline.explain(steps.cursor.step, "weight", steps.cursor.cell).explanation
    gradient = steps.timeline.recording.parameter_gradients["conv1.weight"]
    assert explained.computed == pytest.approx(float(gradient[steps.cursor.cell]))
    window.show_part("maps")
    choose(window, "filters")
    menu = menu_at(mosaic(window).canvas.viewport(), mosaic(window).point_of(Place(7, 0, 0)).toPoint())
    press(menu, "Its gradient, in the debugger")
    assert window.session.state.steps.cursor.cell[0] == 7


def test_the_menu_key_leads_to_the_gradient_of_the_weight_that_was_clicked(window: MainWindow, qtbot: QtBot) -> None:
    window.session.selection.select(layer="conv2")
    choose(window, "filters")
    canvas = mosaic(window).canvas
    QTest.mouseClick(
        canvas.viewport(), Qt.MouseButton.LeftButton, pos=mosaic(window).point_of(Place(3, 1, 1)).toPoint()
    )
    QApplication.processEvents()
    QTest.keyClick(canvas, Qt.Key.Key_Menu)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    press(menu, "Its gradient, in the debugger")
    wait_until_recorded(qtbot, window.session)
    cursor = window.session.state.steps.cursor
    assert (cursor.of, cursor.cell) == ("weight", (0, 3, 1, 1))


def test_cards_input_overview_and_debugger_offer_theirs(window: MainWindow, qtbot: QtBot) -> None:
    cards = window.findChild(QListView, "layerList")
    assert cards is not None
    offered = texts(menu_at(cards.viewport(), cards.visualRect(cards.model().index(1, 0)).center()))
    copies = ["Copy picture", "Copy PyTorch line", "Copy PyTorch code"]
    assert offered[:5] == [*copies, "Export…", "Go to the debugger"]
    assert "Rename" in offered
    fed = window.findChild(PictureCanvas, "fedPicture")
    assert fed is not None
    press(menu_at(fed, fed.point_of(4, 6).toPoint()), "Copy value")
    assert QGuiApplication.clipboard().text() == exact(float(values(window, "input")[0, 4, 6]))
    window.show_part("debugger")
    wait_until_recorded(qtbot, window.session)
    window.session.steps.to_start()
    QApplication.processEvents()
    over = window.findChild(OverView, "stepOverView")
    assert over is not None
    made = [view for view in over.views if not view.isHidden()][-1]
    press(menu_at(made, made.point_of((0, 1, 20, 9)).toPoint()), "Copy value")
    assert QGuiApplication.clipboard().text() == exact(float(values(window, "conv1")[1, 20, 9]))
    press(menu_at(made, made.point_of((0, 1, 20, 9)).toPoint()), "Copy PyTorch line")
    assert QGuiApplication.clipboard().text().startswith("F.conv2d(input, conv1.weight")


def test_rows_of_answers_and_of_calls_are_copied_and_lead_on(window: MainWindow, qtbot: QtBot) -> None:
    answers = window.findChild(QListView, "answers")
    assert answers is not None
    surest = window.session.state.prediction
    row = answers.visualRect(answers.model().index(0, 0)).center()
    press(menu_at(answers.viewport(), row), "Copy value")
    assert QGuiApplication.clipboard().text() == exact(float(surest.values[surest.surest[0]]))
    window.show_part("overview")
    QTest.mouseClick(window.findChild(QToolButton, "overviewCalls"), Qt.MouseButton.LeftButton)
    wait_until_recorded(qtbot, window.session)
    QApplication.processEvents()
    calls = window.findChild(QTreeView, "calls")
    assert calls is not None
    model = calls.model()
    index = next(model.index(at, 0) for at in range(model.rowCount()) if model.index(at, 0).data() == "conv2")
    calls.scrollTo(index)
    press(menu_at(calls.viewport(), calls.visualRect(index).center()), "Copy value")
    assert QGuiApplication.clipboard().text().startswith("conv2\t")
    press(menu_at(calls.viewport(), calls.visualRect(index).center()), "Go to the debugger")
    steps = window.session.state.steps
    assert window.tabs.current == "debugger"
    assert steps.timeline.steps[steps.cursor.step].call == "conv2"
    QTest.mouseClick(window.findChild(QToolButton, "overviewCalls"), Qt.MouseButton.LeftButton)


def test_the_overviews_map_is_exported_as_it_is(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.show_part("overview")
    QApplication.processEvents()
    canvas = window.findChild(OverviewCanvas, "overviewCanvas")
    assert canvas is not None
    shown = canvas.place_of("input", 0)
    written = tmp_path / "input.npy"
    monkeypatch.setattr(dialogs, "ask_where_to_write", lambda *_given: written)
    press(menu_at(canvas, shown.center().toPoint()), "Export…")
    qtbot.waitUntil(written.is_file, timeout=20_000)
    qtbot.waitUntil(lambda: window.session.state.status.saving is None, timeout=20_000)
    np.testing.assert_array_equal(np.load(written), values(window, "input")[0])


def test_without_the_mouse_it_is_what_is_chosen_and_in_the_debugger_what_it_stands_at(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.session.selection.select(layer="conv1", channel=4, row=2, column=9)
    window.setFocus()
    assert copied(window) == exact(float(values(window, "conv1")[4, 2, 9]))
    window.show_part("debugger")
    wait_until_recorded(qtbot, window.session)
    timeline = window.session.state.steps.timeline
    window.session.steps.go_to_step(timeline.find("backward", "conv2"))
    window.session.steps.choose_tensor("weight")
    window.setFocus()
    gradient = timeline.recording.parameter_gradients["conv2.weight"]
    assert copied(window) == exact(float(gradient[window.session.state.steps.cursor.cell]))
    window.session.selection.select(layer=None)
    window.show_part("maps")
    window.setFocus()
    copied(window)
    assert window.session.state.status.notice == NOTHING


def is_near(place: QPoint, wanted: QPointF) -> bool:
    return (QPointF(place) - wanted).manhattanLength() < 3


def test_the_keys_open_the_menu_at_what_is_chosen(window: MainWindow) -> None:
    """It opened in the middle of the view, over other cells."""
    window.show_part("overview")
    canvas, fed = window.findChild(OverviewCanvas), window.findChild(PictureCanvas, "fedPicture")
    assert canvas is not None
    assert fed is not None
    for chosen in (Selection("conv1"), Selection("conv1", 3), Selection("conv1", 3, 20, 9)):
        window.session.selection.select(layer="conv1", channel=chosen.channel, row=chosen.row, column=chosen.column)
        QApplication.processEvents()
        column = canvas.column("conv1")
        assert column is not None
        place = QPointF(place_by_key(canvas))
        around = canvas.view.rect(column.bar if chosen.channel is None else column.body)
        assert around.adjusted(-2, -2, 2, 2).contains(place)
        if chosen.channel is not None:
            assert canvas.place_of("conv1", 3).adjusted(-2, -2, 2, 2).contains(place)
    window.session.selection.select(layer="input", channel=0, row=4, column=6)
    QApplication.processEvents()
    assert is_near(place_by_key(fed), fed.point_of(4, 6))
    window.show_part("maps")
    window.session.selection.select(layer="linear1", channel=7)
    QApplication.processEvents()
    bars = next(each for each in window.findChildren(ValueBars) if each.isVisible())
    assert bars.index_at(place_by_key(bars).y()) == 7


@pytest.mark.parametrize("part", ["overview", "maps", "debugger"])
def test_after_a_tab_was_clicked_the_keys_open_the_menu_of_its_page(
    window: MainWindow, qtbot: QtBot, part: str
) -> None:
    """Nothing opened: the tab itself had the keys."""
    tabs = window.findChild(QTabWidget, "centre")
    assert tabs is not None
    window.session.selection.select(layer="conv1", channel=3, row=20, column=9)
    window.show_part(part)
    if part == "debugger":
        wait_until_recorded(qtbot, window.session)
    QApplication.processEvents()
    QTest.keyClick(tabs.tabBar(), Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert "Copy value" in texts(menu)


def test_the_grids_and_the_table_of_the_debugger_can_be_copied(window: MainWindow, qtbot: QtBot) -> None:
    """Only what is typed over had a menu: products, which are worked out, and the terms of a table had none."""
    window.show_part("debugger")
    wait_until_recorded(qtbot, window.session)
    window.session.steps.to_start()
    window.session.steps.choose_cell("output", (0, 3, 5, 5))
    window.session.steps.step_into()
    QApplication.processEvents()
    into = window.findChild(IntoView, "stepIntoView")
    assert into is not None
    products = next(each for each in into.findChildren(NumberGrid) if each.accessibleName() == "products")
    assert products.grid is not None
    at = products.cell_rect(1, 2).center().toPoint()
    press(menu_at(products, at), "Copy value")
    assert QGuiApplication.clipboard().text() == exact(float(products.grid.values[1, 2]))
    QTest.mouseMove(products, at)
    assert copied(window) == exact(float(products.grid.values[1, 2]))
    QApplication.sendEvent(products, _leave())
    timeline = window.session.state.steps.timeline
    window.session.steps.go_to_step(timeline.find("forward", "linear1"), inside=True)
    QApplication.processEvents()
    table = into.table
    assert table.isVisible()
    assert table.table is not None
    row = table.row_at(QPointF(20, 40))
    press(menu_at(table, QPoint(20, 40)), "Copy value")
    numbers = [exact(float(column.values[row])) for column in table.table.columns]
    assert QGuiApplication.clipboard().text().split("\t") == [table.table.labels[row], *numbers]
