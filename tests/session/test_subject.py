"""What can be done with what the window looks at is asked of it, and it says why not; so the session does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.network import Network
from explorer.network.layers import ReLU
from explorer.session import Session, Verb
from explorer.session.subjects.editable_network import EditableNetwork
from explorer.session.subjects.nothing import Nothing
from explorer.session.subjects.opened_model import OpenedModel
from explorer.session.subjects.own_model import OwnModel
from explorer.session.subjects.subject import Refused, Subject
from tests.ui.fakes import make_picture, wait_until_shown

PICTURES = Network.parse("3x8x8 conv(4, 3, padding=1) relu maxpool(2) flatten linear(2)")
ROW = np.linspace(-1, 1, 4, dtype=np.float32)

SUBJECTS = {
    "pictures": EditableNetwork.fresh(PICTURES),
    "numbers": EditableNetwork.fresh(Network.parse("4 linear(3)")),
    "nothing to learn": EditableNetwork.fresh(Network.parse("3x8x8 relu")),
    "faulty": EditableNetwork.fresh(Network.parse("3x8x8 conv(4, 9) linear(2)")),
    "own": OwnModel(nn.Linear(4, 2)),
    "opened": OpenedModel(nn.Conv2d(3, 2, 3), source=Path("net.py"), made_by="Net", shape=(3, 8, 8)),
    "opened for numbers": OpenedModel(nn.Linear(4, 2), source=Path("net.py"), made_by="Net", shape=(4,)),
    "program": OpenedModel(nn.Linear(4, 2), source=Path("net.pt2"), shape=(4,)),
    "nothing": Nothing(),
}
REFUSED: dict[str, set[Verb]] = {
    "pictures": set(),
    "numbers": {Verb.SHOW_PICTURE},
    "nothing to learn": {Verb.TRAIN},
    "faulty": {Verb.TRAIN},
    "own": set(Verb),
    "opened": set(Verb) - {Verb.SHOW_PICTURE, Verb.LOAD_WEIGHTS},
    "opened for numbers": set(Verb) - {Verb.LOAD_WEIGHTS},
    "program": set(Verb),
    "nothing": set(Verb) - {Verb.SHOW_PICTURE},
}
DOING: dict[Verb, tuple[Callable[[Session], object], ...]] = {
    Verb.EDIT: (
        lambda session: session.editing.insert_layer(0, ReLU(name="more")),
        lambda session: session.editing.paste_layers("relu", 0),
        lambda session: session.editing.set_input_shape((1, 4, 4)),
    ),
    Verb.CHANGE_WEIGHTS: (
        lambda session: session.editing.reset_weights(),
        lambda session: session.editing.set_cell("0.weight", (0, 0), 1.0),
    ),
    Verb.LOAD_WEIGHTS: (lambda session: session.files.load_weights(Path("weights.pt")),),
    Verb.SAVE: (lambda session: session.files.save_network(Path("network.json")),),
    Verb.SHOW_PICTURE: (lambda session: session.input.use_picture(make_picture()),),
    Verb.USE_DATA: (lambda session: session.data.open_batch(),),
    Verb.TRAIN: (
        lambda session: session.training.train(),
        lambda session: session.training.train_one_epoch(),
        lambda session: session.training.train_one_step(),
    ),
}


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """With nothing open."""
    session = Session()
    yield session
    assert session.close()


def show(session: Session, subject: Subject) -> None:
    """Look at `subject`, before anything ran."""
    session.files.show(replace(session.state.document, subject=subject))


@pytest.mark.parametrize("name", SUBJECTS)
def test_what_can_be_done_is_asked_of_the_subject(name: str) -> None:
    subject = SUBJECTS[name]
    assert {verb for verb in Verb if not subject.can(verb)} == REFUSED[name]
    for verb in REFUSED[name]:
        sentence = subject.refusal(verb)
        assert sentence[0].isupper(), sentence
        assert sentence.endswith("."), sentence


@pytest.mark.parametrize(
    ("name", "verb"), [(name, verb) for name in SUBJECTS for verb in Verb if verb in REFUSED[name]]
)
def test_what_is_refused_leaves_all_as_it_was_and_says_why(session: Session, name: str, verb: Verb) -> None:
    for do in DOING[verb]:
        show(session, SUBJECTS[name])
        before = session.state
        do(session)
        assert session.state.status.notice == SUBJECTS[name].refusal(verb)
        assert replace(session.state, status=before.status) == before


def test_a_network_alone_is_handed_out_to_be_edited() -> None:
    assert SUBJECTS["pictures"].edited is PICTURES
    for name in ("own", "nothing"):
        with pytest.raises(Refused, match=SUBJECTS[name].refusal(Verb.EDIT)):
            _ = SUBJECTS[name].edited


def test_scripts_read_the_network_where_there_is_one(session: Session) -> None:
    assert session.state.network is None
    show(session, SUBJECTS["pictures"])
    assert session.state.network is PICTURES
    show(session, SUBJECTS["own"])
    assert session.state.network is None


def test_the_parts_of_a_network_are_those_that_its_model_is_seen_to_have(session: Session, qtbot: QtBot) -> None:
    network = EditableNetwork.fresh(PICTURES)
    show(session, network)
    session.input.use_picture(make_picture())
    wait_until_shown(qtbot, session)
    told, values = session.state.parts, session.state.values
    assert session.state.maps.activations is not None
    assert [part.name for part in told] == [layer.name for layer in session.state.maps.activations.layers]
    assert values is not None
    session.files.adopt(PICTURES.build(), values[None], "the same, as a program has it")
    wait_until_shown(qtbot, session)
    seen = session.state.parts
    assert [(part.shape, part.parameters, part.family) for part in seen] == [
        (part.shape, part.parameters, part.family) for part in told
    ]
    assert [part.parents for part in seen[1:]] == [(part.name,) for part in seen[:-1]]


def test_each_part_can_be_selected_and_nothing_else(session: Session, qtbot: QtBot) -> None:
    session.files.adopt(nn.Sequential(nn.Linear(4, 3), nn.ReLU()), ROW[None], "mine")
    wait_until_shown(qtbot, session)
    for part in session.state.parts:
        session.selection.select(layer=part.name)
        assert session.state.selection.layer == part.name
    session.selection.select(layer="conv1")
    assert session.state.selection.layer is None


def test_a_layer_stays_the_same_under_another_name(session: Session) -> None:
    show(session, SUBJECTS["pictures"])
    before = session.state.subject.identity("conv1")
    session.editing.rename_layer("conv1", "edges")
    assert session.state.subject.identity("edges") == before
    assert session.state.subject.identity("relu1") != before


def test_undo_leads_back_to_what_is_edited_here_alone(session: Session) -> None:
    show(session, SUBJECTS["own"])
    show(session, SUBJECTS["pictures"])
    assert not session.state.files.undo_text
    show(session, SUBJECTS["own"])
    session.editing.undo()
    assert session.state.subject == SUBJECTS["pictures"]


def test_numbers_that_are_typed_are_of_the_type_that_the_model_was_given(session: Session) -> None:
    session.files.adopt(nn.Linear(4, 2).double(), ROW.astype(np.float64)[None], "mine")
    session.input.set_values(ROW)
    assert session.state.values is not None
    assert session.state.values.dtype == np.float64
    show(session, SUBJECTS["numbers"])
    session.input.set_values(ROW.astype(np.float64))
    assert session.state.values.dtype == np.float32


def test_only_what_can_be_saved_here_is_told_as_unsaved(session: Session) -> None:
    show(session, SUBJECTS["pictures"])
    session.editing.remove_layer("relu1")
    assert session.state.files.unsaved
    show(session, SUBJECTS["own"])
    assert not session.state.files.unsaved
