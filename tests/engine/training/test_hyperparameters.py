"""What a person chooses before learning: kept in files, and handed to PyTorch's optimizers."""

from __future__ import annotations

import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.arithmetic.updates import UPDATES
from explorer.engine.training.hyperparameters import (
    SCHEDULES,
    Hyperparameters,
    as_settings,
    from_settings,
    make_optimizer,
)

CHOSEN = st.builds(
    Hyperparameters,
    loss=st.sampled_from(["", "mse", "hinge"]),
    optimizer=st.sampled_from([update.name for update in UPDATES]),
    learning_rate=st.floats(1e-6, 10),
    momentum=st.floats(0, 0.99),
    nesterov=st.booleans(),
    betas=st.tuples(st.floats(0, 0.99), st.floats(0, 0.999)),
    schedule=st.sampled_from(SCHEDULES),
    batch_size=st.integers(1, 512),
    label_smoothing=st.floats(0, 1),
    clip_norm=st.floats(0, 100),
    accumulation=st.integers(1, 64),
    keep_gradients=st.booleans(),
)


@given(chosen=CHOSEN)
def test_settings_come_back_from_a_file_as_they_were(chosen: Hyperparameters) -> None:
    assert from_settings(json.loads(json.dumps(as_settings(chosen)))) == chosen


@given(chosen=CHOSEN)
def test_every_choice_makes_an_optimizer_with_that_rate(chosen: Hyperparameters) -> None:
    optimizer = make_optimizer(chosen, [torch.zeros(2, requires_grad=True)])
    assert type(optimizer).__name__ == chosen.optimizer
    assert optimizer.param_groups[0]["lr"] == chosen.learning_rate


def test_the_usual_leaves_nothing_to_write() -> None:
    assert as_settings(Hyperparameters()) == {}


def test_a_value_of_another_kind_is_refused_in_a_sentence_and_unknown_names_are_passed_over() -> None:
    assert from_settings({"colour": "red"}) == Hyperparameters()
    with pytest.raises(ValueError, match="learning_rate is 'fast', which is not of the kind float"):
        from_settings({"learning_rate": "fast"})
    with pytest.raises(ValueError, match="There is no loss 'guess'; there are half_squared_error"):
        from_settings({"loss": "guess"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("batch_size", 0), ("epochs", -1), ("accumulation", 0), ("label_smoothing", 1.5), ("clip_norm", float("nan"))],
)
def test_a_number_no_run_can_be_made_with_is_refused_by_its_name(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is .* but has to be at least"):
        from_settings({name: value})
