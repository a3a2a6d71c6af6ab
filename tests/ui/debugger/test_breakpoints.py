"""Conditions are set in a popup, and a run of training steps stops where one is met."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox
from pytestqt.qtbot import QtBot

from explorer.engine.explaining.breakpoints import (
    BREAKPOINTS,
    Breakpoint,
    DeadReLUs,
    GradientNorm,
    NotFinite,
    UpdateRatio,
)
from explorer.session import Session
from explorer.ui.debugger.breakpoints import NOTHING, READY, BreakpointsButton
from tests.ui.fakes import make_session, wait_until_recorded


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session("3x8x8 conv(4, 3) relu flatten linear(5)")
    made.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, made)
    yield made
    assert made.close()


@pytest.fixture
def button(session: Session, qtbot: QtBot) -> BreakpointsButton:
    made = BreakpointsButton(session)
    qtbot.addWidget(made)
    made.show()
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    assert made.popup.isVisible()
    return made


def _type(box: QAbstractSpinBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def at_its_start(kind: type[Breakpoint]) -> Breakpoint:
    """With the limit that a form starts with."""
    return kind() if kind.limit_of is None else kind(**{kind.limit_of.field: kind.limit_of.start})


def test_there_is_a_line_for_every_condition_that_the_engine_knows(button: BreakpointsButton) -> None:
    assert tuple(button.boxes) == BREAKPOINTS
    assert tuple(button.limits) == tuple(kind for kind in BREAKPOINTS if kind.limit_of is not None)


def test_what_is_checked_is_what_the_session_stops_at(session: Session, button: BreakpointsButton) -> None:
    for kind in button.boxes:
        button.boxes[kind].click()
    assert session.state.steps.breakpoints == tuple(at_its_start(kind) for kind in BREAKPOINTS)
    assert button.text() == f"Stop at ({len(BREAKPOINTS)})"
    _type(button.limits[GradientNorm], "2.5e3")
    assert session.state.steps.breakpoints[BREAKPOINTS.index(GradientNorm)] == GradientNorm(2500.0)
    for kind in set(button.boxes) - {GradientNorm, UpdateRatio}:
        button.boxes[kind].click()
    assert session.state.steps.breakpoints == (GradientNorm(2500.0), UpdateRatio(0.1))


def test_conditions_set_elsewhere_are_shown(session: Session, button: BreakpointsButton) -> None:
    session.learning.set_breakpoints((DeadReLUs(25.0),))
    assert button.boxes[DeadReLUs].isChecked()
    assert button.limits[DeadReLUs].value() == 25.0
    assert not button.boxes[NotFinite].isChecked()


def test_a_run_stops_where_the_condition_is_met_and_says_so(
    session: Session, button: BreakpointsButton, qtbot: QtBot
) -> None:
    assert button.sentence.text() == NOTHING
    assert not button.run.isEnabled()
    button.boxes[UpdateRatio].click()
    assert button.sentence.text() == READY
    _type(button.limits[UpdateRatio], "1e-9")
    QTest.mouseClick(button.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: (
            session.state.steps.timeline is not None
            and session.state.steps.timeline.hit is not None
            and not session.state.status.task
        ),
        timeout=60_000,
    )
    assert session.state.steps.timeline is not None
    assert session.state.steps.timeline.hit is not None
    assert button.sentence.text() == session.state.steps.timeline.hit.sentence
    assert session.state.steps.timeline.steps[session.state.steps.cursor.step].phase == "update"


def test_a_run_that_diverges_stops_at_the_first_number_that_is_none(
    session: Session, button: BreakpointsButton, qtbot: QtBot
) -> None:
    session.learning.set_hyperparameters(loss="mse", learning_rate=1000.0)
    wait_until_recorded(qtbot, session)
    button.boxes[NotFinite].click()
    QTest.mouseClick(button.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: (
            session.state.steps.timeline is not None
            and session.state.steps.timeline.hit is not None
            and not session.state.status.task
        ),
        timeout=60_000,
    )
    assert session.state.steps.timeline is not None
    assert session.state.steps.timeline.taken > 0
    assert "made the first infinity" in button.sentence.text()


def test_a_run_that_meets_nothing_ends_after_so_many_steps(
    session: Session, button: BreakpointsButton, qtbot: QtBot
) -> None:
    button.boxes[GradientNorm].click()
    _type(button.limits[GradientNorm], "1e9")
    _type(button.limit, "3")
    assert button.limit.value() == 3
    QTest.mouseClick(button.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: button.sentence.text() == "No breakpoint was met in 3 steps.", timeout=60_000)
    session.editing.undo()
    wait_until_recorded(qtbot, session)


def test_a_run_can_be_cancelled(session: Session, button: BreakpointsButton, qtbot: QtBot) -> None:
    button.boxes[GradientNorm].click()
    _type(button.limits[GradientNorm], "1e12")
    _type(button.limit, "1000000")
    QTest.mouseClick(button.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: button.sentence.text().startswith("Training step"), timeout=60_000)
    assert button.stop.isEnabled()
    assert not button.run.isEnabled()
    QTest.mouseClick(button.stop, Qt.MouseButton.LeftButton)
    assert session.state.status.notice == "Cancelled: the weights are those from before the run of training steps."
    qtbot.waitUntil(lambda: not session.state.status.task and button.run.isEnabled(), timeout=60_000)


@pytest.mark.parametrize("text", ["-1", "much", "1e30"])
def test_a_limit_that_is_none_is_refused_in_a_sentence(text: str, session: Session, button: BreakpointsButton) -> None:
    button.boxes[DeadReLUs].click()
    _type(button.limits[DeadReLUs], text)
    assert session.state.steps.breakpoints == (DeadReLUs(50.0),)
    assert button.sentence.text().startswith("Dead ReLUs, more than: ")
    assert button.sentence.property("role") == "error"


def test_every_control_of_the_popup_has_a_name_and_a_tip(button: BreakpointsButton) -> None:
    controls = [*button.popup.findChildren(QAbstractButton), *button.popup.findChildren(QAbstractSpinBox)]
    beside = 3  # run, stop, and the most steps
    assert len(controls) == len(button.boxes) + len(button.limits) + beside
    assert all(control.accessibleName() and control.toolTip().endswith(".") for control in controls)


def test_escape_closes_the_popup(button: BreakpointsButton) -> None:
    QTest.keyClick(button.limits[DeadReLUs], Qt.Key.Key_Escape)
    assert not button.popup.isVisible()
