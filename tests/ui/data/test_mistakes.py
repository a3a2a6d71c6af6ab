"""What the network got wrong, listed in the browser of data, and the words for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from explorer.engine.training.confusion import Confusion, Evaluation
from explorer.session import Session
from explorer.session.train_state import Judged
from explorer.ui.common import theme
from explorer.ui.common.text import number, short_percent
from explorer.ui.data.browser import DataBrowser
from explorer.ui.data.mistake_words import mistakes, told_group
from explorer.ui.data.open_data import MISTAKES, TRAIN
from explorer.ui.data.picture_captions import shortened
from explorer.ui.data.picture_lines import Group, Words
from tests.ui.data.browsing import (
    open_data_set,
    read_pictures,
    wait_until_open,
)


def judge(session: Session, guesses: np.ndarray, probabilities: np.ndarray | None = None) -> None:
    labels = session.state.data.data_set.test.labels
    classes = len(session.state.data.data_set.classes)
    evaluation = Evaluation(0.5, 0.9, Confusion.of(labels, guesses, classes), guesses, probabilities)
    session.store.set(replace(session.state.watching, judged=Judged(80, evaluation, labels)))


def test_mistakes_have_a_tab_and_say_what_was_taken_for_what(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    open_data_set(qtbot, browser, "textures")
    shown, test = browser.shown, session.state.data.data_set.test
    assert not shown.tabs.isTabVisible(MISTAKES)
    guesses = test.labels.copy()
    guesses[:3] = 1
    guesses[120] = 4
    chances = np.tile(np.float32([0.93, 0.042]), (1000, 1))
    chances[[1, 120]] = (0.6, 0.4), (0.99999, 1e-9)
    judge(session, guesses, chances)
    qtbot.waitUntil(lambda: shown.tabs.isTabVisible(MISTAKES))
    assert shown.tabs.tabText(MISTAKES) == "Mistakes · 4"
    shown.tabs.setCurrentIndex(MISTAKES)
    (group,) = shown.examples.grid.groups
    assert group.places.tolist() == [120, 0, 2, 1]
    assert list(group.captions) == [
        "✗ coins > 99.9 %\n✓ grass < 0.1 %",
        *["✗ grass 93 %\n✓ brick 4.2 %"] * 2,
        "✗ grass 60 %\n✓ brick 40 %",
    ]
    assert "4 of 1,000 held-out pictures wrong; the worst first." in shown.note.text()
    read_pictures(qtbot, shown.examples.grid)
    grid = shown.examples.grid
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(0, 0).center())
    assert session.state.input.picture.name == test.name_of(120)
    told = f"{test.name_of(120)}, taken for coins (> 99.9 %), is grass (< 0.1 %)"
    assert grid.accessibleDescription() == told


def test_mistakes_follow_a_run_and_stay_where_one_was_reading(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    open_data_set(qtbot, browser, "textures")
    judge(session, np.zeros(1000, np.int64))
    qtbot.waitUntil(lambda: browser.shown.tabs.isTabVisible(MISTAKES))
    browser.shown.tabs.setCurrentIndex(MISTAKES)
    bar = browser.shown.examples.grid.verticalScrollBar()
    bar.setValue(700)
    guesses = np.zeros(1000, np.int64)
    guesses[400:500] = 4
    judge(session, guesses)
    qtbot.waitUntil(lambda: browser.shown.tabs.tabText(MISTAKES) == "Mistakes · 800")
    assert len(browser.shown.examples.grid.groups[0].places) == 800
    assert bar.value() == 700


def test_a_browser_opened_after_training_begins_with_the_mistakes(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    open_data_set(qtbot, browser, "textures")
    judge(session, np.zeros(1000, np.int64))
    other = DataBrowser(session)
    qtbot.addWidget(other)
    other.show()
    assert other.shown.tabs.currentIndex() == MISTAKES
    browser.open_data("points:moons")
    wait_until_open(qtbot, session)
    assert not other.shown.tabs.isTabVisible(MISTAKES)  # what was judged is not what is open now
    assert other.shown.tabs.currentIndex() == TRAIN


def test_whose_own_class_was_given_least_stands_first() -> None:
    labels = np.array([0, 0, 1, 1, 2, 2, 2])
    guesses = np.array([0, 1, 2, 1, 0, 0, 2])
    true = np.float32([0.9, 0.3, 0.1, 0.9, 0.2, 0.1, 0.5])
    evaluation = Evaluation(0.5, 0.4, None, guesses, np.stack([1 - true, true], axis=1))
    assert mistakes(Judged(80, evaluation, labels)).tolist() == [2, 5, 4, 1]
    assert not len(mistakes(Judged(80, replace(evaluation, guesses=labels), labels)))


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0, "0 %"),
        (1e-9, "< 0.1 %"),
        (0.00042, "< 0.1 %"),
        (0.00073, "0.1 %"),
        (0.0012, "0.1 %"),
        (0.04, "4.0 %"),
        (0.0417, "4.2 %"),
        (0.93, "93 %"),
        (0.0992, "9.9 %"),
        (0.0996, "10 %"),
        (0.125, "12 %"),
        (0.864, "86 %"),
        (0.9949, "99 %"),
        (0.9994, "99.9 %"),
        (0.99999, "> 99.9 %"),
        (1, "100 %"),
        (float("nan"), "NaN"),
    ],
)
def test_a_chance_has_one_decimal_below_ten_percent_and_none_from_there_on(probability: float, words: str) -> None:
    assert short_percent(float(np.float32(probability))) == words


def test_a_class_that_is_a_number_is_not_read_as_part_of_its_chance() -> None:
    evaluation = Evaluation(0.5, 0, None, np.array([3]), np.float32([[0.93, 0.042]]))
    data = SimpleNamespace(classes=tuple("0123456789"))
    group = told_group(data, Judged(80, evaluation, np.array([8])), np.array([0]))
    assert group.captions[0] == "✗ 3 · 93 %\n✓ 8 · 4.2 %"
    assert group.told[0] == "taken for 3 (93 %), is 8 (4.2 %)"


def test_a_long_class_name_is_cut_and_its_number_stays(qapp: QApplication) -> None:
    metrics = QFontMetrics(theme.interface_font(12))
    assert shortened("✗ cat 93 %", metrics, 200) == "✗ cat 93 %"
    for number_words in (" 93 %", " < 0.1 %", " · > 99.9 %", " · 4.2 %"):
        shown = shortened(f"✗ a very long name of a class{number_words}", metrics, 90)
        assert shown.endswith(number_words)
        assert "…" in shown
        assert metrics.horizontalAdvance(shown) <= 90
    assert shortened("no number at all in this caption", metrics, 90).endswith("…")


def test_captions_of_many_mistakes_are_made_only_when_they_are_looked_at() -> None:
    asked: list[int] = []
    words = Words(np.arange(100, 20_100), lambda place: asked.append(place) or f"place {place}")
    group = Group("", np.arange(100, 20_100), captions=words)
    assert len(group.captions) == 20_000
    assert not asked
    assert (group.words(5), *group.captions[7:9]) == ("place 105", "place 107", "place 108")
    assert asked == [105, 107, 108]


def test_of_numbers_to_be_met_the_farthest_off_are_told(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "targets.npz", x=rng.normal(size=(900, 4)), y=rng.normal(size=900))
    open_data_set(qtbot, browser, str(tmp_path / "targets.npz"))
    shown, labels = browser.shown, session.state.data.data_set.test.labels
    distances = rng.random(len(labels)).astype(np.float32)
    given = (labels.reshape(len(labels), 1) + distances[:, None]).astype(np.float32)
    session.store.set(
        replace(session.state.watching, judged=Judged(80, Evaluation(0.5, distances=distances, given=given), labels))
    )
    qtbot.waitUntil(lambda: shown.tabs.isTabVisible(MISTAKES))
    assert shown.tabs.tabText(MISTAKES) == "Farthest off · 100"
    shown.tabs.setCurrentIndex(MISTAKES)
    assert "these 100 of " in shown.note.text()
    worst = int(distances.argmax())
    first = shown.examples.table.model().index(0, 0).data()
    assert first == (
        f"gave {number(given[worst, 0])} where {number(labels[worst].item())} was wanted, "
        f"off by {number(float(distances[worst]))}"
    )
