"""Grouping classes in the data window, as a person would: begin with one, change a box, look at the counts, use it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from explorer.data import ClassGroup
from explorer.session import Session
from explorer.ui.data.browser import DataBrowser
from explorer.ui.data.class_groups import ClassGroups
from explorer.ui.data.lines import ProblemLine
from explorer.ui.data.open_data import GROUPS, TEST, TRAIN
from tests.ui.data.browsing import click, open_data_set

CIFAR = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@pytest.fixture
def page(browser: DataBrowser, qtbot: QtBot, tmp_path: Path) -> ClassGroups:
    """The page of the groups over a folder of pictures with CIFAR-10's classes, five each, one of them held out."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for name in CIFAR:
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for at in range(5):
            pixels = rng.integers(0, 255, (32, 32, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / name / f"{at}.png")
    open_data_set(qtbot, browser, str(tmp_path / "pictures"))
    browser.shown.tabs.setCurrentIndex(GROUPS)
    found = browser.findChild(ClassGroups, "classGroups")
    assert found is not None
    assert found.isVisible()
    return found


def box(page: ClassGroups, name: str) -> QComboBox:
    return next(each for each in page.findChildren(QComboBox) if each.accessibleName() == name)


def words(page: ClassGroups, name: str) -> str:
    label = page.findChild(QLabel, name)
    assert label is not None
    return label.text()


def begin(page: ClassGroups, with_what: str) -> None:
    chosen = box(page, "Begin with")
    at = chosen.findText(with_what)
    assert at >= 0, [chosen.itemText(each) for each in range(chosen.count())]
    chosen.setCurrentIndex(at)
    chosen.activated.emit(at)


def press(page: ClassGroups, name: str) -> None:
    button = page.findChild(QPushButton, name)
    assert button is not None
    assert button.isEnabled()
    click(button)


def test_animals_and_vehicles_are_a_press_away_and_the_counts_are_shown_before(
    page: ClassGroups, browser: DataBrowser, session: Session
) -> None:
    begin(page, "animal and vehicle")
    assert words(page, "groupsPreview").splitlines() == [
        "animal: 6 classes, 24 to learn from, 6 held out",
        "vehicle: 4 classes, 16 to learn from, 4 held out",
        "A network with one output gives the probability of vehicle.",
    ]
    assert session.state.document.class_groups == ()
    press(page, "useGroups")
    data = session.state.data.data_set
    assert data.classes == ("animal", "vehicle")
    assert data.train.counts().tolist() == [24, 16]
    assert page.isVisible()
    assert browser.shown.tabs.tabText(TRAIN) == "Training · 40"
    assert browser.shown.tabs.tabText(TEST) == "Held out · 10"
    press(page, "ungroup")
    assert session.state.data.data_set.classes == CIFAR


def test_a_class_whose_box_is_emptied_is_left_out(page: ClassGroups, session: Session) -> None:
    begin(page, "cat against the rest")
    box(page, "Group of truck").setEditText("")
    box(page, "Group of dog").setEditText("cat")
    assert words(page, "groupsPreview").startswith("the rest: 7 classes, 28 to learn from, 7 held out\ncat: 2 classes")
    press(page, "useGroups")
    assert session.state.document.class_groups == (
        ClassGroup("the rest", ("airplane", "automobile", "bird", "deer", "frog", "horse", "ship")),
        ClassGroup("cat", ("cat", "dog")),
    )


def test_one_group_alone_is_refused_before_it_is_used(page: ClassGroups) -> None:
    for name in CIFAR:
        box(page, f"Group of {name}").setEditText("thing")
    assert words(page, "groupsFault") == "A network needs two groups to tell apart."
    assert not page.findChild(QPushButton, "useGroups").isEnabled()


def test_undo_shows_the_classes_as_they_were(page: ClassGroups, session: Session) -> None:
    begin(page, "animal and vehicle")
    press(page, "useGroups")
    assert box(page, "Group of ship").currentText() == "vehicle"
    session.editing.undo()
    assert box(page, "Group of ship").currentText() == "ship"


def test_the_beginning_is_the_one_whose_groups_are_filled_in(page: ClassGroups, session: Session) -> None:
    begin(page, "animal and vehicle")
    press(page, "useGroups")
    beginning = box(page, "Begin with")
    session.editing.undo()
    assert beginning.currentText() == "each class by itself"
    session.editing.redo()
    assert beginning.currentText() == "animal and vehicle"
    box(page, "Group of ship").setEditText("animal")
    assert beginning.currentIndex() == -1


def test_two_groups_for_ten_outputs_offer_all_cures_one_output_first(
    page: ClassGroups, browser: DataBrowser, session: Session
) -> None:
    begin(page, "animal and vehicle")
    press(page, "useGroups")
    line = browser.shown.findChild(ProblemLine, "dataProblem")
    assert line is not None
    assert "animal" not in line.sentence.text()
    shown = [button.text() for button in line.findChildren(QPushButton) if button.isVisible()]
    assert shown == ["Give the last layer 1 output", "or: give the last layer 2 outputs"]
    click(next(button for button in line.findChildren(QPushButton) if button.text() == shown[1]))
    assert session.state.network.shapes()[-1] == (2,)
    assert not line.isVisible()


def test_escape_in_the_box_of_a_name_leaves_the_box_and_keeps_the_window_and_the_other_groups(
    page: ClassGroups, browser: DataBrowser
) -> None:
    begin(page, "animal and vehicle")
    truck, dog = box(page, "Group of truck"), box(page, "Group of dog")
    QTest.mouseClick(dog.lineEdit(), Qt.MouseButton.LeftButton)
    QTest.keyClick(dog, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(dog, "pet")
    QTest.mouseClick(truck.lineEdit(), Qt.MouseButton.LeftButton)
    QTest.keyClick(truck, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(truck, "lorry")
    assert truck.currentText() == "lorry"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert browser.isVisible()
    assert page.isVisible()
    assert truck.currentText() == "vehicle"
    assert not truck.hasFocus()
    assert dog.currentText() == "pet"
    assert words(page, "groupsPreview").splitlines()[:2] == [
        "animal: 5 classes, 20 to learn from, 5 held out",
        "vehicle: 4 classes, 16 to learn from, 4 held out",
    ]
