"""Every row of the lecture is done in the window, with mouse and keys, in six acts at most.

What a row does and reads stands in its own function, and so does where it begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.end_to_end.counting_hand import Hand
from tests.end_to_end.first_rows import FIRST_ROWS, a_made_data_set
from tests.end_to_end.later_rows import LATER_ROWS, l30_pictures_of_many_trades
from tests.end_to_end.real_hand import RealHand, is_wanted
from tests.end_to_end.slides import row_names
from tests.ui.windows import shared_window

SIZE = (1440, 900)
ACTS = 6
ROWS = {**FIRST_ROWS, **LATER_ROWS}
HAND = RealHand if is_wanted() else Hand


@pytest.fixture
def hand(qtbot: QtBot) -> Iterator[Hand]:
    """On a window as it is after the start: the overview of the network that knows the cat."""
    for made in shared_window(qtbot):
        made.resize(*SIZE)
        made.activateWindow()
        yield HAND(made, qtbot)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_lecture_takes_six_acts(row: str, hand: Hand) -> None:
    ROWS[row](hand)
    assert 0 < hand.acts <= ACTS


def test_a_row_is_done_where_its_archive_is_not(hand: Hand, tmp_path: Path) -> None:
    a_made_data_set(hand, tmp_path)
    assert 0 < hand.acts <= ACTS


def test_a_row_is_done_where_scikit_learn_is_not(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.data.sets.digits.find_spec", lambda _name: None)
    l30_pictures_of_many_trades(hand)
    assert 0 < hand.acts <= ACTS


def test_each_row_of_the_lecture_is_done() -> None:
    assert set(ROWS) == row_names()
