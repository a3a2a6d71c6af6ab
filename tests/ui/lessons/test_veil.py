"""What is asked for is a "?" in every view, tip, table and written line, until it is answered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from explorer.amounts import VEILED, exact, is_veiled, percent, plain_number
from explorer.lessons.shelf import lesson_named
from explorer.ui.common.text import number
from explorer.ui.shell.finding.sources import parts as parts_to_find
from explorer.ui.shell.main_window import MainWindow
from tests.ui.lessons.test_lessons_in_the_window import settle
from tests.ui.lessons.told import hovered_tips, painted_texts, words_of_lessons
from tests.ui.windows import shared_window

ASKED = "517.25"
"""A number that stands nowhere else in the window: the asked one, once the input is made so."""


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


def test_what_is_veiled_is_written_with_a_question_mark_in_every_way() -> None:
    assert [write(VEILED) for write in (plain_number, exact, number, percent)] == ["?"] * 4
    assert [write(float("nan")) for write in (plain_number, exact, number, percent)] == ["NaN"] * 4
    assert is_veiled(VEILED * 2 + 1)


LESSONS = (
    ("convolution", "one-place", "conv1", (0, 0, 0)),
    ("one-step", "adds-up", "linear1", (1,)),
)


@pytest.mark.parametrize(("name", "step", "layer", "place"), LESSONS)
@pytest.mark.parametrize("tab", ["overview", "maps", "debugger"])
def test_no_view_tells_what_is_asked_for_until_it_is_answered(
    qtbot: QtBot,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    tab: str,
    name: str,
    step: str,
    layer: str,
    place: tuple[int, ...],
) -> None:
    lesson = lesson_named(name)
    assert lesson is not None
    window.resize(1440, 900)
    session = window.session
    session.lessons.open(lesson, next((each.number for each in lesson.steps if each.name == step), 0))
    settle(qtbot, window)
    # The first number that goes in makes the asked one 517.25, whatever it was.
    values = session.state.values
    assert values is not None
    uncovered = session.state.maps.activations
    assert uncovered is not None
    was = float(uncovered.uncovered.by_name[layer].values[place])
    first = (0, 0, 0) if values.ndim == 3 else (1,)
    if values.ndim == 1:
        session.input.set_cell((0,), 2.0)  # so that no other number of the network is the same
    session.input.set_cell(first, float(values[first]) + float(ASKED) - was)
    session.selection.select(layer=layer, channel=place[0], row=(*place, None)[1:2][0] if len(place) > 1 else None)
    window.show_part(tab)
    settle(qtbot, window)
    hidden = [*painted_texts(window, monkeypatch), *hovered_tips(window)]
    assert any("?" in text for text in hidden)
    assert not sorted({text for text in hidden if "517" in text})
    session.lessons.reveal()
    settle(qtbot, window)
    assert any("517" in text for text in painted_texts(window, monkeypatch))
    window.leave_lessons()
    settle(qtbot, window)


SIZES = (
    ("first-look", "no-rule", "conv1", None, "31,642", ("30,730", "912 parameters", "= 912")),
    ("size", "stride-one", "conv1", None, "1 × 5 × 5", ("1×5×5", "+ 1 = 5")),
    ("size", "stride-three", "conv1", None, "1 × 2 × 2", ("1×2×2", "= 2.33", "never read")),
    ("depth", "as-many-as-filters", "conv1", None, "2 × 2 × 2", ("2×2×2", "2 feature maps")),
    ("volumes", "where-they-sit", "linear1", None, "30,730", ("31,642",)),
    ("flatten", "real-one", "flatten1", None, "3,072 numbers", ("= 3,072",)),
    ("receptive-field", "second", "conv2", (0, 5, 5), "5 × 5 × 1", ("5 × 5 pixels",)),
)
"""Of a step the layer that is looked at and its cell, a text that tells the asked number once it may, and others."""


def everything_said(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, layer: str, cell: tuple[int, ...] | None
) -> list[str]:
    """In every tab, with the network beside it; not what the lesson itself says."""
    found: list[str] = []
    own = words_of_lessons(window)
    next(dock for dock in window.findChildren(QDockWidget) if dock.windowTitle() == "Network").raise_()
    for tab in ("overview", "maps", "debugger", "losses"):
        window.show_part(tab)
        window.session.selection.select(layer=layer)
        if cell is not None:
            channel, row, column = cell
            window.session.selection.select(layer=layer, channel=channel, row=row, column=column)
        settle(qtbot, window)
        found += painted_texts(window, monkeypatch)
        found += hovered_tips(window, every=3) if tab != "debugger" else []
    found = [text for text in found if text not in own]
    found += [f"{each.title} {each.aside} {each.note}" for each in parts_to_find(window)]
    return found


@pytest.mark.parametrize(("name", "step", "layer", "cell", "answer", "others"), SIZES)
def test_no_view_tells_a_size_that_is_asked_for_until_it_is_answered(
    qtbot: QtBot,
    window: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    step: str,
    layer: str,
    cell: tuple[int, ...] | None,
    answer: str,
    others: tuple[str, ...],
) -> None:
    lesson = lesson_named(name)
    assert lesson is not None
    window.resize(1440, 900)
    session = window.session
    session.lessons.open(lesson, next(each.number for each in lesson.steps if each.name == step))
    settle(qtbot, window)
    hidden = everything_said(qtbot, window, monkeypatch, layer, cell)
    assert any("?" in text for text in hidden)
    assert not sorted({text for text in hidden if any(told in text for told in (answer, *others))})
    session.lessons.reveal()
    settle(qtbot, window)
    shown = everything_said(qtbot, window, monkeypatch, layer, cell)
    assert any(answer in text for text in shown)
    window.leave_lessons()
    settle(qtbot, window)
