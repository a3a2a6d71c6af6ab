"""Examples in memory and those read when a batch asks for them are the same to a run."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

from explorer.data import fit_picture, open_data, picture_from_array
from explorer.data.augment import Crop, Flip
from explorer.engine.errors import EngineError
from explorer.engine.training.batches import as_trained
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.train import Examples, SourceExamples, train_as_chosen
from explorer.network import Network


@dataclass
class Pictures:
    """A source that notes what it was asked for."""

    pixels: np.ndarray
    labels: np.ndarray
    asked: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.labels)

    def inputs(self, indices: np.ndarray) -> np.ndarray:
        self.asked += list(indices)
        return self.pixels[indices]


def pictures(count: int = 30, height: int = 8, width: int = 8, channels: int = 3) -> Pictures:
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 256, (count, height, width, channels), dtype=np.uint8)
    return Pictures(pixels, np.arange(count) % 2)


def test_a_run_on_a_source_equals_one_on_the_same_examples_in_memory():
    source = pictures()
    mean, std = (0.4, 0.5, 0.6), (0.2, 0.3, 0.4)
    lazy = SourceExamples(source, (3, 8, 8), mean, std)
    kept = Examples(torch.from_numpy(source.pixels).permute(0, 3, 1, 2), torch.from_numpy(source.labels), mean, std)
    chosen = Hyperparameters(batch_size=7, epochs=2, learning_rate=0.1)
    augment = as_trained([Flip(), Crop()])
    runs = [
        list(train_as_chosen(
            Network.parse("3x8x8 conv(4, 3) relu flatten linear(2)").build(seed=0), data, chosen, classes=2,
            under=Conditions(augment=augment, validation=data),
        ))
        for data in (lazy, kept)
    ]  # fmt: skip
    assert runs[0] == runs[1]
    assert runs[0][0].loss != runs[0][-1].loss


def test_only_the_asked_examples_are_read():
    source = pictures()
    lazy = SourceExamples(source, (3, 8, 8))
    taken = lazy.taken(torch.tensor([5, 2]))
    assert set(source.asked) <= {0, 2, 5}  # the first tells the size
    assert torch.equal(taken, torch.from_numpy(source.pixels[[5, 2]]).permute(0, 3, 1, 2))


@pytest.mark.parametrize("cache_bytes", [0, 10**6])
@pytest.mark.parametrize(("channels", "shape"), [(3, (3, 6, 6)), (1, (3, 6, 4)), (3, (1, 16, 16))])
def test_pictures_of_another_size_are_fitted_as_the_window_does(channels, shape, cache_bytes):
    source = pictures(6, 10, 8, channels)
    lazy = SourceExamples(source, shape, fit="pad", cache_bytes=cache_bytes)
    for _ in range(2):
        taken = lazy.taken(torch.tensor([4, 1, 4]))
        for place, index in enumerate((4, 1, 4)):
            fitted = fit_picture(picture_from_array(source.pixels[index]), shape, mode="pad")
            assert np.array_equal(taken[place].numpy(), fitted.pixels.transpose(2, 0, 1))
    assert source.asked.count(4) == (1 if cache_bytes else 4)


def test_a_picture_is_laid_out_channel_by_channel_for_a_network_of_numbers():
    source = pictures(4, 2, 2, 3)
    taken = SourceExamples(source, (12,)).taken(torch.tensor([1]))
    assert taken.tolist() == [source.pixels[1].transpose(2, 0, 1).flatten().tolist()]


def test_rows_of_another_length_are_told():
    source = Pictures(np.zeros((4, 3), np.float32), np.zeros(4, np.int64))
    with pytest.raises(EngineError, match=r"The network takes 2 numbers, but an example of the data is 3 numbers\."):
        SourceExamples(source, (2,)).taken(torch.tensor([0]))


def test_the_data_sets_that_come_along_can_be_learned_from():
    data = open_data("points:xor")
    examples = SourceExamples(data.train, data.sample_shape)
    net = Network.parse("2 linear(12) tanh linear(2)").build(seed=0)
    chosen = Hyperparameters(optimizer="Adam", learning_rate=0.03, batch_size=16, epochs=15)
    last = list(train_as_chosen(
        net, examples, chosen, classes=len(data.classes),
        under=Conditions(validation=SourceExamples(data.test, data.sample_shape))
    ))[-1]  # fmt: skip
    assert last.val_accuracy > 0.9


def test_without_augmentations_nothing_is_changed():
    assert as_trained([]) is None
    rows = torch.rand(3, 2)
    augment = as_trained([Flip()])
    assert augment is not None
    assert augment(rows, torch.Generator()) is rows
