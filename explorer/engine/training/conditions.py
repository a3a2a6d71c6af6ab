"""What a run goes on under, whatever it learns by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import torch

from explorer.engine.training.distributed import ALONE, Processes
from explorer.engine.training.examples import Learned
from explorer.engine.training.health import HealthWatch
from explorer.engine.training.learner import Augment
from explorer.engine.training.snapshot import Controls


@dataclass(frozen=True, eq=False)
class Conditions:
    """What is set for a run beside the numbers that a person chooses.

    precision: bfloat16 runs the forward pass under autocast; weights and sums stay float32.
    checkpoint: written at the end of each epoch, and every `checkpoint_every` steps; with `resume` a run goes on from
    the one found there.
    health: measures the layers of the model as often as its pace allows; seen in the snapshots.
    """

    augment: Augment | None = None
    validation: Learned | None = None
    precision: torch.dtype = torch.float32
    checkpoint: str | Path | None = None
    checkpoint_every: int = 0
    resume: bool = True
    controls: Controls = field(default_factory=Controls)
    health: HealthWatch | None = None
    processes: Processes = ALONE
