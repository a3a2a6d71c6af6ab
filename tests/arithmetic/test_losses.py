"""Every loss and its gradient against PyTorch's own, over generated outputs, targets and cells."""

from __future__ import annotations

import builtins
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from explorer.arithmetic import CallValues, Explanation
from explorer.arithmetic.losses import LOSSES, loss_named
from tests.arithmetic.evaluator import assert_evaluates
from tests.by_hand import ByHand

NAMES = tuple(loss.name for loss in LOSSES)
TOLERANCES = {torch.float64: 1e-9, torch.float32: 1e-4}


def hinge(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return functional.multi_margin_loss(output, target) * output.shape[-1]


ORACLES: ByHand[Callable[..., torch.Tensor]] = ByHand(
    "ORACLES of tests/arithmetic/test_losses.py",
    {
        "half_squared_error": lambda y, d: (0.5 * (y - d) ** 2).flatten(1 if y.dim() > 1 else 0).sum(-1).mean(),
        "mse": functional.mse_loss,
        "mae": functional.l1_loss,
        "mbe": lambda y, d: (d - y).mean(),
        "bce": functional.binary_cross_entropy,
        "bce_with_logits": functional.binary_cross_entropy_with_logits,
        "cross_entropy": functional.cross_entropy,
        "hinge": hinge,
        "huber": functional.huber_loss,
        "smooth_l1": functional.smooth_l1_loss,
    },
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, torch.Tensor, torch.Tensor]:
    """A loss, outputs that need a gradient, and targets that fit."""
    name = draw(st.sampled_from(NAMES))
    dtype = draw(st.sampled_from(sorted(TOLERANCES, key=str)))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    axes = 2 if name == "hinge" else 4
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=axes)))
    scale = draw(st.sampled_from([0.5, 3.0, 30.0]))
    output = scale * torch.randn(shape, dtype=dtype, generator=generator)
    if name == "bce":
        output = torch.rand(shape, dtype=dtype, generator=generator).clamp(0.001, 0.999)
    return name, output.requires_grad_(), target_for(draw, name, output.detach(), generator)


