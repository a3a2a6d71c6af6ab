"""The loss over a fixed sample of examples as a function of one or two weights, the others as they are.

It is worked out on a copy of the model, so that a run may go on meanwhile.
"""

from __future__ import annotations

import copy
from math import prod

import torch
from torch import Tensor, nn

from explorer.engine.errors import EngineError
from explorer.engine.random_state import RandomState
from explorer.engine.training.examples import Learned
from explorer.engine.training.metrics import device_of, dtype_of, evaluating
from explorer.engine.training.objective import Objective
from explorer.engine.training.weight import Weight

EXAMPLES_AT_MOST = 512
CELLS_AT_MOST = 2**18  # numbers in all inputs together: a pass through 85 pictures of 32 × 32 takes some 15 ms


class LossOnSample:
    """The mean loss over `count` examples, the same ones for the same data, in evaluation mode."""

    def __init__(self, model: nn.Module, data: Learned, objective: Objective) -> None:
        chosen = sample_of(data)
        inputs = data.prepared(data.taken(chosen).to(device_of(model)))
        self._inputs, self._labels = inputs.to(dtype_of(model)), data.targets[chosen].to(device_of(model))
        self._objective = objective
        self._copy = copy.deepcopy(model).eval()
        self._parameters = dict(self._copy.named_parameters())

    @property
    def count(self) -> int:
        return len(self._labels)

    def take(self, model: nn.Module) -> None:
        """From now on the other weights are those that `model` has at this moment."""
        self._copy.load_state_dict(model.state_dict())

    def loss_of(self, model: nn.Module) -> float:
        """The loss of `model` as it is; it is left as found: mode and random numbers."""
        outside = RandomState.of_torch()
        try:
            with evaluating(model), torch.no_grad():
                return float(self._objective.value(model(self._inputs).float(), self._labels))
        finally:
            outside.restore()

    def loss_at(self, weights: tuple[Weight, ...], values: tuple[float, ...]) -> float:
        """The loss with other values of `weights`, all others as `take` found them."""
        before = [float(self._tensor(weight)) for weight in weights]
        self._put(weights, values)
        try:
            return self.loss_of(self._copy)
        finally:
            self._put(weights, before)

    def value_of(self, weight: Weight, model: nn.Module) -> float:
        """What `model` has there. Raises EngineError where there is no such weight."""
        return float(_tensor(dict(model.named_parameters()), weight))

    def spread(self, name: str) -> float:
        """The standard deviation of the weights of a parameter; 1 where all are the same."""
        weights = self._parameters[name].detach().float()
        return float(weights.std()) if weights.numel() > 1 and float(weights.std()) > 0 else 1.0

    def steepest(self, count: int) -> tuple[Weight, ...]:
        """The `count` weights along which the loss falls or rises the most."""
        outside = RandomState.of_torch()
        try:
            self._copy.zero_grad(set_to_none=True)
            self._objective.value(self._copy(self._inputs).float(), self._labels).backward()  # type: ignore[no-untyped-call]
        finally:
            outside.restore()
        found = [
            (float(size), Weight(name, index_of(int(at), parameter.shape)))
            for name, parameter in self._parameters.items()
            if parameter.grad is not None
            for size, at in zip(*_largest(parameter.grad.detach().abs().flatten(), count), strict=True)
        ]
        self._copy.zero_grad(set_to_none=True)
        if len(found) < count:
            raise EngineError("This network has too few weights to go along.")
        return tuple(weight for _, weight in sorted(found, key=lambda each: -each[0])[:count])

    def _tensor(self, weight: Weight) -> Tensor:
        return _tensor(self._parameters, weight)

    def _put(self, weights: tuple[Weight, ...], values: tuple[float, ...] | list[float]) -> None:
        with torch.no_grad():
            for weight, value in zip(weights, values, strict=True):
                self._tensor(weight).fill_(value)


def sample_of(data: Learned) -> Tensor:
    """Which examples the loss is taken over: drawn once, the same for the same number of examples."""
    cells = prod(data.taken(torch.zeros(1, dtype=torch.long)).shape)
    count = max(1, min(EXAMPLES_AT_MOST, CELLS_AT_MOST // cells, len(data)))
    return torch.randperm(len(data), generator=torch.Generator().manual_seed(0))[:count].sort().values


def index_of(place: int, shape: torch.Size) -> tuple[int, ...]:
    """The index of what stands at `place` of the flattened tensor."""
    return tuple(int(each) for each in torch.unravel_index(torch.tensor(place), shape))


def _largest(sizes: Tensor, count: int) -> tuple[list[float], list[int]]:
    values, places = sizes.nan_to_num().topk(min(count, sizes.numel()))
    return values.tolist(), places.tolist()


def _tensor(parameters: dict[str, nn.Parameter], weight: Weight) -> Tensor:
    name, index = weight.parameter, weight.index
    found = parameters.get(name)
    if found is None:
        raise EngineError(f"There is no parameter called {name}.")
    is_inside = len(index) == found.dim() and all(0 <= at < size for at, size in zip(index, found.shape, strict=True))
    if not is_inside:
        sizes = " × ".join(map(str, found.shape))
        raise EngineError(f"{name} has {sizes} cells, so there is no cell {', '.join(map(str, index))}.")
    return found.detach()[index]
