"""Targets: the debugger and training give a loss the same numbers to compare with."""

from __future__ import annotations

import pytest
import torch

from explorer.arithmetic.losses import LOSSES, loss_named
from explorer.engine import EngineError
from explorer.engine.training.objective import objective_for
from explorer.engine.training.targets import target_for

CLASSES = 3
NAMES = [loss.name for loss in LOSSES]
OF_CLASSES = [loss.name for loss in LOSSES if loss.targets == "classes"]
OF_PROBABILITIES = [loss.name for loss in LOSSES if loss.targets == "probabilities"]
OF_NUMBERS = [name for name in NAMES if name not in OF_CLASSES]


def outputs_for(width: int) -> torch.Tensor:
    return torch.rand(5, width, generator=torch.Generator().manual_seed(width), dtype=torch.float64)


@pytest.mark.parametrize(("loss", "width"), [*((loss, CLASSES) for loss in NAMES), *((loss, 1) for loss in OF_NUMBERS)])
def test_a_step_in_the_debugger_has_the_targets_that_training_has(loss: str, width: int) -> None:
    classes = max(2, width)
    labels = torch.arange(5) % classes
    outputs = outputs_for(width)
    trained = objective_for(loss, outputs=width, labels=labels, classes=classes).targets(labels, outputs)
    stepped = target_for(loss_named(loss), outputs, labels.tolist())
    assert stepped.dtype == trained.dtype
    assert torch.equal(stepped, trained)


@pytest.mark.parametrize(
    ("loss", "width"),
    [*((loss, CLASSES) for loss in (*OF_CLASSES, *OF_PROBABILITIES)), *((loss, 1) for loss in OF_PROBABILITIES)],
)
def test_the_class_that_suggests_itself_is_the_one_that_training_would_guess(loss: str, width: int) -> None:
    outputs = outputs_for(width) - (0.5 if loss == "bce_with_logits" else 0.0)
    labels = torch.zeros(5, dtype=torch.long)
    objective = objective_for(loss, outputs=width, labels=labels, classes=max(2, width))
    assert objective.guesses is not None
    suggested = target_for(loss_named(loss), outputs, [None] * 5)
    assert torch.equal(suggested, objective.targets(objective.guesses(outputs), outputs))


def test_an_example_may_want_numbers_while_its_neighbour_wants_a_class() -> None:
    found = target_for(loss_named("mse"), torch.zeros(2, 3), [(0.5, 0.25, 0.0), 1])
    assert found.tolist() == [[0.5, 0.25, 0.0], [0.0, 1.0, 0.0]]


def test_a_class_that_the_network_does_not_have_is_refused_with_a_sentence() -> None:
    with pytest.raises(EngineError, match="no class 3: the network has 3 outputs"):
        target_for(loss_named("mse"), torch.zeros(1, 3), [3])
