"""What the program has to say, whatever it is, moves no view: each stays where it is, as large as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.session import Fault, State
from explorer.session.progress import Progress
from explorer.session.proposal import Proposal
from explorer.session.slices import Offer, Slice
from explorer.session.train_state import Cure, DataProblem
from explorer.ui.common.following_view import FollowingView
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_recorded
from tests.ui.windows import shared_window

WAIT_MS = 60_000
SLICES = ("status", "maps", "files", "training", "steps", "data")
LONG = "A long sentence that goes on and on, " * 8 + "and ends."
Change = Callable[[State], tuple[Slice, ...]]

SAID: dict[str, tuple[str, Change]] = {
    "a message": ("messages", lambda state: (replace(state.status, notice=LONG),)),
    "a fault": ("messages", lambda state: (replace(state.maps, fault=Fault(LONG, details="line 1")),)),
    "a fault of a layer": ("messages", lambda state: (replace(state.maps, fault=Fault(LONG, layer="linear1")),)),
    "an offer": ("leftOver", lambda state: (replace(state.files, offer=Offer("mine", 0.0)),)),
    "work": ("work", lambda state: (replace(state.status, task="Running the network…"),)),
    "opening": ("opening", lambda state: (replace(state.status, opening=Progress("Reading a file…", 1, 2)),)),
    "saving": ("saving", lambda state: (replace(state.status, saving=Progress("Writing a file…", 1, 2)),)),
    "a question": (
        "trainQuestion",
        lambda state: (replace(state.training, proposal=Proposal("textures", "Textures", ("a", "b"))),),
    ),
    "a question without an answer": (
        "trainQuestion",
        lambda state: (replace(state.training, proposal=Proposal(misfit=LONG)),),
    ),
    "why a run ended": (
        "runMessage",
        lambda state: (replace(state.training, status="ended", message=LONG, is_fault=True, too_large_batch=8),),
    ),
    "what a run warns of": ("runMessage", lambda state: (replace(state.training, status="running", message=LONG),)),
    "data that do not fit": (
        "runMessage",
        lambda state: (replace(state.data, problem=DataProblem(LONG, (Cure("Fit them"),))),),
    ),
    "data on the way": ("openingData", lambda state: (replace(state.data, progress=Progress("Opening…", 1, 2)),)),
}
IN_THE_DEBUGGER: dict[str, tuple[str, Change]] = {
    "a step that ends early": ("stepNotice", lambda state: (replace(state.steps, message=LONG),)),
    "a run goes on": ("stepNotice", lambda state: (replace(state.training, status="running"),)),
}
NOT_VIEWS = {"messages", "leftOver", "welcome", "suggestions", "runMessage", "trainQuestion"}
"""What says it."""


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.training_dock.unfold()
        yield made


def _places(window: MainWindow) -> dict[QWidget, QRect]:
    """Where each view lies in the window: what follows the session, and what can be scrolled or is drawn on."""
    for _ in range(4):  # a column that follows the window's width is laid out after the rest
        QApplication.processEvents()
    kinds = (FollowingView, QAbstractScrollArea)
    views = [each for each in window.findChildren(QWidget) if isinstance(each, kinds) and each.isVisible()]
    told = [each for each in views if each.objectName() in NOT_VIEWS]
    views = [each for each in views if not any(part is each or part.isAncestorOf(each) for part in told)]
    return {each: QRect(each.mapTo(window, QPoint()), each.size()) for each in views}


def _moved(before: dict[QWidget, QRect], now: dict[QWidget, QRect]) -> list[str]:
    names = {each: each.objectName() or type(each).__name__ for each in before}
    return [f"{names[each]} {place} {now.get(each)}" for each, place in before.items() if now.get(each) != place]


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
@pytest.mark.parametrize("tab", ["overview", "maps", "debugger"])
def test_no_message_moves_a_view(shared: MainWindow, qtbot: QtBot, tab: str, size: tuple[int, int]) -> None:
    window, store = shared, shared.session.store
    window.resize(*size)
    window.show_part(tab)
    if tab == "debugger":
        wait_until_recorded(qtbot, window.session)
    at_rest, before = store.state, _places(window)
    moved = []
    for said, (where, change) in {**SAID, **(IN_THE_DEBUGGER if tab == "debugger" else {})}.items():
        store.set(*change(store.state))
        told = window.findChild(QWidget, where)
        assert told is not None, where
        qtbot.waitUntil(told.isVisible)  # of work only where it takes long
        moved += [f"{said}: {each}" for each in _moved(before, _places(window))]
        store.set(*(getattr(at_rest, name) for name in SLICES))
        qtbot.waitUntil(lambda told=told: not told.isVisible())
        moved += [f"{said}, afterwards: {each}" for each in _moved(before, _places(window))]
    assert not moved, "\n".join(moved)


def test_no_tab_moves_when_another_is_chosen(shared: MainWindow) -> None:
    """The chosen one was in bold letters, which are wider."""
    shared.action("showData").trigger()
    tops = (shared, *(each for each in QApplication.topLevelWidgets() if each.objectName() == "dataBrowser"))
    bars = [bar for top in tops for bar in top.findChildren(QTabBar) if bar.count() > 1]
    assert len(bars) >= 3
    for bar in bars:
        places = set()
        for at in filter(bar.isTabVisible, range(bar.count())):
            bar.setCurrentIndex(at)
            QApplication.processEvents()
            places.add(tuple(bar.tabRect(each).getRect() for each in range(bar.count())))
        assert len(places) == 1, bar.accessibleName()
        bar.setCurrentIndex(0)
    tops[1].close()


def test_no_bar_of_tabs_draws_a_line_of_its_own(shared: MainWindow, qtbot: QtBot) -> None:
    """Qt's, which the lessons stand on, drew a white one in the dark."""
    shared.action("lessons").trigger()
    qtbot.waitUntil(lambda: len([bar for bar in shared.findChildren(QTabBar) if bar.isVisible()]) == 3)
    lined = [bar.accessibleName() for bar in shared.findChildren(QTabBar) if bar.drawBase()]
    shared.leave_lessons()
    assert not lined


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
def test_opening_the_lessons_moves_no_other_view(shared: MainWindow, qtbot: QtBot, size: tuple[int, int]) -> None:
    window = shared
    window.resize(*size)
    window.show_part("overview")
    before = {each: place for each, place in _places(window).items() if not window.network_panel.isAncestorOf(each)}
    before.pop(window.network_panel, None)
    window.action("lessons").trigger()
    qtbot.waitUntil(window.lessons.view.isVisible)
    moved = _moved(before, _places(window))
    window.leave_lessons()
    assert not moved


def test_how_long_a_pass_took_moves_nothing(shared: MainWindow) -> None:
    """A digit more or less moved the button of the messages, and with it whatever is said."""
    window, store = shared, shared.session.store
    told = window.findChild(QToolButton, "showMessages")
    assert told is not None
    at_rest = store.state.maps
    assert at_rest.activations is not None
    places = set()
    for seconds in (1e-3, 1.11e-3, 46e-3, 48.8e-3, 444e-3, 90e-6, 88.8e-6):
        store.set(replace(store.state.maps, activations=replace(at_rest.activations, seconds=seconds)))
        QApplication.processEvents()
        places.add(told.mapTo(window, QPoint()).x())
    store.set(at_rest)
    assert len(places) == 1
