"""A breakpoint is one class and one entry in BREAKPOINTS: one that stops at a loss, added here, is found everywhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.engine.explaining.breakpoints import BREAKPOINTS, Breakpoint, Hit, Limit
from explorer.engine.recording.recording import Recording
from explorer.session import Session
from explorer.ui.debugger.breakpoints import BreakpointsButton
from tests.architecture.entries import listed
from tests.ui.fakes import make_session, wait_until_recorded


@dataclass(frozen=True)
class LossBelow(Breakpoint):
    """A loss that is smaller than `limit`."""

    words = "loss smaller than"
    tip = "The loss of the batch before the update."
    limit_of = Limit("limit", 0.5, 1e6, "on the batch")

    limit: float

    @property
    def label(self) -> str:
        return f"Stop where the loss is smaller than {self.limit:g}."

    def check(self, recording: Recording) -> Hit | None:
        if recording.loss is None or recording.loss >= self.limit:
            return None
        step = next(index for index, step in enumerate(recording.steps) if step.kind == "loss")
        return Hit(step, f"The loss is {recording.loss:.3g}.", recording.steps[step].call.name)


@pytest.fixture
def session() -> Iterator[Session]:
    with listed(BREAKPOINTS, LossBelow):
        made = make_session("3x6x6 flatten linear(3)")
        yield made
        assert made.close()


def test_it_is_chosen_in_the_form_and_stops_a_run(session: Session, qtbot: QtBot) -> None:
    button = BreakpointsButton(session)
    qtbot.addWidget(button)
    button.show()
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    session.learning.set_hyperparameters(loss="mse", learning_rate=0.05)
    wait_until_recorded(qtbot, session)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    button.boxes[LossBelow].click()
    assert session.state.steps.breakpoints == (LossBelow(0.5),)
    assert button.limits[LossBelow].accessibleName() == "Loss smaller than"
    button.limits[LossBelow].setValue(0.01)
    QTest.mouseClick(button.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: button.sentence.text().startswith(("The loss is", "No breakpoint")))
    assert button.sentence.text().startswith("The loss is")
    timeline = session.state.steps.timeline
    assert timeline is not None
    assert timeline.loss is not None
    assert timeline.loss < 0.01
    assert timeline.steps[session.state.steps.cursor.step].phase == "loss"


def test_the_form_needs_no_torch() -> None:
    code = "import sys; import explorer.ui.debugger.breakpoints; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
