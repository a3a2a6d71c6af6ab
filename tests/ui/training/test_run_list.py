"""The list of runs beside the curves, and the words for a run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.session import Session
from explorer.session.run_curves import EpochFigures, RunCurves
from explorer.session.train_state import Training
from explorer.ui.training.curves.view import ACCURACY
from explorer.ui.training.dock import TrainingDock
from explorer.ui.training.run_list import BEST, FROM, RUN, SETTINGS, RunList
from explorer.ui.training.run_words import progress_words, run_tip, settings_words
from tests.ui.menus import menu_at, press
from tests.ui.training.test_curve_plot import make_growing, make_run


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


def test_titles_end_where_their_figures_end(runs: RunList) -> None:
    newest, titles = runs.tree.topLevelItem(0), runs.tree.headerItem()
    assert newest is not None
    assert newest.textAlignment(BEST) & Qt.AlignmentFlag.AlignRight
    for column in range(runs.tree.columnCount()):
        ends = [item.textAlignment(column) & Qt.AlignmentFlag.AlignRight for item in (newest, titles)]
        assert ends[0] == ends[1], column


@pytest.mark.parametrize(("accuracy", "words"), [(0.99996, "> 99.9 %"), (0.0004, "< 0.1 %"), (1.0, "100 %")])
def test_the_best_accuracy_is_all_only_where_it_is(
    session: Session, runs: RunList, accuracy: float, words: str
) -> None:
    run = make_growing(2)
    run.end_epoch(EpochFigures(41, 5, 1.0, 0.5, 0.9, accuracy))
    best = replace(run.now, epochs=run.now.epochs[-1:])
    session.store.set(replace(session.state.watching, runs=(best,)))
    newest = runs.tree.topLevelItem(0)
    assert newest is not None
    assert newest.text(BEST) == words
    assert f"Best validation accuracy {words}." in run_tip(best)
    assert ACCURACY.words(100 * accuracy) == words


def test_a_fork_says_what_it_goes_on_from(session: Session, runs: RunList) -> None:
    session.store.set(replace(session.state.watching, runs=(make_run(1), make_run(2, first_step=1_040, parent=1))))
    newest = runs.tree.topLevelItem(0)
    assert newest is not None
    assert newest.text(FROM) == "run 1, step 1,040"


def test_a_fork_says_that_its_schedule_started_again() -> None:
    fork = make_run(2, first_step=1_040, parent=1)
    assert run_tip(fork).splitlines()[2] == "It went on from run 1 at step 1,040."
    cosine = replace(fork, chosen=Hyperparameters(schedule="cosine"))
    told = "It went on from run 1 at step 1,040. Its cosine schedule started again there."
    assert run_tip(cosine).splitlines()[2] == told


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


def test_progress_is_told_in_one_line() -> None:
    run = Training("running", 1, step=1840, epoch=7, epochs=20, progress=0.25, seconds_left=180, per_second=1840.2)
    assert progress_words(run) == "epoch 7 of 20 · step 1,840 · 1,840 pictures a second · 3 min left"
    assert progress_words(replace(run, status="paused"), "examples") == "epoch 7 of 20 · step 1,840 · paused"
    assert progress_words(replace(run, status="ended")) == "epoch 7 of 20 · step 1,840 · ended"  # undone meanwhile
    assert progress_words(replace(run, status="ended", epoch=20)) == "epoch 20 of 20 · step 1,840 · done"
    assert progress_words(Training()) == ""


def test_settings_that_are_not_used_are_not_told() -> None:
    chosen = Hyperparameters(optimizer="Adam", momentum=0.9, nesterov=True, schedule="cosine", loss="mse", patience=3)
    expected = "Adam, learning rate 0.01, cosine schedule, mean squared error, batch 64, 10 epochs, seed 0, patience 3"
    assert settings_words(chosen) == expected
    assert "momentum 0.9, Nesterov" in settings_words(replace(chosen, optimizer="SGD"))


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (Hyperparameters(optimizer="RMSprop", alpha=0.5), "alpha 0.5"),
        (Hyperparameters(optimizer="Adam", betas=(0.8, 0.999), weight_decay=1e-4), "betas 0.8 and 0.999, weight decay"),
        (Hyperparameters(loss="cross_entropy", label_smoothing=0.1), "label smoothing 0.1"),
    ],
)
def test_two_runs_that_differ_in_a_number_are_told_apart(chosen: Hyperparameters, words: str) -> None:
    assert words in settings_words(chosen)
    assert words not in settings_words(Hyperparameters(loss=chosen.loss, optimizer=chosen.optimizer))


def test_a_removed_run_comes_back_by_undo(session: Session, runs: RunList) -> None:
    """At Del, × and in its menu it was gone for good."""
    runs.tree.setCurrentItem(runs.tree.topLevelItem(0))
    QTest.keyClick(runs.tree, Qt.Key.Key_Delete)
    assert [run.number for run in session.state.watching.runs] == [1]
    assert session.state.files.undo_text == "remove run 2"
    session.editing.undo()
    assert [run.number for run in session.state.watching.runs] == [1, 2]
    QApplication.processEvents()
    newest = runs.tree.topLevelItem(0)
    assert newest is not None
    assert newest.text(RUN) == "run 2"
    press(menu_at(runs.tree.viewport(), runs.tree.visualItemRect(newest).center()), "Remove run 2")
    assert [run.number for run in session.state.watching.runs] == [1]
