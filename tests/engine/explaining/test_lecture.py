"""The lecture's worked examples as real passes: every number of the slides comes out, each on its written line.

The slides write Δ and δ for the negative gradients with respect to what a unit adds up.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from torch import nn

import explorer
from explorer.engine.explaining.delta_rule import explain_delta, explain_weight_rule, forward_symbols
from explorer.engine.recording.recording import Recording

LEARNING_RATE = 0.1
TARGET = torch.tensor([[1.0, 0.0]])
INPUT = torch.tensor([[0.0, 1.0]])


@pytest.fixture
def step() -> tuple[nn.Module, Recording]:
    model = explorer.load("two-two-two").model
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    return model, explorer.record(model, INPUT, target=TARGET, loss="half_squared_error", optimizer=optimizer)


def _numbers(tensor: torch.Tensor) -> list[float]:
    return [round(value, 6) for value in tensor.detach().reshape(-1).tolist()]


def test_forward_u_z_and_y(step) -> None:
    _, recording = step
    assert _numbers(recording["linear1"].output) == [1, 2]
    assert _numbers(recording["identity1"].output) == [1, 2]
    assert _numbers(recording["identity2"].output) == [2, 2]


def test_backward_delta_is_the_negative_gradient(step) -> None:
    _, recording = step
    assert _numbers(-recording["linear2"].grad_output) == [-1, -2]
    assert _numbers(-recording["linear1"].grad_output) == [1, -2]


def test_new_weights_and_biases_and_the_outputs_after_the_step(step) -> None:
    model, _ = step
    assert _numbers(model.linear1.weight) == [-1, 0.1, 0, 0.8]
    assert _numbers(model.linear1.bias) == [1.1, 0.8]
    assert _numbers(model.linear2.weight) == [0.9, -0.2, -1.2, 0.6]
    assert _numbers(model.linear2.bias) == [0.9, 0.8]
    again = explorer.record(model, INPUT)
    assert _numbers(again["identity1"].output) == [1.2, 1.6]
    assert _numbers(again["identity2"].output) == [1.66, 0.32]


def _forward_lines(recording: Recording) -> list[str]:
    return [
        str(explorer.explain(recording, call.name, (0, unit), symbols=forward_symbols(recording, call)))
        for call in recording.calls
        for unit in range(2)
    ]


def test_the_forward_pass_is_written_in_the_lectures_letters(step) -> None:
    _, recording = step
    assert _forward_lines(recording) == [
        "u₁ = 0·(−1) + 1·0 + 1 = 1",
        "u₂ = 0·0 + 1·1 + 1 = 2",
        "z₁ = u₁ = 1",
        "z₂ = u₂ = 2",
        "a₁ = 1·1 + 2·0 + 1 = 2",
        "a₂ = 1·(−1) + 2·1 + 1 = 2",
        "y₁ = a₁ = 2",
        "y₂ = a₂ = 2",
    ]
    loss = explorer.explain(recording, recording.steps[4], (), symbols={"input": "y", "target": "d", "output": "E"})
    assert str(loss) == "E = ½·(2 − 1)² + ½·(2 − 0)² = 2.5"


def test_the_deltas_are_written_as_on_the_slides(step) -> None:
    _, recording = step
    assert [str(explain_delta(recording, layer, (0, i))) for layer in ("linear2", "linear1") for i in range(2)] == [
        "Δ₁ = (d₁ − y₁)·g′(a₁) = (1 − 2)·1 = −1",
        "Δ₂ = (d₂ − y₂)·g′(a₂) = (0 − 2)·1 = −2",
        "δ₁ = g′(u₁)·(Δ₁·w₁₁ + Δ₂·w₂₁) = 1·(−1·1 − 2·(−1)) = 1",
        "δ₂ = g′(u₂)·(Δ₁·w₁₂ + Δ₂·w₂₂) = 1·(−1·0 − 2·1) = −2",
    ]
    assert explain_delta(recording, "linear1", (0, 0)).formula == "δᵢ = g′(uᵢ)·Σₖ Δₖ·wₖᵢ"
    assert explain_delta(recording, "linear2", (0, 0)).formula == "Δᵢ = (dᵢ − yᵢ)·g′(aᵢ)"
    assert all(explain_delta(recording, layer, (0, 0)).error == 0 for layer in ("linear1", "linear2"))


def test_every_change_of_a_weight_is_written_as_on_the_slides(step) -> None:
    _, recording = step
    lines = [
        str(explain_weight_rule(recording, update.parameter, cell))
        for update in recording.updates
        for cell in product(*map(range, update.before.shape))
    ]
    assert lines == [
        "v₁₁ ← v₁₁ + η·δ₁·x₁ = −1 + 0.1·1·0 = −1",
        "v₁₂ ← v₁₂ + η·δ₁·x₂ = 0 + 0.1·1·1 = 0.1",
        "v₂₁ ← v₂₁ + η·δ₂·x₁ = 0 + 0.1·(−2)·0 = 0",
        "v₂₂ ← v₂₂ + η·δ₂·x₂ = 1 + 0.1·(−2)·1 = 0.8",
        "v₁₀ ← v₁₀ + η·δ₁·1 = 1 + 0.1·1·1 = 1.1",
        "v₂₀ ← v₂₀ + η·δ₂·1 = 1 + 0.1·(−2)·1 = 0.8",
        "w₁₁ ← w₁₁ + η·Δ₁·z₁ = 1 + 0.1·(−1)·1 = 0.9",
        "w₁₂ ← w₁₂ + η·Δ₁·z₂ = 0 + 0.1·(−1)·2 = −0.2",
        "w₂₁ ← w₂₁ + η·Δ₂·z₁ = −1 + 0.1·(−2)·1 = −1.2",
        "w₂₂ ← w₂₂ + η·Δ₂·z₂ = 1 + 0.1·(−2)·2 = 0.6",
        "w₁₀ ← w₁₀ + η·Δ₁·1 = 1 + 0.1·(−1)·1 = 0.9",
        "w₂₀ ← w₂₀ + η·Δ₂·1 = 1 + 0.1·(−2)·1 = 0.8",
    ]


def test_the_second_pass_is_closer_to_the_target_line_by_line(step) -> None:
    model, _ = step
    assert _forward_lines(explorer.record(model, INPUT)) == [
        "u₁ = 0·(−1) + 1·0.1 + 1.1 = 1.2",
        "u₂ = 0·0 + 1·0.8 + 0.8 = 1.6",
        "z₁ = u₁ = 1.2",
        "z₂ = u₂ = 1.6",
        "a₁ = 1.2·0.9 + 1.6·(−0.2) + 0.9 = 1.66",
        "a₂ = 1.2·(−1.2) + 1.6·0.6 + 0.8 = 0.32",
        "y₁ = a₁ = 1.66",
        "y₂ = a₂ = 0.32",
    ]


def test_every_number_of_the_step_has_its_written_line(step) -> None:
    _, recording = step
    cells = [
        (entry, cell, of)
        for entry in recording.steps
        for of, shape in entry.shapes.items()
        for cell in product(*map(range, shape))
    ]
    found = [explorer.explain(recording, entry, cell, of=of) for entry, cell, of in cells]
    assert all("=" in str(explained) for explained in found)
    assert max(explained.error for explained in found) < 1e-6


def _maps(rows: list[list[float]]) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float32)[None, None]


def _lines(model: nn.Module, x: torch.Tensor) -> list[str]:
    """The written line of every output cell of the model's last call."""
    recording = explorer.record(model, x)
    call = recording.calls[-1]
    found = [explorer.explain(recording, call.name, cell) for cell in product(*map(range, call.output_shape))]
    assert all(explained.error < 1e-5 for explained in found)
    return [str(explained) for explained in found]


