"""What a network says over the plane, against asking it point by point."""

from __future__ import annotations

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import nn

from explorer.engine.training.objective import objective_for
from explorer.engine.training.surface import class_shares, outputs_over, plane_points
from explorer.engine.training.train import Examples
from explorer.network import Network

AREA = (-1.0, 2.0, 0.5, 1.5)
LOSSES = ("cross_entropy", "hinge", "bce_with_logits", "mse", "half_squared_error")


def fed(**scale: tuple[float, ...]) -> Examples:
    return Examples(torch.zeros(2, 2), torch.tensor([0, 1]), **scale)


@given(columns=st.integers(1, 40), rows=st.integers(1, 40))
def test_the_points_are_the_middles_of_equal_cells_from_below(columns: int, rows: int) -> None:
    points = plane_points(AREA, columns=columns, rows=rows)
    assert points.shape == (columns * rows, 2)
    torch.testing.assert_close(points[0], torch.tensor([-1 + 1.5 / columns, 0.5 + 0.5 / rows]))
    torch.testing.assert_close(points[-1], torch.tensor([2 - 1.5 / columns, 1.5 - 0.5 / rows]))


@pytest.mark.parametrize("scale", [{}, {"mean": (0.3, -0.1), "std": (2.0, 0.5)}])
def test_every_cell_is_what_the_network_gives_there(scale: dict[str, tuple[float, ...]]) -> None:
    model = Network.parse("2 linear(6) tanh linear(3)").build(seed=0)
    values = outputs_over(model, fed(**scale), AREA, columns=7, rows=5)
    points = plane_points(AREA, columns=7, rows=5)
    mean, std = torch.tensor(scale.get("mean", (0, 0))), torch.tensor(scale.get("std", (1, 1)))
    with torch.no_grad():
        asked = torch.stack([model(((point - mean) / std)[None])[0] for point in points])
    torch.testing.assert_close(values.view(-1, 3), asked)


def test_the_model_and_the_random_numbers_are_left_as_found() -> None:
    model = nn.Sequential(nn.Linear(2, 6), nn.BatchNorm1d(6), nn.Dropout(0.5), nn.Linear(6, 2)).train()
    model[1].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    torch.manual_seed(3)
    state = torch.get_rng_state()
    first = outputs_over(model, fed(), AREA, columns=9, rows=9)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first, outputs_over(model, fed(), AREA, columns=9, rows=9))  # no dropout
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


@given(loss=st.sampled_from(LOSSES), outputs=st.sampled_from([1, 2, 3]), seed=st.integers(0, 1000))
def test_the_largest_share_is_the_class_that_training_counts_as_guessed(loss: str, outputs: int, seed: int) -> None:
    assume(outputs > 1 or loss not in ("cross_entropy", "hinge"))
    assume(outputs < 3 or loss in ("cross_entropy", "hinge", "mse"))
    given_outputs = torch.randn(50, outputs, generator=torch.Generator().manual_seed(seed)) * 0.4 + 0.5
    classes = max(outputs, 2)
    guesses = objective_for(loss, outputs=outputs, labels=torch.tensor([0, 1]), classes=classes).guesses
    assert guesses is not None
    shares = class_shares(given_outputs, loss=loss, last_kind="linear")
    assert shares.shape == (50, classes)
    torch.testing.assert_close(shares.sum(-1), torch.ones(50))
    is_clear = shares.sort(-1).values.diff(dim=-1)[:, -1] > 1e-4  # numbers past 1 are all sure
    assert is_clear.sum() > 10
    assert torch.equal(shares.argmax(-1)[is_clear], guesses(given_outputs)[is_clear])


def test_a_sigmoid_neuron_is_the_probability_of_the_second_class() -> None:
    shares = class_shares(torch.tensor([[0.25]]), loss="bce", last_kind="sigmoid")
    torch.testing.assert_close(shares, torch.tensor([[0.75, 0.25]]))
