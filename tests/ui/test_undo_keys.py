"""The keys of undo and redo reach whatever was changed last, wherever in the window the focus is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QDoubleSpinBox, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.explaining.breakpoints import NotFinite
from explorer.session.given import Undoables, undoables_of
from explorer.ui.common import undo_keys
from explorer.ui.common.popup_button import PopupButton
from explorer.ui.data.browser import DataBrowser
from explorer.ui.debugger.view import Debugger
from explorer.ui.shell.about import About
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_recorded, wait_until_shown
from tests.ui.windows import shared_window

NUMBERS = "3 linear(4) relu linear(2)"


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(1440, 900)
        yield made


def _overview(window: MainWindow) -> None:
    window.session.files.open_network("cifar10")
    window.session.selection.select(layer="conv1")
    window.show_part("overview")


def _maps(window: MainWindow) -> None:
    _overview(window)
    window.show_part("maps")


def _debugger(window: MainWindow) -> None:
    _overview(window)
    window.show_part("debugger")


def _drawing(window: MainWindow) -> None:
    _overview(window)
    window.input_view.draw.setChecked(True)


def _numbers(window: MainWindow) -> None:
    window.session.files.new_network(NUMBERS)
    window.session.selection.select(layer="linear1")
    window.show_part("debugger")


def _floating(window: MainWindow) -> None:
    _numbers(window)
    for dock in window.docks:
        dock.setFloating(True)


STATES = (_overview, _maps, _debugger, _drawing, _numbers, _floating)


@pytest.fixture(params=STATES, ids=lambda state: state.__name__.strip("_"))
def state(window: MainWindow, request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window in each of its main states, on a network that was just opened."""
    request.param(window)
    window.training_dock.unfold()
    window.activateWindow()
    wait_until_shown(qtbot, window.session)
    if window.tabs.current == "debugger":
        wait_until_recorded(qtbot, window.session)
    yield window
    window.input_view.draw.setChecked(False)
    for dock in window.docks:
        dock.setFloating(False)


def _focusable(within: QWidget) -> list[QWidget]:
    """What can have the focus in `within`."""
    each = (within, *within.findChildren(QWidget))
    return [
        widget
        for widget in each
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget.window().windowType() != Qt.WindowType.ToolTip
    ]


def _press(widget: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    held = Qt.KeyboardModifier.NoModifier
    for modifier in modifiers:
        held |= modifier
    QTest.keyClick(widget, key, held)


def _focus(widget: QWidget, qtbot: QtBot) -> None:
    """Another window of the program comes to the front when the screen says so."""
    widget.window().activateWindow()
    widget.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is widget)


