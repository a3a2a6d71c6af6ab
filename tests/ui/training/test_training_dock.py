"""The training strip, driven as a person does: train, watch, pause, rewind, fork, compare, fold."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QFileDialog, QSlider, QWidget
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.app import open_window
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.session import Session, Verb
from explorer.session.run_curves import RunCurves
from explorer.session.subjects.own_model import REFUSALS
from explorer.session.train_state import Training
from explorer.ui.common import settings
from explorer.ui.shell.folding_dock import LOW_WINDOW
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.training.commands import TRAIN_COMMANDS
from explorer.ui.training.curves.saving import CurveSaving
from explorer.ui.training.curves.view import CurvePlot
from explorer.ui.training.dock import HEIGHT, READY, TrainingDock
from explorer.ui.training.run_list import BEST, FROM, RUN, SETTINGS, RunList
from explorer.ui.training.run_message import RunMessage
from explorer.ui.training.run_words import progress_words, settings_words
from tests.ui.fakes import make_actions, make_session, wait_until_drawn, wait_until_shown
from tests.ui.training.test_curve_plot import make_run

MOONS = "2 linear(8) tanh linear(2)"
WAIT_MS = 60_000


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(MOONS, picture=False)
    made.input.set_values(np.array([0.3, -0.2], np.float32))
    made.learning.set_hyperparameters(epochs=3, batch_size=50, learning_rate=0.1)
    made.data.use_data("points:moons")
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=WAIT_MS)
    yield made
    assert made.close()


@pytest.fixture
def dock(session: Session, qtbot: QtBot) -> TrainingDock:
    made = TrainingDock(session, make_actions(session))
    made.make_parts()
    qtbot.addWidget(made)
    made.resize(1300, 260)
    made.show()
    return made


def _button(parent: QWidget, name: str) -> QAbstractButton:
    found = parent.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def _blow_up(session: Session) -> None:
    """Let the next run end with numbers that are none."""
    session.editing.paste_layers("linear(8) relu", 2)
    session.learning.set_hyperparameters(learning_rate=1e30)


def _click(parent: QWidget, name: str) -> None:
    button = _button(parent, name)
    assert button.isEnabled(), name
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _wait_for(qtbot: QtBot, session: Session, status: str) -> None:
    qtbot.waitUntil(lambda: session.state.training.status == status, timeout=WAIT_MS)
    if status == "ended":
        wait_until_drawn(qtbot)


def _settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=WAIT_MS)
    wait_until_drawn(qtbot)


def _type(box: QAbstractSpinBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def test_train_draws_both_curves_and_says_when_it_is_done(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    assert session.state.data.data_set is not None
    assert dock.facts_label.whole().startswith(session.state.data.data_set.card.title)
    _click(dock, "trainStart")
    _wait_for(qtbot, session, "ended")
    plots = {plot.objectName(): plot for plot in dock.findChildren(CurvePlot)}
    (run,) = session.state.watching.runs
    qtbot.waitUntil(lambda: all(plot.canvas.isVisible() for plot in plots.values()))
    qtbot.waitUntil(lambda: len(plots["lossPlot"].canvas.curves[0].xs) == len(run.steps))
    qtbot.waitUntil(lambda: len(plots["accuracyPlot"].canvas.curves[1].xs) == 3)
    assert dock.facts_label.whole() == f"epoch 3 of 3 · step {run.last_step} · done"


def test_the_buttons_follow_the_run(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    names = ("trainStart", "trainPause", "trainOneStep", "trainOneEpoch", "trainReset")

    def enabled() -> dict[str, bool]:
        return {name: _button(dock, name).isEnabled() for name in names}

    assert enabled() == dict(zip(names, (True, False, True, True, False), strict=True))
    session.learning.set_hyperparameters(epochs=100_000)
    _click(dock, "trainStart")
    qtbot.waitUntil(lambda: session.state.training.step > 5, timeout=WAIT_MS)
    assert enabled() == dict(zip(names, (False, True, False, False, True), strict=True))
    _click(dock, "trainPause")
    assert enabled() == dict(zip(names, (True, False, True, True, True), strict=True))
    assert _button(dock, "trainStart").text() == "Go on"
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
    _click(dock, "trainOneStep")
    _wait_for(qtbot, session, "paused")
    assert session.state.training.step == 1
    _click(dock, "trainOneEpoch")
    _wait_for(qtbot, session, "running")
    _wait_for(qtbot, session, "paused")
    assert len(session.state.watching.runs[0].epochs) == 1


def test_other_settings_fork_a_paused_run_and_both_are_compared(
    qtbot: QtBot, session: Session, dock: TrainingDock
) -> None:
    assert dock.parts is not None
    _click(dock, "trainOneEpoch")
    _wait_for(qtbot, session, "paused")
    form = dock.parts.settings.form
    form.optimizer.setCurrentText("Adam")
    form.optimizer.activated.emit(form.optimizer.currentIndex())
    assert session.state.document.hyperparameters.optimizer == "Adam"
    assert _button(dock, "trainStart").text() == "Fork"
    _click(dock, "trainStart")
    _wait_for(qtbot, session, "ended")
    first, fork = session.state.watching.runs
    assert fork.first_step == first.last_step
    qtbot.waitUntil(lambda: {curve.end for curve in dock.parts.loss.canvas.curves} >= {"run 1", "run 2"})


def test_rewind_trains_the_same_run_again(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    for _ in range(2):
        _click(dock, "trainStart")
        _wait_for(qtbot, session, "ended")
        _settle(qtbot, session)
        _click(dock, "trainReset")
        _settle(qtbot, session)
    first, second = session.state.watching.runs
    np.testing.assert_array_equal(first.losses, second.losses)
    assert not _button(dock, "trainReset").isEnabled()


def test_the_learning_rate_is_turned_while_it_runs(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    assert dock.parts is not None
    session.learning.set_hyperparameters(epochs=100_000)
    _click(dock, "trainStart")
    qtbot.waitUntil(lambda: session.state.training.step > 5, timeout=WAIT_MS)
    _type(dock.parts.settings.rate, "0.025")
    qtbot.waitUntil(lambda: session.state.training.learning_rate == 0.025, timeout=WAIT_MS)
    assert session.state.training.status == "running"
    _click(dock, "trainPause")
    assert _button(dock, "trainStart").text() == "Go on"


def test_every_setting_of_a_run_is_in_the_form(session: Session, dock: TrainingDock) -> None:
    assert dock.parts is not None
    form = dock.parts.settings.form
    for name, value in (("batch_size", 7), ("epochs", 9), ("seed", 4), ("patience", 2)):
        form.counts[name].setValue(value)
        assert getattr(session.state.document.hyperparameters, name) == value
    form.schedule.setCurrentText("cosine")
    form.schedule.activated.emit(form.schedule.currentIndex())
    for field, (_, box) in form.boxes.items():
        if field.name in ("momentum", "weight_decay"):
            box.setValue(0.5)
    form.nesterov.click()
    chosen = session.state.document.hyperparameters
    assert (chosen.schedule, chosen.momentum, chosen.weight_decay, chosen.nesterov) == ("cosine", 0.5, 0.5, True)
    assert (dock.parts.settings.batch.value(), dock.parts.settings.epochs.value()) == (7, 9)
    assert form.formula.whole()
    assert "cross entropy" in dock.parts.settings.open_form.text()


def test_a_number_that_is_none_is_refused_in_a_sentence(session: Session, dock: TrainingDock) -> None:
    assert dock.parts is not None
    _type(dock.parts.settings.rate, "fast")
    assert session.state.document.hyperparameters.learning_rate == 0.1
    assert "“fast” is not a number" in session.state.status.notice


def test_a_run_that_blows_up_says_where_and_offers_to_rewind(
    qtbot: QtBot, session: Session, dock: TrainingDock
) -> None:
    assert dock.parts is not None
    session.editing.paste_layers("linear(8) relu", 2)
    _settle(qtbot, session)
    _type(dock.parts.settings.rate, "1e30")
    assert session.state.document.hyperparameters.learning_rate == 1e30
    assert dock.parts.settings.rate.text() == "1e30"
    _click(dock, "trainStart")
    _wait_for(qtbot, session, "ended")
    message = dock.findChild(RunMessage)
    assert message is not None
    assert message.isVisible()
    assert session.state.training.layer in message.label.text()
    assert session.state.status.notice == ""  # one place is enough
    assert message.rewind.isVisible()
    assert not message.halve.isVisible()
    QTest.mouseClick(message.rewind, Qt.MouseButton.LeftButton)
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
    _blow_up(session)
    _click(dock, "trainStart")
    _wait_for(qtbot, session, "ended")
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


def test_a_folded_strip_has_the_end_of_a_run_told_elsewhere(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    _blow_up(session)
    dock.inside.hide()
    _click(dock, "trainStart")
    _wait_for(qtbot, session, "ended")
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
    assert not message.rewind.isVisible()
    QTest.mouseClick(message.halve, Qt.MouseButton.LeftButton)
    assert session.state.document.hyperparameters.batch_size == 25
    _wait_for(qtbot, session, "ended")
    assert not message.halve.isVisible()


def test_data_that_do_not_fit_bring_their_mending_with_them(qtbot: QtBot, session: Session, dock: TrainingDock) -> None:
    session.files.new_network("2 linear(5)")
    qtbot.waitUntil(lambda: session.state.data.problem is not None)
    assert not _button(dock, "trainStart").isEnabled()
    message = dock.findChild(RunMessage)
    assert message is not None
    assert "5 numbers" in message.label.text()
    QTest.mouseClick(message.fix, Qt.MouseButton.LeftButton)
    assert session.state.network is not None
    assert session.state.network.shapes()[-1] == (2,)
    assert not message.isVisible()
    assert _button(dock, "trainStart").isEnabled()


def test_a_broken_network_cannot_be_trained(session: Session, dock: TrainingDock) -> None:
    session.files.new_network("3x8x8 conv(2, 31)")
    assert not _button(dock, "trainStart").isEnabled()
    assert not _button(dock, "trainOneStep").isEnabled()


# --- the list of runs ---


@pytest.fixture
def runs(session: Session, dock: TrainingDock) -> RunList:
    assert dock.parts is not None
    session.store.set(replace(session.state.watching, runs=(make_run(1), make_run(2, 80))))
    dock.parts.tabs.setCurrentIndex(1)
    found = dock.findChild(RunList)
    assert found is not None
    return found


def test_runs_are_listed_with_settings_and_best_accuracy(runs: RunList) -> None:
    newest = runs.tree.topLevelItem(0)
    assert newest is not None
    assert newest.text(RUN) == "run 2"
    assert newest.text(SETTINGS) == "SGD, learning rate 0.01, batch 64, 10 epochs, seed 0"
    assert newest.text(BEST) == "48 %"
    assert newest.text(FROM) == "–"


def test_a_fork_says_what_it_goes_on_from(session: Session, runs: RunList) -> None:
    session.store.set(replace(session.state.watching, runs=(make_run(1), make_run(2, first_step=1_040, parent=1))))
    newest = runs.tree.topLevelItem(0)
    assert newest is not None
    assert newest.text(FROM) == "run 1, step 1,040"


def test_a_followed_run_is_listed_by_the_number_that_it_has_in_the_plots(session: Session, runs: RunList) -> None:
    session.store.set(replace(session.state.watching, runs=(make_run(1), RunCurves(2, "cifar (followed)"))))
    newest = runs.tree.topLevelItem(0)
    assert newest is not None
    assert newest.text(RUN) == "run 2: cifar (followed)"


def test_a_run_is_put_away_by_its_tick_and_removed_by_its_button_or_del(
    session: Session, dock: TrainingDock, runs: RunList
) -> None:
    assert dock.parts is not None
    newest = runs.tree.topLevelItem(0)
    assert newest is not None
    newest.setCheckState(RUN, Qt.CheckState.Unchecked)
    assert not dock.parts.shown.is_shown(2)
    button = next(each for each in runs.findChildren(QAbstractButton) if each.accessibleName() == "Remove run 2")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [run.number for run in session.state.watching.runs] == [1]
    runs.tree.setCurrentItem(runs.tree.topLevelItem(0))
    QTest.keyClick(runs, Qt.Key.Key_Delete)
    assert session.state.watching.runs == ()


# --- words ---


def test_progress_is_told_in_one_line() -> None:
    run = Training("running", 1, step=1840, epoch=7, epochs=20, progress=0.25, seconds_left=180, per_second=1840.2)
    assert progress_words(run) == "epoch 7 of 20 · step 1,840 · 1,840 pictures a second · 3 min left"
    assert progress_words(replace(run, status="paused"), "examples") == "epoch 7 of 20 · step 1,840 · paused"
    assert progress_words(Training()) == ""


def test_settings_that_are_not_used_are_not_told() -> None:
    chosen = Hyperparameters(optimizer="Adam", momentum=0.9, nesterov=True, schedule="cosine", loss="mse", patience=3)
    expected = "Adam, learning rate 0.01, cosine schedule, mean squared error, batch 64, 10 epochs, seed 0, patience 3"
    assert settings_words(chosen) == expected
    assert "Nesterov" in settings_words(replace(chosen, optimizer="SGD"))


# --- in the window ---


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = open_window([])
    qtbot.addWidget(
        made, before_close_func=lambda _widget: made.session.store.set(replace(made.session.state.files, unsaved=False))
    )
    wait_until_shown(qtbot, made.session)
    made.show_late_parts()
    return made


def test_the_window_is_made_before_the_plots_library_is_imported() -> None:
    code = """
