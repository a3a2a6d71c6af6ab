"""Every optimizer's update, and its new state, against torch.optim over several steps."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.arithmetic import Explanation
from explorer.arithmetic.updates import UPDATES, update_named
from tests.arithmetic.evaluator import assert_evaluates
from tests.by_hand import ByHand

TOLERANCES = {torch.float64: 1e-9, torch.float32: 1e-4}
SHAPE = (2, 3)
DECAYS = st.sampled_from([0.0, 0.01, 0.3])
RATES = st.floats(1e-4, 0.5)
FRACTIONS = st.floats(0.05, 0.99)
FLAGS = st.booleans()

HYPERPARAMETERS: ByHand[st.SearchStrategy[dict[str, Any]]] = ByHand(
    "HYPERPARAMETERS of tests/arithmetic/test_updates.py",
    {
        "SGD": st.one_of(
            st.fixed_dictionaries({"lr": RATES, "weight_decay": DECAYS, "maximize": FLAGS}),
            st.fixed_dictionaries(
                {"lr": RATES, "momentum": FRACTIONS, "dampening": FRACTIONS, "weight_decay": DECAYS, "maximize": FLAGS}
            ),
            st.fixed_dictionaries({"lr": RATES, "momentum": FRACTIONS, "nesterov": FLAGS, "weight_decay": DECAYS}),
        ),
        "Adam": st.fixed_dictionaries(
            {
                "lr": RATES,
                "betas": st.tuples(FRACTIONS, FRACTIONS),
                "eps": st.sampled_from([1e-8, 1e-3]),
                "weight_decay": DECAYS,
                "amsgrad": FLAGS,
                "maximize": FLAGS,
            }
        ),
        "RMSprop": st.fixed_dictionaries(
            {
                "lr": RATES,
                "alpha": FRACTIONS,
                "eps": st.sampled_from([1e-8, 1e-3]),
                "weight_decay": DECAYS,
                "momentum": st.sampled_from([0.0, 0.5, 0.9]),
                "centered": FLAGS,
                "maximize": FLAGS,
            }
        ),
    },
)
HYPERPARAMETERS["AdamW"] = HYPERPARAMETERS["Adam"]


def state_of(optimizer: torch.optim.Optimizer, parameter: torch.Tensor) -> dict[str, np.ndarray]:
    """A copy of the optimizer's state of a parameter as numpy."""
    state = optimizer.state[parameter]
    return {name: value.detach().clone().numpy() for name, value in state.items() if isinstance(value, torch.Tensor)}


def assert_explains(explanation: Explanation, computed: float, dtype: torch.dtype, given: float = 0.0) -> None:
    """`given` is the size of the gradient and the weight, whose sum g′ may be all but rounding."""
    magnitude = max(explanation.magnitude, abs(computed))
    rounded = 4 * torch.finfo(dtype).eps * given * min(1.0, math.sqrt(abs(computed)))
    assert abs(explanation.total - computed) <= TOLERANCES[dtype] * magnitude + rounded + 1e-300, str(explanation)
    assert "-" not in explanation.written


@pytest.mark.parametrize("name", [update.name for update in UPDATES])
@pytest.mark.parametrize("dtype", TOLERANCES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_updates_and_states_are_those_of_torch_optim(name: str, dtype: torch.dtype, data: st.DataObject) -> None:
    hyperparameters = data.draw(HYPERPARAMETERS[name])
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 2**31)))
    parameter = torch.randn(SHAPE, generator=generator, dtype=dtype).requires_grad_()
    optimizer = getattr(torch.optim, name)([parameter], **hyperparameters)
    update = update_named(name)
    for _ in range(4):
        parameter.grad = torch.randn(SHAPE, generator=generator, dtype=dtype)
        before, state = parameter.detach().clone().numpy(), state_of(optimizer, parameter)
        optimizer.step()
        after = state_of(optimizer, parameter)
        for cell in ((0, 0), (1, 2)):
            found = update.explain(before, parameter.grad.numpy(), state, optimizer.param_groups[0], cell)
            assert_explains(found, parameter[cell].item(), dtype)
            assert set(found.new_state) == set(after)
            for step in found.steps:
                if step.state:
                    given = abs(parameter.grad[cell].item()) + abs(float(before[cell]))
                    assert_explains(step.explanation, float(after[step.state][cell]), dtype, given)
            if "step" in after:
                assert found.new_state["step"] == after["step"]


