"""What Train would replace is said in the strip, with the ways on as buttons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from explorer.ui.shell.main_window import MainWindow
from explorer.ui.training.question import TrainQuestion
from explorer.ui.training.run_list import FROM, RunList
from explorer.ui.training.run_words import run_tip
from tests.ui.fakes import wait_until_shown
from tests.ui.training.docked import click
from tests.ui.windows import shared_window


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(qtbot):
        made.session.learning.set_hyperparameters(epochs=1)
        yield made


def _question(window: MainWindow) -> TrainQuestion:
    found = window.findChild(TrainQuestion)
    assert found is not None
    return found


def _press(question: TrainQuestion, name: str) -> None:
    button = next(each for each in question.findChildren(QPushButton) if each.accessibleName() == name)
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_first_press_of_train_asks_in_the_strip_which_opens_for_it(window: MainWindow) -> None:
    question, classes = _question(window), window.session.state.classes
    assert window.training_dock.is_folded
    click(window, "trainStart")
    assert question.isVisible()
    assert QApplication.activeModalWidget() is None
    told = question.label.text()
    assert "it would learn Textures and tissues (brick, grass, …)" in told
    assert "in the place of its own classes (airplane, automobile, …)" in told
    assert told.endswith("Its weights stay as “before training”: undo brings them back.")
    assert window.session.state.classes == classes
    _press(question, "Not now")
    assert not question.isVisible()
    assert window.session.state.training.status == "ready"


@pytest.mark.parametrize("command", ["trainOneStep", "trainOneEpoch"])
def test_the_other_buttons_that_train_ask_too_and_agreeing_does_what_was_pressed(
    command: str, window: MainWindow, qtbot: QtBot
) -> None:
    click(window, command)
    assert window.tabs.current == "overview"
    _press(_question(window), "Train on Textures and tissues")
    qtbot.waitUntil(lambda: window.session.state.training.step > 0)
    assert not _question(window).isVisible()
    if command == "trainOneStep":
        qtbot.waitUntil(lambda: window.session.state.training.status == "paused")
        assert window.session.state.training.step == 1


def test_the_weights_that_are_kept_are_called_so_wherever_they_can_be_brought_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    """Nothing in the window was called as the question says."""
    ids = window.session.state.document.layer_ids
    click(window, "trainOneStep")
    name = "before training"
    assert f"Its weights stay as “{name}”" in _question(window).label.text()
    _press(_question(window), "Train on Textures and tissues")
    qtbot.waitUntil(lambda: window.session.state.training.status == "paused")
    run = window.session.state.watching.runs[-1]
    assert window.training.parts is not None
    window.training.parts.tabs.setCurrentIndex(1)
    runs = window.findChild(RunList)
    assert runs is not None
    runs.refresh()
    row = runs.tree.topLevelItem(0)
    assert row is not None
    assert row.text(FROM) == name
    assert f"“{name}”" in run_tip(run)
    assert window.action("undo").text() == f"Undo train, run {run.number}, from {name}"
    window.action("trainReset").trigger()
    assert window.session.state.document.layer_ids == ids
    assert window.action("undo").text() == f"Undo rewind to {name}"
    window.action("undo").trigger()
    window.action("undo").trigger()
    assert window.session.state.document.layer_ids == ids


def test_a_fresh_copy_is_a_network_of_its_own(window: MainWindow, qtbot: QtBot) -> None:
    title = window.session.state.title
    click(window, "trainOneStep")
    _press(_question(window), "Train a fresh copy")
    qtbot.waitUntil(lambda: window.session.state.training.step == 1)
    assert window.session.state.title == f"{title} copy"
    while window.session.state.title != title:
        window.action("undo").trigger()
    assert not window.session.state.document.has_fresh_weights


def test_a_network_that_no_data_fit_is_told_what_it_takes(window: MainWindow, qtbot: QtBot) -> None:
    window.session.files.new_network("3 linear(4) relu linear(2)")
    click(window, "trainStart")
    question = _question(window)
    assert question.label.text().startswith("This network takes 3 numbers")
    assert not question.train.isVisible()
    assert question.choose.isVisible()


def test_data_that_the_outputs_do_not_fit_are_not_offered_and_nothing_is_changed(
    window: MainWindow, qtbot: QtBot
) -> None:
    session = window.session
    session.files.new_network("1x5x5 conv(1, 3)")
    wait_until_shown(qtbot, session)
    session.learning.set_hyperparameters(loss="half_squared_error")
    session.learning.set_target(tuple(map(float, range(9))))
    document, target = session.state.document, session.state.steps.target
    click(window, "trainStart")
    question = _question(window)
    assert question.isVisible()
    assert question.label.text() == (
        "Textures and tissues has 10 classes, but this network gives 9 numbers. "
        "Choose data that fit it, or let it end in a linear layer with 10 outputs."
    )
    assert not question.train.isVisible()
    assert not question.copy.isVisible()
    assert question.choose.isVisible()
    click(window, "trainStart")  # a second press agrees to nothing
    assert question.isVisible()
    _press(question, "Not now")
    state = session.state
    assert state.document is document
    assert state.steps.target is target
    assert state.data.opened is None
    assert state.data.progress is None
    assert state.training.status == "ready"


def test_a_network_of_one_output_is_told_that_classes_can_be_put_into_two_groups(window: MainWindow) -> None:
    window.session.files.open_network("one-neuron")
    click(window, "trainStart")
    assert _question(window).label.text() == (
        "Textures and tissues has 10 classes, but this network gives 1 number. "
        "Choose data and put their classes into two groups, or let it end in a linear layer with 10 outputs."
    )


def test_data_that_were_chosen_for_another_network_are_not_called_unchosen(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.data.use_data("textures")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None)
    session.files.open_network("cifar10")
    wait_until_shown(qtbot, session)
    click(window, "trainStart")
    told = _question(window).label.text()
    assert told.startswith("The data were chosen for another network: it would learn Textures and tissues")


def test_ctrl_r_asks_as_the_button_does(window: MainWindow) -> None:
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert _question(window).isVisible()


@pytest.mark.parametrize("size", [(960, 560), (1280, 720), (1920, 1080)])
def test_the_question_has_its_room_in_every_window(size: tuple[int, int], window: MainWindow, qtbot: QtBot) -> None:
    window.resize(*size)
    click(window, "trainStart")
    question = _question(window)
    strip, label = window.training.inside, question.label
    parts = (label, *(each for each in question.findChildren(QPushButton) if each.isVisible()))

    def has_room() -> bool:
        places = [QRect(part.mapTo(strip, QPoint()), part.size()) for part in parts]
        is_inside = all(strip.rect().contains(place) for place in places)
        return is_inside and label.height() >= label.heightForWidth(label.width())

    qtbot.waitUntil(has_room)
    tabs = window.training.parts.tabs  # type: ignore[union-attr]
    is_below = question.mapTo(strip, QPoint()).y() >= tabs.mapTo(strip, QPoint(0, tabs.height())).y()
    assert is_below or size == (960, 560)  # there it has no room but over them
