"""What the window shows of training: how the run stands, its data, its live view and its film. Frozen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from explorer.network import Network

if TYPE_CHECKING:
    from explorer.data.grouping import Grouping
    from explorer.engine.training.confusion import Evaluation
    from explorer.engine.training.health import LayerHealth
    from explorer.session.begun import Begun
    from explorer.session.document import Document
    from explorer.session.proposal import Proposal
    from explorer.session.snapshot import Activations
    from explorer.session.step_tensors import LearnedTensors

Status = Literal["ready", "running", "paused", "ended"]


@dataclass(frozen=True)
class Training:
    """How the run stands. `step` counts on through forks, `progress` is 0 to 1, times are in seconds of running.

    `loss` and `learning_rate` are those of the last step.
    `message` says why it ended or what went wrong on the way, `is_fault` whether it could not go on; `layer` is the
    one it names, if it names one.
    `too_large_batch` is the size of the batch that the device had no room for, 0 where that was not why.
    """

    status: Status = "ready"
    run: int = 0
    step: int = 0
    epoch: int = 0
    epochs: int = 0
    loss: float | None = None
    learning_rate: float | None = None
    progress: float = 0.0
    seconds: float = 0.0
    seconds_left: float | None = None  # at its pace; None before that can be told
    per_second: float = 0.0  # examples a second, over the last seconds of learning
    message: str = ""
    is_fault: bool = False
    layer: str = ""
    too_large_batch: int = 0
    begun: Begun | None = None
    proposal: Proposal | None = None  # what the person is asked about before a run begins

    @property
    def is_live(self) -> bool:
        """Whether there is a run that can go on."""
        return self.status in ("running", "paused")

    def is_of(self, document: Document) -> bool:
        """Whether `document` has the network that the run was begun with: its start can be gone back to."""
        return self.begun is not None and self.begun.learning.subject.structure == document.subject.structure

    def goes_on_with(self, document: Document) -> bool:
        """Whether the run can go on as `document` would have it: all but the learning rate is as it was begun with."""
        return self.begun is not None and _kept_by_a_run(self.begun.learning) == _kept_by_a_run(document)


def _kept_by_a_run(document: Document) -> tuple[object, ...]:
    """What a run keeps from its first step to its last: what it learns from, how that is fed, and how it learns."""
    settings = replace(document.hyperparameters, learning_rate=0.0)
    data = document.data, document.class_groups, document.augmentations
    return settings, *data, document.fit, document.mean, document.std


@dataclass(frozen=True)
class Cure:
    """What lets a network and its data fit each other: another network, or classes put into groups."""

    label: str
    mended: Network | None = None
    class_groups: Grouping = ()


@dataclass(frozen=True)
class DataProblem:
    """Why the network cannot learn from the chosen data, in a sentence, and what would let it, the best first."""

    message: str
    cures: tuple[Cure, ...] = ()


@dataclass(frozen=True, eq=False)
class Live:
    """The probe at one step of a run: all maps, and for the wanted layer output, weight and both their gradients."""

    step: int
    activations: Activations
    learned: LearnedTensors | None = None


@dataclass(frozen=True, eq=False)
class Judged:
    """The last epoch's evaluation, and whose: `labels` are those of the split it went over.

    step: as the curves count it, from where a fork begins.
    """

    step: int
    evaluation: Evaluation
    labels: np.ndarray


Health = tuple["LayerHealth", ...]
