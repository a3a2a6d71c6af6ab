"""How good a network is on a split: loss, accuracy, which class was taken for which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import prod
from time import monotonic

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.errors import Cancelled, EngineError, requested_memory
from explorer.engine.training.certainty import (
    NUMBERS_KEPT,
    class_probabilities,
    last_kind,
    told_of_classes,
    told_of_numbers,
)
from explorer.engine.training.confusion import Confusion, Evaluation
from explorer.engine.training.distributed import ALONE, Processes
from explorer.engine.training.examples import Learned
from explorer.engine.training.objective import LossFunction, Objective, plain_objective, right

EVALUATION_BATCH = 500
EVALUATION_CELLS = 4_000_000
"""The most input cells of a batch, so that large pictures do not fill the memory."""


def evaluate(
    model: nn.Module,
    data: Learned,
    loss: LossFunction | Objective,
    *,
    processes: Processes = ALONE,
    should_stop: Callable[[], bool] | None = None,
) -> Evaluation:
    """Judge `model` on `data` in evaluation mode, in the precision of its weights; the model's modes are put back.

    With several processes each judges a part, and all get the whole figures.
    Raises Cancelled if `should_stop` says so between two batches.
    """
    began = monotonic()
    objective = loss if isinstance(loss, Objective) else plain_objective(loss)
    tally = _Tally(objective, data, model)
    with evaluating(model), torch.no_grad():
        for indices in torch.split(processes.share(torch.arange(len(data))), _batch_size(data)):
            if should_stop is not None and should_stop():
                raise Cancelled
            if len(indices):
                tally.add(model, indices)
    return replace(tally.evaluation(processes), seconds=monotonic() - began)


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode inside; after it each module's own mode."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def device_of(model: nn.Module) -> torch.device:
    """Where its first parameter lies; a model without any runs on the CPU."""
    first = next(model.parameters(), None)
    return first.device if first is not None else torch.device("cpu")


def dtype_of(model: nn.Module) -> torch.dtype:
    """The type of its first parameter, float32 for a model without any."""
    first = next(model.parameters(), None)
    return first.dtype if first is not None else torch.float32


def _batch_size(data: Learned) -> int:
    cells = prod(data.taken(torch.zeros(1, dtype=torch.long)).shape)
    return max(1, min(EVALUATION_BATCH, EVALUATION_CELLS // cells))


class _Tally:
    """Sums over the batches of one evaluation, and what is told of each example: zero where another process tells."""

    def __init__(self, objective: Objective, data: Learned, model: nn.Module) -> None:
        self._objective, self._data, self._device = objective, data, device_of(model)
        self._last_kind = last_kind(model)
        self._loss, self._right = 0.0, 0
        is_classes = objective.guesses is not None
        self._guesses = torch.zeros(len(data), dtype=torch.long) if is_classes else None
        self._told = torch.zeros(len(data), 2 if is_classes else 1 + min(data.targets[0].numel(), NUMBERS_KEPT))

    def add(self, model: nn.Module, indices: Tensor) -> None:
        """Judge some examples, in smaller batches where the memory does not suffice.

        Raises EngineError where it does not for a single one.
        """
        try:
            self._add(model, indices)
            return
        except (RuntimeError, MemoryError) as error:
            requested = requested_memory(error)
            if requested is None:
                raise
        if len(indices) == 1:
            raise EngineError(f"There is not enough memory to judge one example; {requested or 'more'} is needed.")
        for half in indices.tensor_split(2):
            self.add(model, half)

    def _add(self, model: nn.Module, indices: Tensor) -> None:
        labels = self._data.targets[indices].to(self._device)
        inputs = self._data.prepared(self._data.taken(indices).to(self._device)).to(dtype_of(model))
        outputs = model(inputs)
        loss = self._objective.value(outputs, labels).item() * len(indices)
        if self._guesses is not None and self._objective.guesses is not None:
            guesses = self._objective.guesses(outputs)
            shares = class_probabilities(outputs.flatten(1), self._objective.reads, last_kind=self._last_kind)
            self._told[indices] = told_of_classes(shares, guesses, labels).cpu()
            self._guesses[indices] = guesses.cpu()
            self._right += int(right(guesses, labels))
        else:
            self._told[indices] = told_of_numbers(outputs.cpu(), labels.cpu())
        self._loss += loss

    def evaluation(self, processes: Processes) -> Evaluation:
        count = len(self._data)
        sums = processes.summed(torch.tensor([self._loss, self._right], dtype=torch.float64, device=processes.device))
        loss, correct = sums.tolist()
        told = _from_all(processes, self._told)
        if self._guesses is None:
            return Evaluation(loss / count, distances=told[:, 0], given=told[:, 1:])
        guesses = _from_all(processes, self._guesses)
        labels = self._data.targets
        classes = self._objective.classes or int(max(guesses.max(), int(labels.max()))) + 1
        are_classes = labels.dim() == 1 and not labels.is_floating_point()
        confusion = Confusion.of(labels.numpy(), guesses, classes) if are_classes else None
        return Evaluation(loss / count, correct / count, confusion, guesses, told)


def _from_all(processes: Processes, values: Tensor) -> np.ndarray:
    """What each process tells of its part, together; read-only."""
    together: np.ndarray = processes.summed(values.to(processes.device)).cpu().numpy()
    together.flags.writeable = False
    return together
