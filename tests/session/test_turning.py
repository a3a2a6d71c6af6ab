"""The input turned and mirrored in a session: picture and numbers, undo, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.orientation import TURNS
from explorer.session import Session
from explorer.session.features.feeding import NOTHING_TO_TURN
from explorer.session.kept_work import Work, content, read
from tests.ui.fakes import make_picture, make_session, wait_until_shown


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session("3x8x8 flatten linear(2)")
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def fed(qtbot: QtBot, session: Session) -> np.ndarray:
    wait_until_shown(qtbot, session)
    assert session.state.values is not None
    return session.state.values


def test_the_network_is_fed_the_turned_picture_and_undo_leads_back(qtbot: QtBot, session: Session) -> None:
    before = fed(qtbot, session)
    picture = session.state.input.picture
    session.input.turn(TURNS["left"])
    qtbot.waitUntil(lambda: session.state.input.fitted is not None and session.state.values is not before)
    assert np.allclose(fed(qtbot, session), np.rot90(before, 1, (1, 2)), atol=2 / 255)
    assert "turned to the left" in session.state.input.picture.conversions[-1]
    session.editing.undo()
    assert session.state.input.picture is picture


def test_numbers_are_turned_as_they_lie(qtbot: QtBot, session: Session) -> None:
    numbers = np.arange(3 * 8 * 8, dtype=np.float32).reshape(3, 8, 8)
    session.input.set_values(numbers)
    for word, turn in TURNS.items():
        present = session.state.values
        session.input.turn(turn)
        expected = np.flip(present, 2) if word == "mirrored" else np.rot90(present, turn.quarters, (1, 2))
        assert np.array_equal(session.state.values, expected)


def test_what_has_no_rows_is_refused_in_a_sentence(qtbot: QtBot) -> None:
    session = make_session("4 linear(2)")
    session.input.turn(TURNS["mirrored"])
    assert session.state.status.notice == NOTHING_TO_TURN
    assert session.close()


def test_numbers_that_are_not_square_stay_where_a_quarter_turn_does_not_fit(qtbot: QtBot) -> None:
    session = make_session("1x2x3 flatten linear(2)", picture=False)
    session.input.set_values(np.arange(6, dtype=np.float32).reshape(1, 2, 3))
    session.input.turn(TURNS["right"])
    assert "2×3" in session.state.status.notice
    assert session.state.values.ravel().tolist() == [0, 1, 2, 3, 4, 5]
    session.input.turn(TURNS["upside down"])
    assert session.state.values.ravel().tolist() == [5, 4, 3, 2, 1, 0]
    assert session.close()


def test_a_picture_is_kept_as_it_lies(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.input.use_picture(make_picture(seed=3))
    session.input.turn(TURNS["mirrored"])
    session.input.turn(TURNS["left"])
    kept = tmp_path / "work.safetensors"
    kept.write_bytes(b"".join(content(Work.of(session.state), {})))
    work, _ = read(kept)
    assert work.picture is not None
    assert np.array_equal(work.picture.pixels, session.state.input.picture.pixels)
    assert work.picture.conversions[-1] == session.state.input.picture.conversions[-1]
