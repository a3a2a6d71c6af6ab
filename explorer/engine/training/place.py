"""Where a run stands, as its checkpoint keeps it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from explorer.engine.random_state import RandomState
from explorer.engine.training.checkpoint import CheckpointError
from explorer.engine.training.distributed import Processes
from explorer.engine.training.learner import Learner


@dataclass(eq=False)
class Place:
    """How far a run has come, in plain numbers."""

    batch_size: int  # smaller than at the start where the memory did not suffice
    order_state: Tensor  # of the generator, before it drew the order of this epoch
    epoch: int = 0  # epochs completed
    step: int = 0  # steps done
    position: int = 0  # examples of this epoch that were learned from
    loss_sum: float = 0.0  # over those
    loss: float = 0.0  # of the last step
    rate: float = 0.0  # of the last step
    ended: str = ""  # why the run is over before its last epoch


def settings_of(learner: Learner, seed: int, batch_size: int, processes: Processes) -> dict[str, Any]:
    """What must be the same for a run to go on."""
    labels = learner.data.targets
    return {
        "seed": seed,
        "batch size": batch_size,
        "number of processes": processes.count,
        "number of examples": len(labels),
        "order of labels": zlib.crc32(labels.numpy().tobytes()),
        "optimizer": type(learner.optimizer).__name__,
    }


def state_of(learner: Learner, processes: Processes) -> dict[str, Any]:
    """Weights, optimizer and random numbers; those that differ between processes by rank."""
    learner.tally.count()
    own = {
        "augmenting": learner.augmenting.get_state(),
        "random_state": [learner.random_state.cpu, *learner.random_state.devices],
        "tally": [learner.tally.right, learner.tally.seen],
    }
    return {
        "model": learner.model.state_dict(),
        "optimizer": learner.optimizer.state_dict(),
        "generator": learner.generator.get_state(),
        "processes": processes.gathered(own),
        **learner.kept.state(),
    }


def restore_learner(learner: Learner, state: dict[str, Any], processes: Processes) -> None:
    """Put back what `state_of` gave. Raises CheckpointError where the weights are another network's."""
    own = state["processes"][processes.rank]
    try:
        learner.model.load_state_dict(state["model"])
    except RuntimeError as error:
        raise CheckpointError("The checkpoint is from another network: its weights do not fit this one.") from error
    learner.optimizer.load_state_dict(state["optimizer"])
    learner.kept.restore(state)
    learner.generator.set_state(state["generator"])
    if learner.augmenting is not learner.generator:
        learner.augmenting.set_state(own["augmenting"])
    cpu, *devices = own["random_state"]
    here = learner.random_state.devices
    # On another kind or number of devices a run goes on too, only not with the same random numbers there.
    learner.random_state = RandomState(cpu, tuple(devices) if len(devices) == len(here) else here)
    learner.tally.right, learner.tally.seen = own["tally"]
