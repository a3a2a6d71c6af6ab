"""In each step of each lesson: what is asked for stands in no text, tip, table, copied number or accessible name.

The numbers that go in are moved a little first, so that what is asked for is a number that stands nowhere else.
Of each lesson it is the first step that hides a number; EXPLORER_TELLING=all takes every step, which is long.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QDockWidget
from pytestqt.qtbot import QtBot

from explorer.lessons.lesson import Lesson
from explorer.lessons.shelf import lessons
from explorer.session import Session
from explorer.session.veil import NO_VEIL, veiled_in
from explorer.ui.shell.finding.sources import parts as parts_to_find
from explorer.ui.shell.main_window import MainWindow
from tests.ui.lessons.test_lessons_in_the_window import settle
from tests.ui.lessons.test_random_edits_in_lessons import at_rest
from tests.ui.lessons.told import NUMBER, hovered_tips, is_written, numbers_in, painted_texts, words_of_lessons
from tests.ui.windows import shared_window

TABS = ("overview", "maps", "debugger")
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
ALL_STEPS = os.environ.get("EXPLORER_TELLING") == "all"
MOST_ROWS, MOST_COLUMNS = 200, 12
EVERY = 6  # so many places of the grid over which the mouse is moved


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(1440, 900)
        made.session.learning.watch_steps("debugger", True)
        yield made


def move_numbers(session: Session, seed: int) -> None:
    """The typed input, target and weights with other numbers after the point: none is the same as another only since a
    weight is 1 or a target 0."""
    values, maps, rng = session.state.values, session.state.maps.activations, np.random.default_rng(seed)
    assert maps is not None
    if session.state.input.numbers is None or values is None:
        return  # a picture's are odd as they are, and so are weights that were learned
    session.input.set_values((values + rng.uniform(0.01, 0.4, values.shape)).astype(np.float32))
    target = session.state.steps.target
    if isinstance(target, tuple):
        session.learning.set_target(tuple(float(each) for each in np.add(target, rng.uniform(0.01, 0.4, len(target)))))
    for layer in maps.layers:
        for part, numbers in (("weight", layer.weight), ("bias", layer.bias)):
            if numbers is not None:
                moved = numbers + rng.uniform(0.01, 0.4, numbers.shape)
                session.editing.set_cells(f"{layer.name}.{part}", (0,) * numbers.ndim, moved)


def hidden_numbers(session: Session) -> list[float]:
    """All numbers that lie under the veil, but for those that have too few digits to be known again. Where only a size
    is asked for, which is drawn as one cell, the numbers may be told.
    """
    state = session.state
    found: list[np.ndarray] = []
    timeline, maps = state.steps.timeline, state.maps.activations
    assert maps is not None
    pairs = [(layer.values, maps.uncovered.by_name[layer.name].values) for layer in maps.layers]
    if maps.veil.prediction and maps.uncovered.prediction is not None:
        found.append(maps.uncovered.prediction.values)
    if timeline is not None:
        bare = timeline.under(NO_VEIL)
        for step in timeline.steps:
            below = bare.tensors(step.index).by_name
            pairs += [(each.values, below[name].values) for name, each in timeline.tensors(step.index).by_name.items()]
        found += [np.array(bare.loss)] if timeline.veil.loss and bare.loss is not None else []
    for above, below in pairs:
        if above.dtype.kind == "f" and above.shape == below.shape:
            found.append(below[veiled_in(above)])
    numbers = {abs(float(each)) for array in found for each in np.ravel(array)}
    given = np.abs(given_numbers(session))
    given = np.concatenate([given, np.abs(said_numbers(session))])
    odd = (each for each in numbers if np.isfinite(each) and f"{each:.6g}" != f"{each:.2g}")
    return sorted(each for each in odd if not np.isclose(given, each, rtol=3e-3).any())


def said_numbers(session: Session) -> list[float]:
    """What the step says itself: of what is handed on whole, such as to the winner of a patch, it is what is asked."""
    page = session.state.lessons.page
    assert page is not None
    return [each for text in (page.text, page.question) for each in numbers_in(text)]


def given_numbers(session: Session) -> np.ndarray:
    """What goes in and is wanted, which everybody may read: where nothing else is added, it is what is asked for."""
    state = session.state
    wanted = [] if state.steps.target is None else np.ravel(state.steps.target)
    return np.concatenate([np.ravel(state.values), wanted]).astype(np.float64)


def rows_of(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    for row, column in product(range(MOST_ROWS), range(MOST_COLUMNS)):
        if model is not None and model.hasIndex(row, column):
            yield from (str(model.index(row, column).data(role)) for role in ROLES)


def copied(window: MainWindow) -> Iterator[str]:
    """What Ctrl+C takes under the mouse, over a grid of places."""
    copy = window.findChild(QAction, "action.copyValue")
    assert copy is not None
    for x in range(20, window.width(), 26 * EVERY):
        for y in range(90, window.height() - 90, 22 * EVERY):
            at = window.childAt(x, y)
            if at is not None:
                QTest.mouseMove(at, at.mapFrom(window, QPoint(x, y)))
                QGuiApplication.clipboard().setText("")
                copy.trigger()
                yield QGuiApplication.clipboard().text()


def everything_told(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """In every tab, with the network beside it; not what the lesson itself says."""
    found: set[str] = set()
    own = words_of_lessons(window)
    next(dock for dock in window.findChildren(QDockWidget) if dock.windowTitle() == "Network").raise_()
    for tab in TABS:
        window.show_part(tab)
        settle(qtbot, window)
        found |= {*painted_texts(window, monkeypatch), *hovered_tips(window, EVERY), *copied(window)}
        for view in window.findChildren(QAbstractItemView):
            if view.isVisible() and not window.lessons.view.isAncestorOf(view):
                found |= {*rows_of(view)}
    found |= {f"{each.title} {each.aside} {each.note}" for each in parts_to_find(window)}
    return found - own


def telling(texts: set[str], numbers: list[float]) -> dict[str, str]:
    """Which of `texts` tell one of `numbers`, by what stands around it."""
    found = {}
    for text in texts:
        if any(is_written(number, text.replace("−", "")) for number in numbers):
            found[NUMBER.sub("#", text)[:200]] = text
    return found


def tells(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, lesson: Lesson, at: int, seed: int
) -> dict[str, str] | None:
    """What tells a hidden number of a step; None where the step hides none."""
    window.session.lessons.open(lesson, at)
    at_rest(qtbot, window)
    move_numbers(window.session, seed)
    at_rest(qtbot, window)
    question = window.session.state.lessons.step.question if window.session.state.lessons.step else None
    is_number = question is not None and not question.point  # else it is asked where something stands
    numbers = hidden_numbers(window.session) if is_number else []
    return telling(everything_told(qtbot, window, monkeypatch), numbers) if numbers else None


@pytest.mark.parametrize("lesson", lessons(), ids=lambda each: each.name)
def test_nothing_tells_what_is_asked_for(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, lesson: Lesson
) -> None:
    """What tells it once may be another number that begins alike: it has to do so of other numbers too."""
    told = {}
    for step in lesson.steps:
        once = tells(qtbot, window, monkeypatch, lesson, step.number, seed=1)
        if once:
            again = tells(qtbot, window, monkeypatch, lesson, step.number, seed=2) or {}
            told |= {(step.name, words): text for words, text in again.items() if words in once}
        if once is not None and not ALL_STEPS:
            break
    window.leave_lessons()
    settle(qtbot, window)
    assert not told
