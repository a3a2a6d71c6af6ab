"""The window offers what can be done with what it looks at, and says of the rest why not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.data.catalogue import open_data
from explorer.network import Network
from explorer.session import Document, Session, State, Verb
from explorer.session.slices import DataState
from explorer.session.subjects.editable_network import EditableNetwork
from explorer.session.subjects.nothing import Nothing
from explorer.session.subjects.own_model import OwnModel
from explorer.session.subjects.subject import Subject
from explorer.ui.debugger import view as debugger
from explorer.ui.shell import commands
from explorer.ui.shell.actions import Command, all_commands
from explorer.ui.training import dock
from explorer.ui.training.plane import landscape_view, surface_view
from tests.ui.fakes import wait_until_shown

NETWORK = EditableNetwork.fresh(Network.parse("2 linear(2)"))
SUBJECTS = {"network": NETWORK, "own": OwnModel(nn.Linear(2, 2)), "nothing": Nothing()}
ASKED = {
    "openWeights": Verb.LOAD_WEIGHTS,
    "resetWeights": Verb.CHANGE_WEIGHTS,
    "save": Verb.SAVE,
    "saveAs": Verb.SAVE,
    "copySource": Verb.EDIT,
    "copyNotation": Verb.EDIT,
    "trainStart": Verb.TRAIN,
    "trainOneStep": Verb.TRAIN,
}


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
@pytest.mark.parametrize("name", ASKED)
def test_a_command_is_offered_where_the_subject_lets_it_be_done(name: str, subject: Subject) -> None:
    command = next(each for each in all_commands() if isinstance(each, Command) and each.name == name)
    assert command.enabled(State(Document(subject))) == subject.can(ASKED[name])


def test_of_a_model_that_has_not_run_yet_nobody_says_that_no_network_is_open() -> None:
    state, nothing = State(Document(SUBJECTS["own"])), State()
    for why_empty in (debugger.why_empty, landscape_view.why_empty):
        assert why_empty(state) != why_empty(nothing)
        assert "open" in why_empty(nothing).lower()
    assert SUBJECTS["own"].refusal(Verb.USE_DATA) in landscape_view.why_empty(state)
    with_points = replace(state, data=DataState(data_set=open_data("points:xor")))
    assert surface_view.why_empty(with_points) == SUBJECTS["own"].refusal(Verb.USE_DATA)
    assert dock.facts(state) == SUBJECTS["own"].refusal(Verb.TRAIN)
    assert dock.facts(nothing) == dock.READY


def test_the_calls_of_an_own_model_are_walked_through_as_layers_are(qtbot: QtBot) -> None:
    session = Session()
    session.files.adopt(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), np.ones(2, np.float32)[None], "mine")
    wait_until_shown(qtbot, session)
    walk = next(each for each in all_commands() if isinstance(each, Command) and each.name == "nextLayer")
    assert walk.enabled(session.state)
    names = [part.name for part in session.state.parts]
    session.selection.select(layer=names[0])
    seen = []
    for _ in names:
        commands.step_layer(SimpleNamespace(session=session), 1)  # type: ignore[arg-type]
        seen.append(session.state.selection.layer)
    assert seen == [*names[1:], names[-1]]
    assert session.close()


def test_both_kinds_of_subject_are_looked_at_by_the_same_questions() -> None:
    """What a view asks is answered by each, with or without a pass."""
    for subject in SUBJECTS.values():
        assert [part.name for part in subject.parts(None)] == [
            name for name in ("input", *subject.names) if subject.has_part(name, None)
        ]
