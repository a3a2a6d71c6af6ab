"""A target means a class by its name: it goes with its example, and never turns into another class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.labels import renamed
from explorer.ui.data.shown_example import show_example
from tests.ui.fakes import make_picture, make_session

FRESH = "3x32x32 conv(4, 3) relu maxpool(4) flatten linear(10)"


def _with_textures(session: Session, qtbot: QtBot) -> Session:
    session.data.use_data("textures")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None)
    return session


@pytest.fixture
def trained(qtbot: QtBot) -> Iterator[Session]:
    """Knows cats and airplanes, and looks at a cat; the data that are open hold bricks and retinas."""
    made = Session()
    made.files.open_network("cifar10")
    yield _with_textures(made, qtbot)
    assert made.close()


@pytest.fixture
def fresh(qtbot: QtBot) -> Iterator[Session]:
    """A network that learns what the data that are open hold."""
    made = make_session(FRESH)
    yield _with_textures(made, qtbot)
    assert made.close()


def _show(session: Session, place: int) -> int:
    data = session.state.data.data_set
    assert data is not None
    assert show_example(session, data.train, place) == ""
    return int(data.train.labels[place])


def test_an_example_brings_its_class_to_a_network_that_learns_these_classes(fresh: Session) -> None:
    label = _show(fresh, 700)
    assert label > 0
    assert fresh.state.steps.target == label


def test_it_brings_none_to_a_network_of_other_classes_and_leaves_the_target_that_was_chosen(trained: Session) -> None:
    _show(trained, 0)
    assert trained.state.steps.target is None
    trained.learning.set_target(cat := trained.state.classes.index("cat"))
    _show(trained, 700)
    assert trained.state.steps.target == cat


def test_the_label_goes_with_its_example(fresh: Session) -> None:
    _show(fresh, 0)
    fresh.input.use_picture(make_picture(3))
    assert fresh.state.steps.target is None
    fresh.learning.set_target(4)
    fresh.input.use_picture(make_picture(4))
    assert fresh.state.steps.target == 4


def test_examples_looked_at_in_a_row_are_one_entry_that_leads_back_to_picture_and_target(fresh: Session) -> None:
    fresh.learning.set_target(2)
    shown = fresh.state.input.picture
    for place in (0, 1, 700):
        _show(fresh, place)
    assert fresh.state.files.undo_text.startswith("show ")
    fresh.editing.undo()
    assert fresh.state.input.picture is shown
    assert fresh.state.steps.target == 2
    fresh.editing.redo()
    data = fresh.state.data.data_set
    assert data is not None
    assert fresh.state.input.picture is not None
    np.testing.assert_array_equal(fresh.state.input.picture.pixels, data.train.inputs([700])[0])
    assert fresh.state.steps.target == data.train.labels[700]


def test_a_row_of_numbers_is_shown_and_undone_like_a_picture(qtbot: QtBot) -> None:
    session = make_session("2 linear(4) tanh linear(2)")
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None)
    before = session.state.values
    label = _show(session, 3)
    assert session.state.steps.target == label
    session.editing.undo()
    assert session.state.values is before
    assert session.close()


def test_a_target_never_turns_into_another_class_when_a_run_names_the_classes(trained: Session, qtbot: QtBot) -> None:
    trained.learning.set_hyperparameters(epochs=1)
    trained.learning.set_target(cat := trained.state.classes.index("cat"))
    trained.training.train_one_step()
    qtbot.waitUntil(lambda: trained.state.training.step == 1)
    assert trained.state.classes[cat] == "moon"
    assert trained.state.steps.target is None
    trained.editing.undo()
    assert trained.state.classes[cat] == "cat"
    assert trained.state.steps.target == cat


def test_a_class_under_the_same_name_is_aimed_at_wherever_it_stands() -> None:
    assert renamed(1, ("a", "b"), ("b", "a")) == 0
    assert renamed(1, ("a", "b"), ("c", "d")) is None
    assert renamed(1, (), ("c", "d")) == 1
    assert renamed(7, ("a", "b"), ("c", "d")) == 7
    assert renamed((1.0, 0.0), ("a", "b"), ("c", "d")) == (1.0, 0.0)
    assert renamed(None, ("a", "b"), ("c", "d")) is None


def test_a_target_does_not_go_to_the_network_that_undo_leads_back_to(trained: Session) -> None:
    trained.files.new_network(FRESH)
    trained.learning.set_target(0)
    while trained.state.title == "untitled":
        trained.editing.undo()
    assert trained.state.steps.target is None