def _totals(lines: list[str]) -> list[str]:
    return [line.rpartition(" = ")[2] for line in lines]


IMAGE = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
FILTER = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]


def test_the_slid_filter_gives_the_feature_map_frame_by_frame() -> None:
    model = nn.Conv2d(1, 1, 3, bias=False)
    model.weight.data.copy_(_maps(FILTER))
    lines = _lines(model, _maps(IMAGE))
    assert _totals(lines) == ["4", "3", "4", "2", "4", "3", "2", "3", "4"]
    assert lines[0] == "output[0, 0, 0, 0] = 1·1 + 1·0 + 1·1 + 0·0 + 1·1 + 1·0 + 0·1 + 0·0 + 1·1 = 4"
    assert lines[5] == "output[0, 0, 1, 2] = 1·1 + 1·0 + 0·1 + 1·0 + 1·1 + 1·0 + 1·1 + 1·0 + 0·1 = 3"


def test_the_dot_product_of_the_slides_pixels_is_15() -> None:
    """The slide gives 16: its own sum ends in 1·1, though the last pixel it shows is a 0."""
    model = nn.Conv2d(1, 1, 3, bias=False)
    model.weight.data.copy_(_maps([[0, 2, 1], [4, 1, 0], [1, 0, 1]]))
    assert _lines(model, _maps([[9, 4, 1], [1, 1, 1], [1, 2, 0]])) == [
        "output[0, 0, 0, 0] = 9·0 + 4·2 + 1·1 + 1·4 + 1·1 + 1·0 + 1·1 + 2·0 + 0·1 = 15"
    ]
    assert _totals(_lines(model, _maps([[9, 4, 1], [1, 1, 1], [1, 2, 1]]))) == ["16"]


