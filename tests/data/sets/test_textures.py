"""Textures and tissues: no shared pixel between training and test, and a small network learns them."""

from __future__ import annotations

import socket
from itertools import product

import numpy as np
import pytest
import torch

from explorer.data import open_data
from explorer.data.sets.textures import CLASSES, MATERIALS, PER_CLASS


@pytest.fixture(scope="module")
def textures():
    return open_data("textures")


def overlap(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_no_training_patch_shares_a_pixel_with_a_test_patch(textures) -> None:
    for label in range(len(CLASSES)):
        train, test = (
            [split.box(int(index)) for index in np.flatnonzero(split.labels == label)]
            for split in (textures.train, textures.test)
        )
        assert not any(overlap(one, other) for one, other in product(train, test))


def test_no_region_for_training_touches_one_for_the_test() -> None:
    for material in MATERIALS:
        assert not any(overlap(one, other) for one, other in product(material.train, material.test))


def test_every_class_has_the_same_number_and_no_patch_twice(textures) -> None:
    for split, part in ((textures.train, "train"), (textures.test, "test")):
        assert split.counts().tolist() == [PER_CLASS[part]] * len(CLASSES)
        assert len({split.name_of(index) for index in range(len(split))}) == len(split)


def test_a_patch_is_what_its_name_says(textures) -> None:
    from skimage import data

    index = int(np.flatnonzero(textures.test.labels == CLASSES.index("grass"))[7])
    top, left, bottom, right = textures.test.box(index)
    patch = textures.test.inputs([index])[0]
    assert patch.shape == (32, 32, 3)
    np.testing.assert_array_equal(patch[..., 1], data.grass()[top:bottom, left:right])
    assert textures.test.name_of(index) == f"grass, row {top}, column {left}"


def test_shuffled_labels_are_the_same_ones_on_other_patches_and_the_test_is_as_it_was(textures) -> None:
    shuffled = open_data("textures:shuffled")
    everything = np.arange(0, len(textures.train), 97)
    np.testing.assert_array_equal(shuffled.train.inputs(everything), textures.train.inputs(everything))
    assert shuffled.train.name_of(5) == textures.train.name_of(5)
    assert shuffled.train.counts().tolist() == textures.train.counts().tolist()
    assert 0.05 < (shuffled.train.labels == textures.train.labels).mean() < 0.15
    np.testing.assert_array_equal(shuffled.test.labels, textures.test.labels)


def test_the_same_seed_gives_the_same_patches(textures) -> None:
    again, other = open_data("textures"), open_data("textures", seed=1)
    everything = np.arange(len(textures.test))
    np.testing.assert_array_equal(textures.test.inputs(everything), again.test.inputs(everything))
    assert not np.array_equal(textures.test.inputs(everything), other.test.inputs(everything))


@pytest.mark.parametrize(
    ("size", "shape"), [((16, 24), (16, 24, 3)), ((64, 64), (64, 64, 3)), ((90, 90, 1), (90, 90, 1))]
)
def test_other_sizes_are_cut_or_resized(size: tuple[int, ...], shape: tuple[int, ...]) -> None:
    data = open_data("textures", size=size)
    assert data.sample_shape == shape
    assert data.train.inputs([0, 5]).shape == (2, *shape)


def test_no_network_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert len(open_data("textures").train) == 4000


def test_a_small_convolutional_network_learns_to_tell_them_apart(textures, request: pytest.FixtureRequest) -> None:
    """Three epochs reach about 93 %; ten, with twice as many filters, about 97 %."""
    threads = torch.get_num_threads()
    request.addfinalizer(lambda: torch.set_num_threads(threads))
    torch.set_num_threads(1)  # two threads that share a busy machine wait for each other most of the time
    torch.manual_seed(0)
    pixels, labels = (torch.from_numpy(a) for a in (textures.train.inputs(np.arange(4000)), textures.train.labels))
    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(8, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(16 * 64, len(CLASSES)),
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    for _ in range(3):
        for chosen in torch.randperm(4000).split(32):
            optimizer.zero_grad()
            outputs = model(pixels[chosen].permute(0, 3, 1, 2) / 255)
            torch.nn.functional.cross_entropy(outputs, labels[chosen]).backward()
            optimizer.step()
    held_out = torch.from_numpy(textures.test.inputs(np.arange(1000))).permute(0, 3, 1, 2) / 255
    with torch.no_grad():
        accuracy = (model(held_out).argmax(1).numpy() == textures.test.labels).mean()
    assert accuracy > 0.85
