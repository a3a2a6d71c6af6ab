"""The delta rule on networks of any width, activation and loss, against what PyTorch computed, and where it ends."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import explorer
from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.engine import EngineError
from explorer.engine.explaining.delta_rule import explain_delta, explain_weight_rule, forward_symbols
from explorer.engine.recording.recording import Recording
from tests.arithmetic.evaluator import assert_evaluates

ACTIVATIONS = (nn.Identity, nn.ReLU, nn.Sigmoid, nn.Tanh, nn.GELU, nn.SiLU, nn.LeakyReLU, nn.ELU)
LOSS_NAMES = [loss.name for loss in LOSSES]


def _recorded(
    model: nn.Module, *, inputs: int, outputs: int, loss: str, batch: int = 1, **settings: float
) -> Recording:
    x = torch.randn(batch, inputs, dtype=next(model.parameters()).dtype)
    is_of_classes = loss_named(loss).targets == "classes"
    target = torch.randint(outputs, (batch,)) if is_of_classes else torch.rand(batch, outputs, dtype=x.dtype)
    optimizer = torch.optim.SGD(model.parameters(), **{"lr": 0.1, **settings})
    return explorer.record(model, x, target=target, loss=loss, optimizer=optimizer)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 14), min_size=2, max_size=5),
    st.sampled_from(ACTIVATIONS),
    st.sampled_from(LOSS_NAMES),
    st.integers(1, 3),
    st.integers(0, 2**20),
)
def test_every_delta_is_the_negative_gradient_and_every_weight_rule_the_new_weight(
    sizes: list[int], activation: type[nn.Module], loss: str, batch: int, seed: int
) -> None:
    torch.manual_seed(seed)
    layers = [layer for a, b in pairwise(sizes) for layer in (nn.Linear(a, b), activation())]
    model = nn.Sequential(*layers[:-1], nn.Sigmoid()).double()
    recording = _recorded(model, inputs=sizes[0], outputs=sizes[-1], loss=loss, batch=batch)
    rng = random.Random(seed)
    for call in (call for call in recording.calls if call.kind == "linear"):
        cell = (rng.randrange(batch), rng.randrange(call.output_shape[-1]))
        explained = explain_delta(recording, call.name, cell)
        assert explained.computed == -call.grad_output[cell].item()
        assert explained.error <= 1e-9 * max(explained.magnitude, 1e-30), str(explained)
        assert sum(term.value for term in explained.terms) == pytest.approx(explained.total, rel=1e-9, abs=1e-15)
        assert assert_evaluates(explained)
    for update in recording.updates:
        cell = tuple(rng.randrange(size) for size in update.before.shape)
        explained = explain_weight_rule(recording, update.parameter, cell)
        assert explained.error <= 1e-9 * explained.magnitude, str(explained)
        assert explained.computed == update.after[cell].item()
        assert assert_evaluates(explained)


def test_terms_point_at_their_cells_in_other_calls() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2), nn.Sigmoid())
    recording = _recorded(model, inputs=2, outputs=2, loss="mse")
    terms = explain_delta(recording, "0", (0, 1)).terms
    assert terms[1].source == (("0.output", (0, 1)), ("2.grad_output", (0, 1)), ("2.weight", (1, 1)))
    change = explain_weight_rule(recording, "2.weight", (1, 2)).terms
    assert change.parts[0][0].source == (None, ("2.grad_output", (0, 1)), ("2.input", (0, 2)))
    assert change.parts[1][0].source == (("2.weight", (1, 2)),)


def test_a_deeper_network_numbers_its_hidden_layers_and_another_loss_is_written_by_its_slope() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1), nn.Sigmoid(), nn.Linear(1, 1), nn.Sigmoid())
    recording = _recorded(model, inputs=1, outputs=1, loss="mse")
    lines = [str(explain_delta(recording, name, (0, 0))) for name in ("0", "1", "3")]
    assert lines[0].startswith("δ⁽¹⁾₁ = g′(u⁽¹⁾₁)·δ⁽²⁾₁·v⁽²⁾₁₁ = 1·")
    assert lines[1].startswith("δ⁽²⁾₁ = g′(u⁽²⁾₁)·Δ₁·w₁₁ = ")
    assert lines[2].startswith("Δ₁ = −∂E/∂y₁·g′(a₁) = ")


def test_a_batch_shares_the_error_out_and_the_weight_sums_over_it() -> None:
    torch.manual_seed(0)
    recording = _recorded(nn.Sequential(nn.Linear(2, 2)), inputs=2, outputs=2, loss="half_squared_error", batch=3)
    assert str(explain_delta(recording, "0", (2, 1))).startswith("Δ₂ = 1/3·(d₂ − y₂)·g′(a₂) = 1/3·(")
    rule = explain_weight_rule(recording, "0.weight", (1, 0))
    assert str(rule).startswith("w₂₁ ← w₂₁ + η·Σ Δ₂·x₁ = ")
    assert len(rule.terms.parts[0]) == 3


def test_a_wide_layer_is_written_with_a_sum_sign_and_its_largest_terms() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 40))
    recording = _recorded(model, inputs=2, outputs=40, loss="half_squared_error")
    line = str(explain_delta(recording, "0", (0, 2)))
    assert line.startswith("δ₃ = g′(u₃)·(Σₖ Δₖ·wₖ₃) = ")
    assert "28 more terms" in line
    assert str(explain_weight_rule(recording, "2.weight", (39, 2))).startswith("w₄₀ ₃ ← w₄₀ ₃ + η·Δ₄₀·z₃ = ")


def test_a_lesson_may_use_other_letters() -> None:
    torch.manual_seed(0)
    recording = _recorded(nn.Sequential(nn.Linear(1, 1)), inputs=1, outputs=1, loss="half_squared_error")
    line = str(explain_delta(recording, "0", (0, 0), symbols={"delta": "e", "target": "t"}))
    assert line.startswith("e₁ = (t₁ − y₁)·g′(a₁) = ")
    with pytest.raises(EngineError, match="no nonsense"):
        explain_delta(recording, "0", (0, 0), symbols={"nonsense": "e"})


class Forked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(2, 2), nn.Linear(2, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        hidden = self.linear1(x)
        return self.linear2(hidden) + hidden


class Shared(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(2, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(self.linear(x))


def _refused(model: nn.Module, layer: str, **settings: float) -> None:
    recording = _recorded(model, inputs=2, outputs=2, loss="mse", **settings)
    explain_delta(recording, layer, (0, 0))


def test_what_stands_between_is_named_in_a_sentence() -> None:
    with pytest.raises(EngineError, match=r"goes into 1, a softmax: the delta rule goes from one linear layer"):
        _refused(nn.Sequential(nn.Linear(2, 2), nn.Softmax(1)), "0")
    with pytest.raises(EngineError, match=r"1 goes into 2, a layer_norm"):
        _refused(nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.LayerNorm(2), nn.Linear(2, 2)), "0")
    with pytest.raises(EngineError, match=r"linear1 goes into linear2, add\."):
        _refused(Forked(), "linear1")
    with pytest.raises(EngineError, match=r"linear layers: 1 is a relu\."):
        _refused(nn.Sequential(nn.Linear(2, 2), nn.ReLU()), "1")
    with pytest.raises(EngineError, match="no call 'nothing'"):
        _refused(nn.Sequential(nn.Linear(2, 2)), "nothing")


def test_what_has_no_delta_says_so() -> None:
    model = nn.Sequential(nn.Linear(2, 2))
    with pytest.raises(EngineError, match="No gradient arrived at 0"):
        explain_delta(explorer.record(model, torch.ones(1, 2)), "0", (0, 0))
    recording = _recorded(model, inputs=2, outputs=2, loss="mse")
    with pytest.raises(EngineError, match="not a neuron of 0"):
        explain_delta(recording, "0", (0, 2))
    with pytest.raises(EngineError, match="not a cell of"):
        explain_weight_rule(recording, "0.weight", (0,))
    with pytest.raises(EngineError, match=r"updated no 5\.weight; it updated 0\.weight, 0\.bias"):
        explain_weight_rule(recording, "5.weight", (0, 0))


def test_only_plain_gradient_descent_of_a_linear_layers_own_weight_has_this_rule() -> None:
    recording = _recorded(nn.Sequential(nn.Linear(2, 2)), inputs=2, outputs=2, loss="mse", momentum=0.9)
    with pytest.raises(EngineError, match="SGD with momentum"):
        explain_weight_rule(recording, "0.weight", (0, 0))
    model = nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2))
    optimizer = torch.optim.Adam(model.parameters())
    recording = explorer.record(model, torch.ones(1, 2), target=torch.zeros(1, 2), loss="mse", optimizer=optimizer)
    with pytest.raises(EngineError, match="made by Adam"):
        explain_weight_rule(recording, "0.weight", (0, 0))
    recording = _recorded(model, inputs=2, outputs=2, loss="mse")
    with pytest.raises(EngineError, match="linear layers"):
        explain_weight_rule(recording, "1.weight", (0,))
    with pytest.raises(EngineError, match=r"shared by linear, linear:2"):
        explain_weight_rule(_recorded(Shared(), inputs=2, outputs=2, loss="mse"), "linear.weight", (0, 0))


def test_forward_steps_have_the_letters_too() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 2), nn.Softmax(1))
    recording = _recorded(model, inputs=2, outputs=2, loss="mse")
    letters = [forward_symbols(recording, call) for call in recording.calls]
    assert letters[0] == {"output": "u", "weight": "v", "input": "x"}
    assert letters[1] == {"output": "z", "input": "u"}
    assert letters[2] == {"output": "a", "weight": "w", "input": "z"}
    assert letters[3] == {}
