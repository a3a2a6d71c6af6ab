"""All losses of the same outputs and targets against PyTorch's own values and gradients, whatever they are."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.arithmetic.losses_beside import Said, aimed_at, losses_beside, said_of, value_of
from explorer.engine.training.targets import as_numbers

PREDICTIONS, TARGETS = np.array([[3.0, 5.0, 2.0, 8.0]]), np.array([[4.0, 3.0, 5.0, 6.0]])
NUMBERS = st.floats(-20, 20, allow_nan=False, width=32)


def by_name(said: tuple[Said, ...]) -> dict[str, Said]:
    return {each.loss.name: each for each in said}


@st.composite
def compared(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Outputs of a few examples, with a class each or a number for each output."""
    shape = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    numbers = draw(st.sampled_from([NUMBERS, st.floats(1 / 64, 63 / 64, width=32)]))
    cells = st.lists(numbers, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
    output = np.array(draw(cells)).reshape(shape)
    if draw(st.booleans()):
        return output, np.array(draw(st.lists(st.integers(0, shape[1] - 1), min_size=shape[0], max_size=shape[0])))
    return output, np.array(draw(cells)).reshape(shape)


@settings(max_examples=60, deadline=None)
@given(compared())
def test_each_value_and_each_gradient_is_pytorchs_and_the_terms_come_to_the_value(
    case: tuple[np.ndarray, np.ndarray],
) -> None:
    output, target = case
    said = losses_beside(output, target)
    assert [each.loss for each in said] == list(LOSSES)
    assume(any(not each.refusal for each in said))
    for each in (each for each in said if not each.refusal):
        given_ = torch.from_numpy(output.copy()).requires_grad_()
        computed = each.loss.compute(given_, torch.from_numpy(each.target))
        (gradients,) = torch.autograd.grad(computed, given_)
        assert each.value == pytest.approx(computed.item(), rel=1e-9, abs=1e-9), each.loss.name
        assert value_of(each.loss, output, target) == each.value
        assert np.nansum(each.terms) / each.divisor == pytest.approx(computed.item(), rel=1e-9, abs=1e-9)
        np.testing.assert_allclose(each.gradients, gradients.numpy(), rtol=1e-6, atol=1e-9, err_msg=each.loss.name)


def test_the_four_misses_of_the_lecture() -> None:
    said = by_name(losses_beside(PREDICTIONS, TARGETS))
    assert (said["mse"].value, said["mae"].value, said["mbe"].value) == (4.5, 2.0, 0.0)
    assert said["mse"].terms.tolist() == [[1, 4, 9, 4]]
    assert said["mbe"].terms.tolist() == [[1, -2, 3, -2]]
    assert said["mbe"].gradients.tolist() == [[-0.25] * 4]


def test_an_outlier_pulls_the_squared_loss_and_no_other() -> None:
    said = by_name(losses_beside(PREDICTIONS, np.array([[4.0, 3.0, 15.0, 6.0]])))
    assert (said["mse"].value, said["mae"].value, said["huber"].value) == (44.5, 4.5, 4.0)
    assert [said[name].gradients[0, 2] for name in ("mse", "mae", "huber")] == [-6.5, -0.25, -0.25]


def test_what_a_loss_cannot_compare_is_refused_in_a_sentence() -> None:
    said = by_name(losses_beside(PREDICTIONS, TARGETS))
    assert said["bce"].refusal == "The binary cross entropy needs targets between 0 and 1: one is 4."
    assert {name for name, each in said.items() if each.refusal} == {"bce", "bce_with_logits", "cross_entropy", "hinge"}


@pytest.mark.parametrize("outputs", [1, 3])
def test_a_class_is_a_one_among_zeros_for_losses_of_numbers_as_training_has_it(outputs: int) -> None:
    output, classes = np.zeros((2, outputs), np.float32), np.array([0, outputs - 1])
    wanted = as_numbers(torch.from_numpy(classes), torch.from_numpy(output))
    aimed = aimed_at(loss_named("mse"), classes, output)
    assert aimed.dtype == output.dtype
    assert aimed.tolist() == wanted.tolist()


def test_a_one_among_zeros_is_a_class_for_losses_of_classes() -> None:
    output, target = np.array([[-0.39, 1.49, 4.21]]), np.array([[1.0, 0.0, 0.0]])
    said = said_of(loss_named("hinge"), output, target)
    assert said.target.tolist() == [0]
    assert said.value == pytest.approx(8.48)
    assert np.isnan(said.terms[0, 0])
    assert said.gradients.tolist() == [[-2, 1, 1]]
