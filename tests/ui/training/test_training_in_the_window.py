"""The strip of training in its window: folded and opened, with the debugger, the menu and the files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMetaMethod, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.app import open_window
from explorer.session import Session, Verb
from explorer.session.run_curves import RunCurves
from explorer.session.subjects.own_model import REFUSALS
from explorer.ui.common import settings
from explorer.ui.common.typed_box import TypedBox
from explorer.ui.debugger.view import LEAST_STAGE, Debugger
from explorer.ui.shell.main_window import FIRST_SIZE, MINIMUM_SIZE, MainWindow
from explorer.ui.training.commands import TRAIN_COMMANDS
from explorer.ui.training.confusion.view import ConfusionView
from explorer.ui.training.curves.saving import CurveSaving
from explorer.ui.training.curves.view import CurvePlot
from explorer.ui.training.dock import HEIGHT, READY, TrainingDock
from explorer.ui.training.film.bar import FilmBar
from explorer.ui.training.health.strip import HealthStrip
from explorer.ui.training.run_list import RunList
from explorer.ui.training.run_words import TRAIN
from explorer.ui.training.shown_runs import ShownRuns
from tests.ui.fakes import make_actions, make_session, wait_until_recorded, wait_until_shown
from tests.ui.training.docked import MOONS, WAIT_MS, button_of, click
from tests.ui.training.test_curve_plot import make_run
from tests.ui.windows import shared_window, whole_window

PANES: tuple[Callable[..., QWidget], ...] = (CurvePlot, HealthStrip, FilmBar, ConfusionView, RunList)


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(shared: MainWindow, qtbot: QtBot) -> Iterator[MainWindow]:
    """The one that the tests share, put back afterwards: without runs, and laid out as at first."""
    first = shared.session.state
    yield shared
    shared.session.store.set(first.watching, first.status)
    shared.show_part("overview")
    shared.resize(*FIRST_SIZE)
    shared.reset_layout()
    qtbot.waitUntil(lambda: not shared.session.store.runner.is_busy())
    state = shared.session.state
    assert (state.document, state.watching, state.training) == (first.document, first.watching, first.training)
    assert shared.training_dock.is_folded


@pytest.fixture
def own_window(qtbot: QtBot) -> MainWindow:
    """For another network, or a run that goes on."""
    return whole_window(qtbot)


def test_the_window_is_made_before_the_plots_library_is_imported() -> None:
    code = """
import sys
from explorer.app import application
from explorer.session import Session
from explorer.ui.shell.main_window import FIRST_SIZE, MINIMUM_SIZE, MainWindow
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
    session.files.adopt(nn.Sequential(nn.Conv2d(3, 2, 3)), np.zeros((3, 8, 8), np.float32)[None], "mine")
    qtbot.waitUntil(lambda: dock.facts_label.whole() == REFUSALS[Verb.TRAIN])
    assert not dock.start.isEnabled()


@pytest.mark.parametrize("made", PANES, ids=lambda made: made.__name__)
def test_no_pane_offers_to_train_what_cannot_be_trained_here(
    made: Callable[..., QWidget], qtbot: QtBot, qapp: QApplication
) -> None:
    """ "Train starts a run." stood below "train it in that program"."""
    session = make_session("3x8x8 conv(2, 3)")
    pane = made(session, ShownRuns(qapp)) if made is RunList else made(session)
    qtbot.addWidget(pane)
    pane.show()

    def said() -> str:
        return " ".join(label.text() for label in pane.findChildren(QLabel) if label.isVisible())

    qtbot.waitUntil(lambda: TRAIN in said())
    session.files.adopt(nn.Sequential(nn.Conv2d(3, 2, 3)), np.zeros((1, 3, 8, 8), np.float32), "mine")
    qtbot.waitUntil(lambda: TRAIN not in said())
    assert len(said()) > len(TRAIN)
    assert session.close()


def test_nothing_but_a_person_opens_or_folds_the_strip(window: MainWindow, qtbot: QtBot) -> None:
    dock = window.training_dock
    for chosen_folded in (True, False):
        if dock.is_folded is not chosen_folded:
            click(dock, "trainFold")
        window.session.store.set(replace(window.session.state.watching, runs=(make_run(),)))
        for tab in ("debugger", "maps", "overview"):
            window.show_part(tab)
            assert dock.is_folded is chosen_folded
        for size in ((1280, 720), (1440, 900), (1920, 1080)):
            window.resize(*size)
            QApplication.processEvents()
            assert dock.is_folded is chosen_folded
        assert window.training.inside.isVisible() is not chosen_folded
        assert button_of(window, "trainStart").isVisible()
        window.session.store.set(replace(window.session.state.watching, runs=()))


def test_opened_it_takes_its_usual_height_and_folded_the_height_of_its_title(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1440, 900)
    click(window.training_dock, "trainFold")
    qtbot.waitUntil(lambda: window.training_dock.height() == HEIGHT)
    click(window.training_dock, "trainFold")
    qtbot.waitUntil(lambda: window.training_dock.height() < 60)


def test_in_a_large_window_the_open_strip_has_a_share_of_the_height(window: MainWindow, qtbot: QtBot) -> None:
    """On a screen of 2560 × 1440 a confusion matrix of ten classes had rows of twelve pixels."""
    window.resize(1440, 900)
    window.training_dock.unfold()
    qtbot.waitUntil(lambda: window.training_dock.height() == HEIGHT)
    for height, expected in ((1440, 360), (900, HEIGHT)):
        window.resize(2000, height)
        qtbot.waitUntil(lambda expected=expected: window.training_dock.height() == expected)


