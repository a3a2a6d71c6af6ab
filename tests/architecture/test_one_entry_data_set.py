"""A data set is one file and one entry in DATA_SETS: stripes in the plane, added here, are found everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.cli import run
from explorer.data import DATA_SETS, DataError, open_data
from explorer.data.arrays import FeatureSplit
from explorer.data.catalogue import Entry
from explorer.data.data_set import Card, DataSet, Wish
from explorer.data.dividing import checked
from explorer.session import Session
from explorer.ui.common import theme
from explorer.ui.data.browser import DataBrowser
from explorer.ui.data.button import DataButton
from tests.architecture.entries import listed
from tests.ui.fakes import make_actions, make_session

CARD = Card("stripes", "Stripes", "Points in three stripes.", 300, 90, ("left", "middle", "right"), "made", "free")


def open_stripes(wish: Wish) -> DataSet:
    train, test = (_points(count, [wish.seed, count]) for count in (CARD.count_train, CARD.count_test))
    return checked(CARD, train, test, (2,), CARD.classes, (), [])


def _points(count: int, seed: list[int]) -> FeatureSplit:
    points = np.random.default_rng(seed).uniform(-1, 1, (count, 2)).astype(np.float32)
    labels = np.digitize(points[:, 0], (-1 / 3, 1 / 3)).astype(np.int64)
    return FeatureSplit(points, labels, "point")


@pytest.fixture(autouse=True)
def _added() -> Iterator[None]:
    with listed(DATA_SETS, Entry(CARD, open_stripes)):
        yield


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session("2 linear(4) tanh linear(3)")
    yield made
    assert made.close()


def test_it_opens_by_its_name_and_is_told_of_where_there_is_none_of_that_name() -> None:
    assert open_data("stripes").card.title == "Stripes"
    with pytest.raises(DataError, match=r"By name there are .*, stripes"):
        open_data("spots")


def test_the_browser_has_a_card_that_opens_it_and_the_button_names_it(session: Session, qtbot: QtBot) -> None:
    browser, button = DataBrowser(session), DataButton(session, make_actions(session)["showData"])
    for widget in (browser, button):
        qtbot.addWidget(widget)
        widget.resize(900, 600)
        widget.show()
    card = browser.list.cards["stripes"]
    assert CARD.title in card.accessibleName()
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.state.data.data_set is not None and session.state.data.progress is None)
    assert session.state.document.data == "stripes"
    assert session.state.data.problem is None
    assert card.isChecked()
    assert button.button.text() == "Stripes · 3 classes · 390 points"
    session.editing.undo()


def test_the_command_line_trains_with_it(tmp_path: Path) -> None:
    (tmp_path / "net.txt").write_text("2 linear(3)")
    arguments = ["train", str(tmp_path / "net.txt"), "--data", "stripes", "--epochs", "2", "--learning-rate", "0.5"]
    assert run([*arguments, "--out", str(tmp_path / "run"), "--device", "cpu", "--threads", "1"]) == 0
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["val_accuracy"] > 0.4
