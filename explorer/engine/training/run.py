"""A training run from its first step to its last: epochs, what was asked for between two steps, what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from explorer.engine.errors import Cancelled
from explorer.engine.recording.failure import ONE_VALUE
from explorer.engine.training.checkpoint import CheckpointError, check_same_run, write_checkpoint
from explorer.engine.training.confusion import Evaluation
from explorer.engine.training.diagnosis import stopped_at_one_example
from explorer.engine.training.distributed import Processes
from explorer.engine.training.early_stop import EarlyStop
from explorer.engine.training.examples import Learned
from explorer.engine.training.learner import Learner, Stepped
from explorer.engine.training.likeness import (
    require_begun,
    require_like,
    require_of_optimizer,
    require_random,
    require_weights,
)
from explorer.engine.training.metrics import evaluate
from explorer.engine.training.place import Place, restore_learner, settings_of, state_of
from explorer.engine.training.schedules import set_learning_rate
from explorer.engine.training.snapshot import Controls, Snapshot, TrainingOutOfMemory
from explorer.writing import FileError


@dataclass(eq=False)
class Run:
    """The moving parts of one run."""

    learner: Learner
    epochs: int
    batch_size: int
    accumulation: int
    seed: int
    schedule: LRScheduler | None
    validation: Learned | None
    checkpoint: Path | None
    checkpoint_every: int
    early_stop: EarlyStop
    controls: Controls
    processes: Processes
    _order: Tensor | None = None
    _last: Stepped = field(default_factory=lambda: Stepped(0.0))
    _asked_rate: float | None = None
    _warning: str = ""

    def __post_init__(self) -> None:
        self.place = Place(self.batch_size, order_state=self.learner.generator.get_state())

    def snapshots(self) -> Iterator[Snapshot]:
        """A snapshot after each step, until the last epoch, an early stop, or a wish to stop."""
        while self.place.epoch < self.epochs and not self.place.ended:
            yield from self._one_epoch()
            if self._asked_to_stop():
                return

    def _one_epoch(self) -> Iterator[Snapshot]:
        order = self._ordered()
        while self.place.position < len(order):
            if not self._one_step(order):
                continue
            if self.place.position < len(order):
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
            self.place.order_state = self.learner.generator.get_state()
            self._order = torch.randperm(len(self.learner.data), generator=self.learner.generator)
        return self._order

    # One step

    def _one_step(self, order: Tensor) -> bool:
        """False if nothing was learned, because the batch had to be made smaller."""
        self._turn()
        examples = self.place.batch_size * self.accumulation * self.processes.count
        batch = order[self.place.position : self.place.position + examples]
        self.place.rate = self.learner.rate
        self.learner.about_to_step = self.controls.about_to_step
        try:
            asked = (self.controls.stop, self.controls.checkpoint)
            self._last = self.learner.step(batch, self.place.step + 1, asked, at_once=self.place.batch_size)
            self.place.loss = self._last.loss
        except ValueError as error:
            if ONE_VALUE not in str(error):
                raise
            raise stopped_at_one_example(step=self.place.step + 1) from error
        except TrainingOutOfMemory as error:
            if not self.controls.halve_batch or error.batch_size == 1 or self.processes.are_several:
                raise
            self._halve(error)
            return False
        before = self._whole_batches()
        self.place.step += 1
        self.place.position += len(batch)
        self.place.loss_sum += self._last.loss * len(batch)
        if self.schedule is not None:
            for _ in range(self._whole_batches() - before):
                self.schedule.step()
        return True

    def _whole_batches(self) -> int:
        """Batches of the size that was chosen that this epoch has learned from: where they had to be made smaller, the
        schedule still lasts as long as the run."""
        size = self.batch_size * self.accumulation * self.processes.count
        is_whole_epoch = self.place.position == len(self.learner.data)
        return (self.place.position + (size - 1 if is_whole_epoch else 0)) // size

    def _turn(self) -> None:
        """Take over another learning rate."""
        wish = self.controls.learning_rate
        if wish is not None and wish != self._asked_rate:
            set_learning_rate(self.learner.optimizer, self.schedule, wish)
            self._asked_rate = wish

    def _halve(self, error: TrainingOutOfMemory) -> None:
        self.place.batch_size = error.batch_size // 2
        size = f" ({error.requested} were asked for)" if error.requested else ""
        self._warning = (
            f"There was not enough memory for {error.batch_size} examples at once{size}: "
            f"from step {self.place.step + 1} on a batch has {self.place.batch_size}."
        )

    def _between_steps(self) -> Snapshot:
        snapshot = self._snapshot()
        if self.checkpoint_every and self.place.step % self.checkpoint_every == 0:
            return self._kept(snapshot)
        return snapshot

    def _after_yield(self) -> bool:
        """Whether the run was asked to stop; then, or where one was asked for, a checkpoint is kept."""
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
        self.learner.require_finite_weights(self.place.step)
        evaluation = self._evaluation()
        examples = self.place.position
        train_loss = self.place.loss_sum / examples
        self.place.epoch += 1
        self.place.position, self.place.loss_sum, self._order = 0, 0.0, None
        self.place.order_state = self.learner.generator.get_state()
        if evaluation is not None:
            self.place.ended = self.early_stop.judge(self.learner.model, evaluation.loss, epoch=self.place.epoch)
        snapshot = self._snapshot(
            train_loss=train_loss,
            train_accuracy=self.learner.tally.taken(self.processes),
            evaluation=evaluation,
            ended=self.place.ended,
        )
        return self._kept(snapshot)

    def _evaluation(self) -> Evaluation | None:
        if self.validation is None:
            return None
        self.processes.same_buffers(self.learner.model)
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
        examples = self.place.epoch * count + self.place.position
        warning, self._warning = self._warning, ""
        return Snapshot(
            step=self.place.step,
            epoch=self.place.epoch if epoch_ended else self.place.epoch + 1,
            loss=self.place.loss,
            learning_rate=self.place.rate,
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
        self.learner.require_finite_weights(self.place.step)
        state = self.state(snapshot)  # of all processes, so all of them must come by here
        if not self.processes.is_first:
            return
        try:
            write_checkpoint(self.checkpoint, state)
        except FileError as error:
            self._warning = f"No new checkpoint was kept: {error}"
        else:
            self.controls.kept = self.place.step

    def _settings(self) -> dict[str, Any]:
        settings = settings_of(self.learner, self.seed, self.batch_size, self.processes)
        kept = {"keeping of gradients": True} if self.learner.kept.is_on else {}
        return settings | kept | ({"accumulation": self.accumulation} if self.accumulation > 1 else {})

    def state(self, snapshot: Snapshot | None) -> dict[str, Any]:
        """All that a run needs to go on. `snapshot` is the one that is about to be told, if there is one."""
        return {
            "settings": self._settings(),
            **vars(self.place),
            **state_of(self.learner, self.processes),
            "schedule": self.schedule.state_dict() if self.schedule is not None else None,
            "early_stop": self.early_stop.state(),
            "line": snapshot.line() if snapshot is not None else None,
        }

    def restore(self, state: dict[str, Any] | None) -> None:
        """Go on from `state`; None leaves the run at its start. Raises CheckpointError."""
        if state is None:
            return
        require_begun(state)
        check_same_run(state, self._settings())
        if (state.get("schedule") is None) != (self.schedule is None):
            raise CheckpointError("The checkpoint is from another run: only one of the two has a schedule.")
        self._require_whole(state)
        restore_learner(self.learner, state, self.processes)
        if self.schedule is not None:
            self.schedule.load_state_dict(state["schedule"])
            if isinstance(self.schedule, LambdaLR):  # for another number of epochs: where it would be
                set_learning_rate(self.learner.optimizer, self.schedule, float(self.schedule.base_lrs[0]))
        self.early_stop.restore(state["early_stop"])
        self.place = Place(**{each.name: state[each.name] for each in fields(Place)})
        self.controls.kept = self.place.step
        self._redraw_order()

    def _require_whole(self, state: dict[str, Any]) -> None:
        """Raises CheckpointError unless all that is put back is there, of its kind."""
        own = self.state(None)
        require_weights(state.get("model"), own["model"])
        require_like(state, own)
        require_of_optimizer(state["optimizer"], self.learner.optimizer)
        drawn = state["processes"][self.processes.rank]
        require_random(state["generator"], state["order_state"], drawn["augmenting"], drawn["random_state"][0])
        best = state["early_stop"]["best_weights"]
        if best:
            require_like(best, self.learner.model.state_dict(), "best weights")
        if not 1 <= state["batch_size"] <= self.batch_size:
            raise CheckpointError(
                "The checkpoint is damaged, or is not a checkpoint: its batch size is not one of this run."
            )

    def _redraw_order(self) -> None:
        """The order of the epoch that was broken off, drawn again from where the generator stood then."""
        if self.place.position:
            now = self.learner.generator.get_state()
            self.learner.generator.set_state(self.place.order_state)
            self._ordered()
            self.learner.generator.set_state(now)
