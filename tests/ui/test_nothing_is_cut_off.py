"""In the main states, at small and large sizes and in both themes, every word on the screen has its room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QLabel,
    QLineEdit,
    QTableView,
    QToolButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.app import START_NETWORK
from explorer.ui.common import settings
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.data.browser import FRAME
from explorer.ui.shell import commands
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_shown
from tests.ui.pixels import is_whole_in_its_pixels
from tests.ui.windows import shared_window, whole_window

State = Callable[[MainWindow, QtBot], None]

DIALOGS = ("startList", "newNetwork", "showData", "messages", "shortcuts", "report", "about")
ROUNDS_MS = 2_000
SIZES = [(1280, 720), (1440, 900), (1920, 1080), (2560, 1440)]
SLACK = 1
WORDED = (QLabel, QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit)


def _start(_window: MainWindow, _qtbot: QtBot) -> None:
    settings.set_welcome_seen(False)


def _cell(window: MainWindow, _qtbot: QtBot) -> None:
    window.show_part("maps")
    window.session.selection.select(layer="conv2", channel=3, row=6, column=9)


def _all_channels(window: MainWindow, qtbot: QtBot) -> None:
    _cell(window, qtbot)
    _press(window, "All channels")


def _facts_of_the_cell(window: MainWindow, qtbot: QtBot) -> None:
    _cell(window, qtbot)
    _press(window, "Cell")


def _calls(window: MainWindow, qtbot: QtBot) -> None:
    window.show_part("overview")
    _press(window, "List the calls")
    qtbot.waitUntil(lambda: window.session.state.steps.timeline is not None, timeout=60_000)


def _row_of_numbers(window: MainWindow, _qtbot: QtBot) -> None:
    window.show_part("maps")
    window.session.selection.select(layer="linear1", channel=3)


def _fault(window: MainWindow, _qtbot: QtBot) -> None:
    layer = window.session.state.layer("conv5")
    assert layer is not None
    window.session.editing.replace_layer("conv5", replace(layer, kernel_size=31, padding=0))  # type: ignore[call-arg]
    window.session.selection.select(layer="conv5")
    window.show_part("maps")


def _drawing(window: MainWindow, _qtbot: QtBot) -> None:
    window.input_view.draw.click()


def _numbers(window: MainWindow, _qtbot: QtBot) -> None:
    window.session.files.open_network("two-two-two")


def _inside_a_convolution(window: MainWindow, qtbot: QtBot) -> None:
    _open_debugger(window, qtbot)
    window.session.steps.step_into()
    assert window.session.state.steps.cursor.is_inside


def _inside_the_loss(window: MainWindow, qtbot: QtBot) -> None:
    _open_debugger(window, qtbot)
    timeline = window.session.state.steps.timeline
    assert timeline is not None
    window.session.steps.go_to_step(next(step.index for step in timeline.steps if step.phase == "loss"), True)


def _inside_the_way_back(window: MainWindow, qtbot: QtBot) -> None:
    _open_debugger(window, qtbot)
    timeline = window.session.state.steps.timeline
    assert timeline is not None
    step = timeline.find("backward", "conv2")
    assert step is not None
    window.session.steps.go_to_step(step, True)


def _neurons_after_their_update(window: MainWindow, qtbot: QtBot) -> None:
    window.session.files.open_network("two-two-two")
    _open_debugger(window, qtbot)
    window.session.steps.to_end()


def _open_debugger(window: MainWindow, qtbot: QtBot) -> None:
    window.show_part("debugger")
    qtbot.waitUntil(lambda: window.session.state.steps.timeline is not None, timeout=60_000)


def _a_run_with_curves(window: MainWindow, qtbot: QtBot) -> None:
    _train(window, qtbot)
    window.training_dock.unfold()


def _a_run_that_blew_up(window: MainWindow, qtbot: QtBot) -> None:
    _train(window, qtbot)
    window.training_dock.unfold()
    window.session.learning.set_hyperparameters(learning_rate=1e30)
    window.session.training.train()
    qtbot.waitUntil(lambda: bool(window.session.state.training.layer), timeout=60_000)


def _a_landscape_of_a_run_that_blew_up(window: MainWindow, qtbot: QtBot) -> None:
    _a_run_that_blew_up(window, qtbot)
    _open_strip_at(window, "Landscape")
    qtbot.waitUntil(lambda: window.session.state.plane.landscape is not None, timeout=60_000)


def _two_runs_in_an_open_strip(window: MainWindow, qtbot: QtBot) -> None:
    _train(window, qtbot)
    window.session.learning.set_hyperparameters(learning_rate=0.02)
    window.session.training.train()
    qtbot.waitUntil(lambda: len(window.session.state.watching.runs) == 2, timeout=60_000)
    _open_strip_at(window, "Runs")


def _a_surface_in_an_open_strip(window: MainWindow, qtbot: QtBot) -> None:
    _train(window, qtbot)
    _open_strip_at(window, "Surface")
    qtbot.waitUntil(lambda: window.session.state.plane.surface is not None, timeout=60_000)


def _dialog(action: str) -> State:
    """What the command opens over the window."""

    def state(window: MainWindow, qtbot: QtBot) -> None:
        window.action(action).trigger()
        qtbot.waitUntil(lambda: bool(_dialogs(window)))
        for dialog in _dialogs(window):
            least = dialog.minimumSize().expandedTo(dialog.minimumSizeHint()) + FRAME
            assert least.boundedTo(QSize(*SIZES[0])) == least, dialog.objectName()

    return state


def _dialogs(window: MainWindow) -> list[QDialog]:
    return [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]


def _low_strip_at(title: str) -> State:
    """The training strip as low as it can be dragged, at the tab of this title."""

    def state(window: MainWindow, qtbot: QtBot) -> None:
        _train(window, qtbot)
        _open_strip_at(window, title)
        window.resizeDocks([window.training_dock], [1], Qt.Orientation.Vertical)

    return state


def _compared(window: MainWindow, qtbot: QtBot) -> None:
    window.session.files.new_network("3x32x32 conv(2, 3) relu maxpool(8) conv(4, 3) relu flatten linear(10)")
    window.session.data.use_data("textures")
    qtbot.waitUntil(lambda: window.session.state.data.data_set is not None, timeout=60_000)
    window.session.comparing.compare("Filters of all convolutions", "2, 4", 1)
    qtbot.waitUntil(lambda: not window.session.state.watching.comparison.is_running, timeout=60_000)
    window.session.comparing.compare("Filters of all convolutions", "2, four", 1)
    _open_strip_at(window, "Compare")


def _open_strip_at(window: MainWindow, title: str) -> None:
    window.training_dock.unfold()
    assert window.training.parts is not None
    tabs = window.training.parts.tabs
    tabs.setCurrentIndex(next(at for at in range(tabs.count()) if tabs.tabText(at) == title))


def _data_that_do_not_fit(window: MainWindow, qtbot: QtBot) -> None:
    window.training_dock.unfold()
    window.session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: window.session.state.data.problem is not None, timeout=60_000)


def _train(window: MainWindow, qtbot: QtBot) -> None:
    """Two epochs of a small network, with curves, accuracies and health on the screen."""
    session = window.session
    session.files.new_network("2 linear(8) relu linear(2)")
    session.learning.set_hyperparameters(epochs=2, batch_size=50)
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    assert len(session.state.watching.runs[-1].epochs) == 2


def _press(window: MainWindow, name: str) -> None:
    button = next(each for each in window.findChildren(QToolButton) if each.accessibleName() == name)
    button.click()


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(shared: MainWindow, qtbot: QtBot) -> Iterator[MainWindow]:
    """Of the states that are left by opening the first network again."""
    yield shared
    for dialog in _dialogs(shared):
        dialog.close()
    shared.session.files.open_network(START_NETWORK)
    shared.show_part("overview")
    wait_until_shown(qtbot, shared.session)
    state = shared.session.state
    assert not state.problems
    assert state.input.picture is not None
    assert not state.watching.runs


@pytest.fixture
def own_window(qtbot: QtBot) -> MainWindow:
    return whole_window(qtbot)


LOOKED_AT = (
    _start,
    _cell,
    _row_of_numbers,
    _fault,
    _all_channels,
    _facts_of_the_cell,
    _numbers,
    _inside_a_convolution,
    _inside_the_loss,
    _inside_the_way_back,
    _neurons_after_their_update,
    *(_dialog(action) for action in DIALOGS),
)
OF_AN_OWN_WINDOW = (
    _calls,
    _drawing,
    _a_run_with_curves,
    _a_run_that_blew_up,
    _a_landscape_of_a_run_that_blew_up,
    _two_runs_in_an_open_strip,
    _a_surface_in_an_open_strip,
    _data_that_do_not_fit,
    _compared,
    _low_strip_at("Compare"),
    _low_strip_at("Live"),
    _low_strip_at("Landscape"),
)


@pytest.mark.parametrize("state", LOOKED_AT)
def test_words_have_their_room(state: State, window: MainWindow, qtbot: QtBot) -> None:
    _assert_words_have_their_room(state, window, qtbot)


@pytest.mark.parametrize("state", OF_AN_OWN_WINDOW)
def test_words_have_their_room_where_something_was_drawn_or_learned(
    state: State, own_window: MainWindow, qtbot: QtBot
) -> None:
    _assert_words_have_their_room(state, own_window, qtbot)


def _assert_words_have_their_room(state: State, window: MainWindow, qtbot: QtBot) -> None:
    if "Inter" not in QFontDatabase.families():
        pytest.skip("the interface's font, Inter, is not installed: other fonts are wider")
    state(window, qtbot)
    wait_until_shown(qtbot, window.session)
    qtbot.waitUntil(lambda: not window.session.store.runner.is_busy())
    was_folded = window.training_dock.is_folded
    cut = []
    for is_folded, theme in ((True, "light"), (False, "light"), (was_folded, "dark")):
        window.training_dock.choose(is_folded)
        commands.set_theme(theme)
        for size in SIZES:
            window.resize(*size)
            QApplication.processEvents()
            with suppress(qtbot.TimeoutError):  # a layout may take two rounds
                qtbot.waitUntil(lambda: not _cut_off(window), timeout=ROUNDS_MS)
            strip = "folded" if is_folded else "open"
            if window.size() != QSize(*size):
                cut.append(f"{size} {theme}, strip {strip}: the window is {window.width()}×{window.height()}")
            cut += [f"{size} {theme}, strip {strip}: {words}" for words in _cut_off(window)]
    assert not cut


def _cut_off(window: MainWindow) -> list[str]:
    labels = [_words(label) for label in window.findChildren(QLabel) if label.isVisible() and not _has_room(label)]
    buttons = [
        f"button {button.text()!r} {button.width()} < {button.sizeHint().width()}"
        for button in window.findChildren(QAbstractButton)
        if button.isVisible()
        and button.text()
        and _shows_text(button)
        and button.width() + SLACK < button.sizeHint().width()
    ]
    return (
        labels + buttons + _squeezed(window) + _covered(window) + _over_one_another(window) + _wider_than_seen(window)
    )


def _covered(window: MainWindow) -> list[str]:
    """Controls and texts of which only a part is in sight, where nothing scrolls."""
    return [
        f"{type(each).__name__} {each.objectName()} {each.accessibleName()!r} of {each.height()} shows {seen.height()}"
        for each in window.findChildren(QWidget)
        if isinstance(each, WORDED) and each.isVisible() and not _scrolls(each) and each.window() is window
        for seen in [each.visibleRegion().boundingRect().size()]
        if not seen.isEmpty() and seen + QSize(SLACK, SLACK) != (seen + QSize(SLACK, SLACK)).expandedTo(each.size())
    ]


def _over_one_another(window: MainWindow) -> list[str]:
    """Panes of the window that lie over others."""
    docks = [each for each in window.findChildren(QDockWidget) if each.isVisible() and not each.isFloating()]
    panes = [each for each in (*docks, window.centralWidget()) if not each.visibleRegion().isEmpty()]
    return [
        f"{one.objectName()} {one.geometry().getRect()} and {other.objectName()} {other.geometry().getRect()}"
        for one, other in combinations(panes, 2)
        if one.geometry().intersects(other.geometry())
    ]


def _wider_than_seen(window: MainWindow) -> list[str]:
    """Tables of which a part lies beside what is seen."""
    tables = [each for kind in (QTreeView, QTableView) for each in window.findChildren(kind) if each.isVisible()]
    return [
        f"table {each.accessibleName()!r} {each.viewport().width()} and {each.horizontalScrollBar().maximum()} more"
        for each in tables
        if each.horizontalScrollBar().maximum() > 0
    ]


def _squeezed(window: MainWindow) -> list[str]:
    """Controls of the training strip that are lower than their words."""
    controls = [
        each
        for kind in (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit)
        for each in window.training.inside.findChildren(kind)
    ]
    return [
        f"{type(each).__name__} {each.accessibleName()!r} {each.height()} < {each.minimumSizeHint().height()}"
        for each in controls
        if each.isVisible() and not _scrolls(each) and each.height() + SLACK < each.minimumSizeHint().height()
    ]


def _has_room(label: QLabel) -> bool:
    if label.text() and not label.visibleRegion().isEmpty() and label.height() + SLACK < label.fontMetrics().height():
        return False
    if not label.text() or label.visibleRegion().isEmpty():
        return True
    if isinstance(label, ElidedLabel):
        return is_whole_in_its_pixels(label)
    if _scrolls(label):
        return True
    if label.wordWrap():
        return label.heightForWidth(label.width()) <= label.height() + SLACK
    return label.sizeHint().width() <= label.width() + SLACK


def _scrolls(widget: QWidget) -> bool:
    """Inside an area that scrolls, what is out of sight can be reached."""
    parent = widget.parentWidget()
    while parent is not None:
        if parent.objectName() == "qt_scrollarea_viewport":
            return True
        parent = parent.parentWidget()
    return False


def _shows_text(button: QAbstractButton) -> bool:
    return not isinstance(button, QToolButton) or (
        button.icon().isNull() or button.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly
    )


def _words(label: QLabel) -> str:
    need = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().width()
    return f"label {label.objectName()} {label.text()[:60]!r} {label.width()}×{label.height()}, needs {need}"
