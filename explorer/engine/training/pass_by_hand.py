"""A pass that is set up by hand, number by number: weights, input, target, and how many training steps are made."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import nn

from explorer.amounts import plural
from explorer.engine.arrays import array
from explorer.engine.errors import EngineError, shape_text
from explorer.engine.losses import known_loss
from explorer.engine.random_state import RandomState
from explorer.engine.recording.recorder import record, set_mode
from explorer.engine.recording.recording import Recording
from explorer.engine.training.hyperparameters import Hyperparameters, make_optimizer
from explorer.engine.training.targets import Wanted, target_for

Model = nn.Module
"""For rooms that hold a model and leave PyTorch to the engine."""


@dataclass(frozen=True)
class PassByHand:
    """What goes in, (N, …), and what is wanted: `target` is a class, or numbers, for each example one row of them.

    Without a `loss` there is no way back, and without `learning` no update. `steps` are made one after the other.
    """

    input: np.ndarray
    loss: str = ""
    target: Any = None
    learning: Hyperparameters | None = None
    steps: int = 1
    is_training: bool = False
    input_gradient: bool = False
    seed: int = 0
    """What dropout draws from: the same pass drops the same cells."""

    @property
    def clip_norm(self) -> float:
        """What the gradient of all weights together is shortened to before an update; 0 for never."""
        return 0.0 if self.learning is None else self.learning.clip_norm


@dataclass(frozen=True, eq=False)
class PassesMade:
    """The last pass on record, the loss of each, and by parameter all gradients added up, as PyTorch would that keeps
    the old ones; `kept_before` are those of all passes but the last."""

    last: Recording
    losses: tuple[float, ...]
    kept_gradients: Mapping[str, np.ndarray]
    kept_before: Mapping[str, np.ndarray]


def set_numbers(model: nn.Module, values: Mapping[str, Any]) -> None:
    """Put numbers into parameters and buffers by name: a table of theirs, or one number for all cells.

    Raises EngineError with a sentence for an unknown name and for a table of another size.
    """
    known = _tensors(model)
    for name, numbers in values.items():
        if name not in known:
            there = ", ".join(known) or "none"
            raise EngineError(f"There is no parameter {name!r}; there are {there}.")
        given = np.asarray(numbers, dtype=np.float32)
        if given.ndim and given.size != known[name].numel():
            raise EngineError(
                f"{name} is {shape_text(tuple(known[name].shape))}, which takes {known[name].numel():,} numbers, not "
                f"{given.size:,}."
            )
        with torch.no_grad():
            known[name].copy_(torch.from_numpy(given.reshape(known[name].shape if given.ndim else ())))


def spreads(model: nn.Module) -> dict[str, float]:
    """By the name of each weight how far its filters or neurons, along its first axis, are from the first of them."""
    weights = ((name, weight.detach()) for name, weight in model.named_parameters() if weight.dim() > 1)
    return {name: float((weight - weight[:1]).abs().max()) for name, weight in weights}


def numbers_of(model: nn.Module) -> dict[str, np.ndarray]:
    """A copy of all parameters and buffers by name."""
    return {name: array(tensor).copy() for name, tensor in _tensors(model).items()}


def take_over(model: nn.Module, other: nn.Module) -> None:
    """Give a model the numbers of another wherever the two have a tensor of one name and size."""
    own, theirs = _tensors(model), _tensors(other)
    with torch.no_grad():
        for name, tensor in own.items():
            if name in theirs and theirs[name].shape == tensor.shape:
                tensor.copy_(theirs[name])


def freeze(model: nn.Module, layers: Iterable[str]) -> None:
    """The parameters of these layers do not learn. Raises EngineError for a layer that there is not."""
    known = dict(model.named_modules())
    for name in layers:
        if name not in known:
            raise EngineError(f"There is no layer {name!r} to freeze; there are {', '.join(filter(None, known))}.")
        known[name].requires_grad_(False)


def _tensors(model: nn.Module) -> dict[str, torch.Tensor]:
    named = chain(model.named_parameters(), model.named_buffers())
    return {name: tensor for name, tensor in named if tensor.is_floating_point()}


def make_passes(model: nn.Module, given: PassByHand) -> PassesMade:
    """All steps of `given`, the last of them kept. The weights of `model` are as the last update left them, and the
    random state is as it was.

    Raises EngineError with a sentence where a target or a number of the optimizer does not fit.
    """
    with warnings.catch_warnings():
        # PyTorch's hint at memory, which a person who chose an even kernel can do nothing about
        warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")
        with _drawing_from(given.seed):
            return _made(model, given)


@contextmanager
def _drawing_from(seed: int) -> Iterator[None]:
    before = RandomState.of_torch()
    torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed the accelerators too
    try:
        yield
    finally:
        before.restore()


def buffers_after(model: nn.Module, given: PassByHand) -> dict[str, np.ndarray]:
    """What the passes of `given` leave in the buffers, as the running mean of a batch norm; `model` stays as it is.

    A recording leaves them as they were, so that these passes are made once more, forwards alone.
    """
    copy = deepcopy(model)
    set_mode(copy, train=given.is_training)
    with torch.no_grad(), _drawing_from(given.seed):
        for _ in range(given.steps):
            copy(torch.tensor(given.input, dtype=torch.float32))
    return {name: array(tensor) for name, tensor in copy.named_buffers() if tensor.is_floating_point()}


def _made(model: nn.Module, given: PassByHand) -> PassesMade:
    x = torch.tensor(given.input, dtype=torch.float32, requires_grad=given.input_gradient)
    if not given.loss:
        return PassesMade(_whole(record(model, x, train=given.is_training)), (), {}, {})
    target = _target(model, x.detach(), given)
    optimizer = None if given.learning is None else _optimizer(model, given.learning)
    losses: list[float] = []
    kept: dict[str, np.ndarray] = {}
    before = kept
    unseen = _Unseen(model, x, target, given, optimizer)
    for number in range(given.steps):
        if 0 < number < given.steps - 1:  # the first one tells what does not fit
            loss, gradients = unseen.step()
        else:
            last = _whole(
                record(
                    model,
                    x,
                    target=target,
                    loss=given.loss,
                    optimizer=optimizer,
                    clip_norm=given.clip_norm,
                    train=given.is_training,
                )
            )
            loss, gradients = last.loss, last.parameter_gradients
        before = kept
        losses.append(loss if loss is not None else float("nan"))
        with np.errstate(all="ignore"):  # a step that ran away has infinities, which are numbers to show like others
            kept = kept | {name: kept.get(name, 0) + array(each) for name, each in gradients.items()}
    return PassesMade(last, tuple(losses), kept, before)


class _Unseen:
    """Steps that only lead to the last one: what a recorded one does, in a tenth of its time."""

    def __init__(
        self,
        model: nn.Module,
        x: torch.Tensor,
        target: torch.Tensor,
        given: PassByHand,
        optimizer: torch.optim.Optimizer | None,
    ) -> None:
        self._model, self._x, self._target, self._given, self._optimizer = model, x, target, given, optimizer
        self._loss = known_loss(given.loss)
        self._learned = {name: each for name, each in model.named_parameters() if each.requires_grad}
        self._buffers = list(model.buffers())

    def step(self) -> tuple[float | None, Mapping[str, torch.Tensor]]:
        """The loss, and the gradients before the update. As after a recording, the weights alone are changed."""
        model, was_training = self._model, self._model.training
        before = [buffer.clone() for buffer in self._buffers]
        if was_training != self._given.is_training:
            set_mode(model, train=self._given.is_training)
        value = self._loss.compute(model(self._x), self._target)
        learned = list(self._learned.values())
        found = torch.autograd.grad(value, learned, allow_unused=True) if learned else ()
        gradients = {name: each for name, each in zip(self._learned, found, strict=True) if each is not None}
        if self._optimizer is not None:
            self._update(self._optimizer, gradients)
        if self._buffers:
            with torch.no_grad():
                for buffer, numbers in zip(self._buffers, before, strict=True):
                    buffer.copy_(numbers)
        if was_training != self._given.is_training:
            set_mode(model, train=was_training)
        torch.default_generator.manual_seed(self._given.seed)  # the next pass draws the same again
        return float(value.detach()), gradients

    def _update(self, optimizer: torch.optim.Optimizer, gradients: Mapping[str, torch.Tensor]) -> None:
        clips = self._given.clip_norm
        for name, gradient in gradients.items():
            self._learned[name].grad = gradient.clone() if clips else gradient
        if clips:
            nn.utils.clip_grad_norm_(self._learned.values(), clips)
        optimizer.step()
        for each in self._learned.values():
            each.grad = None


def _whole(recording: Recording) -> Recording:
    if recording.error is not None:
        raise recording.error
    return recording


def _optimizer(model: nn.Module, learning: Hyperparameters) -> torch.optim.Optimizer:
    try:
        return make_optimizer(learning, [each for each in model.parameters() if each.requires_grad])
    except ValueError as error:
        raise EngineError(f"{error}") from error


def _target(model: nn.Module, x: torch.Tensor, given: PassByHand) -> torch.Tensor:
    loss = known_loss(given.loss)
    was_training = model.training
    with torch.no_grad():
        set_mode(model, train=False)
        outputs = model(x)
        set_mode(model, train=was_training)
    return target_for(loss, outputs, _wanted(given.target, len(x), takes_classes=loss.targets == "classes"))


def _wanted(target: Any, examples: int, *, takes_classes: bool) -> list[Wanted]:
    """What is wanted of each example: a class or the numbers of its outputs."""
    if target is None:
        raise EngineError("A loss compares with a target: there is none.")
    numbers = np.asarray(target)
    if not numbers.ndim and numbers.dtype.kind == "i":
        return [int(numbers)] * examples
    if takes_classes and numbers.ndim == 1 and numbers.dtype.kind == "i" and len(numbers) == examples:
        return [int(each) for each in numbers]
    if numbers.size % examples:
        raise EngineError(f"The target has {plural(numbers.size, 'number')} for {plural(examples, 'example')}.")
    return [tuple(float(each) for each in row) for row in numbers.reshape(examples, -1)]
