"""One step of training: a batch forward, its loss backward, an update; and what keeps a bad step from being made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from explorer.engine.errors import requested_memory
from explorer.engine.random_state import RandomState
from explorer.engine.training.diagnosis import (
    all_finite,
    rate_text,
    stopped_at_gradient,
    stopped_at_loss,
    stopped_at_weights,
)
from explorer.engine.training.distributed import Processes
from explorer.engine.training.examples import Learned
from explorer.engine.training.health import HealthWatch, LayerHealth
from explorer.engine.training.kept_gradients import KeptGradients
from explorer.engine.training.metrics import device_of, dtype_of
from explorer.engine.training.objective import Objective, right
from explorer.engine.training.snapshot import TrainingOutOfMemory, TrainingStopped

Augment = Callable[[Tensor, torch.Generator], Tensor]
AboutToStep = Callable[[nn.Module, Optimizer, Tensor, Tensor, Objective], None]
"""Told model, optimizer, inputs, labels and objective just before a step; has to leave them as they are."""

TALLIED_STEPS = (
    128  # right answers are counted this many steps at a time: doing it each time would be a twentieth of a small step
)
TALLIED_CELLS = 1_000_000


@dataclass(frozen=True)
class Stepped:
    """What one step gave: the mean loss over the whole batch, and health where it was measured."""

    loss: float
    health: tuple[LayerHealth, ...] = ()
    asked_to_stop: bool = False
    asked_for_checkpoint: bool = False


class Learner:
    """Makes the steps of one run. Between two steps the model is anyone's to look at."""

    def __init__(
        self,
        model: nn.Module,
        data: Learned,
        objective: Objective,
        optimizer: Optimizer,
        *,
        seed: int,
        augment: Augment | None,
        precision: torch.dtype,
        processes: Processes,
        health: HealthWatch | None,
        clip_norm: float = 0.0,
        keep_gradients: bool = False,
    ) -> None:
        self._clip_norm = clip_norm
        self.model, self.data, self.objective, self.optimizer = model, data, objective, optimizer
        self._augment, self._precision, self._processes, self._health = augment, precision, processes, health
        self._is_cast = precision not in (torch.float32, torch.float64)
        self._device, self._dtype = device_of(model), dtype_of(model)
        self._called = processes.wrapped(model)
        self._modules = list(model.modules())
        self._parameters = [weight for weight in model.parameters() if weight.requires_grad]
        self.kept = KeptGradients(self._parameters, is_on=keep_gradients)
        self._before = _Before(model)
        self.tally = Tally(objective)
        self.generator = torch.Generator().manual_seed(seed)  # order, and augmentation
        # Parts of a batch may differ in size, so each process draws its own changes of pictures.
        other = torch.Generator().manual_seed(seed + 1 + processes.rank)
        self.augmenting = other if processes.are_several else self.generator
        self.random_state = _seeded(seed + processes.rank)  # dropout and whatever else draws inside the model
        self.about_to_step: AboutToStep | None = None

    @property
    def rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    def step(
        self, batch: Tensor, number: int, asked: tuple[bool, bool] = (False, False), *, at_once: int = 0
    ) -> Stepped:
        """Learn from the examples at `batch`, step `number` of the run.

        at_once: how many go through the model together, their gradients added up; 0 for all.
        Raises TrainingStopped before the update if the loss or a gradient is not finite, TrainingOutOfMemory if there
        is no room; the model then is as it was before the step.
        """
        for module in self._modules:  # whoever looked at the model between two steps may have left it in eval mode
            if not module.training:
                self.model.train()
                break
        # Plain try blocks: two context managers cost 3 % of a small step.
        outside = RandomState.of_torch()
        self.random_state.restore()
        try:
            return self._step(batch, number, asked, at_once or len(batch))
        except Exception as error:
            requested = requested_memory(error)
            if requested is None:
                self._before.restore_buffers()  # the layers before the faulty one may have counted the batch
                raise
        finally:
            # Random numbers go on where this run's last step left them, and outside nothing is disturbed.
            self.random_state = RandomState.of_torch()
            outside.restore()
        raise self._out_of_memory(min(at_once or len(batch), len(batch)), requested, number)

    def _step(self, batch: Tensor, number: int, asked: tuple[bool, bool], at_once: int) -> Stepped:
        mine, weight = self._share(batch)
        inputs, labels = self._ready(mine)
        self.kept.put_before_step()
        if self.about_to_step is not None:
            self.about_to_step(self.model, self.optimizer, inputs, labels, self.objective)
        health = self._health if self._health is not None and self._health.pace.is_due() else None
        self._before.keep_buffers()
        value, guessed = self._gone_back(inputs, labels, weight, health, at_once)
        loss, *flags = self._agreed(value, weight, asked)
        self._require_finite(loss, inputs, mine, number)
        if self._clip_norm:
            nn.utils.clip_grad_norm_(self._parameters, self._clip_norm)
        if health is not None:
            health.backward_done()
        self._before.keep_weights()
        self._update(number)
        self.kept.keep_after_step()
        for outputs, its_labels in guessed if weight else ():
            self.tally.add(outputs, its_labels)
        told = health.updated(number, batch_loss=loss) if health is not None else ()
        return Stepped(loss, told, *(flag > 0 for flag in flags))

    def _gone_back(
        self, inputs: Tensor, labels: Tensor, weight: float, health: HealthWatch | None, at_once: int
    ) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
        """The mean loss of all `inputs`, its gradients added up part by part; and what came out for which labels."""
        if at_once >= len(inputs):  # almost always: a small step must not pay for parts that it does not have
            value, outputs = self._part_gone_back(inputs, labels, weight, health)
            return value, [(outputs, labels)]
        total, guessed = torch.zeros((), device=inputs.device), []
        for part, its_labels in zip(torch.split(inputs, at_once), torch.split(labels, at_once), strict=True):
            share = len(part) / len(inputs)
            value, outputs = self._part_gone_back(part, its_labels, weight * share, health)
            total = total + value * share
            guessed.append((outputs, its_labels))
        return total, guessed

    def _part_gone_back(
        self, inputs: Tensor, labels: Tensor, weight: float, health: HealthWatch | None
    ) -> tuple[Tensor, Tensor]:
        """The mean loss of `inputs`, its gradients times `weight` added to those that are there; and the outputs."""
        outputs = self._forward(inputs, health)
        value = self.objective.value(_widened(outputs), labels)
        (value if weight == 1 else value * weight).backward()  # type: ignore[no-untyped-call]  # torch leaves it so
        return value.detach(), outputs

    def require_finite_weights(self, number: int) -> None:
        """Raises TrainingStopped, the weights put back, if the update of step `number` spoilt them."""
        if not all_finite(self._parameters):
            stopped = stopped_at_weights(self.model, step=number, rate=self.rate)
            self._before.restore_weights()
            raise stopped

    def _share(self, batch: Tensor) -> tuple[Tensor, float]:
        """This process's part, and its weight beside the others; a single process has the whole batch and 1."""
        if not self._processes.are_several:
            return batch, 1.0
        mine = self._processes.share(batch)
        weight = len(mine) * self._processes.count / len(batch)
        return (mine if len(mine) else batch[:1]), weight  # all have to take part; one without any counts for nothing

    def _ready(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        inputs = self.data.taken(chosen)
        if self._augment is not None:
            inputs = self._augment(inputs, self.augmenting)
        prepared = self.data.prepared(inputs.to(self._device))
        return prepared.to(self._dtype), self.data.targets[chosen].to(self._device)

    def _agreed(self, value: Tensor, weight: float, asked: tuple[bool, bool]) -> list[float]:
        """The loss over all processes, and whether any was asked to stop or to keep a checkpoint."""
        if not self._processes.are_several:
            return [value.item(), *map(float, asked)]
        share = value.detach().double() * weight / self._processes.count
        flags = torch.tensor(asked, dtype=share.dtype, device=share.device)
        told: list[float] = self._processes.summed(torch.cat([share.reshape(1), flags])).tolist()
        return told

    def _require_finite(self, loss: float, inputs: Tensor, chosen: Tensor, number: int) -> None:
        if loss - loss == 0:  # false for NaN and for an infinite one
            gradients = [weight.grad for weight in self._parameters if weight.grad is not None]
            if all_finite(gradients):
                return
            stopped = stopped_at_gradient(self.model, step=number, rate=self.rate)
        else:
            self._before.restore_buffers()
            self.require_finite_weights(number - 1)
            stopped = stopped_at_loss(self.model, inputs, chosen, step=number, rate=self.rate)
        self._before.restore_buffers()
        raise stopped

    def _update(self, number: int) -> None:
        try:
            self.optimizer.step()
        except RuntimeError as error:
            self._before.restore_weights()  # some of them may have been updated already
            if "overflow" not in str(error):
                raise
        else:
            return
        self._before.restore_buffers()
        raise TrainingStopped(
            f"A learning rate of {rate_text(self.rate)} is too large to be multiplied with a gradient at step "
            f"{number}; the weights are those from before.",
            layer="",
            step=number,
        )

    def _forward(self, inputs: Tensor, health: HealthWatch | None) -> Tensor:
        if health is None and not self._is_cast:
            return self._called(inputs)  # type: ignore[no-any-return]
        with health.forward_watched() if health is not None else nullcontext(), self._cast():
            return self._called(inputs)  # type: ignore[no-any-return]

    def _cast(self) -> AbstractContextManager[object]:
        if not self._is_cast:
            return nullcontext()
        return torch.autocast(self._device.type, dtype=self._precision)

    def _out_of_memory(self, batch_size: int, requested: str, number: int) -> TrainingOutOfMemory:
        """The sentence, and the model put back. By then the failed pass is forgotten, so that its memory is free."""
        for parameter in self._parameters:
            parameter.grad = None
        self._before.restore_buffers()
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        size = f" {requested} more were asked for" if requested else " it ran out"
        examples = "1 example" if batch_size == 1 else f"{batch_size} examples"
        return TrainingOutOfMemory(
            f"There is not enough memory for a batch of {examples}:{size} at step {number}. Half the batch size needs "
            "about half.",
            step=number,
            requested=requested,
            batch_size=batch_size,
        )


class Tally:
    """Counts the right guesses of an epoch while it goes; outputs wait on their device, judged several at once."""

    def __init__(self, objective: Objective) -> None:
        self._guesses = objective.guesses
        self._waiting: list[tuple[Tensor, Tensor]] = []
        self._cells = 0
        self.right, self.seen = 0, 0

    def add(self, outputs: Tensor, labels: Tensor) -> None:
        if self._guesses is None:
            return
        self._waiting.append((outputs.detach(), labels))
        self._cells += outputs.numel()
        if len(self._waiting) >= TALLIED_STEPS or self._cells > TALLIED_CELLS:
            self.count()

    def count(self) -> None:
        """Judge what waits."""
        if self._waiting and self._guesses is not None:
            outputs, labels = (torch.cat(each) for each in zip(*self._waiting, strict=True))
            self.right += int(right(self._guesses(outputs), labels))
            self.seen += len(labels)
        self._waiting.clear()
        self._cells = 0

    def taken(self, processes: Processes) -> float | None:
        """The share that was right in all processes, and a new start."""
        self.count()
        sums = processes.summed(torch.tensor([self.right, self.seen], device=processes.device))
        good, seen = sums.tolist()
        self.right = self.seen = 0
        return good / seen if seen else None


class _Before:
    """The model's tensors from before a step: buffers from its start, weights from before its update."""

    def __init__(self, model: nn.Module) -> None:
        self._weights = [weight.detach() for weight in model.parameters()]
        self._buffers = [buffer.detach() for buffer in model.buffers()]
        self._kept_weights = [weight.clone() for weight in self._weights]
        self._kept_buffers = [buffer.clone() for buffer in self._buffers]

    def keep_buffers(self) -> None:
        _copy(self._buffers, self._kept_buffers)

    def keep_weights(self) -> None:
        """It costs 1 % of a small step and saves what an update to infinity would destroy."""
        _copy(self._weights, self._kept_weights)

    def restore_buffers(self) -> None:
        _copy(self._kept_buffers, self._buffers)

    def restore_weights(self) -> None:
        _copy(self._kept_weights, self._weights)


def _copy(source: list[Tensor], target: list[Tensor]) -> None:
    if source:
        torch._foreach_copy_(target, source)


def _widened(outputs: Tensor) -> Tensor:
    """Losses are computed in float32 at least."""
    return outputs.float() if outputs.dtype in (torch.bfloat16, torch.float16) else outputs


def _seeded(seed: int) -> RandomState:
    outside = RandomState.of_torch()
    torch.manual_seed(seed)
    state = RandomState.of_torch()
    outside.restore()
    return state
