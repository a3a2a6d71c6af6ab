"""Editing: each verb gives a new network and leaves the rest as it was."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.network import Network, NetworkError
from explorer.network.layers import Conv2d, ReLU
from tests.network import strategies

CHAIN = "3x8x8 conv(4, 3) relu conv(5, 3) relu"


def test_an_unnamed_layer_gets_the_next_free_name() -> None:
    network = Network.parse(CHAIN).insert(1, Conv2d(7, 1))
    assert network.names == ("conv1", "conv3", "relu1", "conv2", "relu2")
    assert Network.parse(CHAIN).insert(99, ReLU()).names[-1] == "relu3"


def test_a_name_may_not_be_given_twice() -> None:
    network = Network.parse(CHAIN)
    with pytest.raises(NetworkError, match="already a layer called 'relu1'"):
        network.insert(0, ReLU(name="relu1"))
    with pytest.raises(NetworkError, match="already a layer called 'relu1'"):
        network.rename("conv1", "relu1")


@pytest.mark.parametrize("name", ["", "a b", "1st", "a.b", "_a", "input"])
def test_a_name_must_be_one_that_can_be_written(name: str) -> None:
    with pytest.raises(NetworkError):
        Network.parse(CHAIN).rename("conv1", name)


def test_references_follow_a_new_name() -> None:
    network = Network.parse("3x8x8 a=relu relu add(a, relu2)").rename("a", "b")
    assert network.text() == "3x8x8 b=relu relu add(b, relu2)"
    assert network.replace("b", ReLU(name="c")).inputs("add1") == ("c", "relu2")


def test_another_layer_in_its_place_keeps_the_name_and_what_takes_from_it() -> None:
    network = Network.parse("3x8x8 a=relu relu add(a, relu2)").replace("a", Conv2d(3, 1))
    assert network.text() == "3x8x8 a=conv(3, 1) relu2=relu add(a, relu2)"


def test_without_a_layer_what_took_it_by_name_is_left_with_a_problem() -> None:
    network = Network.parse("3x8x8 a=relu relu add(a, relu2)").remove("a")
    assert [problem.message for problem in network.problems()] == ["There is no layer called 'a' to take from."]


def test_a_moved_layer_stands_where_it_was_put() -> None:
    network = Network.parse(CHAIN)
    assert network.move("relu2", 0).names == ("relu2", "conv1", "relu1", "conv2")
    assert network.move("conv1", 3).names == ("relu1", "conv2", "relu2", "conv1")


def test_a_copy_stands_behind_its_layer() -> None:
    network = Network.parse(CHAIN).duplicate("conv2")
    assert network.names == ("conv1", "relu1", "conv2", "conv3", "relu2")
    assert network.layer("conv3").with_settings(name="conv2") == network.layer("conv2")


def test_copied_layers_are_pasted_under_free_names_and_keep_to_themselves() -> None:
    network = Network.parse("3x8x8 a=relu relu add(a, relu2)")
    text = network.layers_text(("a", "relu2", "add1"))
    assert text == "a=relu relu add(a, relu2)"
    pasted = network.paste(text, 3)
    assert pasted.names == ("a", "relu2", "add1", "relu1", "relu3", "add2")
    assert pasted.inputs("add2") == ("relu1", "relu3")
    assert pasted.problems() == ()


def test_unknown_layers_are_named() -> None:
    network = Network.parse(CHAIN)
    for change in (network.remove, network.duplicate, network.layer, network.inputs, network.index):
        with pytest.raises(NetworkError, match="no layer called 'gone'"):
            change("gone")


def test_what_a_layer_takes_can_be_asked() -> None:
    network = Network.parse("3x8x8 a=conv(4, 3) add(input, a)")
    assert network.inputs("a") == ("input",)
    assert network.inputs("add1") == ("input", "a")
    assert network.input_shapes("add1") == ((3, 8, 8), (4, 6, 6))


@pytest.mark.parametrize("shape", [(), (0,), (3, 8), (3, -8, 8), (3, 8.5, 8), (True, 8, 8)])
def test_an_input_of_no_size_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(NetworkError, match="An input is channels × height × width"):
        Network(shape)


def test_a_network_can_be_hashed_copied_and_pickled() -> None:
    network = Network.parse(CHAIN)
    network.problems()
    assert pickle.loads(pickle.dumps(network)) == copy.deepcopy(network) == network
    assert len({network, Network.parse(CHAIN)}) == 1


@settings(max_examples=100, deadline=None)
@given(data=st.data(), network=strategies.networks())
def test_any_row_of_edits_leaves_a_network_that_can_be_written(data: st.DataObject, network: Network) -> None:
    for _ in range(6):
        names = st.sampled_from(network.names or ("none",))
        place = data.draw(st.integers(0, 8))
        verb = data.draw(st.sampled_from(["insert", "remove", "move", "duplicate", "paste", "rename"]))
        if verb == "insert":
            network = network.insert(place, data.draw(strategies.layers(plain=True)))
        elif verb == "paste":
            network = network.paste(network.layers_text(network.names), place)
        elif network.layers and verb == "move":
            network = network.move(data.draw(names), place)
        elif network.layers and verb == "rename" and "new" not in network.names:
            network = network.rename(data.draw(names), "new")
        elif network.layers and verb in ("remove", "duplicate"):
            network = getattr(network, verb)(data.draw(names))
        assert Network.parse(network.text()) == network