import sys
from explorer.app import application
from explorer.session import Session
from explorer.ui.shell.main_window import MainWindow
app = application()
window = MainWindow(Session(held=True))
print([name for name in ("pyqtgraph", "torch") if name in sys.modules])
window.session.close()
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout.strip() == "[]"


def test_before_there_are_data_the_strip_says_what_to_do(window: MainWindow) -> None:
    assert window.training.facts_label.whole() == READY


def test_of_a_model_that_cannot_be_trained_here_the_strip_says_so(qtbot: QtBot) -> None:
    session = Session()
    dock = TrainingDock(session, make_actions(session))
    qtbot.addWidget(dock, before_close_func=lambda _widget: session.close())
    assert dock.facts_label.whole() == READY
    session.files.adopt(nn.Sequential(nn.Conv2d(3, 2, 3)), np.zeros((3, 8, 8), np.float32), "mine")
    qtbot.waitUntil(lambda: dock.facts_label.whole() == REFUSALS[Verb.TRAIN])
    assert not dock.start.isEnabled()


def test_a_low_window_folds_the_strip_and_a_high_one_opens_it(window: MainWindow, qtbot: QtBot) -> None:
    window.session.store.set(replace(window.session.state.watching, runs=(make_run(),)))
    window.resize(1280, LOW_WINDOW - 40)
    QApplication.processEvents()
    assert window.training_dock.is_folded
    assert not window.training.inside.isVisible()
    assert _button(window, "trainStart").isVisible()
    assert window.training_dock.height() < 60
    window.resize(1440, 900)
    QApplication.processEvents()
    assert not window.training_dock.is_folded
    qtbot.waitUntil(lambda: window.training_dock.height() == HEIGHT)


