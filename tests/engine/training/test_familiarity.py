"""How far an input lies from the training examples in the last features: PyTorch run by hand is the oracle."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from explorer.engine.errors import Cancelled, EngineError
from explorer.engine.training.examples import Examples
from explorer.engine.training.familiarity import MOST_BYTES, familiarity, known_examples, last_features


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


def test_of_maps_and_sequences_the_features_are_means_over_all_places() -> None:
    convolved, maps = nn.Sequential(nn.ReLU(), nn.Conv2d(3, 2, 1)), torch.randn(4, 3, 6, 5)
    torch.testing.assert_close(last_features(convolved, maps), maps.relu().mean(dim=(2, 3)))
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
