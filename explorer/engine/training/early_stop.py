"""Ending a run when its validation loss no longer falls."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn


@dataclass(eq=False)
class EarlyStop:
    """After `patience` epochs without a smaller validation loss the run ends, with the weights of the best epoch.

    patience: in epochs; 0 never stops a run.
    """

    patience: int = 0
    best_loss: float = math.inf
    best_epoch: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict, repr=False)

    def judge(self, model: nn.Module, loss: float, *, epoch: int) -> str:
        """At the end of `epoch`: why the run ends, the model given its best weights back; "" if it goes on."""
        if self.patience == 0:
            return ""
        if loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, epoch
            self.best_weights = {name: value.detach().clone() for name, value in model.state_dict().items()}
            return ""
        if epoch - self.best_epoch < self.patience:
            return ""
        epochs = "an epoch" if self.patience == 1 else f"{self.patience} epochs"
        if not self.best_weights:
            return f"Stopped early: the validation loss has not been finite for {epochs}."
        model.load_state_dict(self.best_weights)
        return (
            f"Stopped early: the validation loss has not fallen for {epochs}; the weights are those of epoch "
            f"{self.best_epoch}."
        )

    def state(self) -> dict[str, Any]:
        return {"best_loss": self.best_loss, "best_epoch": self.best_epoch, "best_weights": self.best_weights}

    def restore(self, state: dict[str, Any]) -> None:
        self.best_loss, self.best_epoch = state["best_loss"], state["best_epoch"]
        self.best_weights = state["best_weights"]