def _undo(widget: QWidget) -> None:
    _press(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def _redo(widget: QWidget) -> None:
    _press(widget, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)


def _given(window: MainWindow) -> Undoables:
    return undoables_of(window.session.state)


def _changes_elsewhere(window: MainWindow) -> Undoables:
    """Makes a change that moves no widget; all that undo covers, as it was before."""
    before = _given(window)
    window.session.learning.set_breakpoints(() if window.session.state.steps.breakpoints else (NotFinite(),))
    assert _given(window) != before
    return before


def _walk(window: MainWindow, within: QWidget, *, least: int) -> None:
    """From each widget in `within` the keys undo what was changed, and do it again."""
    walked = 0
    for widget in _focusable(within):
        if not shiboken6.isValid(widget) or not widget.isVisible() or not widget.isEnabled():
            continue
        widget.window().activateWindow()
        widget.setFocus()
        if QApplication.focusWidget() is not widget:
            continue
        before = _changes_elsewhere(window)
        after = _given(window)
        _undo(widget)
        assert _given(window) == before, _told(widget)
        _redo(widget)
        assert _given(window) == after, _told(widget)
        _undo(widget)
        walked += 1
    assert walked >= least


def _told(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()}"


def test_from_every_widget_that_can_have_the_focus_the_keys_undo_and_redo(state: MainWindow) -> None:
    _walk(state, state, least=25)


def test_they_do_in_whatever_pops_up_from_a_button(state: MainWindow, qtbot: QtBot) -> None:
    buttons = [button for button in state.findChildren(PopupButton) if button.isVisible() and button.isEnabled()]
    assert buttons
    for button in buttons:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert button.popup.isVisible()
        _walk(state, button.popup, least=1)
        _press(button.popup, Qt.Key.Key_Escape)
        assert not button.popup.isVisible()


def test_they_do_in_the_data_browser_and_not_where_the_window_waits_for_an_answer(
    window: MainWindow, qtbot: QtBot
) -> None:
    _overview(window)
    wait_until_shown(qtbot, window.session)
    window.action("showData").trigger()
    browser = next(each for each in QApplication.topLevelWidgets() if isinstance(each, DataBrowser))
    browser.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is browser)
    _walk(window, browser, least=5)
    browser.close()
    window.action("about").trigger()
    about = next(each for each in QApplication.topLevelWidgets() if isinstance(each, About))
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None and about.isAncestorOf(QApplication.focusWidget()))
    _changes_elsewhere(window)
    after = _given(window)
    _undo(QApplication.focusWidget() or about)
    assert _given(window) == after
    about.close()


def _other(box: QAbstractSpinBox) -> str:
    """Another number that can be typed into `box`; "" where there is no other."""
    assert isinstance(box, QSpinBox | QDoubleSpinBox)
    value, low, high = box.value(), box.minimum(), box.maximum()
    there = next((other for other in (value + 1, value / 2, value - 1, low) if low <= other <= high != value), value)
    return "" if there == value else f"{there:.6g}" if isinstance(box, QDoubleSpinBox) else str(int(there))


def test_what_was_typed_into_a_box_and_taken_is_undone_in_that_box(state: MainWindow, qtbot: QtBot) -> None:
    """Each number on the way is told where a box is live; all of them are one entry."""
    changed = 0
    boxes = [box for box in state.findChildren(QAbstractSpinBox) if box.isVisible() and box.isEnabled()]
    for box in boxes:
        if not shiboken6.isValid(box) or not box.isVisible() or not (text := _other(box)):
            continue
        before = _given(state)
        _focus(box, qtbot)
        box.selectAll()
        QTest.keyClicks(box, text)
        _press(box, Qt.Key.Key_Return)
        if _given(state) == before:  # it chooses what is looked at
            continue
        changed += 1
        _undo(box)
        assert _given(state) == before, _told(box)
    assert changed >= 3, changed


