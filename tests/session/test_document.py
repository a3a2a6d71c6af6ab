"""What is saved can be opened again, and is the same; what is saved is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.network import Network, Shape
from explorer.network.files import read_network, write_network
from explorer.session import edits
from explorer.session.document import Document
from explorer.session.subjects.editable_network import EditableNetwork, new_ids
from explorer.writing import FileError
from tests.network import strategies

positive = st.floats(1e-6, 1e6)
chosen = st.builds(
    Hyperparameters,
    optimizer=st.sampled_from(("SGD", "Adam", "AdamW", "RMSprop")),
    learning_rate=st.floats(0, 1e30),
    betas=st.tuples(st.floats(0, 0.99), st.floats(0, 0.999)),
    nesterov=st.booleans(),
    epochs=st.integers(1, 10**6),
)


def document(network: Network, **more: object) -> Document:
    channels = network.input_shape[0]
    scale = {"mean": (0.25,) * channels, "std": (0.5,) * channels}
    return Document(EditableNetwork.fresh(network), **{**scale, **more})  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(
    network=strategies.networks(),
    shape=strategies.shapes,
    title=st.text(max_size=30),
    classes=st.lists(st.text(max_size=8), max_size=4),
    mean=st.floats(-1e300, 1e300),
    std=positive,
    settings_=chosen,
)
@example(Network.parse("3x4x4 relu"), (2,), "half a letter \udcff", ["\ud800"], 0.1, 0.5, Hyperparameters())
def test_what_is_saved_is_opened_again_and_is_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    network: Network,
    shape: Shape,
    title: str,
    classes: list[str],
    mean: float,
    std: float,
    settings_: Hyperparameters,
) -> None:
    path = tmp_path_factory.mktemp("law") / "net.json"
    channels = network.input_shape[0]
    given_ = document(network, title=title, classes=tuple(classes), hyperparameters=settings_)
    given_ = replace(given_, mean=(mean,) * channels, std=(std,) * channels)
    for each in (given_, edits.reshape_input(given_, shape)):
        write_network(path, each.as_file())
        file = read_network(path)
        assert replace(file, learning={}) == replace(each.as_file(), learning={})
        assert Document.opened(file, path).hyperparameters == settings_
        assert file.remark == ""


def test_what_could_not_be_opened_again_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    for wrong in ({"mean": (1.0, 2.0)}, {"std": (0.0,) * 3}, {"mean": (float("nan"),) * 3}, {"fit": "wrong"}):
        with pytest.raises(FileError, match="could not be opened again"):
            write_network(path, document(Network.parse("3x4x4 relu"), **wrong).as_file())
    assert not path.exists()


def test_another_input_drops_the_scale_of_other_channels_by_whatever_way() -> None:
    before = document(Network.parse("3x4x4 relu flatten linear(2)"))
    for shape, is_kept in (((3, 8, 8), True), ((1, 4, 4), False), ((2,), False), ((3,), False)):
        changed = before.with_network(before.subject.edited.with_input_shape(shape))
        assert bool(changed.mean) == bool(changed.std) == is_kept, shape


def test_text_holds_all_of_a_network_with_fresh_weights_alone() -> None:
    plain = Document(EditableNetwork.fresh(Network.parse("2 linear(2)")))
    assert plain.fits_in_text
    assert edits.insert(plain, 0, Network.parse("2 tanh").layers[0]).fits_in_text
    learned = plain.with_weights(new_ids(1))
    assert not learned.fits_in_text
    assert edits.forget_weights(learned).fits_in_text
    assert not replace(plain, classes=("a", "b")).fits_in_text
    assert not replace(plain, hyperparameters=Hyperparameters(epochs=3)).fits_in_text
