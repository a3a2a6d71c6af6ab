"""How far an input lies from the training examples in the last features: PyTorch run by hand is the oracle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from explorer.engine.errors import Cancelled, EngineError
from explorer.engine.training.examples import Examples
from explorer.engine.training.familiarity import (
    MOST_BYTES,
    MOST_MAPS,
    SILENT,
    KnownExamples,
    drawn_features,
    familiarity,
    features_of,
    known_examples,
    last_features,
)
from explorer.engine.training.known_file import read_known, write_known


def model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Dropout(0.5), nn.Linear(7, 3), nn.Softmax(dim=1))


def examples() -> Examples:
    torch.manual_seed(1)
    return Examples(torch.randn(60, 5), torch.zeros(60, dtype=torch.long))


def test_the_features_are_what_the_last_layer_with_weights_takes() -> None:
    made, inputs = model(), torch.randn(4, 5)
    made.train()
    found = last_features(made, inputs)
    torch.testing.assert_close(found, made[0](inputs).tanh())
    assert made.training


def convolved() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(inplace=True), nn.Conv2d(2, 4, 2), nn.Flatten(), nn.Linear(64, 2))


def test_of_maps_the_features_are_how_each_of_them_answers() -> None:
    made, inputs = convolved(), torch.randn(5, 3, 7, 7)
    first = nn.functional.conv2d(inputs, made[0].weight, made[0].bias)
    maps = [first, nn.functional.conv2d(first.relu(), made[2].weight, made[2].bias)]
    expected = []
    for answers in maps:
        spread = answers.std(dim=(2, 3), correction=0) + SILENT
        expected.append(torch.stack((answers.mean(dim=(2, 3)), spread, spread.log()), dim=2))
    torch.testing.assert_close(features_of(made, inputs), torch.cat(expected, dim=1).flatten(1).detach())


def test_of_many_maps_so_many_are_drawn_evenly() -> None:
    made = nn.Sequential(nn.Conv2d(1, 10 * MOST_MAPS, 1), nn.Flatten(), nn.Linear(40 * MOST_MAPS, 2))
    assert features_of(made, torch.randn(3, 1, 2, 2)).shape == (3, 3 * MOST_MAPS)


def test_features_of_maps_count_by_how_far_they_usually_differ() -> None:
    """Twice as wide in one feature, or written twice, they tell the same."""
    torch.manual_seed(2)
    features, places, x = torch.randn(3000, 4), torch.arange(3000), torch.randn(6, 4)
    plain = KnownExamples.of(features, places, are_of_maps=True)
    wide = torch.tensor([1.0, 50.0, 0.01, 1.0])
    scaled = KnownExamples.of(features * wide, places, are_of_maps=True)
    torch.testing.assert_close(
        torch.cdist(scaled.measured(x * wide), scaled.features),
        torch.cdist(plain.measured(x), plain.features),
        rtol=0.02,
        atol=0.02,
    )
    deviations = torch.cdist(plain.measured(x), plain.features).square().mean(dim=1)
    whole = (x - features.mean(dim=0)) @ torch.linalg.inv(torch.cov(features.T)) @ (x - features.mean(dim=0)).T
    torch.testing.assert_close(deviations, whole.diagonal() + 4, rtol=0.02, atol=0.02)


def test_what_is_kept_of_examples_says_of_an_input_what_they_say(tmp_path: Path) -> None:
    torch.manual_seed(3)
    made, data = convolved(), Examples(torch.randn(300, 3, 7, 7), torch.arange(300) % 7)
    features, places = drawn_features(made, data)
    write_known(tmp_path / "some.safetensors", features, data.targets[places])
    kept, labels = read_known(tmp_path / "some.safetensors")
    assert labels.tolist() == [place % 7 for place in range(300)]
    for shown in (data.inputs[5], 3 * data.inputs[5], torch.rand(3, 7, 7), torch.zeros(3, 7, 7)):
        ratio, nearest = familiarity(made, known_examples(made, data), shown.numpy())
        of_kept, among_kept = familiarity(made, kept, shown.numpy())
        assert of_kept == pytest.approx(ratio, rel=0.03, abs=0.1)
        assert among_kept[0] == nearest[0]


def test_a_damaged_file_of_what_is_known_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "some.safetensors").write_bytes(b"nothing")
    with pytest.raises(EngineError, match="cannot be read"):
        read_known(tmp_path / "some.safetensors")


def test_of_sequences_the_features_are_means_over_all_places() -> None:
    linear, sequences = nn.Sequential(nn.ReLU(), nn.Linear(5, 2)), torch.randn(4, 6, 5)
    torch.testing.assert_close(last_features(linear, sequences), sequences.relu().mean(dim=1))


def test_of_long_features_there_are_fewer_examples() -> None:
    long = MOST_BYTES // 4 // 50 + 1
    data = Examples(torch.randn(200, 1), torch.zeros(200, dtype=torch.long))
    made = nn.Sequential(nn.Linear(1, long, bias=False), nn.Linear(long, 1, bias=False))
    known = known_examples(made, data)
    assert len(known.features) == len(known.places) == 50
    assert known.places.tolist() == sorted(known.places.tolist())
    torch.testing.assert_close(known.features[7], made[0](data.inputs[known.places[7]]).detach())


def test_the_ratio_is_the_distance_to_the_nearest_over_the_usual_one() -> None:
    made, data = model(), examples()
    known = known_examples(made, data)
    features = made[0](data.inputs).tanh().detach()
    assert known.places.tolist() == list(range(60))
    nearest = torch.cdist(features, features).fill_diagonal_(torch.inf).min(dim=1).values
    assert known.usual == pytest.approx(float(nearest.quantile(0.99)))
    x = np.full(5, 3, np.float32)
    distances = (made[0](torch.from_numpy(x)).tanh().detach() - features).norm(dim=1)
    ratio, places = familiarity(made, known, x)
    assert ratio == pytest.approx(float(distances.min()) / known.usual, rel=1e-4)
    assert places.tolist() == distances.argsort()[:3].tolist()


def test_a_training_example_is_familiar_and_its_own_nearest() -> None:
    made, data = model(), examples()
    ratio, places = familiarity(made, known_examples(made, data), data.inputs[17].numpy())
    assert ratio < 0.01
    assert places[0] == 17


def test_equal_examples_are_no_measure() -> None:
    data = Examples(torch.ones(10, 5), torch.zeros(10, dtype=torch.long))
    assert familiarity(model(), known_examples(model(), data), np.zeros(5, np.float32))[0] == 0


def test_it_can_be_given_up_and_a_model_without_weights_is_said_to_have_none() -> None:
    with pytest.raises(Cancelled):
        known_examples(model(), examples(), should_stop=lambda: True)
    with pytest.raises(EngineError, match="no layer with weights"):
        last_features(nn.Sequential(nn.ReLU()), torch.zeros(1, 5))