def explain(name: str, state: dict[str, Any] | None = None, **hyperparameters: Any) -> Explanation:
    """The update of a weight 0.5 whose gradient is −0.2."""
    return update_named(name).explain(np.array([0.5]), np.array([-0.2]), state or {}, hyperparameters, (0,))


BUFFER = {"momentum_buffer": np.array([0.1])}
LINES = (
    (explain("SGD", lr=0.1), "w = w − lr·g", "w = 0.5 − 0.1·(−0.2) = 0.52"),
    (
        explain("SGD", lr=0.1, weight_decay=0.01),
        "g′ = g + λ·w; w = w − lr·g′",
        "g′ = −0.2 + 0.01·0.5 = −0.195; w = 0.5 − 0.1·(−0.195) = 0.5195",
    ),
    (
        explain("SGD", lr=0.1, momentum=0.9),
        "b = g, the first; w = w − lr·b",
        "b = −0.2; w = 0.5 − 0.1·(−0.2) = 0.52",
    ),
    (
        explain("SGD", BUFFER, lr=0.1, momentum=0.9, dampening=0.5),
        "b = μ·b + (1 − τ)·g; w = w − lr·b",
        "b = 0.9·0.1 + 0.5·(−0.2) = −0.01; w = 0.5 − 0.1·(−0.01) = 0.501",
    ),
    (
        explain("SGD", BUFFER, lr=0.1, momentum=0.9, nesterov=True),
        "b = μ·b + g; d = g + μ·b; w = w − lr·d",
        "b = 0.9·0.1 − 0.2 = −0.11; d = −0.2 + 0.9·(−0.11) = −0.299; w = 0.5 − 0.1·(−0.299) = 0.5299",
    ),
    (
        explain("SGD", lr=0.1, maximize=True),
        "g′ = −g; w = w − lr·g′",
        "g′ = −(−0.2) = 0.2; w = 0.5 − 0.1·0.2 = 0.48",
    ),
    (
        explain("Adam", lr=0.1),
        "m = β₁·m + (1 − β₁)·g; v = β₂·v + (1 − β₂)·g²; m̂ = m/(1 − β₁^t); v̂ = v/(1 − β₂^t); w = w − lr·m̂/(√v̂ + ε)",
        "m = 0.9·0 + 0.1·(−0.2) = −0.02; v = 0.999·0 + 0.001·(−0.2)² = 4e−5; m̂ = −0.02/(1 − 0.9^1) = −0.2; "
        "v̂ = 4e−5/(1 − 0.999^1) = 0.04; w = 0.5 − 0.1·(−0.2)/(√0.04 + 1e−8) = 0.6",
    ),
    (
        explain("RMSprop", lr=0.1),
        "v = α·v + (1 − α)·g²; w = w − lr·g/(√v + ε)",
        "v = 0.99·0 + 0.01·(−0.2)² = 0.0004; w = 0.5 − 0.1·(−0.2)/(√0.0004 + 1e−8) = 1.5",
    ),
)


@pytest.mark.parametrize(("explanation", "formula", "written"), LINES)
def test_the_written_lines_show_the_numbers(explanation: Explanation, formula: str, written: str) -> None:
    assert explanation.formula == formula
    assert str(explanation) == written


def test_adamw_shrinks_the_weight_itself() -> None:
    explanation = explain("AdamW", lr=0.1, weight_decay=0.5)
    assert explanation.formula.endswith("w = w − lr·λ·w − lr·m̂/(√v̂ + ε)")
    assert "w = 0.5 − 0.1·0.5·0.5 − 0.1·(−0.2)" in str(explanation)


@pytest.mark.parametrize("weight", [np.inf, -np.inf])
def test_an_infinite_weight_that_adamw_shrinks_stays_infinite(weight: float) -> None:
    parameter = torch.tensor([weight]).requires_grad_()
    parameter.grad = torch.tensor([-0.2])
    torch.optim.AdamW([parameter], lr=0.1, weight_decay=0.5).step()
    settings = {"lr": 0.1, "weight_decay": 0.5}
    found = update_named("AdamW").explain(np.array([weight], np.float32), parameter.grad.numpy(), {}, settings, (0,))
    assert found.total == parameter.item() == weight
    assert f"w = (1 − 0.1·0.5)·{'(−∞)' if weight < 0 else '∞'} − 0.1·(−0.2)/" in str(found)
    assert_evaluates(found)


