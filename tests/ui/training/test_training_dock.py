"""The training strip, driven as a person does: train, watch, pause, rewind, fork, compare, fold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.train_state import Training
from explorer.ui.common import dialogs
from explorer.ui.training.curves.view import CurvePlot
from explorer.ui.training.dock import TrainingDock
from explorer.ui.training.health.table import HealthTable
from explorer.ui.training.run_message import RunMessage
from tests.ui.training.docked import MOONS, WAIT_MS, blow_up, button_of, click, settle, type_in, wait_for


def test_train_draws_both_curves_and_says_when_it_is_done(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    assert session.state.data.data_set is not None
    assert dock.facts_label.whole().startswith(session.state.data.data_set.card.title)
    click(dock, "trainStart")
    wait_for(qtbot, session, "ended")
    plots = {plot.objectName(): plot for plot in dock.findChildren(CurvePlot)}
    (run,) = session.state.watching.runs
    qtbot.waitUntil(lambda: all(plot.canvas.isVisible() for plot in plots.values()))
    qtbot.waitUntil(lambda: len(plots["lossPlot"].canvas.curves[0].xs) == len(run.steps))
    qtbot.waitUntil(lambda: len(plots["accuracyPlot"].canvas.curves[1].xs) == 3)
    assert dock.facts_label.whole() == f"epoch 3 of 3 · step {run.last_step} · done"


def test_the_buttons_follow_the_run(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    names = ("trainStart", "trainPause", "trainOneStep", "trainOneEpoch", "trainReset")

    def enabled() -> dict[str, bool]:
        return {name: button_of(dock, name).isEnabled() for name in names}

    assert enabled() == dict(zip(names, (True, False, True, True, False), strict=True))
    session.learning.set_hyperparameters(epochs=100_000)
    click(dock, "trainStart")
    qtbot.waitUntil(lambda: session.state.training.step > 5, timeout=WAIT_MS)
    assert enabled() == dict(zip(names, (False, True, False, False, True), strict=True))
    click(dock, "trainPause")
    assert enabled() == dict(zip(names, (True, False, True, True, True), strict=True))
    assert button_of(dock, "trainStart").text() == "Go on"
    assert "paused" in dock.facts_label.whole()


def test_the_focus_goes_from_train_to_pause_and_back(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    session.learning.set_hyperparameters(epochs=100_000)
    dock.activateWindow()
    dock.start.setFocus()
    qtbot.waitUntil(dock.start.hasFocus)
    QTest.keyClick(dock.start, Qt.Key.Key_Space)
    qtbot.waitUntil(dock.steps["trainPause"].hasFocus, timeout=WAIT_MS)
    QTest.keyClick(dock.steps["trainPause"], Qt.Key.Key_Space)
    qtbot.waitUntil(dock.start.hasFocus, timeout=WAIT_MS)
    assert session.state.training.status == "paused"


def test_one_step_is_one_step_and_one_epoch_ends_with_the_epoch(
    qtbot: QtBot, session: Session, dock: TrainingDock
) -> None:
    click(dock, "trainOneStep")
    wait_for(qtbot, session, "paused")
    assert session.state.training.step == 1
    click(dock, "trainOneEpoch")
    wait_for(qtbot, session, "running")
    wait_for(qtbot, session, "paused")
    assert len(session.state.watching.runs[0].epochs) == 1


def test_other_settings_fork_a_paused_run_and_both_are_compared(
    qtbot: QtBot, session: Session, dock: TrainingDock
) -> None:
    assert dock.parts is not None
    click(dock, "trainOneEpoch")
    wait_for(qtbot, session, "paused")
    form = dock.parts.settings.form
    form.optimizer.setCurrentText("Adam")
    form.optimizer.activated.emit(form.optimizer.currentIndex())
    assert session.state.document.hyperparameters.optimizer == "Adam"
    assert button_of(dock, "trainStart").text() == "Fork"
    click(dock, "trainStart")
    wait_for(qtbot, session, "ended")
    first, fork = session.state.watching.runs
    assert fork.first_step == first.last_step
    qtbot.waitUntil(lambda: {curve.end for curve in dock.parts.loss.canvas.curves} >= {"run 1", "run 2"})


def test_rewind_trains_the_same_run_again(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    for _ in range(2):
        click(dock, "trainStart")
        wait_for(qtbot, session, "ended")
        settle(qtbot, session)
        click(dock, "trainReset")
        settle(qtbot, session)
    first, second = session.state.watching.runs
    np.testing.assert_array_equal(first.losses, second.losses)
    assert not button_of(dock, "trainReset").isEnabled()


def test_the_learning_rate_is_turned_while_it_runs(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    assert dock.parts is not None
    session.learning.set_hyperparameters(epochs=100_000)
    click(dock, "trainStart")
    qtbot.waitUntil(lambda: session.state.training.step > 5, timeout=WAIT_MS)
    type_in(dock.parts.settings.rate, "0.025")
    qtbot.waitUntil(lambda: session.state.training.learning_rate == 0.025, timeout=WAIT_MS)
    assert session.state.training.status == "running"
    click(dock, "trainPause")
    assert button_of(dock, "trainStart").text() == "Go on"


def test_every_setting_of_a_run_is_in_the_form(session: Session, dock: TrainingDock) -> None:
    assert dock.parts is not None
    form = dock.parts.settings.form
    for name, value in (("batch_size", 7), ("accumulation", 3), ("epochs", 9), ("seed", 4), ("patience", 2)):
        form.counts[name].setValue(value)
        assert getattr(session.state.document.hyperparameters, name) == value
    form.schedule.setCurrentText("cosine")
    form.schedule.activated.emit(form.schedule.currentIndex())
    for field, (_, box) in form.boxes.items():
        if field.name in ("momentum", "weight_decay", "label_smoothing", "clip_norm"):
            assert box.isVisibleTo(form)
            box.setValue(0.5)
    form.nesterov.click()
    chosen = session.state.document.hyperparameters
    assert (chosen.schedule, chosen.momentum, chosen.weight_decay, chosen.nesterov) == ("cosine", 0.5, 0.5, True)
    assert (chosen.label_smoothing, chosen.clip_norm) == (0.5, 0.5)
    assert (dock.parts.settings.batch.value(), dock.parts.settings.epochs.value()) == (7, 9)
    assert form.formula.whole()
    assert "cross entropy" in dock.parts.settings.open_form.text()


def test_a_number_that_is_none_is_refused_in_a_sentence(session: Session, dock: TrainingDock) -> None:
    assert dock.parts is not None
    type_in(dock.parts.settings.rate, "fast")
    assert session.state.document.hyperparameters.learning_rate == 0.1
    assert "“fast” is not a number" in session.state.status.notice


def test_a_run_that_blows_up_says_where_and_offers_to_rewind(
    qtbot: QtBot, session: Session, dock: TrainingDock
) -> None:
    assert dock.parts is not None
    session.editing.paste_layers("linear(8) relu", 2)
    settle(qtbot, session)
    type_in(dock.parts.settings.rate, "1e30")
    assert session.state.document.hyperparameters.learning_rate == 1e30
    assert dock.parts.settings.rate.text() == "1e30"
    click(dock, "trainStart")
    wait_for(qtbot, session, "ended")
    message = dock.findChild(RunMessage)
    assert message is not None
    assert message.isVisible()
    assert session.state.training.layer in message.label.whole()
    assert session.state.status.notice == ""  # one place is enough
    assert session.state.status.told[-1].sentence == session.state.training.message
    assert not message.halve.isVisible()
    click(dock, "trainReset")
    assert session.state.training.status == "ready"
    assert not message.isVisible()


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.files.new_network(MOONS),
        lambda session: session.files.new_network("2 linear(2)"),
        lambda session: session.editing.undo(),
        lambda session: session.data.use_data("points:xor"),
    ],
)
def test_why_a_run_ended_is_not_told_of_another_network_or_other_data(
    qtbot: QtBot, session: Session, dock: TrainingDock, change: Callable[[Session], None]
) -> None:
    blow_up(session)
    click(dock, "trainStart")
    wait_for(qtbot, session, "ended")
    message = dock.findChild(RunMessage)
    assert message is not None
    assert message.isVisible()
    change(session)
    qtbot.waitUntil(lambda: not message.isVisible(), timeout=WAIT_MS)
    assert session.state.training.message == session.state.status.notice == ""
    is_of = session.state.training.is_of(session.state.document)
    assert dock.steps["trainReset"].isEnabled() == is_of
    session.training.rewind()
    assert (session.state.status.notice == "") == is_of


def test_a_strip_that_is_put_away_has_the_end_of_a_run_told_elsewhere(
    qtbot: QtBot, session: Session, dock: TrainingDock
) -> None:
    blow_up(session)
    click(dock, "trainStart")
    dock.hide()
    wait_for(qtbot, session, "ended")
    qtbot.waitUntil(lambda: session.state.status.notice == session.state.training.message != "", timeout=WAIT_MS)
    session.files.new_network(MOONS)
    assert session.state.status.notice == ""


def test_half_the_batch_is_offered_where_the_whole_had_no_room(
    qtbot: QtBot, session: Session, dock: TrainingDock
) -> None:
    ended = Training("ended", 1, message="There is not enough memory for a batch of 50 examples.", too_large_batch=50)
    session.store.set(ended)
    message = dock.findChild(RunMessage)
    assert message is not None
    assert message.halve.isVisible()
    QTest.mouseClick(message.halve, Qt.MouseButton.LeftButton)
    assert session.state.document.hyperparameters.batch_size == 25
    wait_for(qtbot, session, "ended")
    assert not message.halve.isVisible()


def test_data_that_do_not_fit_bring_their_mending_with_them(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    session.files.new_network("2 linear(5)")
    qtbot.waitUntil(lambda: session.state.data.problem is not None)
    assert not button_of(dock, "trainStart").isEnabled()
    message = dock.findChild(RunMessage)
    assert message is not None
    assert "5 numbers" in message.label.whole()
    QTest.mouseClick(message.fix, Qt.MouseButton.LeftButton)
    assert session.state.network is not None
    assert session.state.network.shapes()[-1] == (1,)
    assert not message.isVisible()
    assert button_of(dock, "trainStart").isEnabled()


def test_a_broken_network_cannot_be_trained(session: Session, dock: TrainingDock) -> None:
    session.files.new_network("3x8x8 conv(2, 31)")
    assert not button_of(dock, "trainStart").isEnabled()
    assert not button_of(dock, "trainOneStep").isEnabled()


def test_curves_and_rows_are_copied_and_exported_at_the_mouse(
    qtbot: QtBot, session: Session, dock: TrainingDock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loss = next(plot for plot in dock.findChildren(CurvePlot) if plot.objectName() == "lossPlot")
    assert _menu_at(loss.canvas.viewport()) == []
    click(dock, "trainStart")
    wait_for(qtbot, session, "ended")
    qtbot.waitUntil(loss.canvas.isVisible)
    written = tmp_path / "curves.csv"
    monkeypatch.setattr(dialogs, "ask_where_to_write", lambda *_given: written)
    assert _menu_at(loss.canvas.viewport(), "Copy picture") == ["Copy value", "Copy picture", "Export…"]
    assert QGuiApplication.clipboard().image().width() == 2 * loss.figure_size().width()
    _menu_at(loss.canvas.viewport(), "Export…")
    qtbot.waitUntil(written.is_file, timeout=WAIT_MS)
    table = next(table for table in dock.findChildren(HealthTable) if table.model().rowCount())
    at = table.visualRect(table.model().index(0, 0)).center()
    assert "Copy value" in _menu_at(table.viewport(), "Copy value", at=at)
    assert QGuiApplication.clipboard().text().startswith("linear1\t")


def _menu_at(widget: QWidget, act: str = "", *, at: QPoint | None = None) -> list[str]:
    """What the menu there offers; `act` of it is done."""
    QApplication.processEvents()
    place = at or widget.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    if not isinstance(menu, QMenu):
        return []
    menu.close()
    for action in menu.actions():
        if action.text() == act:
            action.trigger()
    return [action.text() for action in menu.actions()]