def test_the_key_of_windows_does_again_on_any_system(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under X11 Qt knows Ctrl+Shift+Z alone: Ctrl+Y did nothing, and a run that was undone seemed lost."""
    monkeypatch.setattr(undo_keys, "KEYS", (QKeySequence.StandardKey.Undo,))  # offscreen Qt knows both
    _overview(window)
    before = _changes_elsewhere(window)
    after = _given(window)
    for widget in (window.network_panel.form.name_edit, window.network_panel.list):
        _focus(widget, qtbot)
        _undo(widget)
        assert _given(window) == before
        _press(widget, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        assert _given(window) == after, _told(widget)
    _undo(widget)


def test_what_is_half_typed_is_taken_back_before_anything_else(window: MainWindow, qtbot: QtBot) -> None:
    _overview(window)
    wait_until_shown(qtbot, window.session)
    before = _changes_elsewhere(window)
    after = _given(window)
    line = window.network_panel.form.name_edit
    _focus(line, qtbot)
    line.selectAll()
    QTest.keyClicks(line, "first")
    _undo(line)
    assert line.text() == "conv1"
    assert _given(window) == after
    _redo(line)
    assert line.text() == "first"
    _undo(line)
    _undo(line)
    assert _given(window) == before


def test_a_name_that_was_taken_is_undone_and_not_typed_back(window: MainWindow, qtbot: QtBot) -> None:
    _overview(window)
    wait_until_shown(qtbot, window.session)
    before = _given(window)
    line = window.network_panel.form.name_edit
    _focus(line, qtbot)
    line.selectAll()
    QTest.keyClicks(line, "first")
    _press(line, Qt.Key.Key_Return)
    assert "first" in window.session.state.subject.names
    focused = QApplication.focusWidget()
    assert focused is not None
    _undo(focused)
    assert _given(window) == before
    assert window.network_panel.form.name_edit.text() == "conv1"


def test_a_number_that_the_network_is_fed_is_undone_where_it_was_typed(window: MainWindow, qtbot: QtBot) -> None:
    _numbers(window)
    wait_until_shown(qtbot, window.session)
    box, values = window.input_view.numbers.boxes[1], window.session.state.values
    assert values is not None
    _focus(box, qtbot)
    box.selectAll()
    QTest.keyClicks(box, "-12.5")
    _press(box, Qt.Key.Key_Return)
    assert window.session.state.values[1] == -12.5
    assert window.action("undo").text() == "Undo change input"
    _undo(box)
    np.testing.assert_array_equal(window.session.state.values, values)
    assert box.value() == pytest.approx(float(values[1]))
    _redo(box)
    assert box.value() == -12.5


def _strokes(window: MainWindow, *places: tuple[int, int]) -> None:
    canvas = window.input_view.picture.fed
    for place in places:
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.point_of(*place).toPoint())


def test_each_stroke_of_the_brush_is_undone_by_itself_and_then_the_picture_is_there(
    window: MainWindow, qtbot: QtBot
) -> None:
    _drawing(window)
    wait_until_shown(qtbot, window.session)
    first, values = window.session.state.input.picture, window.session.state.values
    assert values is not None
    canvas = window.input_view.picture.fed
    _strokes(window, (3, 3))
    wait_until_shown(qtbot, window.session)
    one = window.session.state.input.picture
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.point_of(9, 9).toPoint())
    for column in (12, 15, 18):
        QTest.mouseMove(canvas, canvas.point_of(9, column).toPoint() + QPoint(1, 0))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=canvas.point_of(9, 18).toPoint())
    assert window.action("undo").text() == "Undo brush stroke"
    assert window.session.state.input.picture is not one
    _undo(window)
    assert window.session.state.input.picture is one
    _undo(window)
    assert window.session.state.input.picture is first
    wait_until_shown(qtbot, window.session)
    np.testing.assert_array_equal(window.session.state.values, values)
    _redo(window)
    assert window.session.state.input.picture is one
    window.input_view.draw.setChecked(False)


def test_a_chosen_target_and_an_added_example_are_undone(window: MainWindow, qtbot: QtBot) -> None:
    _debugger(window)
    wait_until_recorded(qtbot, window.session)
    debugger = window.view("debugger")
    assert isinstance(debugger, Debugger)
    row = debugger.settings
    row.target.choice.setCurrentIndex(6)
    row.target.choice.activated.emit(6)
    assert window.session.state.steps.target == 5
    assert window.action("undo").text() == "Undo change target"
    wait_until_recorded(qtbot, window.session)
    row.add.trigger()
    assert len(window.session.state.steps.batch) == 1
    wait_until_recorded(qtbot, window.session)
    assert window.session.state.steps.timeline is not None
    assert window.session.state.steps.timeline.batch_size == 2
    _undo(row.target.choice)
    wait_until_recorded(qtbot, window.session)
    assert window.session.state.steps.batch == ()
    assert window.session.state.steps.timeline.batch_size == 1
    _undo(row.target.choice)
    assert window.session.state.steps.target is None
    wait_until_recorded(qtbot, window.session)
    assert row.target.choice.currentIndex() == 0
