"""The browser of data, driven as a person would: cards, downloads that ask first, pictures, mistakes, augmentations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.data import AUGMENTATIONS, DATA_SETS, DataError, open_data
from explorer.engine.training.confusion import Confusion, Evaluation
from explorer.session import Session
from explorer.session.train_state import Judged
from explorer.ui.common import theme
from explorer.ui.common.text import number, short_percent
from explorer.ui.data import list as data_list
from explorer.ui.data.browser import SIZE, DataBrowser
from explorer.ui.data.card import DataCard
from explorer.ui.data.mistake_words import mistakes, told_group
from explorer.ui.data.open_data import ABOUT, AUGMENT, MISTAKES, TEST, TRAIN
from explorer.ui.data.picture_captions import shortened
from explorer.ui.data.picture_grid import PictureGrid
from explorer.ui.data.picture_lines import HEAD_HEIGHT, TEN, Group, Words, laid_out, shown_size
from explorer.ui.data.picture_strip import PictureStrip
from explorer.ui.data.words import class_groups, left_out_words, percent
from tests.ui.fakes import make_session

PICTURES = "3x32x32 conv(4, 3) relu flatten linear(10)"
MOONS = "2 linear(4) tanh linear(2)"


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session(PICTURES)
    yield made
    assert made.close()


@pytest.fixture
def browser(session: Session, qtbot: QtBot) -> DataBrowser:
    made = DataBrowser(session)
    qtbot.addWidget(made)
    made.resize(*SIZE)  # the screen of the tests is smaller
    made.show()
    return made


def _click(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _wait(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: session.state.data.progress is None, timeout=60_000)


def _open(qtbot: QtBot, browser: DataBrowser, name: str) -> None:
    browser.open_data(name)
    _wait(qtbot, browser.session)
    assert browser.session.state.document.data == name, browser.session.state.status.notice


def _read(qtbot: QtBot, grid: PictureGrid) -> None:
    grid.grab()
    qtbot.waitUntil(lambda: not grid.is_reading, timeout=20_000)


def _folder(at: Path) -> Path:
    rng = np.random.default_rng(0)
    for name, amount in (("ants", 6), ("bees", 12)):
        (at / name).mkdir()
        for index in range(amount):
            pixels = rng.integers(0, 255, (20, 20, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(at / name / f"{index:02}.png")
    (at / "ants" / "torn.png").write_bytes((at / "ants" / "00.png").read_bytes()[:60])
    return at


def _drop(browser: DataBrowser, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    details = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(50, 50), *details)
    enter.setAccepted(False)
    browser.dragEnterEvent(enter)
    assert enter.isAccepted()
    browser.dropEvent(QDropEvent(QPointF(50, 50), *details))


# --- what there is ---


def test_it_is_no_larger_than_the_screen(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    small = SimpleNamespace(availableSize=lambda: QSize(1280, 720))
    monkeypatch.setattr(DataBrowser, "screen", lambda _self: small)
    made = DataBrowser(session)
    qtbot.addWidget(made)
    assert made.height() <= 720 - 40
    assert made.width() == 1240


def test_every_data_set_has_a_card_that_says_what_it_is_and_under_which_terms(browser: DataBrowser) -> None:
    for entry in DATA_SETS:
        card = browser.findChild(DataCard, f"data.{entry.card.name}")
        assert card.accessibleName() == entry.card.title
        assert card.accessibleDescription().startswith(entry.card.what)
        assert entry.card.licence in card.toolTip()
        assert entry.card.origin in card.toolTip()
        assert entry.card.cite in card.toolTip()
    assert browser.list.cards["textures"].state_words() == "comes along"
    assert browser.list.cards["cifar10"].state_words() == "170 MB to download"


def test_before_anything_is_open_the_first_data_set_is_offered(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    button = next(each for each in browser.findChildren(QPushButton) if each.text() == "Open Textures and tissues")
    _click(button)
    _wait(qtbot, session)
    assert session.state.data.data_set.card.name == "textures"


def test_a_card_opens_its_data_set_with_the_keyboard_and_is_marked(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    card = browser.list.cards["points:xor"]
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Return)
    assert session.state.data.progress is not None
    _wait(qtbot, session)
    assert session.state.data.data_set.card.name == "points:xor"
    assert [name for name, each in browser.list.cards.items() if each.isChecked()] == ["points:xor"]
    assert card.state_words() == "open"
    assert browser.shown.title_label.text() == "Points: xor"


def test_a_download_asks_first_and_once(
    browser: DataBrowser, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(session.data, "use_data", asked.append)
    _click(browser.list.cards["cifar10"])
    shown = browser.shown
    assert not asked
    assert shown.question.isVisible()
    assert "170 MB from www.cs.toronto.edu" in shown.question.text()
    _click(browser.findChild(QPushButton, "refuseDownload"))
    assert not shown.question.isVisible()
    assert not asked
    _click(browser.list.cards["cifar10"])
    _click(browser.findChild(QPushButton, "downloadData"))
    assert asked == ["cifar10"]
    assert not shown.question.isVisible()
    _click(browser.list.cards["cifar10"])  # it was cut: going on is not asked again
    assert asked == ["cifar10", "cifar10"]


def test_what_cannot_be_opened_is_told_beside_what_stays_open(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    _open(qtbot, browser, "points:moons")
    browser.open_data(str(tmp_path))
    _wait(qtbot, session)
    assert browser.shown.message.isVisible()
    assert browser.shown.message.text() == f"The folder {tmp_path.name} is empty."
    assert session.state.data.data_set.card.name == "points:moons"
    browser.open_data("points:xor")
    _wait(qtbot, session)
    assert not browser.shown.message.isVisible()


def test_without_scikit_learn_the_digits_say_so(
    browser: DataBrowser, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.data.sets.digits.find_spec", lambda _name: None)
    browser.list.show_state(session.state)
    assert browser.list.cards["digits"].state_words() == "not installed"
    _click(browser.list.cards["digits"])
    _wait(qtbot, session)
    assert "pip install scikit-learn" in browser.shown.message.text()


@pytest.mark.parametrize(("button", "ask"), [("openDataFile", "ask_data_file"), ("openDataFolder", "ask_data_folder")])
def test_files_and_folders_of_ones_own_are_asked_for(
    button: str, ask: str, browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch
) -> None:
    folder = _folder(tmp_path)
    monkeypatch.setattr(data_list.dialogs, ask, lambda _parent: folder)
    made = DataBrowser(session)  # the buttons hold on to the question they ask
    qtbot.addWidget(made)
    _click(made.findChild(QPushButton, button))
    _wait(qtbot, session)
    assert session.state.document.data == str(folder)


def test_a_dropped_folder_opens_with_a_card_of_its_own_and_names_what_was_left_out(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    _drop(browser, _folder(tmp_path))
    _wait(qtbot, session)
    card = browser.findChild(DataCard, f"data.{tmp_path.name}")
    assert card.isChecked()
    assert not any(each.isChecked() for each in browser.list.cards.values())
    assert browser.shown.left_out.whole().startswith("1 file left out: ants/torn.png. ")
    browser.shown.tabs.setCurrentIndex(ABOUT)
    assert "Left out (1)" in browser.shown.about.words()
    assert (
        "are held out for the test: about 20 % of each class, drawn at random (seed 0)." in browser.shown.about.words()
    )


def test_pictures_on_both_sides_are_counted_and_removed_with_a_button(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
    _folder(tmp_path / "train")
    for name in ("ants", "bees"):
        (tmp_path / "test" / name).mkdir()
        Image.new("RGB", (20, 20), (name == "ants" and "red") or "blue").save(tmp_path / "test" / name / "0.png")
    (tmp_path / "test" / "ants" / "1.png").write_bytes((tmp_path / "train" / "ants" / "03.png").read_bytes())
    _open(qtbot, browser, str(tmp_path))
    line = browser.shown.twins
    qtbot.waitUntil(line.isVisible)
    assert line.sentence.text() == (
        "1 held-out picture is among those to learn from as well, equal in every pixel: "
        "it tells what was memorised, not what was learned."
    )
    _click(line.remove)
    assert not line.isVisible()
    assert (len(session.state.data.data_set.train), len(session.state.data.data_set.test)) == (17, 3)
    assert "Taken out of training: 1 picture that is held out as well." in browser.shown.note.text()


def test_damaged_files_of_a_large_folder_are_named_when_all_were_looked_at_in_the_background(
    browser: DataBrowser, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.data.picture_files.FEW_FILES", 1)
    monkeypatch.setattr("explorer.data.picture_files.LOOKED_AT", 1)
    _open(qtbot, browser, str(_folder(tmp_path)))
    qtbot.waitUntil(browser.shown.left_out.isVisible)
    assert browser.shown.left_out.whole().startswith("1 file left out: ants/torn.png")


def test_a_file_that_turns_out_to_be_damaged_later_is_named_then(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.data.picture_files.FEW_FILES", 1)  # as in a large folder: not all are read at once
    monkeypatch.setattr("explorer.data.picture_files.LOOKED_AT", 1)
    monkeypatch.setattr("explorer.data.twins.SECONDS", 0)
    folder = _folder(tmp_path)
    (folder / "ants" / "torn.png").unlink()
    _open(qtbot, browser, str(folder))
    assert not browser.shown.left_out.isVisible()
    name = session.state.data.data_set.test.name_of(0)
    (folder / name).write_bytes(b"torn")
    browser.shown.tabs.setCurrentIndex(TEST)
    _read(qtbot, browser.shown.examples.grid)
    assert browser.shown.left_out.isVisible()
    assert name in browser.shown.left_out.whole()
    browser.shown.tabs.setCurrentIndex(ABOUT)
    assert "Left out (1)" in browser.shown.about.words()


# --- what is in it ---


def test_ten_random_pictures_a_class_stand_in_rows_with_the_balance(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    _open(qtbot, browser, "textures")
    data, grid = session.state.data.data_set, browser.shown.examples.grid
    _read(qtbot, grid)
    assert [len(group.places) for group in grid.groups] == [10] * 10
    assert [group.title for group in grid.groups] == list(data.classes)
    assert all(set(data.train.labels[group.places]) == {at} for at, group in enumerate(grid.groups))
    assert grid.groups[0].facts == "400 · 10 %"
    before = grid.groups[0].places.tolist()
    _click(browser.shown.others)
    assert grid.groups[0].places.tolist() != before
    browser.shown.tabs.setCurrentIndex(TEST)
    assert grid.groups[0].facts == "100 · 10 %"


def test_a_click_or_enter_shows_the_picture_to_the_network(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    _open(qtbot, browser, "textures")
    train, grid = session.state.data.data_set.train, browser.shown.examples.grid
    _read(qtbot, grid)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(0, 2).center())
    place = int(grid.groups[0].places[2])
    np.testing.assert_array_equal(session.state.input.picture.pixels, train.inputs([place])[0])
    assert session.state.input.picture.name == train.name_of(place)
    QTest.keyClick(grid, Qt.Key.Key_Down)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert session.state.input.picture.name == train.name_of(int(grid.groups[1].places[3]))
    assert train.name_of(int(grid.groups[1].places[3])) in grid.accessibleDescription()


def test_the_keys_go_through_all_pictures_and_scroll(browser: DataBrowser, session: Session, qtbot: QtBot) -> None:
    _open(qtbot, browser, "textures")
    grid = browser.shown.examples.grid
    QTest.keyClick(grid, Qt.Key.Key_Home)
    for _ in range(9 + 10 * 9):
        QTest.keyClick(grid, Qt.Key.Key_Right)
    last = session.state.data.data_set.train.name_of(int(grid.groups[9].places[9]))
    assert last in grid.accessibleDescription()
    assert grid.verticalScrollBar().value() > 0
    assert grid.viewport().rect().contains(grid.rect_of(9, 9))
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert last in grid.accessibleDescription()
    for _ in range(4):
        QTest.keyClick(grid, Qt.Key.Key_PageUp)
    assert session.state.data.data_set.train.name_of(int(grid.groups[0].places[9])) in grid.accessibleDescription()
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert last in grid.accessibleDescription()


def test_points_are_drawn_in_the_plane_and_a_click_feeds_one(qapp: QApplication, qtbot: QtBot) -> None:
    session = make_session(MOONS)
    browser = DataBrowser(session)
    qtbot.addWidget(browser)
    browser.show()
    _open(qtbot, browser, "points:moons")
    plot, train = browser.shown.examples.plot, session.state.data.data_set.train
    assert plot.isVisible()
    assert not browser.shown.others.isVisible()
    assert sum(len(item.points()) for item in plot.listDataItems()) >= len(train)
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    np.testing.assert_array_equal(session.state.values, train.inputs([1])[0])
    at = plot.getViewBox().mapViewToScene(QPointF(*map(float, train.inputs([7])[0])))
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.mapFromScene(at))
    np.testing.assert_array_equal(session.state.values, train.inputs([7])[0])
    assert session.close()


def test_rows_of_numbers_are_a_table(browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(60, 5)).astype(np.float32)
    np.savez(tmp_path / "rows.npz", x=values, y=np.repeat(np.arange(3), 20))
    _open(qtbot, browser, str(tmp_path / "rows.npz"))
    table = browser.shown.examples.table
    assert isinstance(table, QTableView)
    assert table.isVisible()
    assert (table.model().rowCount(), table.model().columnCount()) == (30, 6)
    assert table.model().index(0, 0).data() == "0"
    table.clicked.emit(table.model().index(0, 1))
    assert browser.shown.message.text() == "This network does not take 5 numbers."
    session.data.fit_to_data()
    table.clicked.emit(table.model().index(0, 1))
    place = int(session.state.data.data_set.train.picks(10)[0][0])
    np.testing.assert_array_equal(session.state.values, session.state.data.data_set.train.inputs([place])[0])


def test_numbers_to_learn_have_no_classes(qtbot: QtBot, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "targets.npz", x=rng.normal(size=(50, 4)), y=rng.normal(size=50))
    data = open_data(tmp_path / "targets.npz")
    (group,) = class_groups(data, data.train, seed=0)
    assert len(group.places) == len(data.train) == len(group.captions)


# --- what the network got wrong ---


def _judge(session: Session, guesses: np.ndarray, probabilities: np.ndarray | None = None) -> None:
    labels = session.state.data.data_set.test.labels
    classes = len(session.state.data.data_set.classes)
    evaluation = Evaluation(0.5, 0.9, Confusion.of(labels, guesses, classes), guesses, probabilities)
    session.store.set(replace(session.state.watching, judged=Judged(80, evaluation, labels)))


def test_mistakes_have_a_tab_and_say_what_was_taken_for_what(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    _open(qtbot, browser, "textures")
    shown, test = browser.shown, session.state.data.data_set.test
    assert not shown.tabs.isTabVisible(MISTAKES)
    guesses = test.labels.copy()
    guesses[:3] = 1
    guesses[120] = 4
    chances = np.tile(np.float32([0.93, 0.042]), (1000, 1))
    chances[[1, 120]] = (0.6, 0.4), (0.99999, 1e-9)
    _judge(session, guesses, chances)
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
    _read(qtbot, shown.examples.grid)
    grid = shown.examples.grid
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.rect_of(0, 0).center())
    assert session.state.input.picture.name == test.name_of(120)
    told = f"{test.name_of(120)}, taken for coins (> 99.9 %), is grass (< 0.1 %)"
    assert grid.accessibleDescription() == told


def test_mistakes_follow_a_run_and_stay_where_one_was_reading(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    _open(qtbot, browser, "textures")
    _judge(session, np.zeros(1000, np.int64))
    qtbot.waitUntil(lambda: browser.shown.tabs.isTabVisible(MISTAKES))
    browser.shown.tabs.setCurrentIndex(MISTAKES)
    bar = browser.shown.examples.grid.verticalScrollBar()
    bar.setValue(700)
    guesses = np.zeros(1000, np.int64)
    guesses[400:500] = 4
    _judge(session, guesses)
    qtbot.waitUntil(lambda: browser.shown.tabs.tabText(MISTAKES) == "Mistakes · 800")
    assert len(browser.shown.examples.grid.groups[0].places) == 800
    assert bar.value() == 700


def test_a_browser_opened_after_training_begins_with_the_mistakes(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    _open(qtbot, browser, "textures")
    _judge(session, np.zeros(1000, np.int64))
    other = DataBrowser(session)
    qtbot.addWidget(other)
    other.show()
    assert other.shown.tabs.currentIndex() == MISTAKES
    browser.open_data("points:moons")
    _wait(qtbot, session)
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
        (0.04, "4 %"),
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
    _open(qtbot, browser, str(tmp_path / "targets.npz"))
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


# --- augmentations ---


def _strip(form: QWidget, ending: str) -> PictureStrip:
    """The strip of pictures whose name ends so."""
    return next(each for each in form.findChildren(PictureStrip) if each.accessibleName().endswith(ending))


def test_what_is_checked_is_the_documents_and_shown_on_a_picture(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    _open(qtbot, browser, "textures")
    browser.shown.tabs.setCurrentIndex(AUGMENT)
    form = browser.shown.augmentations
    assert form.isVisible()
    for each in AUGMENTATIONS:
        form.findChild(QCheckBox, f"augment.{each.name}").click()
    assert session.state.document.augmentations == AUGMENTATIONS
    picture = session.state.data.data_set.train.inputs([0])[0]
    rotated, together = _strip(form, "rotate"), _strip(form, "together")
    np.testing.assert_array_equal(rotated.pixels, AUGMENTATIONS[2].shown(picture))
    assert not np.array_equal(together.pixels, np.repeat(picture[None], 8, axis=0))
    session.editing.undo()
    assert not form.findChild(QCheckBox, "augment.flip").isChecked()


def test_a_setting_changes_the_examples_and_what_is_trained_with(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    _open(qtbot, browser, "textures")
    browser.shown.tabs.setCurrentIndex(AUGMENT)
    form = browser.shown.augmentations
    box = next(each for each in form.findChildren(QAbstractSpinBox) if each.accessibleName() == "Shift: pixels")
    box.setValue(9)
    assert session.state.document.augmentations == ()
    form.findChild(QCheckBox, "augment.crop").click()
    (chosen,) = session.state.document.augmentations
    assert chosen.padding == 9
    before = _strip(form, "before it is changed").pixels
    _click(form.findChild(QPushButton, "otherPicture"))
    assert not np.array_equal(_strip(form, "before it is changed").pixels, before)


# --- the grid ---


def _grid(qtbot: QtBot, groups: tuple[Group, ...], read, size: tuple[int, int] = (8, 8)) -> PictureGrid:
    grid = PictureGrid("pictures")
    qtbot.addWidget(grid)
    grid.resize(900, 400)
    grid.show()
    grid.show_groups(groups, read=read, size=size, name_of=lambda place: f"picture {place}")
    return grid


def _height_of_black(grid: PictureGrid) -> int:
    """How many pixels the first picture is high, where it is black and what lies around it is not."""
    cell = grid.viewport().grab(grid.rect_of(0, 0)).toImage()
    return sum(cell.pixelColor(cell.width() // 2, y) == QColor("black") for y in range(cell.height()))


@pytest.mark.parametrize(("height", "side"), [(400, 96), (140, 64), (90, 32), (76, 24), (60, 24)])
def test_in_a_low_view_pictures_shrink_so_that_captions_are_seen(
    height: int, side: int, qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "light")
    group = Group("", np.arange(40), captions=("✗ dog 93 %\n✓ cat 4 %",) * 40)
    grid = _grid(qtbot, (group,), lambda places: np.zeros((len(places), 32, 32, 3), np.uint8), (32, 32))
    grid.resize(400, height)
    qtbot.waitUntil(lambda: _height_of_black(grid) == side)
    if height > 60:
        assert grid.rect_of(0, 0).bottom() <= grid.viewport().height()


def test_only_what_is_seen_is_read_and_in_slices(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    asked: list[list[int]] = []

    def read(places: list[int]) -> np.ndarray:
        asked.append(list(places))
        return np.zeros((len(places), 8, 8, 1), np.uint8)

    grid = _grid(qtbot, (Group("", np.arange(20_000), captions=("a, taken for b",) * 20_000),), read)
    _read(qtbot, grid)
    places = [place for each in asked for place in each]
    assert len(places) == len(set(places)) < 100
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    _read(qtbot, grid)
    assert asked[-1][-1] == 19_999
    assert sum(map(len, asked)) < 200


def test_slow_pictures_are_not_read_while_one_scrolls_past_them(qtbot: QtBot) -> None:
    asked: list[int] = []

    def read(places: list[int]) -> np.ndarray:
        asked.extend(places)
        end = perf_counter() + 0.012
        while perf_counter() < end:
            pass
        return np.zeros((len(places), 8, 8, 1), np.uint8)

    grid = _grid(qtbot, (Group("", np.arange(3000), captions=("a, taken for b",) * 3000),), read)
    qtbot.waitUntil(lambda: len(asked) > 1)
    before = len(asked)
    grid.verticalScrollBar().setValue(9000)
    grid.viewport().repaint()
    QApplication.processEvents()
    assert len(asked) == before
    qtbot.waitUntil(lambda: not grid.is_reading, timeout=20_000)
    assert max(asked) > 100


def test_a_picture_that_cannot_be_read_says_why_and_the_others_are_shown(qtbot: QtBot) -> None:
    def read(places: list[int]) -> np.ndarray:
        if 3 in places:
            raise DataError("It is damaged.")
        return np.full((len(places), 8, 8, 3), 90, np.uint8)

    grid = _grid(qtbot, (Group("a", np.arange(8)), Group("b", np.arange(8, 9))), read)
    _read(qtbot, grid)
    QTest.keyClick(grid, Qt.Key.Key_Home)
    for _ in range(3):
        QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.accessibleDescription() == "picture 3, a, It is damaged."
    image = grid.viewport().grab().toImage()
    assert image.pixelColor(grid.rect_of(0, 2).center()).getRgb()[:3] == (90, 90, 90)
    assert image.pixelColor(grid.rect_of(1, 0).center()).getRgb()[:3] == (90, 90, 90)


def test_small_pictures_keep_sharp_cells(qtbot: QtBot) -> None:
    board = (np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8)[None, ..., None]
    grid = _grid(qtbot, (Group("a", np.arange(1)),), lambda places: np.repeat(board, len(places), axis=0))
    _read(qtbot, grid)
    rect = grid.rect_of(0, 0)
    ratio = grid.devicePixelRatioF()
    image = grid.viewport().grab().toImage()
    line = [image.pixelColor(round((rect.left() + x) * ratio), round((rect.top() + 4) * ratio)) for x in range(64)]
    assert [colour.red() for colour in line] == [255 * (x // 8 % 2) for x in range(64)]


def test_groups_stand_under_one_another_and_every_place_finds_its_cell() -> None:
    lines = laid_out((10, 0, 3, 25), width=900, cell=(64, 64), has_heads=True)
    assert lines.columns == TEN
    tops = {line.group: line.top for line in reversed(lines.lines)}
    assert tops[2] - tops[1] >= HEAD_HEIGHT
    for at, line in enumerate(lines.lines):
        for column in range(line.count):
            left, top, width, height = lines.rect(line, column)
            assert lines.at(left + width // 2, top + height // 2) == (line.group, line.first + column)
            assert lines.of(line.group, line.first + column) == (at, column)
            assert left + width <= 900
    assert lines.at(0, 0) is None
    assert laid_out((10,), width=700, cell=(64, 64), has_heads=True).columns == TEN // 2
    assert lines.between(0, lines.height) == lines.lines
    assert lines.between(lines.lines[3].top + 1, lines.lines[3].top + 2)[-1] == lines.lines[3]


@pytest.mark.parametrize(
    ("side", "expected"), [(8, 64), (28, 56), (32, 64), (48, 48), (64, 64), (70, 70), (224, 64), (1, 64)]
)
def test_pictures_grow_by_whole_numbers_and_shrink_as_far_as_needed(side: int, expected: int) -> None:
    assert shown_size(side, side, wanted=64) == (expected, expected)
    assert shown_size(2 * side, side, wanted=64)[1] == 2 * shown_size(2 * side, side, wanted=64)[0]


def test_shares_have_few_digits() -> None:
    assert [percent(share) for share in (0, 0.1, 1 / 3, 0.00042, 1)] == ["0 %", "10 %", "33.3 %", "< 0.1 %", "100 %"]


def test_nothing_left_out_is_nothing_said() -> None:
    assert left_out_words(open_data("points:moons")) == ""


def test_everything_that_can_be_used_has_a_name_and_a_tip(browser: DataBrowser, session: Session, qtbot: QtBot) -> None:
    _open(qtbot, browser, "textures")
    for tab in (TRAIN, TEST, AUGMENT, ABOUT):
        browser.shown.tabs.setCurrentIndex(tab)
        controls = [*browser.findChildren(QAbstractButton), *browser.findChildren(QAbstractSpinBox)]
        for control in controls:
            if control.isVisible() and control.parent() is not browser.shown.tabs:
                assert control.accessibleName(), control
                assert control.toolTip(), control.accessibleName()
