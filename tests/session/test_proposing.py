"""A press of Train asks before it replaces anything of the person's, and at no other time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.data import open_data
from explorer.network import Network
from explorer.session import Session
from explorer.session.data_fit import data_for, problem_with
from explorer.session.features.proposing import proposal_of
from explorer.session.proposal import Proposal
from explorer.session.subjects.editable_network import EditableNetwork
from tests.ui.fakes import make_session, wait_until_shown

FRESH = "3x32x32 conv(4, 3) relu maxpool(4) flatten linear(10)"
MOONS = "2 linear(8) tanh linear(2)"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """The network that a person sees first: trained, with names for its classes."""
    made = Session()
    made.files.open_network("cifar10")
    made.learning.set_hyperparameters(epochs=1, batch_size=100)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


@pytest.fixture
def fresh(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(FRESH)
    made.learning.set_hyperparameters(epochs=1)
    yield made
    assert made.close()


def _weights(session: Session) -> dict[str, np.ndarray]:
    assert session.state.maps.activations is not None
    shown = {name: entry.weight for name, entry in session.state.maps.activations.by_name.items()}
    return {name: weight for name, weight in shown.items() if weight is not None}


def _logits(session: Session) -> np.ndarray:
    assert session.state.maps.activations is not None
    return session.state.maps.activations.by_name["linear1"].values


def _asked(session: Session) -> Proposal | None:
    return session.state.training.proposal


def test_the_first_press_on_a_trained_network_says_what_would_happen_and_changes_nothing(session: Session) -> None:
    before = session.state
    assert not session.proposing.press()
    proposal = _asked(session)
    assert proposal is not None
    assert (proposal.data, proposal.replaces_classes, proposal.replaces_weights) == ("textures", True, True)
    assert session.state.document is before.document
    assert session.state.data is before.data
    assert session.state.training.status == "ready"


def test_after_training_undo_brings_weights_and_names_back_exactly(session: Session, qtbot: QtBot) -> None:
    classes, weights, logits = session.state.classes, _weights(session), _logits(session)
    session.proposing.press("step")
    session.proposing.agree()
    qtbot.waitUntil(lambda: session.state.training.status == "paused")
    assert session.state.classes[0] == "brick"
    wait_until_shown(qtbot, session)
    assert not np.array_equal(_logits(session), logits)
    while "train" in session.state.files.undo_text:
        session.editing.undo()
    wait_until_shown(qtbot, session)
    assert session.state.classes == classes
    np.testing.assert_array_equal(_logits(session), logits)
    assert _weights(session).keys() == weights.keys()
    for name, weight in _weights(session).items():
        np.testing.assert_array_equal(weight, weights[name])


def test_a_second_press_agrees(session: Session, qtbot: QtBot) -> None:
    assert not session.proposing.press()
    assert session.proposing.press()
    assert _asked(session) is None
    qtbot.waitUntil(lambda: session.state.training.status == "running")
    assert session.state.document.data == "textures"


def test_a_fresh_copy_is_trained_beside_and_undo_leads_back(session: Session, qtbot: QtBot) -> None:
    before, logits = session.state.document, _logits(session)
    session.proposing.press("step")
    session.proposing.train_copy()
    assert session.state.title == f"{before.title} copy"
    assert not set(session.state.document.layer_ids) & set(before.layer_ids)
    assert session.state.path is None
    qtbot.waitUntil(lambda: session.state.training.status == "paused")
    assert session.state.training.step == 1
    while session.state.document.opening != before.opening:
        session.editing.undo()
    assert session.state.document == before
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(_logits(session), logits)


def test_a_press_on_a_network_with_data_trains_at_once(session: Session, qtbot: QtBot) -> None:
    session.data.use_data("textures")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None)
    assert session.proposing.press()
    assert session.state.training.status == "running"


def test_a_press_on_a_network_without_a_past_trains_at_once_on_what_comes_along(fresh: Session, qtbot: QtBot) -> None:
    assert fresh.proposing.press("step")
    qtbot.waitUntil(lambda: fresh.state.training.step == 1)
    assert fresh.state.document.data == "textures"


def test_scripts_are_never_asked(session: Session, qtbot: QtBot) -> None:
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 0)


def test_data_of_the_network_before_are_asked_about_too(fresh: Session, qtbot: QtBot) -> None:
    fresh.data.use_data("textures")
    qtbot.waitUntil(lambda: fresh.state.data.data_set is not None)
    fresh.files.open_network("cifar10")
    assert not fresh.proposing.press()
    assert _asked(fresh) is not None


@pytest.mark.parametrize("act", ["dismiss", "edit", "undo", "open", "choose data"])
def test_the_question_goes_with_whatever_else_is_done(act: str, session: Session, qtbot: QtBot) -> None:
    session.learning.set_hyperparameters(learning_rate=0.5)
    session.proposing.press()
    acts = {
        "dismiss": session.proposing.dismiss,
        "edit": lambda: session.editing.remove_layer("relu1"),
        "undo": session.editing.undo,
        "open": lambda: session.files.new_network(MOONS),
        "choose data": lambda: session.data.use_data("textures"),
    }
    acts[act]()
    qtbot.waitUntil(lambda: _asked(session) is None)
    assert session.state.training.status == "ready"


def test_a_network_of_numbers_is_offered_no_pictures(qtbot: QtBot) -> None:
    session = make_session("3 linear(4) relu linear(2)")
    assert not session.proposing.press()
    proposal = _asked(session)
    assert proposal is not None
    assert proposal.data == ""
    assert not session.proposing.press()  # there is nothing to agree to
    session.training.train()
    assert session.state.status.notice.startswith("Choose data first")
    assert session.state.data.progress is None
    assert session.close()


@pytest.mark.parametrize(("outputs", "data"), [(2, "points:moons"), (3, "points:blobs"), (5, "points:moons")])
def test_a_network_of_two_numbers_learns_points(outputs: int, data: str) -> None:
    session = make_session(f"2 linear(4) relu linear({outputs})")
    assert data_for(session.state.subject) == data
    assert session.close()


def test_named_classes_are_something_to_lose_unless_they_are_those_of_the_data(fresh: Session) -> None:
    document = fresh.state.document
    others = replace(document, classes=tuple(map(str, range(10))))
    same = replace(document, classes=_come_along(fresh))
    learned = replace(document, subject=EditableNetwork.fresh(document.subject.edited), has_fresh_weights=False)
    told = [proposal_of(replace(fresh.state, document=each)) for each in (document, others, same, learned)]
    assert [each is not None and each.is_asked_about for each in told] == [False, True, False, True]


def _come_along(session: Session) -> tuple[str, ...]:
    proposal = proposal_of(session.state)
    assert proposal is not None
    assert len(proposal.classes) == 10
    return proposal.classes


def test_one_number_is_called_one_number() -> None:
    subject = EditableNetwork.fresh(Network.parse("1 linear(2)"))
    problem = problem_with(subject, open_data("points:moons"))
    assert problem is not None
    assert problem.message.endswith("holds rows of 2 numbers, but this network takes 1 number.")