def target_for(draw: st.DrawFn, name: str, output: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    shape, dtype = output.shape, output.dtype
    targets = loss_named(name).targets
    if targets == "probabilities":
        target = torch.rand(shape, dtype=dtype, generator=generator)
        return target.round() if draw(st.booleans()) else target
    axis = 0 if output.dim() == 1 else 1
    if name == "cross_entropy" and draw(st.booleans()):
        return torch.randn(shape, dtype=dtype, generator=generator).softmax(axis)
    if targets == "classes":
        places = shape[:axis] + shape[axis + 1 :]
        return torch.randint(shape[axis], places, generator=generator)
    return torch.randn(shape, dtype=dtype, generator=generator)


def call_of(name: str, output: Any, target: Any, **arguments: Any) -> CallValues:
    return CallValues(name, {"input": np.asarray(output), "target": np.asarray(target), **arguments}, np.zeros(()))


def assert_explains(explanation: Explanation, computed: torch.Tensor, *, rounded_at: float = 0.0) -> None:
    """`rounded_at`: the size of the logits, whose differences a loss's terms are; they were rounded at that size."""
    magnitude = max(explanation.magnitude, abs(float(computed)))
    rounding = 4 * torch.finfo(computed.dtype).eps * rounded_at
    assert abs(explanation.total - float(computed)) <= TOLERANCES[computed.dtype] * magnitude + rounding + 1e-300


@settings(max_examples=400, deadline=None)
@given(cases(), st.data())
def test_a_loss_and_its_gradient_are_pytorchs(
    case: tuple[str, torch.Tensor, torch.Tensor], data: st.DataObject
) -> None:
    name, output, target = case
    computed = ORACLES[name](output, target)
    (gradient,) = torch.autograd.grad(computed, output)
    call = call_of(name, output.detach(), target)
    loss = loss_named(name)
    of_logits = name in ("cross_entropy", "bce_with_logits")
    size = output.detach().abs().max().item() if of_logits else 0.0
    assert_explains(loss.forward(call, ()), computed.detach(), rounded_at=size)
    cell = tuple(data.draw(st.integers(0, size - 1)) for size in output.shape)
    assert_explains(loss.backward(call, "input", cell), gradient[cell], rounded_at=1.0 if of_logits else 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_loss_imports_nothing_in_each_step_of_a_training(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import takes 15 µs where PySide6 watches imports, also of what is there."""
    loss = loss_named(name)
    output = torch.tensor([[0.25, 0.75]])
    target = torch.tensor([1]) if loss.targets == "classes" else torch.tensor([[0.0, 1.0]])
    first = loss.compute(output, target)
    importing = builtins.__import__

    def watched(module: str, names: Mapping[str, Any] | None = None, *rest: Any, **others: Any) -> Any:
        asks = str((names or {}).get("__name__"))
        assert not asks.startswith("explorer."), f"{asks} imports {module}"
        return importing(module, names, *rest, **others)

    monkeypatch.setattr(builtins, "__import__", watched)
    assert loss.compute(output, target) == first


@pytest.mark.parametrize("delta", [0.25, 1.0, 4.0])
@pytest.mark.parametrize("output", [-3.0, -0.25, 0.0, 0.3, 1.0, 9.0])
def test_huber_takes_the_delta_of_the_call(delta: float, output: float) -> None:
    tensor = torch.tensor([output], dtype=torch.float64, requires_grad=True)
    computed = functional.huber_loss(tensor, torch.zeros(1, dtype=torch.float64), delta=delta)
    computed.backward()
    call = call_of("huber", [output], [0.0], delta=delta)
    assert_explains(loss_named("huber").forward(call), computed.detach())
    assert_explains(loss_named("huber").backward(call, "input", (0,)), tensor.grad[0])


@pytest.mark.parametrize("output", [0.0, 1.0])
@pytest.mark.parametrize("target", [0.0, 0.5, 1.0])
def test_binary_cross_entropy_stays_finite_at_probabilities_of_0_and_1(output: float, target: float) -> None:
    tensor = torch.tensor([output], dtype=torch.float64, requires_grad=True)
    computed = functional.binary_cross_entropy(tensor, torch.tensor([target], dtype=torch.float64))
    computed.backward()
    call = call_of("bce", [output], [target])
    assert_explains(loss_named("bce").forward(call), computed.detach())
    assert_explains(loss_named("bce").backward(call, "input", (0,)), tensor.grad[0])


def test_large_logits_do_not_overflow() -> None:
    for name, target in (("bce_with_logits", [0.0, 1.0]), ("cross_entropy", 1), ("cross_entropy", [0.0, 1.0])):
        explanation = loss_named(name).forward(call_of(name, [1000.0, -1000.0], target))
        assert explanation.total == pytest.approx(2000 if name == "cross_entropy" else 1000)
        assert "∞" not in str(explanation)


def test_what_arrives_from_behind_is_a_factor_of_the_gradient() -> None:
    call = CallValues("mse", {"input": np.array([[3.0]]), "target": np.array([[1.0]])}, np.zeros(()), np.array(0.5))
    explanation = loss_named("mse").backward(call, "input", (0, 0))
    assert explanation.total == 2.0
    assert str(explanation) == "grad_input = 0.5·2·(3 − 1) = 2"


def test_a_gradient_of_the_target_is_refused() -> None:
    with pytest.raises(ValueError, match="of its input"):
        loss_named("mse").backward(call_of("mse", [1.0], [1.0]), "target", (0,))


REFUSED = (
    *((name, [[1.0], [2.0]], [1.0, 2.0], "2 × 1") for name in NAMES if name not in ("cross_entropy", "hinge", "bce")),
    ("bce", [[0.5]], [0.5], "of its own"),
    *((name, [0.5, 0.5], [0.5, float("nan")], "NaN") for name in NAMES if name != "hinge"),
    ("mse", [], [], "none"),
    ("bce", [0.5], [2.0], "targets between 0 and 1: one is 2"),
    ("bce", [1.5], [1.0], "outputs between 0 and 1"),
    ("bce_with_logits", [0.5], [-1.0], "one is −1"),
    ("cross_entropy", [[1.0, 2.0, 3.0]], [3], "classes 0 to 2 here: there is no class 3"),
    ("cross_entropy", [[1.0, 2.0, 3.0]], [-100], "no class −100"),
    ("cross_entropy", [[1.0, 2.0, 3.0]], [0.5], "whole numbers"),
    ("cross_entropy", [[1.0, 2.0, 3.0]], [0, 1], "one class index for each example"),
    ("cross_entropy", [[1.0, 2.0]], [[0.5, 0.6]], "add up to 1.1"),
    ("cross_entropy", [[1.0, 2.0]], [[-0.5, 1.5]], "between 0 and 1"),
    ("cross_entropy", 1.0, 1.0, "single number"),
    ("hinge", [[1.0, 2.0]], [2], "no class 2"),
    ("hinge", [[1.0, 2.0]], [float("nan")], "NaN"),
    ("hinge", [[1.0, 2.0]], [[0.0, 1.0]], "class index"),
    ("hinge", [[[1.0, 2.0]]], [[0, 1]], "3 axes"),
)


@pytest.mark.parametrize(("name", "output", "target", "words"), REFUSED)
def test_targets_that_do_not_fit_are_refused_in_a_sentence(name: str, output: Any, target: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        loss_named(name).forward(call_of(name, output, target))
    assert str(refusal.value).endswith(".")


def test_an_unknown_loss_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match="half_squared_error, mse, mae"):
        loss_named("squared")


def test_the_lectures_hinge_losses_come_out(shared_data: Path) -> None:
    example = tomllib.loads((shared_data.parent / "lecture" / "worked_examples.toml").read_text())["hinge"]
    scores, hinge_loss = np.array(example["scores"]).T, loss_named("hinge")  # dog, cat, horse is the order of both
    for image, expected in enumerate(example["losses"]):
        found = hinge_loss.forward(call_of("hinge", scores[image : image + 1], [image]))
        assert found.total == pytest.approx(expected, abs=0.005)
    whole = hinge_loss.forward(call_of("hinge", scores, [0, 1, 2]))
    assert whole.total == pytest.approx(np.mean(example["losses"]), abs=0.005)
    first = hinge_loss.forward(call_of("hinge", scores[:1], [0]))
    assert str(first) == "loss = max(0, 1.49 − (−0.39) + 1) + max(0, 4.21 − (−0.39) + 1) = 8.48"


LINES = (
    ("half_squared_error", [2.0, 2.0], [1.0, 0.0], "loss = ½·(2 − 1)² + ½·(2 − 0)² = 2.5", "grad_input = 2 − 1 = 1"),
    ("mse", [2.0, 2.0], [1.0, 0.0], "loss = 1/2·((2 − 1)² + (2 − 0)²) = 2.5", "grad_input = 1/2·2·(2 − 1) = 1"),
    ("mae", [2.0, 2.0], [3.0, 0.0], "loss = 1/2·(|2 − 3| + |2 − 0|) = 1.5", "grad_input = 1/2·sign(2 − 3) = −0.5"),
    ("mbe", [2.0, 2.0], [3.0, 0.0], "loss = 1/2·((3 − 2) + (0 − 2)) = −0.5", "grad_input = 1/2·(−1) = −0.5"),
    ("bce", [0.8], [1.0], "loss = −1·log(0.8) = 0.22314", "grad_input = (0.8 − 1)/(0.8·(1 − 0.8)) = −1.25"),
    ("bce_with_logits", [0.5], [0.0], "loss = −1·log σ(−0.5) = 0.97408", "grad_input = σ(0.5) − 0 = 0.62246"),
    ("cross_entropy", [1.0, 2.0], 1, "loss = −log(7.38906/10.1073) = 0.31326",
     "grad_input = 2.71828/10.1073 − 0 = 0.26894"),
    ("huber", [3.0], [0.5], "loss = 1·(|3 − 0.5| − ½·1) = 2", "grad_input = sign(3 − 0.5)·1 = 1"),
    ("hinge", [0.5, 1.0, -2.0], 0, "loss = max(0, 1 − 0.5 + 1) + max(0, −2 − 0.5 + 1) = 1.5",
     "grad_input = −(1 + 0) = −1"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "output", "target", "forward", "backward"), LINES)
def test_the_written_lines_show_the_numbers(name: str, output: Any, target: Any, forward: str, backward: str) -> None:
    call = call_of(name, output, target)
    assert str(loss_named(name).forward(call)) == forward
    assert str(loss_named(name).backward(call, "input", (0,))) == backward


def test_a_lesson_may_give_its_symbols() -> None:
    symbols = {"input": "y", "target": "d", "output": "E"}
    call = CallValues("mse", {"input": np.ones(1), "target": np.zeros(1)}, np.zeros(()), symbols=symbols)
    explanation = loss_named("mse").forward(call)
    assert (explanation.formula, str(explanation)) == ("1/n Σ (y − d)²", "E = (1 − 0)² = 1")


def test_many_terms_are_counted_not_written() -> None:
    output = np.arange(20.0)
    explanation = loss_named("mse").forward(call_of("mse", output, np.zeros(20)))
    assert "(19 − 0)²" in str(explanation)
    assert "(8 more terms: 140)" in str(explanation)
    assert explanation.total == pytest.approx(np.mean(output**2))


def test_the_hinge_says_which_classes_pay() -> None:
    hinge_loss, scores = loss_named("hinge"), np.array([[0.5, 1.0, -2.0]])
    lines = [str(hinge_loss.backward(call_of("hinge", scores, [0]), "input", (0, j))) for j in range(3)]
    assert lines[1:] == ["grad_input = 1 (1 − 0.5 + 1 > 0) = 1", "grad_input = 0 (−2 − 0.5 + 1 ≤ 0) = 0"]
    many = hinge_loss.backward(call_of("hinge", np.zeros((1, 30)), [3]), "input", (0, 3))
    assert str(many) == "grad_input = −29 (29 of 29 classes pay) = −29"


def test_a_hinge_that_pays_by_a_hair_is_written_so_that_it_does() -> None:
    scores = np.array([[42790.03515625, 42789.10546875]])
    line = str(loss_named("hinge").backward(call_of("hinge", scores, [0]), "input", (0, 1)))
    assert line == "grad_input = 1 (42789.1 − 42790 + 1 > 0) = 1"


@given(st.floats(-1e6, 1e6, width=32), st.floats(-1.01, -0.99))
def test_what_a_hinge_compares_holds_as_it_is_written(score: float, apart: float) -> None:
    explained = loss_named("hinge").backward(call_of("hinge", [[score, score + apart]], [0]), "input", (0, 1))
    assert assert_evaluates(explained) == 1


def test_terms_point_at_their_cells() -> None:
    output, target = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 0])
    terms = loss_named("cross_entropy").forward(call_of("cross_entropy", output, target)).terms
    assert [term.source[1][1] for term in terms if term.source[1]] == [(0, 1), (1, 0)]


def test_the_formula_of_cross_entropy_is_the_one_for_its_targets() -> None:
    logits = np.array([[1.0, 2.0]])
    by_index = loss_named("cross_entropy").forward(call_of("cross_entropy", logits, [1]))
    one_hot = loss_named("cross_entropy").forward(call_of("cross_entropy", logits, [[0.0, 1.0]]))
    assert by_index.total == one_hot.total
    assert by_index.formula == "−1/N Σ log softmax(input)[target]"
    assert one_hot.formula == "−1/N Σ target · log softmax(input)"


def test_a_negative_zero_is_written_plainly() -> None:
    assert str(loss_named("mse").forward(call_of("mse", [1.0], [-0.0]))) == "loss = (1 − 0)² = 1"
