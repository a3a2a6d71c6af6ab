"""Training as a generator: one step at a time, and between two steps the caller may do as it likes.

    for snapshot in train(model, data, loss=F.cross_entropy, optimizer=optimizer, epochs=10):
        print(snapshot.step, snapshot.loss)

Leaving the loop stops the run; the last checkpoint takes it up again exactly where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from explorer.engine.checkpoint import CheckpointError, check_same_run, read_checkpoint, write_checkpoint
from explorer.engine.random_state import RandomState

Loss = Callable[[Tensor, Tensor], Tensor]
Augment = Callable[[Tensor, torch.Generator], Tensor]

EVALUATION_BATCH = 500


@dataclass(frozen=True, eq=False)
class Examples:
    """Inputs with their targets, kept as they are; a batch is made ready only when it is asked for.

    inputs: (N, C, H, W) or (N, features); uint8 is divided by 255 first.
    targets: (N,) class numbers, or what else the loss takes.
    mean, std: per channel, of the inputs after that division.
    """

    inputs: Tensor
    targets: Tensor
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.inputs) != len(self.targets):
            raise ValueError(f"{len(self.inputs)} inputs cannot go with {len(self.targets)} targets.")
        if len(self.inputs) == 0:
            raise ValueError("There is nothing to learn from: the data are empty.")

    def __len__(self) -> int:
        return len(self.inputs)

    def prepared(self, inputs: Tensor) -> Tensor:
        """What the network is fed for some of `inputs`: float32, scaled by mean and std."""
        values = inputs.float() / 255 if inputs.dtype == torch.uint8 else inputs.float()
        column = (-1, *(1,) * (values.dim() - 2))
        if self.mean:
            values = values - torch.tensor(self.mean, device=values.device).view(column)
        if self.std:
            values = values / torch.tensor(self.std, device=values.device).view(column)
        # Channels last in memory made a training step 1.4 times as fast on a CPU.
        return values.contiguous(memory_format=torch.channels_last) if values.dim() == 4 else values


@dataclass(frozen=True)
class Snapshot:
    """What is known after one step. The validation figures come with the last step of an epoch."""

    step: int  # steps done, from 1
    epoch: int  # epochs begun, from 1
    loss: float  # mean over the batch
    learning_rate: float  # of this step
    epoch_ended: bool = False
    val_loss: float | None = None
    val_accuracy: float | None = None
    warning: str = ""  # why the checkpoint could not be written; the run goes on


def steps_per_epoch(count: int, batch_size: int) -> int:
    """How many batches `count` examples make; the last one may be smaller."""
    return -(-count // batch_size)


def train(
    model: nn.Module,
    data: Examples,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int = 128,
    seed: int = 0,
    schedule: LRScheduler | None = None,
    augment: Augment | None = None,
    validation: Examples | None = None,
    precision: torch.dtype = torch.float32,
    checkpoint: str | Path | None = None,
    resume: bool = True,
) -> Iterator[Snapshot]:
    """Train `model` in place on the device it lies on; yields after every step, the only place to pause or stop.

    seed: order, augmentation and dropout follow from it alone; the global random state is left untouched.
    schedule: moved on once a step.
    precision: bfloat16 runs the forward pass under autocast; weights and sums stay float32.
    checkpoint: written at the end of each epoch; with `resume` a run goes on from the one found there.
    Raises CheckpointError if that one is damaged or comes from a run with another seed, batch size or data.
    """
    run = _Run(model, data, loss, optimizer, batch_size, seed, schedule, augment, precision)
    path = Path(checkpoint) if checkpoint is not None else None
    if path is not None and resume:
        run.restore(read_checkpoint(path))
    while run.epoch < epochs:
        yield from run.one_epoch(validation, path)


def evaluate(model: nn.Module, data: Examples, loss: Loss) -> tuple[float, float]:
    """Mean loss and accuracy (0 to 1) in float32 and evaluation mode; the model's mode is put back.

    An output of one cell a picture is read as the probability of class 1.
    """
    device = _device(model)
    modes = {module: module.training for module in model.modules()}
    model.eval()
    total_loss, right = 0.0, 0
    try:
        with torch.no_grad():
            for start in range(0, len(data), EVALUATION_BATCH):
                targets = data.targets[start : start + EVALUATION_BATCH].to(device)
                outputs = model(data.prepared(data.inputs[start : start + EVALUATION_BATCH].to(device)))
                total_loss += loss(outputs, targets).item() * len(targets)
                right += _right(outputs, targets)
    finally:
        for module, training in modes.items():
            module.training = training
    return total_loss / len(data), right / len(data)


def _right(outputs: Tensor, targets: Tensor) -> int:
    guesses = (outputs.flatten() > 0.5).long() if outputs[0].numel() == 1 else outputs.argmax(dim=1)
    return int((guesses == targets).sum())


def _device(model: nn.Module) -> torch.device:
    first = next(model.parameters(), None)
    return first.device if first is not None else torch.device("cpu")


@dataclass
class _Run:
    """The moving parts of one training run."""

    model: nn.Module
    data: Examples
    loss: Loss
    optimizer: Optimizer
    batch_size: int
    seed: int
    schedule: LRScheduler | None
    augment: Augment | None
    precision: torch.dtype
    epoch: int = 0  # epochs completed
    step: int = 0  # steps done

    def __post_init__(self) -> None:
        self.device = _device(self.model)
        self.generator = torch.Generator().manual_seed(self.seed)  # order and augmentation
        outside = RandomState.of_torch()
        torch.manual_seed(self.seed)
        self.random_state = RandomState.of_torch()  # dropout and whatever else draws inside the model
        outside.restore()

    def one_epoch(self, validation: Examples | None, path: Path | None) -> Iterator[Snapshot]:
        order = torch.randperm(len(self.data), generator=self.generator)
        batches = torch.split(order, self.batch_size)
        for index, chosen in enumerate(batches):
            rate = float(self.optimizer.param_groups[0]["lr"])
            value = self._one_step(chosen)
            if index < len(batches) - 1:
                yield Snapshot(self.step, self.epoch + 1, value, rate)
        self.epoch += 1
        val_loss, val_accuracy = evaluate(self.model, validation, self.loss) if validation is not None else (None, None)
        warning = self._keep(path) if path is not None else ""
        yield Snapshot(self.step, self.epoch, value, rate, True, val_loss, val_accuracy, warning)

    def _one_step(self, chosen: Tensor) -> float:
        inputs = self.data.inputs[chosen]
        if self.augment is not None:
            inputs = self.augment(inputs, self.generator)
        targets = self.data.targets[chosen].to(self.device)
        prepared = self.data.prepared(inputs.to(self.device))
        self.model.train()  # each time: whoever looked at the model between two steps may have left it in eval mode
        with self._own_random_state():
            reduced = self.precision != torch.float32
            with torch.autocast(self.device.type, dtype=self.precision if reduced else None, enabled=reduced):
                outputs = self.model(prepared)
            value = self.loss(outputs.float(), targets)
            self.optimizer.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            self.optimizer.step()
        if self.schedule is not None:
            self.schedule.step()
        self.step += 1
        return value.item()

    def _keep(self, path: Path) -> str:
        """Write the checkpoint; a run that took hours must not die of a full disk, so a failure is only told."""
        try:
            write_checkpoint(path, self._state())
        except OSError as error:
            return f"The checkpoint {path.name} could not be written ({error.strerror}); the older one is kept."
        return ""

    def _settings(self) -> dict[str, int]:
        return {"seed": self.seed, "batch size": self.batch_size, "number of examples": len(self.data)}

    def _state(self) -> dict[str, Any]:
        return {
            "settings": self._settings(),
            "epoch": self.epoch,
            "step": self.step,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict() if self.schedule is not None else None,
            "generator": self.generator.get_state(),
            "random_state": [self.random_state.cpu, *self.random_state.devices],
        }

    def restore(self, state: dict[str, Any] | None) -> None:
        """Go on from `state`; None leaves the run at its start."""
        if state is None:
            return
        check_same_run(state, self._settings())
        if (state["schedule"] is None) != (self.schedule is None):
            raise CheckpointError("The checkpoint is from another run: only one of the two has a schedule.")
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.schedule is not None:
            self.schedule.load_state_dict(state["schedule"])
        self.generator.set_state(state["generator"])
        cpu, *devices = state["random_state"]
        self.random_state = RandomState(cpu, tuple(devices))
        self.epoch, self.step = state["epoch"], state["step"]

    @contextmanager
    def _own_random_state(self) -> Iterator[None]:
        """Inside, random numbers go on where this run's last step left them; outside nothing is disturbed."""
        outside = RandomState.of_torch()
        self.random_state.restore()
        try:
            yield
        finally:
            self.random_state = RandomState.of_torch()
            outside.restore()
