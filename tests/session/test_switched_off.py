"""A channel switched off by hand: it is 0 for whoever reads it, in one entry of undo."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.session import Selection, Session
from explorer.ui.common.number_things import thing_of_maps
from tests.ui.fakes import make_session, wait_until_shown


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session("3x8x8 conv(4, 3) batchnorm relu flatten linear(3)")
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def values(qtbot: QtBot, session: Session, layer: str) -> np.ndarray:
    wait_until_shown(qtbot, session)
    entry = session.state.entry(layer)
    assert entry is not None
    return np.array(entry.values)


@pytest.mark.parametrize(("layer", "channel"), [("conv1", 2), ("bn1", 1), ("linear1", 0)])
def test_a_channel_is_0_the_others_stay_and_undo_brings_it_back(
    qtbot: QtBot, session: Session, layer: str, channel: int
) -> None:
    before = values(qtbot, session, layer)
    session.editing.switch_off(layer, channel)
    after = values(qtbot, session, layer)
    assert not after[channel].any()
    others = np.arange(len(before)) != channel
    np.testing.assert_array_equal(after[others], before[others])
    assert session.state.files.undo_text.startswith("switch off ")
    session.editing.undo()
    np.testing.assert_array_equal(values(qtbot, session, layer), before)


def test_two_one_after_the_other_are_both_off(qtbot: QtBot, session: Session) -> None:
    session.editing.switch_off("conv1", 0)
    session.editing.switch_off("conv1", 3)
    after = values(qtbot, session, "conv1")
    assert not after[[0, 3]].any()
    assert after[[1, 2]].any()


def test_what_has_no_numbers_of_its_own_is_not_switched_off(qtbot: QtBot, session: Session) -> None:
    document = session.state.document
    session.editing.switch_off("relu1", 0)
    session.editing.switch_off("conv1", 4)
    assert session.state.document is document


def test_the_menu_of_a_channel_offers_it_and_that_of_an_activation_does_not(qtbot: QtBot, session: Session) -> None:
    conv, relu = session.state.entry("conv1"), session.state.entry("relu1")
    assert conv is not None
    assert relu is not None
    ((words, do),) = thing_of_maps(session, conv, Selection("conv1", 2)).more
    assert words == "Switch off channel 2"
    assert thing_of_maps(session, relu, Selection("relu1", 2)).more == ()
    assert thing_of_maps(session, conv, Selection("conv1")).more == ()
    do()
    assert not values(qtbot, session, "conv1")[2].any()