def test_the_strip_keeps_the_height_that_a_person_drags_it_to(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.resize(1440, 900)
    window.training_dock.unfold()
    qtbot.waitUntil(lambda: window.training_dock.height() == HEIGHT)
    monkeypatch.setattr(QGuiApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
    window.resizeDocks([window.training_dock], [300], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: settings.training_height() == 300)
    monkeypatch.undo()
    for fold in (True, False):
        window.training_dock.choose(fold)
    qtbot.waitUntil(lambda: window.training_dock.height() == 300)
    window.action("resetLayout").trigger()
    assert window.training_dock.is_folded
    window.training_dock.unfold()
    qtbot.waitUntil(lambda: window.training_dock.height() == HEIGHT)


def test_what_a_person_opened_is_open_at_the_next_start_as_high_as_it_was(window: MainWindow, qtbot: QtBot) -> None:
    window.training_dock.unfold()
    settings.set_training_height(300)
    second = open_window([])
    qtbot.addWidget(second)
    wait_until_shown(qtbot, second.session)
    assert not second.training_dock.is_folded
    second.resize(1440, 900)
    qtbot.waitUntil(lambda: second.training_dock.height() == 300)
    second.action("resetLayout").trigger()
    assert second.training_dock.is_folded


def test_the_strip_opened_in_a_low_window_takes_its_room_and_no_pane_lies_over_another(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(960, 600)
    QApplication.processEvents()
    assert not _overlapping(window)
    click(window.training_dock, "trainFold")
    qtbot.waitUntil(lambda: window.height() >= window.minimumSizeHint().height())
    qtbot.waitUntil(lambda: not _overlapping(window))
    window.resize(960, 600)
    QApplication.processEvents()
    assert not window.training_dock.is_folded
    qtbot.waitUntil(lambda: not _overlapping(window))
    click(window.training_dock, "trainFold")
    qtbot.waitUntil(lambda: window.minimumHeight() == MINIMUM_SIZE[1])


def _overlapping(window: MainWindow) -> list[str]:
    docks = window.docks
    pairs = ((one, other) for at, one in enumerate(docks) for other in docks[:at])
    return [
        f"{one.objectName()} {other.objectName()}"
        for one, other in pairs
        if one.geometry().intersects(other.geometry())
    ]


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
def test_beside_the_open_strip_the_debugger_keeps_a_stage_to_look_at(
    window: MainWindow, qtbot: QtBot, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.show_part("debugger")
    wait_until_recorded(qtbot, window.session)
    window.training_dock.unfold()
    qtbot.waitUntil(lambda: window.training.inside.isVisible())
    debugger = window.view("debugger")
    assert isinstance(debugger, Debugger)
    assert (window.width(), window.height()) == size
    qtbot.waitUntil(lambda: not _overlapping(window))
    qtbot.waitUntil(lambda: debugger.stage.visibleRegion().boundingRect().height() >= LEAST_STAGE)


def test_one_step_leaves_the_tab_and_the_step_is_a_press_away(own_window: MainWindow, qtbot: QtBot) -> None:
    own_window.session.files.new_network(MOONS)
    own_window.session.learning.set_hyperparameters(batch_size=20)
    own_window.session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: own_window.session.state.data.data_set is not None, timeout=WAIT_MS)
    look = own_window.training.message.look
    assert not look.isVisible()
    chosen = own_window.session.state.selection
    click(own_window.training_dock, "trainOneStep")
    qtbot.waitUntil(look.isVisible, timeout=WAIT_MS)
    assert own_window.tabs.current == "overview"
    assert own_window.session.state.selection == chosen
    assert own_window.session.state.training.status == "paused"
    assert own_window.session.state.training.step == 1
    assert own_window.training.message.label.whole() == "epoch 1 of 10 · step 1 · paused"
    QTest.mouseClick(look, Qt.MouseButton.LeftButton)
    assert own_window.tabs.current == "debugger"
    timeline = own_window.session.state.steps.timeline
    assert timeline is not None
    assert timeline.batch_size == 20
    assert not look.isVisible()


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


def test_every_box_for_a_number_says_why_it_takes_none(window: MainWindow) -> None:
    """Whatever it is connected to says it: what is not a number would be put back in silence."""
    parts = window.training.parts
    assert parts is not None
    for index in range(parts.tabs.count()):
        parts.tabs.setCurrentIndex(index)
    parts.tabs.setCurrentIndex(0)
    boxes = [each for each in window.findChildren(QAbstractSpinBox) if isinstance(each, TypedBox)]
    assert len(boxes) > 20
    silent = [
        each.accessibleName()
        for each in boxes
        if not each.isSignalConnected(QMetaMethod.fromSignal(each.refused))  # type: ignore[attr-defined]
    ]
    assert not silent


def test_a_batch_is_opened_in_the_debugger(own_window: MainWindow, qtbot: QtBot) -> None:
    own_window.session.files.new_network(MOONS)
    own_window.session.learning.set_hyperparameters(batch_size=20)
    own_window.session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: own_window.session.state.data.data_set is not None, timeout=WAIT_MS)
    own_window.action("openBatch").trigger()
    assert own_window.tabs.current == "debugger"
    qtbot.waitUntil(
        lambda: (
            own_window.session.state.steps.timeline is not None
            and own_window.session.state.steps.timeline.batch_size == 20
        ),
        timeout=WAIT_MS,
    )


def test_a_runs_folder_is_followed_from_the_menu(
    own_window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"step": 1, "epoch": 1, "loss": 2.0, "learning_rate": 0.1}
    (tmp_path / "metrics.jsonl").write_text(json.dumps(entry) + "\n")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_words: str(tmp_path))
    own_window.action("followRun").trigger()
    assert own_window.training.parts is not None
    qtbot.waitUntil(lambda: len(own_window.training.parts.loss.canvas.curves) == 3)  # type: ignore[union-attr]
    assert not own_window.training_dock.is_folded


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
