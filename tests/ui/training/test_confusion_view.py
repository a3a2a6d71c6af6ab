"""The confusion matrix: where its cells lie, what it says of them, and the examples behind a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.data.data_set import Card, DataSet
from explorer.data.splits import ArraySplit
from explorer.engine.training.confusion import Confusion, Evaluation
from explorer.session import Session
from explorer.session.train_state import Judged
from explorer.ui.common import theme
from explorer.ui.common.colour import rgb
from explorer.ui.common.text import short_percent
from explorer.ui.training.confusion.layout import cell_sentence, lay_out, least_height, summary
from explorer.ui.training.confusion.matrix import cell_colours
from explorer.ui.training.confusion.view import CHOOSE, EMPTY, NO_CLASSES, NOTHING_HELD_OUT, OTHER_DATA, ConfusionView
from explorer.ui.training.run_words import TRAIN
from tests.ui.fakes import SMALL, make_session
from tests.ui.menus import copied_by_key, menu_at, place_by_key, press, texts

CLASSES = ("cat", "dog", "frog")
DOG_AND_CAT = Confusion(((150, 48, 2), (31, 169, 0), (0, 0, 0)))


def _pictures(count: int, classes: tuple[str, ...]) -> DataSet:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (count, 16, 16, 3), np.uint8)
    labels = rng.integers(0, len(classes), count)
    held_out = ArraySplit(pixels, labels, "held-out picture")
    card = Card("noise", "Noise", "Noise.", classes=classes)
    return DataSet(card, ArraySplit(pixels, labels, "picture"), held_out, (16, 16, 3))


def _numbers(count: int) -> DataSet:
    rng = np.random.default_rng(0)
    values, labels = rng.normal(size=(count, 2)).astype(np.float32), rng.integers(0, 2, count)
    card = Card("points", "Points", "Points.", classes=("inner", "outer"))
    return DataSet(card, ArraySplit(values, labels, "point"), ArraySplit(values, labels, "held-out point"), (2,))


def _judged(data: DataSet, *, seed: int = 1, step: int = 40) -> Judged:
    """Guesses that are right two times in three."""
    assert data.test is not None
    labels, rng = data.test.labels, np.random.default_rng(seed)
    others = rng.integers(0, len(data.classes), len(labels))
    guesses = np.where(rng.random(len(labels)) < 2 / 3, labels, others)
    confusion = Confusion.of(labels, guesses, len(data.classes))
    guessed = rng.uniform(0.5, 1, len(labels))
    true = np.where(guesses == labels, guessed, (1 - guessed) * rng.random(len(labels)))
    probabilities = np.stack([guessed, true], axis=1).astype(np.float32)
    return Judged(step, Evaluation(1.0, confusion.accuracy, confusion, guesses, probabilities), labels)


Opened = Callable[..., tuple[Session, ConfusionView]]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Iterator[Opened]:
    """Opens the view on judged data; every session is closed afterwards."""
    theme.apply(qapp, "light")
    sessions = []

    def make(data: DataSet, judged: Judged | None, text: str = SMALL) -> tuple[Session, ConfusionView]:
        session = make_session(text)
        sessions.append(session)
        session.store.set(replace(session.state.data, data_set=data), replace(session.state.watching, judged=judged))
        view = ConfusionView(session)
        qtbot.addWidget(view)
        view.resize(860, 215)
        view.show()
        return session, view

    yield make
    for session in sessions:
        assert session.close()


def _click(view: ConfusionView, cell: tuple[int, int]) -> None:
    place = view.matrix.rect_of(cell).center().toPoint()
    QTest.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=place)


def _mistaken(judged: Judged) -> tuple[int, int]:
    counts = judged.evaluation.confusion.array
    np.fill_diagonal(counts, 0)
    true, guessed = np.unravel_index(counts.argmax(), counts.shape)
    return int(true), int(guessed)


# --- where cells lie ---

panes = st.tuples(st.integers(220, 1600), st.integers(90, 900))


@given(st.integers(2, 100), panes, st.integers(8, 200), st.data())
def test_the_middle_of_every_cell_is_that_cell_and_lies_in_the_pane(
    size: int, pane: tuple[int, int], longest: int, data: st.DataObject
) -> None:
    layout = lay_out(size, pane, longest=longest)
    cell = data.draw(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)))
    left, top, width, height = layout.rect(cell)
    assert layout.at(left + width / 2, top + height / 2) == cell
    assert QRect(QPoint(), QPoint(*pane)).contains(QPointF(left + width, top + height).toPoint())
    assert layout.at(layout.left - 1, top) is None
    assert layout.at(left, layout.bottom + 1) is None


def test_few_classes_are_named_and_a_hundred_are_left_to_the_hover() -> None:
    assert (lay_out(2, (560, 190), longest=60).columns, lay_out(2, (560, 190), longest=60).has_rows) == ("flat", True)
    assert lay_out(20, (700, 600), longest=60).columns == "turned"
    many = lay_out(100, (560, 190), longest=60)
    assert (many.columns, many.has_rows) == ("none", False)


@given(st.integers(2, 40), st.integers(400, 1600), st.integers(8, 110))
def test_every_row_has_its_name_in_the_height_from_which_on_nothing_scrolls(
    size: int, width: int, longest: int
) -> None:
    assert lay_out(size, (width, least_height(size)), longest=longest).has_rows


def test_where_it_is_low_the_title_gives_its_line_to_the_rows() -> None:
    low, high = (lay_out(10, (639, height), longest=66) for height in (least_height(10), 162))
    assert (low.has_title, low.has_rows, low.columns) == (False, True, "flat")
    assert (high.has_title, high.height) == (True, 12)


# --- what is said ---


def test_a_cell_is_told_in_a_sentence() -> None:
    assert cell_sentence(DOG_AND_CAT, CLASSES, (1, 0)) == "dog taken for cat: 31 of 200, 15.5 %."
    assert cell_sentence(DOG_AND_CAT, CLASSES, (0, 0)) == "cat recognised: 150 of 200, 75 %."
    assert cell_sentence(DOG_AND_CAT, CLASSES, (2, 1)) == "No held-out example is of class frog."
    assert cell_sentence(DOG_AND_CAT, ("cat",), (1, 1)) == "class 1 recognised: 169 of 200, 84.5 %."


def test_accuracy_and_balanced_accuracy_are_those_of_the_guesses() -> None:
    labels, guesses = torch.tensor([0, 0, 0, 0, 1, 1]), torch.tensor([0, 0, 0, 1, 1, 0])
    right = (labels == guesses).double()
    balanced = torch.stack([right[labels == each].mean() for each in (0, 1)]).mean()
    words = summary(Confusion.of(labels.numpy(), guesses.numpy(), 2), 1200)
    assert (
        words
        == f"6 held-out examples at step 1,200: accuracy {100 * right.mean():.1f} %, balanced {100 * balanced:.1f} %."
    )


def test_a_balanced_figure_says_of_how_many_classes_it_is_and_none_is_given_of_one() -> None:
    assert summary(DOG_AND_CAT, 7).endswith("balanced 79.8 % over 2 of 3 classes.")
    alone = Confusion(((4, 0), (0, 0)))
    assert (alone.known, alone.balanced_accuracy) == (1, None)
    assert summary(alone, 7) == "4 held-out examples at step 7: accuracy 100 %. They are all of one class."


@given(st.lists(st.lists(st.integers(0, 500), min_size=4, max_size=4), min_size=4, max_size=4))
def test_colour_grows_with_the_share_of_the_row_and_nothing_looks_like_nothing(rows: list[list[int]]) -> None:
    counts = np.array(rows)
    colours, pane = cell_colours(counts)[..., :3].astype(int), np.array(rgb(theme.current().pane))
    distance = np.abs(colours - pane).sum(axis=-1)
    assert (distance[counts == 0] == 0).all()
    off = ~np.eye(4, dtype=bool)
    for true in range(4):
        order = np.argsort(counts[true][off[true]])
        assert (np.diff(distance[true][off[true]][order]) >= 0).all()


# --- the view ---


def test_the_matrix_follows_the_evaluation_and_the_mouse(opened: Opened, qtbot: QtBot) -> None:
    data = _pictures(90, CLASSES)
    judged = _judged(data)
    session, view = opened(data, judged)
    assert view.words.whole() == summary(judged.evaluation.confusion, 40, noun="picture")
    QTest.mouseMove(view.matrix, view.matrix.rect_of((1, 2)).center().toPoint())
    expected = cell_sentence(judged.evaluation.confusion, CLASSES, (1, 2))
    qtbot.waitUntil(lambda: view.words.whole() == expected)
    assert view.matrix.accessibleDescription() == expected
    later = _judged(data, seed=2, step=80)
    session.store.set(replace(session.state.watching, judged=later))
    qtbot.waitUntil(lambda: "step 80" in view.words.whole())


def test_a_click_shows_the_held_out_pictures_behind_the_cell(opened: Opened, qtbot: QtBot) -> None:
    data = _pictures(90, CLASSES)
    judged = _judged(data)
    _, view = opened(data, judged)
    true, guessed = _mistaken(judged)
    _click(view, (true, guessed))
    behind = np.flatnonzero((data.test.labels == true) & (judged.evaluation.guesses == guessed))
    (group,) = view.behind.pictures.groups
    assert sorted(group.places.tolist()) == behind.tolist()
    true_chances = judged.evaluation.probabilities[group.places, 1]
    assert (np.diff(true_chances) >= 0).all()
    guess, own = group.captions[0].split("\n")
    assert guess.startswith(f"✗ {CLASSES[guessed]} ")
    assert guess.endswith(" %")
    assert own == f"✓ {CLASSES[true]} {short_percent(float(true_chances[0]))}"
    assert view.behind.isVisible()
    assert view.behind.title.whole() == cell_sentence(judged.evaluation.confusion, CLASSES, (true, guessed))
    qtbot.waitUntil(lambda: not view.behind.pictures.is_reading)
    _click(view, (true, guessed))
    assert not view.behind.isVisible()


def test_a_picture_behind_a_cell_is_shown_to_the_network_with_its_class_as_the_target(
    opened: Opened, qtbot: QtBot
) -> None:
    data = _pictures(90, CLASSES)
    judged = _judged(data)
    session, view = opened(data, judged)
    cell = _mistaken(judged)
    _click(view, cell)
    place = view.behind.pictures.rect_of(0, 0).center()
    QTest.mouseClick(view.behind.pictures.viewport(), Qt.MouseButton.LeftButton, pos=place)
    first = int(judged.evaluation.behind(judged.labels, *cell)[0])
    assert session.state.input.picture.name == data.test.name_of(first)
    np.testing.assert_array_equal(session.state.input.picture.pixels, data.test.inputs([first])[0])
    assert session.state.steps.target == cell[0]
    qtbot.waitUntil(lambda: not session.state.maps.computing, timeout=60_000)


def test_an_empty_cell_says_so_and_shows_no_picture(opened: Opened) -> None:
    data = _pictures(60, CLASSES)
    judged = _judged(data)
    right = replace(judged.evaluation, confusion=Confusion.of(judged.labels, judged.labels, 3), guesses=judged.labels)
    _, view = opened(data, replace(judged, evaluation=right))
    _click(view, (0, 1))
    assert ": 0 of " in view.behind.title.whole()
    assert view.behind.pictures.groups == ()


def test_the_keys_walk_over_the_matrix_and_enter_opens_a_cell(opened: Opened) -> None:
    data = _pictures(90, CLASSES)
    judged = _judged(data)
    _, view = opened(data, judged)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(view.matrix, key)
    assert view.behind.isVisible()
    assert view.behind.title.whole() == cell_sentence(judged.evaluation.confusion, CLASSES, (1, 1))
    QTest.keyClick(view.matrix, Qt.Key.Key_Up)
    QTest.keyClick(view.matrix, Qt.Key.Key_Up)
    assert view.words.whole().startswith("cat taken for dog")


def test_the_pictures_stay_where_a_later_epoch_has_the_same_behind_the_cell(opened: Opened, qtbot: QtBot) -> None:
    data = _pictures(90, CLASSES)
    judged = _judged(data)
    session, view = opened(data, judged)
    _click(view, _mistaken(judged))
    (before,) = view.behind.pictures.groups
    session.store.set(replace(session.state.watching, judged=replace(judged, step=80)))
    qtbot.waitUntil(lambda: "step 80" in view.words.whole())
    assert view.behind.pictures.groups[0] is before


def test_the_chances_follow_a_later_epoch_though_the_pictures_are_the_same(opened: Opened, qtbot: QtBot) -> None:
    data = _pictures(90, CLASSES)
    judged = _judged(data)
    session, view = opened(data, judged)
    _click(view, (0, 0))
    (before,) = view.behind.pictures.groups
    sure = np.full_like(judged.evaluation.probabilities, 0.875)
    session.store.set(
        replace(
            session.state.watching,
            judged=replace(judged, step=80, evaluation=replace(judged.evaluation, probabilities=sure)),
        )
    )
    qtbot.waitUntil(lambda: "step 80" in view.words.whole())
    (after,) = view.behind.pictures.groups
    assert sorted(after.places) == sorted(before.places)
    assert set(after.captions) == {"✓ cat 88 %"}
    assert set(after.told) == {"recognised as cat (88 %)"}


def test_rows_of_numbers_are_listed_and_shown_to_the_network(opened: Opened, qtbot: QtBot) -> None:
    data = _numbers(80)
    judged = _judged(data)
    session, view = opened(data, judged, "2 linear(4) relu linear(2)")
    _click(view, (0, 0))
    behind = judged.evaluation.behind(judged.labels, 0, 0)
    assert view.behind.rows.count() == len(behind)
    rows = view.behind.rows
    first, share = rows.model().index(0, 0), short_percent(float(judged.evaluation.probabilities[behind[0], 1]))
    assert f"✓ inner {share}" in first.data()
    assert f"recognised as inner ({share})" in first.data(Qt.ItemDataRole.AccessibleTextRole)
    second = rows.visualRect(rows.model().index(1, 0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=second)
    np.testing.assert_array_equal(session.state.input.numbers, data.test.inputs([int(behind[1])])[0])
    assert session.state.steps.target == 0
    qtbot.waitUntil(lambda: not session.state.maps.computing, timeout=60_000)


def _rows_of_ten(opened: Opened) -> ConfusionView:
    """The view in the strip of a window of 1280 by 720, with ten classes."""
    data = _pictures(400, tuple(f"class number {place}" for place in range(10)))
    _, view = opened(data, _judged(data))
    view.resize(970, 112)
    QApplication.processEvents()
    return view


def _strip(view: ConfusionView, *, top: int, height: int) -> QImage:
    """A part of what is seen, left of the cells."""
    return view.scrolled.viewport().grab(QRect(0, top, int(view.matrix.rect_of((0, 0)).left()) - 1, height)).toImage()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_ten_classes_keep_their_names_in_a_low_strip_and_scroll(opened: Opened, qapp: QApplication, mode: str) -> None:
    view = _rows_of_ten(opened)
    theme.apply(qapp, mode)
    bar, rect = view.scrolled.verticalScrollBar(), view.matrix.rect_of((0, 0))
    assert rect.height() >= 12
    assert bar.maximum() > 0
    blank = QColor(theme.current().pane).rgb()
    for row in range(4):
        strip = _strip(view, top=round(rect.top() + row * rect.height()) + 1, height=10)
        inked = {strip.pixel(x, y) for x in range(strip.width()) for y in range(strip.height())} - {blank}
        assert inked, f"row {row} has no name"


def test_the_names_of_the_columns_stay_while_the_rows_scroll(opened: Opened) -> None:
    view = _rows_of_ten(opened)
    bar, head = view.scrolled.verticalScrollBar(), int(view.matrix.rect_of((0, 0)).top())
    area = QRect(0, 0, view.scrolled.viewport().width(), head - 2)
    before = view.scrolled.viewport().grab(area).toImage()
    bar.setValue(bar.maximum())
    assert view.scrolled.viewport().grab(area).toImage() == before
    chosen = []
    view.matrix.chosen.connect(chosen.append)
    under = QPoint(int(view.matrix.rect_of((0, 4)).center().x()), bar.value() + head // 2)
    QTest.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=under)
    assert chosen == []


def test_the_keys_bring_their_cell_into_sight(opened: Opened) -> None:
    view = _rows_of_ten(opened)
    for _ in range(10):
        QTest.keyClick(view.matrix, Qt.Key.Key_Down)
    bar, head = view.scrolled.verticalScrollBar(), view.matrix.rect_of((0, 0)).top()
    assert bar.value() == bar.maximum()
    for row in range(8, -1, -1):
        QTest.keyClick(view.matrix, Qt.Key.Key_Up)
        assert view.matrix.rect_of((row, 0)).top() - bar.value() >= head - 1, f"row {row} is under the head"


def test_it_speaks_of_what_the_data_hold(opened: Opened, qtbot: QtBot) -> None:
    data = _numbers(80)
    _, view = opened(data, _judged(data), "2 linear(4) relu linear(2)")
    assert view.words.whole().startswith("80 held-out points at step 40")
    assert view.hint.text() == CHOOSE.format(noun="point")
    assert "the points behind it" in view.matrix.toolTip()


@pytest.mark.parametrize("size", [2, 10, 37, 100])
def test_any_number_of_classes_is_painted(opened: Opened, size: int) -> None:
    classes = tuple(f"class number {place}" for place in range(size))
    data = _pictures(20 * size, classes)
    judged = _judged(data)
    _, view = opened(data, judged)
    image = view.matrix.grab().toImage()
    expected = cell_colours(judged.evaluation.confusion.array)
    rect = view.matrix.rect_of((0, size - 1))
    if min(rect.width(), rect.height()) > 6:
        corner = image.pixelColor(round(rect.left() + 2), round(rect.top() + 2))
        assert (corner.red(), corner.green(), corner.blue()) == tuple(expected[0, size - 1, :3].tolist())
    _click(view, (size - 1, 0))
    assert view.behind.title.whole() == cell_sentence(judged.evaluation.confusion, classes, (size - 1, 0))


# --- where there is none ---


def test_where_there_is_no_matrix_it_says_why(opened: Opened, qtbot: QtBot) -> None:
    data = _pictures(30, CLASSES)
    session, view = opened(data, None)
    shown = view.empty.label
    assert shown.text() == f"{EMPTY.format(noun='picture')} {TRAIN}"
    session.store.set(replace(session.state.data, data_set=replace(data, test=None)))
    qtbot.waitUntil(lambda: shown.text() == NOTHING_HELD_OUT)
    session.store.set(
        replace(session.state.data, data_set=_pictures(30, CLASSES)),
        replace(session.state.watching, judged=_judged(data)),
    )
    qtbot.waitUntil(lambda: shown.text() == OTHER_DATA)
    numbers = ArraySplit(np.zeros((4, 2), np.float32), np.zeros((4, 1), np.float32), "row")
    session.store.set(
        replace(session.state.data, data_set=DataSet(Card("sum", "Sums", "Sums."), numbers, numbers, (2,)))
    )
    qtbot.waitUntil(lambda: shown.text() == NO_CLASSES)


def test_a_hidden_view_waits_until_it_is_shown(opened: Opened) -> None:
    data = _pictures(30, CLASSES)
    session, view = opened(data, _judged(data))
    view.hide()
    session.store.set(replace(session.state.watching, judged=_judged(data, step=80)))
    assert "step 40" in view.words.whole()
    view.show()
    assert "step 80" in view.words.whole()


def test_a_cell_can_be_copied_and_leads_to_what_is_behind_it(opened: Opened) -> None:
    data = _pictures(60, CLASSES)
    judged = _judged(data)
    confusion = judged.evaluation.confusion
    assert confusion is not None
    session, view = opened(data, judged)
    at = view.matrix.rect_of((1, 0)).center().toPoint()
    assert texts(menu_at(view.matrix, at)) == [
        "Copy value",
        "Copy picture",
        "Copy the whole table",
        "Show the pictures behind it",
    ]
    assert copied_by_key(view.matrix, view.matrix, at) == str(confusion.counts[1][0])
    assert session.state.status.notice.startswith("On the clipboard, of dog taken for cat: ")
    QTest.keyClick(view.matrix, Qt.Key.Key_Right)
    assert copied_by_key(view.matrix, view.matrix) == str(confusion.counts[1][1])
    assert view.matrix.rect_of((1, 1)).contains(place_by_key(view.matrix))
    press(menu_at(view.matrix, at), "Copy the whole table")
    rows = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
    assert rows[0][1:] == [row[0] for row in rows[1:]] == list(CLASSES)
    assert [[int(cell) for cell in row[1:]] for row in rows[1:]] == [list(row) for row in confusion.counts]
    press(menu_at(view.matrix, at), "Show the pictures behind it")
    assert view.behind.title.text().startswith("dog taken for cat")
    grid = view.behind.pictures
    place = int(grid.groups[0].places[0])
    spot = grid.rect_of(0, 0).center()
    press(menu_at(grid.viewport(), spot), "Copy picture")
    assert data.test is not None
    image = QGuiApplication.clipboard().image()
    assert image.pixelColor(3, 5).getRgb()[:3] == tuple(data.test.inputs([place])[0][5, 3].tolist())
    press(menu_at(grid.viewport(), spot), "Show it to the network")
    assert session.state.input.picture is not None
    np.testing.assert_array_equal(session.state.input.picture.pixels, data.test.inputs([place])[0])
