"""Gradients that are kept from one step of a run to the next, where nobody clears them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from explorer.engine.training.checkpoint import CheckpointError

NAME = "kept_gradients"


class KeptGradients:
    """What lies in `.grad` before a step: nothing, or with `is_on` the sum over all steps before, as PyTorch has it
    without `zero_grad()`. A step that is not made leaves it as it was."""

    def __init__(self, parameters: Sequence[nn.Parameter], *, is_on: bool) -> None:
        self._parameters, self.is_on = parameters, is_on
        self._kept: list[Tensor | None] = [None] * len(parameters)

    def put_before_step(self) -> None:
        """Let the parameters begin the step with what was kept."""
        if not self.is_on:
            for parameter in self._parameters:  # the optimizer's own zero_grad takes ten times as long
                parameter.grad = None
            return
        for parameter, kept in zip(self._parameters, self._kept, strict=True):
            parameter.grad = None if kept is None else kept.clone()

    def keep_after_step(self) -> None:
        """A step was made: its gradients are added up by now."""
        if self.is_on:
            self._kept = [None if each.grad is None else each.grad.detach().clone() for each in self._parameters]

    def state(self) -> dict[str, Any]:
        """For a checkpoint; empty where nothing is ever kept."""
        return {NAME: list(self._kept)} if self.is_on else {}

    def restore(self, state: dict[str, Any]) -> None:
        """Put back what `state` gave. Raises CheckpointError where it does not belong to these parameters."""
        if NAME in state and not self.is_on:
            raise CheckpointError("The checkpoint is from another run: it kept the gradients of its steps.")
        found = state.get(NAME, []) if self.is_on else self._kept
        if not isinstance(found, list) or len(found) != len(self._parameters):
            raise CheckpointError("The checkpoint is damaged: its kept gradients are missing or of another kind.")
        for each, parameter in zip(found, self._parameters, strict=True):
            if each is not None and (not isinstance(each, Tensor) or each.shape != parameter.shape):
                raise CheckpointError("The checkpoint is damaged: its kept gradients are missing or of another kind.")
        self._kept = [
            None if each is None else each.to(parameter.device)
            for each, parameter in zip(found, self._parameters, strict=True)
        ]
