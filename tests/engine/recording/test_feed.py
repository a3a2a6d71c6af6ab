"""What a model is called with, whatever its structure: an example of each tensor is looked at, and may be replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import explorer
from explorer.engine.recording.feed import Feed


class Two(nn.Module):
    """A picture and a row of facts."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.linear = nn.Conv2d(3, 4, 3), nn.Linear(5, 4)

    def forward(self, image: Tensor, facts: Tensor) -> Tensor:
        return self.conv(image).mean((2, 3)) + self.linear(facts)


@dataclass
class Given:
    """What some models take as one argument."""

    image: Tensor
    facts: Tensor
    scale: float = 2.0


class Pair(NamedTuple):
    """The same as a named tuple."""

    image: Tensor
    facts: Tensor


class OfOne(Two):
    """Takes both in one argument."""

    def forward(self, given: Any) -> Tensor:  # type: ignore[override]
        return super().forward(given.image, given.facts)


IMAGE, FACTS = torch.randn(3, 3, 6, 7), torch.randn(3, 5)
SPELLINGS: dict[str, tuple[nn.Module, Any, tuple[str, ...]]] = {
    "tuple": (Two(), (IMAGE, FACTS), ("image", "facts")),
    "dictionary": (Two(), {"facts": FACTS, "image": IMAGE}, ("facts", "image")),
    "dataclass": (OfOne(), Given(IMAGE, FACTS), ("given.image", "given.facts")),
    "named tuple": (OfOne(), Pair(IMAGE, FACTS), ("given.image", "given.facts")),
    "arrays": (Two(), (IMAGE.double().numpy(), FACTS.numpy()), ("image", "facts")),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_structure_is_fed_as_it_is_and_each_of_its_tensors_looked_at(spelling: str) -> None:
    model, given, names = SPELLINGS[spelling]
    feed = Feed.of(given, model)
    assert (feed.names, feed.batch_size) == (names, 3)
    for at, name in enumerate(names):
        expected = IMAGE if name.endswith("image") else FACTS
        np.testing.assert_array_equal(feed.numbers((at, 2)), expected[2].numpy())
    recording = explorer.record(model, feed.on(torch.device("cpu")).given)
    plain = Two()
    plain.load_state_dict(model.state_dict())
    torch.testing.assert_close(recording.outputs, plain(IMAGE, FACTS))


def test_an_example_that_is_replaced_is_fed_beside_the_others_and_nothing_else_changes() -> None:
    image = IMAGE.clone()
    feed = Feed.of((image, FACTS), Two())
    other = np.full((3, 6, 7), 0.5, np.float32)
    changed = feed.replaced({(0, 1): other, (1, 0): feed.numbers((1, 0))})
    expected = IMAGE.clone()
    expected[1] = 0.5
    assert torch.equal(changed.given[0], expected)
    assert changed.given[1] is FACTS
    assert torch.equal(image, IMAGE)
    assert feed.replaced({(0, 0): feed.numbers((0, 0))}) is feed


def test_numbers_go_in_as_the_type_that_the_tensor_has() -> None:
    ids = torch.tensor([[1, 5, 2]])
    changed = Feed.of(ids, nn.Embedding(9, 4)).replaced({(0, 0): np.array([1, 7, 2])})
    assert (changed.given.dtype, changed.given.tolist()) == (torch.int64, [[1, 7, 2]])
    half = Feed.of(torch.ones(2, 4, dtype=torch.bfloat16), nn.Linear(4, 2).bfloat16())
    assert half.numbers((0, 1)).dtype == np.float32
    assert half.replaced({(0, 1): np.full(4, 0.5, np.float32)}).given.dtype == torch.bfloat16


def test_numbers_of_another_size_are_fed_by_themselves() -> None:
    changed = Feed.of(torch.ones(2, 4), nn.Linear(4, 2)).replaced({(0, 0): np.ones(6, np.float32)})
    assert (changed.given.shape, changed.batch_size) == ((1, 6), 1)


@pytest.mark.parametrize(("layout", "shape"), [("NHWC", (2, 6, 7, 3)), ("HWC", (6, 7, 3))])
def test_a_layout_puts_the_channels_first_for_the_person_alone(layout: str, shape: tuple[int, ...]) -> None:
    x = torch.randn(shape)
    feed = Feed.of(x, nn.Identity(), layout=layout)
    batch = x if layout == "NHWC" else x[None]
    np.testing.assert_array_equal(feed.numbers((0, 0)), batch[0].permute(2, 0, 1).numpy())
    assert feed.given.shape == batch.shape
    turned = feed.replaced({(0, 0): np.zeros((3, 6, 7), np.float32)})
    assert turned.given.shape == batch.shape
    assert not turned.given[0].any()
    assert feed.is_one is (layout == "HWC")


@pytest.mark.parametrize("layout", ["HW", "NCCW", "CNHW", "nchw"])
def test_a_layout_that_names_other_axes_is_refused(layout: str) -> None:
    with pytest.raises(ValueError, match="does not name the axes of an input of 4"):
        Feed.of(torch.ones(1, 3, 4, 4), nn.Identity(), layout=layout)


def test_names_are_one_for_each_input() -> None:
    assert Feed.of((IMAGE, FACTS), Two(), names=("photo", "age")).names == ("photo", "age")
    with pytest.raises(ValueError, match="1 names for 2 inputs"):
        Feed.of((IMAGE, FACTS), Two(), names=("photo",))


def test_what_cannot_be_looked_at_is_fed_all_the_same() -> None:
    class Turning(nn.Module):
        def forward(self, x: Tensor, turn: Tensor, step: Tensor) -> Tensor:
            return (torch.view_as_complex(x) * turn).real + step

    feed = Feed.of((torch.randn(2, 4, 2), torch.ones(4) * 1j, torch.tensor(3.0)), Turning())
    assert feed.names == ("x",)
    assert len(feed.on(torch.device("cpu")).given) == 3


def test_inputs_are_told_apart_in_what_calls_were_made_from() -> None:
    feed = Feed.of((IMAGE, FACTS), Two())
    recording = explorer.record(Two(), (IMAGE, FACTS), input_names=feed.input_names(0))
    assert (recording["conv"].parents, recording["linear"].parents) == (("input",), ("input.facts",))
    assert (recording.input_shape, recording.batch_size) == ((3, 3, 6, 7), 3)
    field = recording.receptive_fields().field("linear", 0, 1)
    assert field is not None
    assert field.amount == 0  # nothing of the picture
    other = explorer.record(Two(), (IMAGE, FACTS), input_names=feed.input_names(1))
    assert (other["conv"].parents, other["linear"].parents) == (("input.image",), ("input",))
    assert explorer.record(Two(), (IMAGE, FACTS))["linear"].parents == ("input",)


def test_record_takes_arrays_and_says_what_is_none_of_numbers() -> None:
    x = np.random.default_rng(0).random((2, 4))
    model = nn.Linear(4, 2)
    recording = explorer.record(model, x)
    torch.testing.assert_close(recording.outputs, model(torch.from_numpy(x).float()).detach())
    with pytest.raises(explorer.EngineError, match="A model takes numbers"):
        explorer.record(model, np.array(["cat"]))
