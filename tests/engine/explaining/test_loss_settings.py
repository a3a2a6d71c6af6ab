"""Losses called with the settings of torch.nn.functional, in a model of a person's own, explained cell by cell."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import explorer
from explorer.engine.recording.recording import Recording
from tests.arithmetic.evaluator import assert_evaluates

FUNCTIONS = {
    "cross_entropy": F.cross_entropy,
    "binary_cross_entropy": F.binary_cross_entropy,
    "binary_cross_entropy_with_logits": F.binary_cross_entropy_with_logits,
    "mse_loss": F.mse_loss,
    "l1_loss": F.l1_loss,
    "huber_loss": F.huber_loss,
    "smooth_l1_loss": F.smooth_l1_loss,
}


class WithLoss(nn.Module):
    """A model that ends in the loss, called as it is set; its parameter is what the loss is given."""

    def __init__(self, loss: Any, outputs: torch.Tensor, target: torch.Tensor, **settings: Any) -> None:
        super().__init__()
        self.loss, self.target, self.settings = loss, target, settings
        self.outputs = nn.Parameter(outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.loss(self.outputs * x, self.target, **self.settings)


def recorded(model: nn.Module) -> Recording:
    x = torch.ones(1, dtype=torch.float64)
    shape = model(x).shape
    return explorer.record(model, x, target=torch.full(shape, 0.3).double(), loss="half_squared_error")


def assert_explained(recording: Recording, kind: str) -> None:
    """Each cell of the value and of the gradient of the output, and what is written of it."""
    for step in recording.steps:
        if step.call.kind != kind:
            continue
        of = "output" if step.kind == "forward" else "input"
        for cell in product(*(range(size) for size in step.shapes[of])):
            explained = explorer.explain(recording, step, cell, of=of)
            assert explained.computed == pytest.approx(explained.total, rel=1e-9, abs=1e-12, nan_ok=True), str(
                explained
            )
            assert_evaluates(explained)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, torch.Tensor, torch.Tensor, dict[str, Any]]:
    name = draw(st.sampled_from(sorted(FUNCTIONS)))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    chosen: dict[str, Any] = {"reduction": draw(st.sampled_from(["mean", "sum", "none"]))}
    outputs = normal(*shape) * draw(st.sampled_from([0.5, 4.0, 30.0]))
    if name == "cross_entropy":
        return name, outputs, *_classes(draw, outputs, normal, generator, chosen)
    target = normal(*shape)
    if name.startswith("binary"):
        target = target.sigmoid().round() if draw(st.booleans()) else target.sigmoid()
        outputs = outputs.sigmoid() if name == "binary_cross_entropy" else outputs
    of_weights = shape[-1:] if name.startswith("binary") and draw(st.booleans()) else shape
    if name != "smooth_l1_loss" and draw(st.booleans()):
        chosen["weight"] = normal(*of_weights).abs()
    if name.endswith("with_logits") and draw(st.booleans()):
        chosen["pos_weight"] = normal(*shape[-1:]).abs()
    if name in ("huber_loss", "smooth_l1_loss"):
        chosen["delta" if name == "huber_loss" else "beta"] = draw(st.sampled_from([0.25, 1.0, 3.0]))
    return name, outputs, target, chosen


def _classes(
    draw: st.DrawFn, outputs: torch.Tensor, normal: Any, generator: torch.Generator, chosen: dict[str, Any]
) -> tuple[torch.Tensor, dict[str, Any]]:
    axis = 0 if outputs.dim() == 1 else 1
    count = outputs.shape[axis]
    if draw(st.booleans()):
        chosen["weight"] = normal(count).abs()
    if draw(st.booleans()):
        chosen["label_smoothing"] = draw(st.sampled_from([0.1, 0.5]))
    if draw(st.booleans()):
        return normal(*outputs.shape).softmax(axis), chosen
    places = outputs.shape[:axis] + outputs.shape[axis + 1 :]
    target = torch.randint(count, places, generator=generator)
    ignored = draw(st.sampled_from([None, -100, 0]))
    if ignored is not None:
        chosen["ignore_index"] = ignored
        target = torch.where(torch.rand(places, generator=generator) < 0.4, torch.tensor(ignored), target)
    return target, chosen


@settings(max_examples=150, deadline=None)
@given(cases())
def test_a_loss_as_it_is_set_is_explained(case: tuple[str, torch.Tensor, torch.Tensor, dict[str, Any]]) -> None:
    name, outputs, target, chosen = case
    assert_explained(recorded(WithLoss(FUNCTIONS[name], outputs, target, **chosen)), name)


@pytest.mark.parametrize("least", [9e-45, 1e-43, 5e-44, 1e-300, 0.0])
def test_a_probability_whose_logarithm_lies_below_the_floor_is_written_with_it(least: float) -> None:
    outputs = torch.tensor([[least, 0.7]], dtype=torch.float64)
    asked = WithLoss(FUNCTIONS["binary_cross_entropy"], outputs, torch.tensor([[0.2, 0.4]]).double())
    assert_explained(recorded(asked), "binary_cross_entropy")


LOGITS, CLASSES = torch.randn(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1)), [2, 0, 1, 1, 2]
MODULES = {
    "cross_entropy": nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]).double(), ignore_index=1),
    "binary_cross_entropy_with_logits": nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0]).double(), reduction="sum"),
    "huber_loss": nn.HuberLoss(delta=0.3, reduction="none"),
    "smooth_l1_loss": nn.SmoothL1Loss(beta=0.0),
    "l1_loss": nn.L1Loss(reduction="sum"),
}


@pytest.mark.parametrize("kind", MODULES)
def test_a_loss_that_is_a_module_is_explained_as_it_is_set(kind: str) -> None:
    target = torch.tensor(CLASSES) if kind == "cross_entropy" else torch.zeros(5, 3).double()
    assert_explained(recorded(WithLoss(MODULES[kind], LOGITS, target)), kind)


@pytest.mark.filterwarnings("ignore:size_average and reduce args")
@pytest.mark.parametrize("old", [{"size_average": False}, {"reduce": False}, {"size_average": True}])
def test_the_old_names_of_a_reduction_are_known(old: dict[str, bool]) -> None:
    assert_explained(recorded(WithLoss(F.mse_loss, LOGITS, torch.zeros(5, 3).double(), **old)), "mse_loss")


def test_ignored_targets_are_left_out_of_value_gradient_and_words() -> None:
    model = WithLoss(F.cross_entropy, LOGITS, torch.tensor(CLASSES), ignore_index=1)
    recording = recorded(model)
    expected = F.cross_entropy(LOGITS[[0, 1, 4]], torch.tensor([2, 0, 2])).item()
    value = explorer.explain(recording, "cross_entropy", ())
    assert value.total == pytest.approx(expected)
    assert value.formula == "−1/N Σ log softmax(input)[target]; 2 of target 1 left out"
    back = next(step for step in recording.steps if step.kind == "backward" and step.call.kind == "cross_entropy")
    assert explorer.explain(recording, back, (2, 0), of="input").total == 0


def test_a_mean_over_no_target_at_all_is_no_number() -> None:
    recording = recorded(WithLoss(F.cross_entropy, LOGITS, torch.full((5,), -100)))
    assert str(explorer.explain(recording, "cross_entropy", ())) == "loss = 0/0 = NaN, as every target is ignored"
    assert_explained(recording, "cross_entropy")


FORMULAS = (
    ({"reduction": "sum"}, "−Σ log softmax(input)[target]"),
    ({"reduction": "none"}, "−log softmax(input)[target]"),
    ({"weight": torch.ones(3).double()}, "−1/Σ weight[target] Σ weight[target] · log softmax(input)[target]"),
    (
        {"label_smoothing": 0.1},
        "−1/N Σ target′ · log softmax(input); target′ = (1 − ε) · target + ε/C, ε = 0.1",
    ),
)


@pytest.mark.parametrize(("chosen", "formula"), FORMULAS)
def test_the_formula_is_the_one_of_the_settings(chosen: dict[str, Any], formula: str) -> None:
    recording = recorded(WithLoss(F.cross_entropy, LOGITS, torch.tensor(CLASSES), **chosen))
    cell = (0,) * len(recording["cross_entropy"].output_shape)
    assert explorer.explain(recording, "cross_entropy", cell).formula == formula
