"""The input follows the network: what a person fed to one kind is there again when that kind is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.data import read_sample
from explorer.session import Session
from explorer.session.fed_before import MOST_KEPT
from tests.ui.fakes import make_picture, wait_until_shown

PICTURES, GREY, NUMBERS = "3x16x16 conv(4, 3) relu", "1x16x16 conv(4, 3) relu", "9 linear(3)"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = Session()
    yield made
    assert made.close()


def _fed(session: Session) -> str | np.ndarray | None:
    given = session.state.input
    return given.numbers if given.picture is None else given.picture.name


@pytest.mark.parametrize(("text", "name"), [(PICTURES, "cat"), (GREY, "camera")])
def test_who_has_no_picture_gets_one_that_fits_when_a_network_of_numbers_becomes_one_of_pictures(
    session: Session, qtbot: QtBot, text: str, name: str
) -> None:
    session.files.new_network(NUMBERS)
    wait_until_shown(qtbot, session)
    session.files.new_network(text)
    wait_until_shown(qtbot, session)
    assert session.state.maps.fault is None
    assert session.state.input.picture is not None
    np.testing.assert_array_equal(session.state.input.picture.pixels, read_sample(name).pixels)
    assert session.state.values is not None
    assert session.state.values.shape == session.state.subject.input_shape


def test_an_edit_of_the_inputs_shape_brings_a_picture_too(session: Session, qtbot: QtBot) -> None:
    session.files.new_network("9 linear(3)")
    session.editing.set_input_shape((3, 8, 8))
    assert session.state.input.picture is not None
    session.editing.undo()
    wait_until_shown(qtbot, session)
    assert session.state.values is not None
    assert session.state.values.shape == (9,)


def test_nothing_is_typed_into_a_picture_that_is_brought_to_another_size(session: Session, qtbot: QtBot) -> None:
    """What was typed had the old size: the network failed on it, and could not be saved with it."""
    session.files.new_network("1x7x7 conv(1, 3)")
    session.input.use_sample("camera")
    wait_until_shown(qtbot, session)
    session.editing.set_input_shape((3, 8, 6))
    session.input.set_cell((0, 2, 2), 5.0)
    assert session.state.input.picture is not None
    wait_until_shown(qtbot, session)
    session.input.set_cell((0, 2, 2), 5.0)
    wait_until_shown(qtbot, session)
    assert session.state.maps.fault is None
    assert session.state.values is not None
    assert session.state.values.shape == (3, 8, 6)
    assert session.state.values[0, 2, 2] == 5


def test_typed_numbers_come_back_with_their_shape(session: Session, qtbot: QtBot) -> None:
    session.files.new_network(NUMBERS)
    typed = np.arange(9, dtype=np.float32) - 4
    session.input.set_values(typed)
    session.files.new_network(PICTURES)
    assert session.state.input.numbers is None
    session.files.new_network("5 linear(2)")
    session.files.new_network(NUMBERS)
    wait_until_shown(qtbot, session)
    assert session.state.input.numbers is not None
    np.testing.assert_array_equal(session.state.input.numbers, typed)
    assert session.state.maps.activations is not None
    np.testing.assert_array_equal(session.state.maps.activations.by_name["input"].values, typed)


def test_a_picture_that_was_typed_over_comes_back_unless_another_was_chosen(session: Session, qtbot: QtBot) -> None:
    session.files.new_network(PICTURES)
    session.input.use_picture(make_picture(1))
    wait_until_shown(qtbot, session)
    session.input.set_cell((0, 1, 2), 7.5)
    typed = session.state.input.numbers
    session.files.new_network(NUMBERS)
    session.files.new_network(PICTURES)
    assert session.state.input.numbers is typed
    session.files.new_network("3x8x8 relu")
    assert _fed(session) == "waves 1"
    session.input.use_picture(make_picture(2))
    session.files.new_network(PICTURES)
    assert _fed(session) == "waves 2"


def test_redo_brings_an_own_model_back_with_the_input_that_it_was_given(session: Session, qtbot: QtBot) -> None:
    session.files.new_network(NUMBERS)
    wait_until_shown(qtbot, session)
    given = torch.randn(1, 8, 8).numpy()
    session.files.adopt(nn.Sequential(nn.Conv2d(1, 2, 3)), given[None], "own")
    wait_until_shown(qtbot, session)
    session.editing.undo()
    wait_until_shown(qtbot, session)
    session.editing.redo()
    wait_until_shown(qtbot, session)
    assert session.state.maps.fault is None
    np.testing.assert_array_equal(session.state.input.numbers, given)  # type: ignore[arg-type]


def test_the_newest_few_are_kept(session: Session) -> None:
    for features in range(1, MOST_KEPT + 4):
        session.files.new_network(f"{features} linear(2)")
        session.input.set_values(np.full(features, 5.0))
    session.files.new_network(f"{MOST_KEPT} linear(2)")
    np.testing.assert_array_equal(session.state.input.numbers, np.full(MOST_KEPT, 5.0))  # type: ignore[arg-type]
    session.files.new_network("1 linear(2)")
    np.testing.assert_array_equal(session.state.input.numbers, [0.0])  # type: ignore[arg-type]
