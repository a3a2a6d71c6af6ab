"""How much a person has to do for what is asked of the window: every act is counted.

Ten first tasks take two acts at most, twenty-five more three. What a task does and what it reads stands in its own
function; those that begin elsewhere than at the start of the program say so in their name, and do what leads there
before `Hand.begin`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.shell.main_window import MainWindow
from tests.end_to_end.counting_hand import Hand
from tests.end_to_end.design_tasks import DESIGN_TASKS, another_network
from tests.end_to_end.first_tasks import FIRST_TASKS, one_step_of_training
from tests.end_to_end.real_hand import RealHand, is_wanted
from tests.end_to_end.teacher_tasks import (
    TEACHER_TASKS,
    a_network_from_a_template,
    a_run_paused_and_gone_on,
    another_learning_rate_in_the_open_strip,
    runs_compared,
    which_class_is_taken_for_which,
)
from tests.ui.fakes import wait_until_recorded, wait_until_shown
from tests.ui.windows import shared_window

SIZE = (1440, 900)
FIRST_ACTS, ACTS = 2, 3
HAND = RealHand if is_wanted() else Hand
Task = Callable[[Hand], None]
WITH_OWN_WINDOW = (
    one_step_of_training,
    another_network,
    a_network_from_a_template,
    a_run_paused_and_gone_on,
    another_learning_rate_in_the_open_strip,
    runs_compared,
    which_class_is_taken_for_which,
)
"""They leave more behind than can be put back."""


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(*SIZE)
        yield made


@pytest.fixture
def hand(request: pytest.FixtureRequest, shared: MainWindow, qtbot: QtBot) -> Iterator[Hand]:
    """On the window as it is after the start: the overview of the network that knows the cat."""
    task: Task = request.node.callspec.params["task"]
    yield from _own(shared, qtbot) if task in WITH_OWN_WINDOW else _borrowed(shared, qtbot)


def _own(shared: MainWindow, qtbot: QtBot) -> Iterator[Hand]:
    shared.hide()  # else the mouse is over both
    for made in shared_window(qtbot):
        made.resize(*SIZE)
        made.activateWindow()
        yield HAND(made, qtbot)
    shared.show()


def _borrowed(window: MainWindow, qtbot: QtBot) -> Iterator[Hand]:
    """The window that the tasks share, put back afterwards."""
    first = window.session.state
    window.activateWindow()
    QApplication.processEvents()
    yield HAND(window, qtbot)
    for front in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
        if front is not None:
            front.close()
    window.centre_alone.end()
    if window.tabs.current == "debugger":
        wait_until_recorded(qtbot, window.session)
        window.session.steps.to_start()
    _show_maps_again(window)
    window.show_part("overview")
    window.session.store.set(first.document, first.files, first.input, first.selection)
    qtbot.waitUntil(lambda: not window.session.store.runner.is_busy())
    wait_until_shown(qtbot, window.session)
    theme.apply(QApplication.instance(), "light")  # type: ignore[arg-type]
    QGuiApplication.clipboard().clear()


def _show_maps_again(window: MainWindow) -> None:
    """The maps themselves, with the mouse nowhere."""
    window.show_part("maps")
    box = next(box for box in window.findChildren(QComboBox) if box.accessibleName() == "Show")
    if box.isEnabled():
        box.setCurrentText("maps")
    places = (window.findChild(MapMosaic, "mosaic"), window.findChild(PictureCanvas, "fedPicture"))
    for view in (view for place in places if place is not None for view in (place, *place.findChildren(QWidget))):
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))


def name_of(task: Task) -> str:
    return task.__name__


@pytest.mark.parametrize("task", FIRST_TASKS, ids=name_of)
def test_what_is_asked_first_takes_two_acts(task: Task, hand: Hand) -> None:
    task(hand)
    assert hand.acts <= FIRST_ACTS


@pytest.mark.parametrize("task", [*DESIGN_TASKS, *TEACHER_TASKS], ids=name_of)
def test_what_is_asked_next_takes_three_acts(task: Task, hand: Hand) -> None:
    task(hand)
    assert hand.acts <= ACTS


def test_there_are_as_many_tasks_as_are_promised() -> None:
    assert (len(set(FIRST_TASKS)), len(set(DESIGN_TASKS)), len(set(TEACHER_TASKS))) == (10, 10, 15)


def test_every_act_is_counted_and_pointing_is_none(shared: MainWindow, qtbot: QtBot) -> None:
    hand = HAND(shared, qtbot)
    hand.point(hand.part("overview"))
    assert hand.acts == 0
    hand.press("Ctrl+K")
    hand.write("feature maps")
    hand.press("Return")
    assert hand.acts == 3
    assert shared.tabs.current == "maps"
    hand.click(hand.find(QTabBar, "", hand.part("centre")), QPoint(20, 10))
    assert hand.acts == 4
    assert shared.tabs.current == "overview"
    hand.end()
    hand.press("Ctrl+2")
    assert hand.acts == 4
    shared.show_part("overview")
