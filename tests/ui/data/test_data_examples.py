"""What is in the data that are open: pictures by class, points in the plane, tables of numbers, augmentations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.data import AUGMENTATIONS, open_data
from explorer.session import Session
from explorer.ui.common import dialogs
from explorer.ui.common.text import exact
from explorer.ui.data.browser import DataBrowser
from explorer.ui.data.open_data import AUGMENT, TEST
from explorer.ui.data.picture_strip import PictureStrip
from explorer.ui.data.words import class_groups
from tests.ui.data.browsing import (
    MOONS,
    click,
    open_data_set,
    read_pictures,
)
from tests.ui.fakes import make_session
from tests.ui.menus import copied_by_key, menu_at, place_by_key, press, texts


def test_ten_random_pictures_a_class_stand_in_rows_with_the_balance(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    open_data_set(qtbot, browser, "textures")
    data, grid = session.state.data.data_set, browser.shown.examples.grid
    read_pictures(qtbot, grid)
    assert [len(group.places) for group in grid.groups] == [10] * 10
    assert [group.title for group in grid.groups] == list(data.classes)
    assert all(set(data.train.labels[group.places]) == {at} for at, group in enumerate(grid.groups))
    assert grid.groups[0].facts == "400 · 10 %"
    before = grid.groups[0].places.tolist()
    click(browser.shown.others)
    assert grid.groups[0].places.tolist() != before
    browser.shown.tabs.setCurrentIndex(TEST)
    assert grid.groups[0].facts == "100 · 10 %"


def test_a_click_or_enter_shows_the_picture_to_the_network(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    open_data_set(qtbot, browser, "textures")
    train, grid = session.state.data.data_set.train, browser.shown.examples.grid
    read_pictures(qtbot, grid)
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
    open_data_set(qtbot, browser, "textures")
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
    open_data_set(qtbot, browser, "points:moons")
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
    open_data_set(qtbot, browser, str(tmp_path / "rows.npz"))
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


def _strip(form: QWidget, ending: str) -> PictureStrip:
    """The strip of pictures whose name ends so."""
    return next(each for each in form.findChildren(PictureStrip) if each.accessibleName().endswith(ending))


def test_what_is_checked_is_the_documents_and_shown_on_a_picture(
    browser: DataBrowser, session: Session, qtbot: QtBot
) -> None:
    open_data_set(qtbot, browser, "textures")
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
    open_data_set(qtbot, browser, "textures")
    browser.shown.tabs.setCurrentIndex(AUGMENT)
    form = browser.shown.augmentations
    box = next(each for each in form.findChildren(QAbstractSpinBox) if each.accessibleName() == "Shift: pixels")
    box.setValue(9)
    assert session.state.document.augmentations == ()
    form.findChild(QCheckBox, "augment.crop").click()
    (chosen,) = session.state.document.augmentations
    assert chosen.padding == 9
    before = _strip(form, "before it is changed").pixels
    click(form.findChild(QPushButton, "otherPicture"))
    assert not np.array_equal(_strip(form, "before it is changed").pixels, before)


def test_a_picture_of_the_browser_can_be_copied_exported_and_shown(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_data_set(qtbot, browser, "textures")
    train, grid = session.state.data.data_set.train, browser.shown.examples.grid
    read_pictures(qtbot, grid)
    place, at = int(grid.groups[0].places[2]), grid.rect_of(0, 2).center()
    expected = train.inputs([place])[0]
    assert texts(menu_at(grid.viewport(), at)) == ["Copy value", "Copy picture", "Export…", "Show it to the network"]
    name = train.name_of(place)
    words = copied_by_key(grid.viewport(), grid, at)
    assert words == f"{name}\t{session.state.data.data_set.classes[0]}"
    press(menu_at(grid.viewport(), at), "Copy picture")
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == expected.shape[1::-1]
    assert image.pixelColor(4, 9).getRgb()[:3] == tuple(expected[9, 4].tolist())
    written = tmp_path / "picture.npy"
    monkeypatch.setattr(dialogs, "ask_where_to_write", lambda *_given: written)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right):
        QTest.keyClick(grid, key)
    assert grid.rect_of(0, 1).contains(place_by_key(grid))
    press(menu_at(grid.viewport(), at), "Export…")
    qtbot.waitUntil(written.is_file, timeout=20_000)
    np.testing.assert_array_equal(np.moveaxis(np.load(written), 0, 2), expected)
    press(menu_at(grid.viewport(), at), "Show it to the network")
    np.testing.assert_array_equal(session.state.input.picture.pixels, expected)


def test_a_point_and_a_row_of_numbers_are_copied_with_all_their_digits(
    browser: DataBrowser, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.files.new_network(MOONS)
    open_data_set(qtbot, browser, "points:moons")
    plot = browser.shown.examples.plot
    QTest.keyClick(plot, Qt.Key.Key_Right)
    x, y = plot.place_of(plot.current)
    assert copied_by_key(plot.viewport(), plot) == f"{exact(float(x))}\t{exact(float(y))}"
    values = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    np.savez(tmp_path / "rows.npz", x=values, y=np.arange(40) % 2)
    open_data_set(qtbot, browser, str(tmp_path / "rows.npz"))
    table = browser.shown.examples.table
    index = table.model().index(3, 2)
    cell = copied_by_key(table.viewport(), table, table.visualRect(index).center())
    assert np.float32(cell.replace("−", "-")) in values[:, 1]
    whole = copied_by_key(table.viewport(), table, table.visualRect(table.model().index(3, 0)).center())
    row = [np.float32(each.replace("−", "-")) for each in whole.split("\t")[1:]]
    assert any(np.array_equal(row, each) for each in values)
