"""What a model takes: said by its file or library, else found by trying without numbers, else asked for."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch
from torch import nn

from explorer.engine.opening.expected_input import expected_input


class Plain(nn.Module):
    """A convolution, and as many features as a picture of one size gives."""

    def __init__(self, channels: int, features: int) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(channels, 4, 3), nn.Linear(features, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(nn.functional.max_pool2d(self.conv(x), 2).flatten(1))


ANY_SIZE = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 7))


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (ANY_SIZE, (3, 224, 224)),
        (Plain(1, 4 * 13 * 13), (1, 28, 28)),
        (Plain(3, 4 * 15 * 15), (3, 32, 32)),
        (Plain(2, 4 * 36 * 36), (2, 74, 74)),
        (nn.Sequential(nn.Linear(12, 3)), (12,)),
        (nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), (784,)),
        (nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU()), (2, 64)),
        (nn.Sequential(nn.Conv3d(1, 2, 3)), (1, 16, 16, 16)),
        (nn.Sequential(nn.Embedding(50, 4), nn.Flatten(), nn.Linear(64, 2)), (16,)),
        (nn.LSTM(6, 4, batch_first=True), (16, 6)),
    ],
)
def test_it_is_found_by_trying(model: nn.Module, shape: tuple[int, ...]) -> None:
    found = expected_input(model.eval())
    assert (found.shape, found.told) == (shape, "found by trying")


def test_trying_leaves_the_model_as_it_was() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    expected_input(model.train())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_indices_are_told() -> None:
    assert expected_input(nn.Sequential(nn.Embedding(50, 4))).is_tokens


def test_what_the_file_says_comes_first() -> None:
    source = ModuleType("source")
    vars(source).update(IMAGE_SIZE=64, MEAN=(0.5, 0.5, 0.5), STD=[0.2, 0.2, 0.2], CLASSES=list("abcdefg"))
    found = expected_input(ANY_SIZE, source)
    assert (found.shape, found.told, found.outputs) == ((3, 64, 64), "as its file says", 7)
    assert (found.mean, found.std, found.classes) == ((0.5,) * 3, (0.2,) * 3, tuple("abcdefg"))


def test_what_its_library_says_comes_before_all() -> None:
    model = nn.Sequential(*ANY_SIZE)
    model.pretrained_cfg = {"input_size": (3, 96, 96), "mean": (0.1,) * 3, "std": (0.3,) * 3}
    found = expected_input(model)
    assert (found.shape, found.mean, found.told) == ((3, 96, 96), (0.1,) * 3, "as its library says")


def test_names_and_means_of_another_amount_are_left_out() -> None:
    source = ModuleType("source")
    vars(source).update(MEAN=(0.5,), STD=(0.2,), CLASSES=["a", "b"])
    found = expected_input(ANY_SIZE, source)
    assert (found.mean, found.std, found.classes) == ((), (), ())


class TwoInputs(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y


def test_where_nothing_runs_the_reason_is_given() -> None:
    found = expected_input(TwoInputs())
    assert found.shape is None
    assert "missing 1 required positional argument" in found.told


def test_what_the_person_said_is_taken_or_told_why_not() -> None:
    assert expected_input(ANY_SIZE, asked=(3, 50, 60)).shape == (3, 50, 60)
    refused = expected_input(ANY_SIZE, asked=(4, 50, 60))
    assert refused.shape is None
    assert refused.told.startswith("An input of 4 × 50 × 60 does not run: ")
