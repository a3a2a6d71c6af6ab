"""A training run from its first step to its last: epochs, what was asked for between two steps, what is kept."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler

from explorer.engine.checkpoint import CheckpointError, check_same_run, write_checkpoint
from explorer.engine.confusion import Evaluation
from explorer.engine.distributed import Processes
from explorer.engine.errors import Cancelled
from explorer.engine.metrics import evaluate
from explorer.engine.random_state import RandomState
from explorer.engine.training.early_stop import EarlyStop
from explorer.engine.training.examples import Learned
from explorer.engine.training.learner import Learner, Stepped
from explorer.engine.training.schedules import set_learning_rate
from explorer.engine.training.snapshot import Controls, Snapshot, TrainingOutOfMemory


@dataclass(eq=False)
class Run:
    """The moving parts of one run."""

    learner: Learner
    epochs: int
    batch_size: int
    seed: int
    schedule: LRScheduler | None
    validation: Learned | None
    checkpoint: Path | None
    checkpoint_every: int
    early_stop: EarlyStop
    controls: Controls
    processes: Processes
    epoch: int = 0  # epochs completed
    step: int = 0  # steps done
    position: int = 0  # examples of this epoch that were learned from
    first_batch_size: int = field(init=False)
    _order: Tensor | None = None
    _order_state: Tensor = field(init=False)
    _loss_sum: float = 0.0
    _last: Stepped = field(default_factory=lambda: Stepped(0.0))
    _rate: float = 0.0
    _asked_rate: float | None = None
    _ended: str = ""
    _warning: str = ""

    def __post_init__(self) -> None:
        self.first_batch_size = self.batch_size
        self._order_state = self.learner.generator.get_state()

    def snapshots(self) -> Iterator[Snapshot]:
        """A snapshot after each step, until the last epoch, an early stop, or a wish to stop."""
        while self.epoch < self.epochs and not self._ended:
            yield from self._one_epoch()
            if self._asked_to_stop():
                return

    def _one_epoch(self) -> Iterator[Snapshot]:
        order = self._ordered()
        while self.position < len(order):
            if not self._one_step(order):
                continue
            if self.position < len(order):
                yield self._between_steps()
                if self._after_yield():
                    return
        try:
            snapshot = self._end_of_epoch()
        except Cancelled:  # asked to stop while it was judged: the epoch's end is left for when the run goes on
            self._keep(None)
            return
        yield snapshot
        self._after_yield()

    def _ordered(self) -> Tensor:
        """The order of this epoch; it is drawn once."""
        if self._order is None:
            self._order_state = self.learner.generator.get_state()
            self._order = torch.randperm(len(self.learner.data), generator=self.learner.generator)
        return self._order

    # One step

    def _one_step(self, order: Tensor) -> bool:
        """False if nothing was learned, because the batch had to be made smaller."""
        self._turn()
        batch = order[self.position : self.position + self.batch_size * self.processes.count]
        self._rate = self.learner.rate
        try:
            asked = (self.controls.stop, self.controls.checkpoint)
            self._last = self.learner.step(batch, self.step + 1, asked)
        except TrainingOutOfMemory as error:
            if not self.controls.halve_batch or len(batch) == 1 or self.processes.are_several:
                raise
            self._halve(len(batch), error)
            return False
        if self.schedule is not None:
            self.schedule.step()
        self.step += 1
        self.position += len(batch)
        self._loss_sum += self._last.loss * len(batch)
        return True

    def _turn(self) -> None:
        """Take over another learning rate."""
        wish = self.controls.learning_rate
        if wish is not None and wish != self._asked_rate:
            set_learning_rate(self.learner.optimizer, self.schedule, wish)
            self._asked_rate = wish

    def _halve(self, batch: int, error: TrainingOutOfMemory) -> None:
        self.batch_size = batch // 2
        size = f" ({error.requested} were asked for)" if error.requested else ""
        self._warning = (
            f"There was not enough memory for {batch} examples at once{size}: from step {self.step + 1} on a batch has "
            f"{self.batch_size}."
        )

    def _between_steps(self) -> Snapshot:
        snapshot = self._snapshot()
        if self.checkpoint_every and self.step % self.checkpoint_every == 0:
            return self._kept(snapshot)
        return snapshot

    def _after_yield(self) -> bool:
        """Whether the run was asked to stop; it, or the wish for a checkpoint, keeps one."""
        if self.processes.are_several:  # what was asked for before the step, so that all do the same
            stop, wish = self._last.asked_to_stop, self._last.asked_for_checkpoint
        else:
            stop, wish = self.controls.stop, self.controls.checkpoint
        if stop or wish:
            self.controls.checkpoint = False
            self._keep(None)
        return stop

    def _asked_to_stop(self) -> bool:
        return self._last.asked_to_stop if self.processes.are_several else self.controls.stop

    # The end of an epoch

    def _end_of_epoch(self) -> Snapshot:
        self.learner.require_finite_weights(self.step)
        evaluation = self._evaluation()
        examples = self.position
        train_loss = self._loss_sum / examples
        self.epoch += 1
        self.position, self._loss_sum, self._order = 0, 0.0, None
        self._order_state = self.learner.generator.get_state()
        if evaluation is not None:
            self._ended = self.early_stop.judge(self.learner.model, evaluation.loss, epoch=self.epoch)
        snapshot = self._snapshot(
            train_loss=train_loss,
            train_accuracy=self.learner.tally.taken(self.processes),
            evaluation=evaluation,
            ended=self._ended,
        )
        return self._kept(snapshot)

    def _evaluation(self) -> Evaluation | None:
        if self.validation is None:
            return None
        # One of several processes must not leave the others waiting.
        should_stop = None if self.processes.are_several else lambda: self.controls.stop
        return evaluate(
            self.learner.model,
            self.validation,
            self.learner.objective,
            processes=self.processes,
            should_stop=should_stop,
        )

    def _snapshot(self, *, train_loss: float | None = None, **others: Any) -> Snapshot:
        epoch_ended = train_loss is not None
        evaluation: Evaluation | None = others.get("evaluation")
        count = len(self.learner.data)
        examples = self.epoch * count + self.position
        warning, self._warning = self._warning, ""
        return Snapshot(
            step=self.step,
            epoch=self.epoch if epoch_ended else self.epoch + 1,
            loss=self._last.loss,
            learning_rate=self._rate,
            epoch_ended=epoch_ended,
            val_loss=evaluation.loss if evaluation is not None else None,
            val_accuracy=evaluation.accuracy if evaluation is not None else None,
            warning=warning,
            train_loss=train_loss,
            examples=examples,
            progress=examples / (self.epochs * count),
            health=self._last.health,
            **others,
        )

    # Checkpoints

    def _kept(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with its checkpoint written, and with what went wrong with that."""
        self._keep(snapshot)
        if not self._warning:
            return snapshot
        warning, self._warning = f"{snapshot.warning} {self._warning}".strip(), ""
        return replace(snapshot, warning=warning)

    def _keep(self, snapshot: Snapshot | None) -> None:
        """Write the checkpoint; a run that took hours must not die of a full disk, so a failure is only told."""
        if self.checkpoint is None:
            return
        self.learner.require_finite_weights(self.step)
        state = self.state(snapshot)  # of all processes
        if not self.processes.is_first:
            return
        try:
            write_checkpoint(self.checkpoint, state)
        except OSError as error:
            self._warning = (
                f"The checkpoint {self.checkpoint.name} could not be written ({error.strerror}); the older one is kept."
            )

    def _settings(self) -> dict[str, Any]:
        labels = self.learner.data.targets
        return {
            "seed": self.seed,
            "batch size": self.first_batch_size,
            "number of processes": self.processes.count,
            "number of examples": len(labels),
            "order of labels": zlib.crc32(labels.numpy().tobytes()),
            "optimizer": type(self.learner.optimizer).__name__,
        }

    def state(self, snapshot: Snapshot | None) -> dict[str, Any]:
        """All that a run needs to go on. `snapshot` is the one that is about to be told, if there is one."""
        learner = self.learner
        learner.tally.count()
        own = {
            "augmenting": learner.augmenting.get_state(),
            "random_state": [learner.random_state.cpu, *learner.random_state.devices],
            "tally": [learner.tally.right, learner.tally.seen],
        }
        return {
            "settings": self._settings(),
            "epoch": self.epoch,
            "step": self.step,
            "position": self.position,
            "batch_size": self.batch_size,
            "loss_sum": self._loss_sum,
            "loss": self._last.loss,
            "rate": self._rate,
            "ended": self._ended,
            "model": learner.model.state_dict(),
            "optimizer": learner.optimizer.state_dict(),
            "schedule": self.schedule.state_dict() if self.schedule is not None else None,
            "early_stop": self.early_stop.state(),
            "order": self._order_state,
            "generator": learner.generator.get_state(),
            "processes": self.processes.gathered(own),
            "line": snapshot.line() if snapshot is not None else None,
        }

    def restore(self, state: dict[str, Any] | None) -> None:
        """Go on from `state`; None leaves the run at its start."""
        if state is None:
            return
        check_same_run(state, self._settings())
        if (state["schedule"] is None) != (self.schedule is None):
            raise CheckpointError("The checkpoint is from another run: only one of the two has a schedule.")
        learner = self.learner
        try:
            learner.model.load_state_dict(state["model"])
        except RuntimeError as error:
            raise CheckpointError("The checkpoint is from another network: its weights do not fit this one.") from error
        learner.optimizer.load_state_dict(state["optimizer"])
        if self.schedule is not None:
            self.schedule.load_state_dict(state["schedule"])
        self.early_stop.restore(state["early_stop"])
        self._restore_place(state)

    def _restore_place(self, state: dict[str, Any]) -> None:
        learner, own = self.learner, state["processes"][self.processes.rank]
        self.epoch, self.step, self.batch_size = state["epoch"], state["step"], state["batch_size"]
        self._loss_sum, self._rate, self._ended = state["loss_sum"], state["rate"], state["ended"]
        self._last = Stepped(state["loss"])
        self._order = None
        learner.generator.set_state(state["order"])
        if state["position"]:
            self._ordered()
        self.position = state["position"]
        learner.generator.set_state(state["generator"])
        if learner.augmenting is not learner.generator:
            learner.augmenting.set_state(own["augmenting"])
        cpu, *devices = own["random_state"]
        learner.random_state = RandomState(cpu, tuple(devices))
        learner.tally.right, learner.tally.seen = own["tally"]