def test_the_strip_keeps_the_height_that_a_person_drags_it_to(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.store.set(replace(window.session.state.watching, runs=(make_run(),)))
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: window.training_dock.height() == HEIGHT)
    monkeypatch.setattr(QGuiApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
    window.resizeDocks([window.training_dock], [300], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: settings.training_height() == 300)
    monkeypatch.undo()
    for fold in (True, False):
        window.training_dock.choose(fold)
    qtbot.waitUntil(lambda: window.training_dock.height() == 300)
    window.action("resetLayout").trigger()
    qtbot.waitUntil(lambda: window.training_dock.height() == HEIGHT)


def test_what_a_person_folded_stays_folded_until_the_layout_is_reset(window: MainWindow, qtbot: QtBot) -> None:
    window.session.store.set(replace(window.session.state.watching, runs=(make_run(),)))
    window.resize(1440, 900)
    QApplication.processEvents()
    _click(window.training_dock, "trainFold")
    assert window.training_dock.is_folded
    window.resize(1500, 950)
    QApplication.processEvents()
    assert window.training_dock.is_folded
    second = open_window([])
    qtbot.addWidget(
        second,
        before_close_func=lambda _widget: second.session.store.set(replace(second.session.state.files, unsaved=False)),
    )
    wait_until_shown(qtbot, second.session)
    assert second.training_dock.is_folded
    second.resize(1440, 900)
    second.action("resetLayout").trigger()
    assert second.training_dock.is_folded  # there is no run to see
    second.session.store.set(replace(second.session.state.watching, runs=(make_run(),)))
    assert not second.training_dock.is_folded


def test_the_strip_opened_in_a_low_window_takes_its_room_and_no_pane_lies_over_another(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.session.store.set(replace(window.session.state.watching, runs=(make_run(),)))
    window.resize(960, 600)
    QApplication.processEvents()
    assert window.training_dock.is_folded
    _click(window.training_dock, "trainFold")
    qtbot.waitUntil(lambda: window.height() == window.minimumSizeHint().height())
    assert not window.training_dock.is_folded
    qtbot.waitUntil(lambda: not _overlapping(window))
    window.resize(960, 600)
    QApplication.processEvents()
    assert window.training_dock.is_folded
    qtbot.waitUntil(lambda: not _overlapping(window))
    window.resize(1280, 800)
    QApplication.processEvents()
    assert not window.training_dock.is_folded  # as it was chosen


def _overlapping(window: MainWindow) -> list[str]:
    docks = window.docks
    pairs = ((one, other) for at, one in enumerate(docks) for other in docks[:at])
    return [
        f"{one.objectName()} {other.objectName()}"
        for one, other in pairs
        if one.geometry().intersects(other.geometry())
    ]


def test_the_strip_opens_with_the_first_run_and_leaves_the_room_to_the_debugger(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1440, 900)
    QApplication.processEvents()
    assert window.training_dock.is_folded
    window.session.store.set(replace(window.session.state.watching, runs=(make_run(),)))
    assert not window.training_dock.is_folded
    window.show_part("debugger")
    assert window.training_dock.is_folded
    window.show_part("maps")
    assert not window.training_dock.is_folded


def test_one_step_is_made_and_opens_in_the_debugger(window: MainWindow, qtbot: QtBot) -> None:
    window.session.files.new_network(MOONS)
    window.session.learning.set_hyperparameters(batch_size=20)
    window.session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: window.session.state.data.data_set is not None, timeout=WAIT_MS)
    _click(window.training_dock, "trainOneStep")
    assert window.tabs.current == "debugger"
    qtbot.waitUntil(
        lambda: (
            window.session.state.steps.timeline is not None and window.session.state.steps.timeline.batch_size == 20
        ),
        timeout=WAIT_MS,
    )
    assert window.session.state.training.status == "paused"
    assert window.session.state.training.step == 1


def test_every_train_command_is_in_the_menu_and_enabled_by_the_state(window: MainWindow) -> None:
    menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Train")
    names = [command.name for command in TRAIN_COMMANDS if not isinstance(command, str)]
    listed = [action.objectName() for action in menu.actions() if not action.isSeparator()]
    assert listed == [f"action.{name}" for name in names]
    assert window.action("trainStart").isEnabled()
    for name in ("trainPause", "trainReset", "openBatch", "exportCurves"):
        assert not window.action(name).isEnabled(), name


def test_every_control_of_the_strip_has_a_name_and_a_tip(window: MainWindow) -> None:
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider)
    parts = window.training_dock, window.training.parts.settings.form  # type: ignore[union-attr]
    controls = [each for kind in kinds for part in parts for each in part.findChildren(kind)]
    assert len(controls) > 20
    nameless = [
        f"{type(each).__name__} {each.objectName()}"
        for each in controls
        if not each.isHidden()
        and not each.objectName().startswith(("qt_", "ScrollLeft", "ScrollRight"))
        and not ((each.accessibleName() or getattr(each, "text", str)()) and each.toolTip())
    ]
    assert not nameless


