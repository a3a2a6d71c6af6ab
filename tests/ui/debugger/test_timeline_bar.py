"""The bar of the timeline: where its steps lie, how they are chosen, and that its names never touch."""

from __future__ import annotations

from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session.timeline import PHASES
from explorer.ui.common import theme
from explorer.ui.debugger.timeline_bar import TimelineBar
from explorer.ui.debugger.timeline_layout import BarLayout, label_places, lay_out, runs_of

MANY = 5000


def phases(*counts: int) -> tuple[str, ...]:
    return tuple(phase for phase, count in zip(PHASES, counts, strict=True) for _ in range(count))


timelines = st.tuples(*[st.integers(0, 60)] * 4).filter(any).map(lambda counts: phases(*counts)) | st.just(
    phases(2000, 1, 2000, 999)
)
widths = st.floats(40, 2500)


@given(timelines, widths)
def test_every_step_lies_in_one_cell_and_no_cell_holds_two_phases(steps: tuple[str, ...], width: float) -> None:
    layout = lay_out(runs_of(steps), width)
    held = [step for piece in layout.pieces for step in range(piece.first, piece.last + 1)]
    assert held == list(range(len(steps)))
    assert all({steps[step] for step in range(piece.first, piece.last + 1)} == {piece.phase} for piece in layout.pieces)
    assert all(before.right == after.left for before, after in pairwise(layout.pieces))
    assert layout.pieces[-1].right == pytest.approx(width)


@given(timelines, widths)
def test_a_step_is_found_again_where_it_lies(steps: tuple[str, ...], width: float) -> None:
    layout = lay_out(runs_of(steps), width)
    for step in range(len(steps)):
        piece = layout.pieces[layout.piece_of(step)]
        count = piece.last - piece.first + 1
        x = piece.left + (piece.right - piece.left) * (step - piece.first + 0.5) / count
        assert layout.step_at(x) == step
    assert layout.step_at(-50) == 0
    assert layout.step_at(width + 50) == len(steps) - 1


def letters(name: str) -> float:
    return 6.5 * len(name)


@given(timelines, widths)
def test_names_of_phases_never_touch_each_other_or_the_ends(steps: tuple[str, ...], width: float) -> None:
    layout = lay_out(runs_of(steps), width)
    places = [(left, left + letters(name)) for name, left in label_places(layout, letters)]
    assert all(before[1] < after[0] for before, after in pairwise(places))
    assert all(left >= -1e-6 and right <= width + 1e-6 for left, right in places)


def test_wide_bars_name_all_four_phases() -> None:
    layout: BarLayout = lay_out(runs_of(phases(30, 1, 30, 9)), 800)
    assert [name for name, _ in label_places(layout, letters)] == list(PHASES)


@pytest.fixture
def bar(qtbot: QtBot) -> TimelineBar:
    made = TimelineBar()
    qtbot.addWidget(made)
    made.resize(640, made.sizeHint().height())
    made.set_steps(tuple((phase, f"{phase} · call{at}") for at, phase in enumerate(phases(6, 1, 6, 3))))
    made.show()
    qtbot.waitExposed(made)
    return made


def chosen_by(bar: TimelineBar) -> list[int]:
    found: list[int] = []
    bar.chosen.connect(found.append)
    bar.chosen.connect(bar.set_cursor)
    return found


def test_a_click_chooses_the_step_under_it(bar: TimelineBar) -> None:
    found = chosen_by(bar)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.piece_rect(9).center().toPoint())
    assert found == [9]


def test_dragging_walks_along(bar: TimelineBar) -> None:
    found = chosen_by(bar)
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=bar.piece_rect(2).center().toPoint())
    for step in (3, 4, 5):
        QTest.mouseMove(bar, bar.piece_rect(step).center().toPoint())
        QApplication.processEvents()
    QTest.mouseMove(bar, QPoint(bar.width() + 40, 5))
    QApplication.processEvents()
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() + 40, 5))
    assert found == [2, 3, 4, 5, 15]


def test_keys_go_by_steps_phases_and_to_the_ends(bar: TimelineBar) -> None:
    found = chosen_by(bar)
    keys = Qt.Key
    for key in (keys.Key_Right, keys.Key_Right, keys.Key_Left, keys.Key_PageDown, keys.Key_PageDown):
        QTest.keyClick(bar, key)
    assert found == [1, 2, 1, 6, 7]
    QTest.keyClick(bar, keys.Key_End)
    QTest.keyClick(bar, keys.Key_PageUp)
    QTest.keyClick(bar, keys.Key_Home)
    assert found[5:] == [15, 13, 0]
    QTest.keyClick(bar, keys.Key_Left)  # there is nothing before the first step
    assert found[8:] == []


def test_the_wheel_goes_one_step_a_notch(bar: TimelineBar) -> None:
    found = chosen_by(bar)
    for turned in (-60, -60, -120, 120):
        event = QWheelEvent(
            QPointF(10, 10),
            QPointF(bar.mapToGlobal(QPoint(10, 10))),
            QPoint(),
            QPoint(0, turned),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        bar.wheelEvent(event)
    assert found == [1, 2, 1]


def from_pane(colour: QColor) -> float:
    """How far a colour is from the ground, whichever the theme."""
    ground = QColor(theme.current().pane)
    parts = zip(colour.getRgbF()[:3], ground.getRgbF()[:3], strict=True)
    return sum(abs(a - b) for a, b in parts)


def test_the_cursor_is_dark_behind_it_is_full_and_ahead_is_pale(bar: TimelineBar) -> None:
    bar.set_cursor(3)
    bar.clearFocus()
    picture = bar.grab().toImage()

    def colour(step: int) -> QColor:
        return picture.pixelColor(bar.piece_rect(step).center().toPoint() * picture.devicePixelRatio())

    phases_of = theme.current().phases
    assert colour(3).name() == theme.current().text
    assert colour(1).name() == phases_of["forward"]
    assert from_pane(colour(5)) < 0.7 * from_pane(colour(1))
    assert colour(6).name() != phases_of["loss"]
    bar.set_cursor(15)
    picture = bar.grab().toImage()
    assert colour(6).name() == phases_of["loss"]


def test_it_says_where_it_is(bar: TimelineBar) -> None:
    assert bar.accessibleName() == "Timeline of the training step"
    bar.set_cursor(8)
    assert bar.accessibleDescription() == "step 9 of 16: backward · call8"
    bar.set_marks({8: "conv2 made the first NaN."})
    assert bar.tip(8) == "9 · backward · call8\nconv2 made the first NaN."


def test_it_holds_with_nothing_to_show(qtbot: QtBot) -> None:
    empty = TimelineBar()
    qtbot.addWidget(empty)
    found = chosen_by(empty)
    QTest.keyClick(empty, Qt.Key.Key_Right)
    QTest.mouseClick(empty, Qt.MouseButton.LeftButton)
    empty.grab()
    assert found == []


def test_thousands_of_steps_keep_every_phase_in_sight(bar: TimelineBar) -> None:
    bar.set_steps(tuple((phase, "") for phase in phases(2000, 1, 2000, MANY - 4001)))
    bar.set_cursor(2000)
    assert [name for name, _ in bar.names()] == list(PHASES)
    assert bar.piece_rect(2000).width() >= 2
    began = perf_counter()
    for _ in range(20):
        bar.grab()
    print(f"{MANY} steps painted in {(perf_counter() - began) / 20 * 1e3:.2f} ms")
