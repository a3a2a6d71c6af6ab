"""Edits of a document: a layer's weights go wherever it goes, and only layers that are new get fresh ones."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from explorer.network import Network
from explorer.network.layers import Dropout, ReLU
from explorer.session import edits
from explorer.session.document import Document
from explorer.session.subjects.editable_network import EditableNetwork
from tests.network import strategies
from tests.ui.fakes import make_session

places = st.integers(-9, 9)  # the networks have fewer layers


def kept(before: Document, after: Document) -> dict[str, str]:
    """The layers of `after` whose weights are from `before`, with the names that they had there."""
    assert len(after.layer_ids) == len(set(after.layer_ids)) == len(after.subject.names)
    had = dict(zip(before.layer_ids, before.subject.names, strict=True))
    return {
        name: had[kept_id] for kept_id, name in zip(after.layer_ids, after.subject.names, strict=True) if kept_id in had
    }


@settings(max_examples=80, deadline=None)
@given(
    network=strategies.networks(),
    place=places,
    edit=st.sampled_from(
        (
            lambda document, place: edits.insert(document, place, ReLU(name="put_in")),
            lambda document, place: edits.paste(document, "put_in=relu", place),
        )
    ),
)
def test_what_is_put_in_at_any_place_leaves_the_others_their_weights(
    network: Network, place: int, edit: Callable[[Document, int], Document]
) -> None:
    before = Document(EditableNetwork.fresh(network))
    after = edit(before, place)
    assert kept(before, after) == {name: name for name in before.subject.names}
    assert after.subject.names.index("put_in") == max(0, min(place, len(before.layer_ids)))


@settings(max_examples=80, deadline=None)
@given(network=strategies.networks().filter(lambda network: network.names), place=places, data=st.data())
def test_what_is_moved_to_any_place_takes_its_weights_along(network: Network, place: int, data: st.DataObject) -> None:
    names = network.names
    before = Document(EditableNetwork.fresh(network))
    after = edits.move(before, data.draw(st.sampled_from(names)), place)
    assert kept(before, after) == {name: name for name in names}


def test_a_layer_put_in_beyond_the_end_is_the_last_and_is_selected(qtbot: QtBot) -> None:
    session = make_session()
    session.editing.insert_layer(99, Dropout(name="put_in"))
    assert session.state.network is not None
    assert session.state.network.names[-1] == "put_in" == session.state.selection.layer
    session.editing.insert_layer(-99, ReLU(name="first"))
    assert session.state.network.names[0] == "first" == session.state.selection.layer
    assert session.close()
