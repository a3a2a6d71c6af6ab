"""The numbers of a row are called the same wherever they stand: x₁, u₂, z₂, a₁, y₂."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.cursor import at
from explorer.session.step_tensors import Tensor
from explorer.session.timeline import Timeline
from explorer.ui.debugger.class_labels import class_labels, labels_of
from explorer.ui.debugger.into.plan import into_plan
from explorer.ui.debugger.into.term_tables import Table
from explorer.ui.debugger.node_link.reading import drawing_of
from explorer.ui.debugger.node_link.structure import spelled
from explorer.ui.debugger.over_plan import over_plan
from explorer.ui.maps.cell_facts import place_words
from explorer.ui.maps.words import cell_words, names_of
from explorer.ui.overview.entries import entries_of
from explorer.ui.tensors.view import TensorView
from tests.ui.fakes import make_session, wait_until_shown
from tests.ui.step_sessions import recorded

TEXTS = {
    "2 linear(2) relu linear(2) sigmoid": {"input": "x", "linear1": "u", "relu1": "z", "linear2": "a", "sigmoid1": "y"},
    "3 linear(2)": {"input": "x", "linear1": "y"},
    "2 linear(2) linear(3) softmax": {"input": "x", "linear1": "z", "linear2": "a", "softmax1": "y"},
    "1x2x2 conv(2, 2) relu flatten linear(2)": {"flatten1": "z", "linear1": "y"},
    "1x2x2 flatten linear(2)": {"flatten1": "x", "linear1": "y"},
}


@pytest.fixture(params=TEXTS)
def session(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[Session]:
    made = make_session(request.param)
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def row(letter: str, count: int) -> list[str]:
    return [spelled(letter, place) for place in range(count)]


def test_maps_and_overview_call_a_number_by_its_letter(session: Session) -> None:
    state = session.state
    maps = state.maps.activations
    assert maps is not None
    letters = TEXTS[_text_of(session)]
    for entry in maps.layers:
        if entry.values.ndim > 1:
            continue
        expected = row(letters[entry.name], len(entry.values))
        assert list(names_of(entry, ())) == expected
        last = len(expected) - 1
        assert place_words(entry, last) == f"{expected[last]} of {entry.name}"
        cell = entry.cell(last)
        assert cell is not None
        assert f" · {expected[last]} · " in cell_words(entry, cell, ())
    columns = [entry for entry in entries_of(state) if entry.name in letters and entry.prediction is None]
    assert columns
    for column in columns:
        assert column.title_of(0).endswith(f", {spelled(letters[column.name], 0)}")
    assert state.prediction is not None
    if len(state.prediction.names) != len(state.classes):
        assert list(state.prediction.names) == row("y", len(state.prediction.names))


def _text_of(session: Session) -> str:
    network = session.state.network
    assert network is not None
    return next(text for text in TEXTS if network.names == type(network).parse(text).names)


SMALL = "2 linear(2) relu linear(2)"


def small() -> Timeline:
    return recorded(SMALL, loss="mse", target=[[1.0, -1.0]])


def test_the_debugger_calls_them_as_its_drawing_does() -> None:
    timeline = small()
    labels = class_labels(timeline, ())
    for column in drawing_of(timeline).columns[:3]:
        for line in column.lines:
            step = timeline.steps[line.step]
            title = "input" if line.tensor == "input" else step.call
            given = timeline.tensors(line.step).by_name[line.tensor].title
            assert given.startswith(title)
            symbol = line.symbol.rpartition("=")[2]
            assert list(labels[given]) == row(symbol, column.size)


def test_a_chosen_number_and_the_rows_of_a_table_are_called_so_too(qtbot: QtBot) -> None:
    timeline = small()
    step = timeline.find("forward", "linear2")
    assert step is not None
    cursor = at(timeline, step)
    made = over_plan(timeline, cursor, ()).made[0].shown
    view = TensorView()
    qtbot.addWidget(view)
    view.set_tensor(made)
    view.set_marks(None, (0, 1))
    assert ", y₂: " in view.accessibleDescription()
    assert "cell (" not in view.accessibleDescription()
    middle = into_plan(timeline, cursor, ()).middle
    assert isinstance(middle, Table)
    assert middle.labels == ("z₁", "z₂")
    loss = timeline.find("loss", "loss")
    assert loss is not None
    table = into_plan(timeline, at(timeline, loss), ()).middle
    assert isinstance(table, Table)
    assert table.labels == ("y₁", "y₂")
    given, target = over_plan(timeline, at(timeline, loss), ()).given
    assert (list(given.shown.names), list(target.shown.names)) == (["y₁", "y₂"], ["d₁", "d₂"])


@pytest.mark.parametrize("shape", [(), (1,), (1, 3), (4, 2), (2, 4, 4, 3)])
def test_rows_of_another_length_than_the_one_that_was_named_have_no_names(shape: tuple[int, ...]) -> None:
    tensor = Tensor("input", "linear1", np.zeros(shape, np.float32), "activation")
    assert labels_of(tensor, {"linear1": ("cat", "dog")}) == (("cat", "dog") if shape[-1:] == (2,) else ())


def test_the_terms_of_a_row_with_fewer_classes_than_numbers_have_their_places() -> None:
    """The inside of what the loss gives back raised."""
    timeline = recorded("4 linear(6) softmax", target=[1])
    place = timeline.find("backward", "softmax1")
    assert place is not None
    cursor = replace(at(timeline, place), of="input", cell=(0, 5), is_inside=True)
    middle = into_plan(timeline, cursor, ("cat", "dog")).middle
    assert isinstance(middle, Table)
    assert {*middle.labels} == {*map(str, range(6))}