POOLED = [
    ([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], ["6", "8", "3", "4"], ["3.25", "5.25", "2", "2"]),
    ([[15, 9, 4, 2], [11, 5, 8, 6], [8, 7, 3, 17], [2, 3, 7, 3]], ["15", "8", "8", "17"], ["10", "5", "5", "7.5"]),
    # The slide prints 1 where the largest of −1, 0, −1 and −2 is 0.
    ([[1, 2, -2, -1], [2, -1, 0, 3], [-1, 0, -1, 2], [-1, -2, 2, 1]], ["2", "3", "0", "2"], ["1", "0", "−1", "1"]),
]


@pytest.mark.parametrize(("rows", "largest", "means"), POOLED)
def test_the_three_poolings_window_by_window(rows: list[list[float]], largest: list[str], means: list[str]) -> None:
    of_largest, of_means = (_lines(layer(2), _maps(rows)) for layer in (nn.MaxPool2d, nn.AvgPool2d))
    assert _totals(of_largest) == largest
    assert _totals(of_means) == means
    window = [str(value).replace("-", "−") for value in (rows[2][0], rows[2][1], rows[3][0], rows[3][1])]
    assert of_largest[2] == f"output[0, 0, 1, 0] = max({', '.join(window)}) = {largest[2]}"
    assert of_means[2] == f"output[0, 0, 1, 0] = ({' + '.join(window).replace('+ −', '− ')}) / 4 = {means[2]}"


def test_softmax_by_its_exponentials() -> None:
    lines = _lines(nn.Softmax(1), torch.tensor([[3.2, 1.3, 0.2, 0.8]]))
    assert lines[0] == (
        "output[0, 0] = exp(3.2) / (exp(3.2) + exp(1.3) + exp(0.2) + exp(0.8)) = "
        "24.533 / (24.533 + 3.6693 + 1.2214 + 2.2255) = 24.533 / 31.649 = 0.77515"
    )
    assert _totals(lines) == ["0.77515", "0.11594", "0.038592", "0.07032"]


SCORES = [[-0.39, 1.49, 4.21], [-4.61, 3.28, 1.46], [1.03, -2.37, -2.27]]  # of each image: dog, cat, horse
HINGED = [
    "max(0, 1.49 − (−0.39) + 1) + max(0, 4.21 − (−0.39) + 1)",
    "max(0, −4.61 − 3.28 + 1) + max(0, 1.46 − 3.28 + 1)",
    "max(0, 1.03 − (−2.27) + 1) + max(0, −2.37 − (−2.27) + 1)",
]


def _hinge(scores: list[list[float]], classes: list[int]) -> tuple[Recording, Any]:
    x = torch.tensor(scores, requires_grad=True)
    recording = explorer.record(nn.Identity(), x, target=torch.tensor(classes), loss="hinge")
    return recording, next(step for step in recording.steps if step.kind == "loss")


def test_the_hinge_of_each_image_and_of_all_three() -> None:
    for image, (terms, total) in enumerate(zip(HINGED, ("8.48", "0", "5.2"), strict=True)):
        assert str(explorer.explain(*_hinge(SCORES[image : image + 1], [image]), ())) == f"loss = {terms} = {total}"
    recording, step = _hinge(SCORES, [0, 1, 2])
    assert str(explorer.explain(recording, step, ())) == f"loss = 1/3·({' + '.join(HINGED)}) = 4.56"
    assert recording.loss == pytest.approx((8.48 + 0 + 5.2) / 3)