def test_a_batch_is_opened_in_the_debugger(window: MainWindow, qtbot: QtBot) -> None:
    window.session.files.new_network(MOONS)
    window.session.learning.set_hyperparameters(batch_size=20)
    window.session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: window.session.state.data.data_set is not None, timeout=WAIT_MS)
    window.action("openBatch").trigger()
    assert window.tabs.current == "debugger"
    qtbot.waitUntil(
        lambda: (
            window.session.state.steps.timeline is not None and window.session.state.steps.timeline.batch_size == 20
        ),
        timeout=WAIT_MS,
    )


def test_a_runs_folder_is_followed_from_the_menu(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"step": 1, "epoch": 1, "loss": 2.0, "learning_rate": 0.1}
    (tmp_path / "metrics.jsonl").write_text(json.dumps(entry) + "\n")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_words: str(tmp_path))
    window.action("followRun").trigger()
    assert window.training.parts is not None
    qtbot.waitUntil(lambda: len(window.training.parts.loss.canvas.curves) == 3)  # type: ignore[union-attr]
    assert not window.training_dock.is_folded


@pytest.mark.parametrize("ending", [".png", ".svg", ".csv"])
def test_curves_of_runs_without_steps_are_not_written_over_an_older_file(
    window: MainWindow, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"curves{ending}"
    path.write_bytes(b"an older picture")
    window.session.store.set(replace(window.session.state.watching, runs=(RunCurves(1, "run 1"),)))
    window.findChildren(CurveSaving)[0].save_to(path)
    assert path.read_bytes() == b"an older picture"
    assert window.session.state.status.notice.startswith("There are no curves to save yet")
    assert window.session.state.status.saving is None


def test_curves_are_exported_from_the_menu(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.store.set(replace(window.session.state.watching, runs=(make_run(),)))
    answer = (str(tmp_path / "curves"), "Table, all steps (*.csv)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_words: answer)
    window.action("exportCurves").trigger()
    qtbot.waitUntil(lambda: window.session.state.status.notice == "Saved as curves.csv.", timeout=20_000)
    assert (tmp_path / "curves.csv").exists()