def test_a_diverged_run_is_shown_as_it_is() -> None:
    for update in UPDATES:
        found = update.explain(np.array([1.0]), np.array([np.inf]), {}, {}, (0,))
        assert not np.isfinite(found.total)
    assert np.isnan(explain_zero("Adam", eps=0.0).total)  # 0/0, as in PyTorch


def explain_zero(name: str, **hyperparameters: Any) -> Explanation:
    return update_named(name).explain(np.zeros(1), np.zeros(1), {}, hyperparameters, (0,))


@pytest.mark.parametrize("size", [1e-38, 1e-33, 1e-22, 1e-10, 1e10, 1e19, 1e25, 1e38])
@pytest.mark.parametrize(
    ("name", "hyperparameters"),
    [
        ("SGD", {"lr": 10.0, "momentum": 0.9}),
        ("Adam", {"lr": 0.1}),
        ("Adam", {"lr": 0.1, "amsgrad": True, "maximize": True}),
        ("AdamW", {"lr": 0.1}),
        ("RMSprop", {"lr": 0.1}),
        ("RMSprop", {"lr": 0.1, "centered": True, "momentum": 0.5}),
        ("RMSprop", {"lr": 0.1, "centered": True, "weight_decay": 0.1}),
    ],
)
def test_what_float32_is_too_narrow_for_goes_on_as_it_is_kept(
    name: str, hyperparameters: dict[str, Any], size: float
) -> None:
    parameter = torch.zeros(4).requires_grad_()
    optimizer = getattr(torch.optim, name)([parameter], **hyperparameters)
    for _ in range(3):
        parameter.grad = torch.tensor([1.0, -1.0, 0.5, -3.0]) * size
        before, state = parameter.detach().clone().numpy(), state_of(optimizer, parameter)
        optimizer.step()
        after = state_of(optimizer, parameter)
        for cell in range(4):
            found = update_named(name).explain(
                before, parameter.grad.numpy(), state, optimizer.param_groups[0], (cell,)
            )
            assert found.total == pytest.approx(parameter[cell].item(), rel=1e-4, abs=1e-44, nan_ok=True), str(found)
            for key, value in found.new_state.items():
                kept = after[key][cell] if after[key].ndim else after[key]
                assert value == pytest.approx(kept.item(), rel=1e-4, abs=1e-44, nan_ok=True), str(found)
            assert_evaluates(found)


def test_a_line_whose_number_is_lost_in_float32_says_so() -> None:
    vanished = np.array([1e-33], np.float32)
    found = update_named("RMSprop").explain(np.ones(1, np.float32), vanished, {}, {"centered": True}, (0,))
    assert str(found).startswith("v = 0.99·0 + 0.01·1e−33² = 1e−68, which float32 keeps as 0; ")
    assert "(√0 + 1e−8)" in str(found)
    huge = np.array([-1e30], np.float32)
    found = update_named("Adam").explain(np.ones(1, np.float32), huge, {}, {}, (0,))
    assert "v = 0.999·0 + 0.001·(−1e30)² = 1e57, which float32 keeps as ∞; " in str(found)
    assert found.total == 1


def test_an_unknown_optimizer_is_refused_with_the_names_there_are() -> None:
    known = ", ".join(update.name for update in UPDATES)
    with pytest.raises(ValueError, match=f"Nobodys are not explained; those of {known} are"):
        update_named("Nobodys")


def test_the_lectures_new_weights_and_biases_come_out(shared_data: Path) -> None:
    lecture = tomllib.loads((shared_data.parent / "lecture" / "worked_examples.toml").read_text())["backprop"]
    given_bias, rate = np.full(2, float(lecture["bias"])), {"lr": lecture["learning_rate"]}
    gradients = {  # the lecture's deltas are the negatives of the gradients
        "v": -np.outer(lecture["delta"], lecture["input"]),
        "v_bias": -np.array(lecture["delta"]),
        "w": -np.outer(lecture["Delta"], lecture["z"]),
        "w_bias": -np.array(lecture["Delta"]),
    }
    for name, gradient in gradients.items():
        before = np.array(lecture.get(name, given_bias), dtype=float)
        for cell in np.ndindex(before.shape):
            found = update_named("SGD").explain(before, gradient, {}, rate, cell)
            assert found.total == pytest.approx(np.array(lecture[f"new_{name}"])[cell], abs=1e-12)
    symbols = {"parameter": "w₁₂"}
    line = update_named("SGD").explain(np.array(lecture["w"]), gradients["w"], {}, rate, (0, 1), symbols=symbols)
    assert str(line) == "w₁₂ = 0 − 0.1·2 = −0.2"
