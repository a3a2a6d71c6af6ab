"""The browser of data, driven as a person would: cards, downloads that ask first, pictures, mistakes, augmentations."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from explorer.data import DATA_SETS, DataError, DataSet, open_data
from explorer.data.data_set import Wish
from explorer.session import Session
from explorer.ui.data import list as data_list
from explorer.ui.data.browser import DataBrowser
from explorer.ui.data.card import DataCard
from explorer.ui.data.open_data import ABOUT, AUGMENT, TEST, TRAIN, OpenData
from explorer.ui.data.words import left_out_words, percent
from tests.ui.data.browsing import (
    click,
    drop,
    make_folder,
    open_data_set,
    read_pictures,
    wait_until_open,
)


def titles(browser: DataBrowser) -> list[str]:
    """Of all cards, from the top."""
    page = browser.list.area.widget()
    cards = [page.layout().itemAt(place).widget() for place in range(page.layout().count())]
    return [card.accessibleName() for card in cards if isinstance(card, DataCard)]


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
    click(button)
    wait_until_open(qtbot, session)
    assert session.state.data.data_set.card.name == "textures"


def test_a_card_opens_its_data_set_with_the_keyboard_and_is_marked(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    card = browser.list.cards["points:xor"]
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Return)
    assert session.state.data.progress is not None
    wait_until_open(qtbot, session)
    assert session.state.data.data_set.card.name == "points:xor"
    assert [name for name, each in browser.list.cards.items() if each.isChecked()] == ["points:xor"]
    assert card.state_words() == "open"
    assert browser.shown.title_label.text() == "Points: xor"


def test_the_sizes_of_pictures_stand_in_the_order_of_the_cards_and_the_tip_has_the_other(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    open_data_set(qtbot, browser, "textures")
    data = session.state.data.data_set
    assert data is not None
    height, width, channels = data.sample_shape
    told = browser.findChild(OpenData).facts_label
    assert f"pictures, {channels} × {height} × {width} · " in told.whole()
    assert f"{height} × {width} × {channels}." in told.toolTip()


def test_data_opened_from_elsewhere_get_the_keys_and_no_other_card_has_a_ring(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    browser.activateWindow()
    qtbot.waitUntil(browser.isActiveWindow)
    assert not any(card.hasFocus() for card in browser.findChildren(DataCard))
    session.data.use_data(make_folder(tmp_path))
    wait_until_open(qtbot, session)
    card = browser.findChild(DataCard, f"data.{tmp_path.name}")
    assert card is not None
    assert card.isChecked()
    qtbot.waitUntil(card.hasFocus)
    open_data_set(qtbot, browser, "points:moons")
    qtbot.waitUntil(browser.list.cards["points:moons"].hasFocus)


def test_what_opens_takes_the_keys_from_nowhere_else(browser: DataBrowser, session: Session, qtbot: QtBot) -> None:
    browser.activateWindow()
    qtbot.waitUntil(browser.isActiveWindow)
    elsewhere = (browser.list.cards["points:blobs"], browser.findChild(QPushButton, "openDataFolder"))
    for place, name in zip(elsewhere, ("points:moons", "textures"), strict=True):
        place.setFocus()
        open_data_set(qtbot, browser, name)
        assert place.hasFocus()


def test_a_download_asks_first_and_once(
    browser: DataBrowser, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(session.data, "use_data", asked.append)
    click(browser.list.cards["cifar10"])
    shown = browser.shown
    assert not asked
    assert shown.question.isVisible()
    assert "170 MB from www.cs.toronto.edu" in shown.question.text()
    click(browser.findChild(QPushButton, "refuseDownload"))
    assert not shown.question.isVisible()
    assert not asked
    click(browser.list.cards["cifar10"])
    click(browser.findChild(QPushButton, "downloadData"))
    assert asked == ["cifar10"]
    assert not shown.question.isVisible()
    click(browser.list.cards["cifar10"])  # it was cut: going on is not asked again
    assert asked == ["cifar10", "cifar10"]


def test_what_cannot_be_opened_is_told_beside_what_stays_open(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    open_data_set(qtbot, browser, "points:moons")
    browser.open_data(str(tmp_path))
    wait_until_open(qtbot, session)
    assert browser.shown.message.isVisible()
    assert browser.shown.message.text() == f"The folder {tmp_path.name} is empty."
    assert session.state.data.data_set.card.name == "points:moons"
    browser.open_data("points:xor")
    wait_until_open(qtbot, session)
    assert not browser.shown.message.isVisible()


def test_the_list_ends_where_its_last_card_ends(browser: DataBrowser, session: Session, qtbot: QtBot) -> None:
    for name in ("", "textures", "points:spirals"):
        if name:
            open_data_set(qtbot, browser, name)
        for height in (760, 560):
            browser.resize(browser.width(), height)
            qtbot.waitUntil(partial(_ends_with_its_last_card, browser, height))
            area = browser.list.area
            assert area.verticalScrollBar().maximum() == area.widget().height() - area.viewport().height() > 0
            for card in browser.list.cards.values():
                assert card.height() >= card.heightForWidth(card.width())


def _ends_with_its_last_card(browser: DataBrowser, height: int) -> bool:
    page, end = browser.list.area.widget(), list(browser.list.cards.values())[-1].geometry().bottom()
    return browser.height() == height and end < page.height() <= end + 16


def test_undo_of_a_choice_opens_the_data_before_it_and_lists_none_twice(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    open_data_set(qtbot, browser, "points:moons")
    open_data_set(qtbot, browser, "textures")
    session.editing.undo()
    assert session.state.document.data == "points:moons"
    qtbot.waitUntil(lambda: browser.list.cards["points:moons"].state_words() == "open", timeout=60_000)
    assert titles(browser) == [entry.card.title for entry in DATA_SETS]
    assert browser.list.cards["textures"].state_words() != "open"


def test_undo_to_data_that_are_gone_tells_nothing_more_of_those_that_were_open(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.store.edit("choose gone", lambda before: replace(before, data=str(tmp_path / "gone")))
    open_data_set(qtbot, browser, str(make_folder(tmp_path)))
    assert browser.shown.left_out.isVisible()
    session.editing.undo()
    qtbot.waitUntil(lambda: "There is nothing at" in browser.shown.message.text(), timeout=60_000)
    assert browser.shown.facts_label.whole() == ""
    assert not browser.shown.left_out.isVisible()


def test_published_data_opened_from_a_folder_are_marked_where_they_are_listed(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "my copy"
    folder.mkdir()
    for name in ("data_batch_1.bin", "test_batch.bin"):
        batch = np.random.default_rng(0).integers(0, 256, (20, 3073), dtype=np.uint8)
        batch[:, 0] = np.arange(20) % 10
        (folder / name).write_bytes(batch.tobytes())
    open_data_set(qtbot, browser, str(folder))
    assert titles(browser) == [entry.card.title for entry in DATA_SETS]
    assert browser.list.cards["cifar10"].isChecked()
    assert browser.list.cards["cifar10"].state_words() == "open, from my copy"


def test_a_folder_called_like_a_published_set_has_a_card_of_its_own(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "textures"
    folder.mkdir()
    open_data_set(qtbot, browser, str(make_folder(folder)))
    assert titles(browser) == ["textures", *(entry.card.title for entry in DATA_SETS)]
    assert not browser.list.cards["textures"].isChecked()


def test_a_download_that_failed_offers_another_try_in_its_row(
    browser: DataBrowser, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Wish] = []

    def fail(wish: Wish) -> DataSet:
        tries.append(wish)
        raise DataError("train.gz could not be downloaded: the connection was cut.")

    for module in ("explorer.data.catalogue", "explorer.ui.data.list"):
        entries = [replace(each, open=fail) if each.card.name == "mnist" else each for each in DATA_SETS]
        monkeypatch.setattr(f"{module}.DATA_SETS", tuple(entries))
    card = browser.list.cards["mnist"]
    assert not card.again.isVisible()
    click(card)
    click(browser.findChild(QPushButton, "downloadData"))
    wait_until_open(qtbot, session)
    assert card.again.isVisible()
    assert card.state_words() == "not opened"
    assert card.again.text() == "Try again"
    assert card.again.toolTip() == browser.shown.message.text() == str(session.state.data.failed.sentence)
    assert [each.accessibleName() for each in browser.list.cards.values() if each.again.isVisible()] == ["MNIST"]
    card.again.setFocus()
    QTest.keyClick(card.again, Qt.Key.Key_Space)
    assert not browser.shown.question.isVisible()
    wait_until_open(qtbot, session)
    assert len(tries) == 2
    click(card.again)
    wait_until_open(qtbot, session)
    assert len(tries) == 3
    open_data_set(qtbot, browser, "points:xor")
    assert not card.again.isVisible()


def test_without_scikit_learn_the_digits_say_so(
    browser: DataBrowser, session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.data.sets.digits.find_spec", lambda _name: None)
    browser.list.show_state(session.state)
    assert browser.list.cards["digits"].state_words() == "not installed"
    click(browser.list.cards["digits"])
    wait_until_open(qtbot, session)
    assert "pip install scikit-learn" in browser.shown.message.text()


@pytest.mark.parametrize(("button", "ask"), [("openDataFile", "ask_data_file"), ("openDataFolder", "ask_data_folder")])
def test_files_and_folders_of_ones_own_are_asked_for(
    button: str, ask: str, browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch
) -> None:
    folder = make_folder(tmp_path)
    monkeypatch.setattr(data_list.dialogs, ask, lambda _parent: folder)
    made = DataBrowser(session)  # the buttons hold on to the question they ask
    qtbot.addWidget(made)
    click(made.findChild(QPushButton, button))
    wait_until_open(qtbot, session)
    assert session.state.document.data == str(folder)


def test_a_dropped_folder_opens_with_a_card_of_its_own_and_names_what_was_left_out(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    drop(browser, make_folder(tmp_path))
    wait_until_open(qtbot, session)
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
    make_folder(tmp_path / "train")
    for name in ("ants", "bees"):
        (tmp_path / "test" / name).mkdir()
        Image.new("RGB", (20, 20), (name == "ants" and "red") or "blue").save(tmp_path / "test" / name / "0.png")
    (tmp_path / "test" / "ants" / "1.png").write_bytes((tmp_path / "train" / "ants" / "03.png").read_bytes())
    open_data_set(qtbot, browser, str(tmp_path))
    line = browser.shown.twins
    qtbot.waitUntil(line.isVisible)
    assert line.sentence.text() == (
        "1 held-out picture is among those to learn from as well, equal in every pixel: "
        "it tells what was memorised, not what was learned."
    )
    click(line.remove)
    assert not line.isVisible()
    assert (len(session.state.data.data_set.train), len(session.state.data.data_set.test)) == (17, 3)
    assert "Taken out of training: 1 picture that is held out as well." in browser.shown.note.text()


def test_damaged_files_of_a_large_folder_are_named_when_all_were_looked_at_in_the_background(
    browser: DataBrowser, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.data.picture_files.FEW_FILES", 1)
    monkeypatch.setattr("explorer.data.picture_files.LOOKED_AT", 1)
    open_data_set(qtbot, browser, str(make_folder(tmp_path)))
    qtbot.waitUntil(browser.shown.left_out.isVisible)
    assert browser.shown.left_out.whole().startswith("1 file left out: ants/torn.png")


def test_a_file_that_turns_out_to_be_damaged_later_is_named_then(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.data.picture_files.FEW_FILES", 1)  # as in a large folder: not all are read at once
    monkeypatch.setattr("explorer.data.picture_files.LOOKED_AT", 1)
    monkeypatch.setattr("explorer.data.twins.SECONDS", 0)
    folder = make_folder(tmp_path)
    (folder / "ants" / "torn.png").unlink()
    open_data_set(qtbot, browser, str(folder))
    assert not browser.shown.left_out.isVisible()
    name = session.state.data.data_set.test.name_of(0)
    (folder / name).write_bytes(b"torn")
    browser.shown.tabs.setCurrentIndex(TEST)
    read_pictures(qtbot, browser.shown.examples.grid)
    assert browser.shown.left_out.isVisible()
    assert name in browser.shown.left_out.whole()
    browser.shown.tabs.setCurrentIndex(ABOUT)
    assert "Left out (1)" in browser.shown.about.words()


def test_shares_have_few_digits() -> None:
    assert [percent(share) for share in (0, 0.1, 1 / 3, 0.00042, 1)] == ["0 %", "10 %", "33.3 %", "< 0.1 %", "100 %"]


def test_nothing_left_out_is_nothing_said() -> None:
    assert left_out_words(open_data("points:moons")) == ""


def test_everything_that_can_be_used_has_a_name_and_a_tip(browser: DataBrowser, session: Session, qtbot: QtBot) -> None:
    open_data_set(qtbot, browser, "textures")
    for tab in (TRAIN, TEST, AUGMENT, ABOUT):
        browser.shown.tabs.setCurrentIndex(tab)
        controls = [*browser.findChildren(QAbstractButton), *browser.findChildren(QAbstractSpinBox)]
        for control in controls:
            if control.isVisible() and control.parent() is not browser.shown.tabs:
                assert control.accessibleName(), control
                assert control.toolTip(), control.accessibleName()
