"""What one call passes back to each of its inputs."""

from __future__ import annotations

from typing import Any

import torch

from explorer.engine.errors import EngineError
from explorer.engine.recording.arguments import tensors_by_name
from explorer.engine.recording.call import Call
from explorer.engine.recording.kept import Kept
from explorer.engine.recording.recomputation import Recomputation, rerun
from explorer.engine.recording.tree import leaves, map_tree


def passed_back(call: Call, calls: tuple[Call, ...] = ()) -> dict[str, torch.Tensor]:
    """What a call passes back to each of its inputs and parameters, by PyTorch's names (`input`, `weight`, …).

    The product of the call's own Jacobian with the gradients of its outputs, worked out on the recorded inputs: where
    a tensor is used twice, the shares of its uses add up to its gradient. Only floating-point arguments that took
    part in the gradient have one. What was dropped is worked out again, if all `calls` of the recording are given.
    Raises EngineError if no gradient arrived, an input was dropped for good, or changed since, or if the call does not
    run by itself.
    """
    if not call.has_gradient:
        raise EngineError(f"No gradient arrived at {call.name}.")
    again = Recomputation(calls)
    with torch.enable_grad():
        given = map_tree((call.kept_args, call.kept_kwargs), Kept, lambda kept: _leaf(kept, again))
        named = tensors_by_name(call.named(*given))
        wanted = {name: tensor for name, tensor in named.items() if tensor.requires_grad}
        if not wanted:
            return {}
        args, kwargs = map_tree(given, torch.Tensor, torch.clone) if call.written else given
        try:
            outputs = leaves(rerun(call, args, kwargs), torch.Tensor)
            pairs = [pair for pair in zip(outputs, call.grad_outputs, strict=True) if pair[1] is not None]
            made, arrived = zip(*pairs, strict=True)
            start = _WayBack.apply(arrived, *made)  # type: ignore[no-untyped-call]  # torch leaves it so
            found = torch.autograd.grad(start, list(wanted.values()), materialize_grads=True)
        except RuntimeError as error:  # a gradient taken inside the model follows more than its own arguments
            reason = str(error).strip().split("\n")[0].rstrip(".")
            raise EngineError(
                f"What {call.name} passes back cannot be worked out from this call alone: {reason}."
            ) from error
    return dict(zip(wanted, found, strict=True))


class _WayBack(torch.autograd.Function):
    """Where the way back through a call begins: a number whose gradient by each output is the one that arrived there.

    To be given gradients itself `torch.autograd.grad` would import sympy and 500 further modules before the first one,
    which held up the first step on record by 0.9 s (torch 2.13 on two cores).
    """

    @staticmethod
    def forward(ctx: Any, arrived: tuple[torch.Tensor, ...], *outputs: torch.Tensor) -> torch.Tensor:
        ctx.arrived = arrived
        return torch.zeros((), device=outputs[0].device)

    @staticmethod
    def backward(ctx: Any, *_of_start: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        return None, *ctx.arrived


def _leaf(kept: Kept, again: Recomputation) -> torch.Tensor:
    """A tensor of its own for each use: x + x passes back one share to `input` and one to `other`."""
    return again.tensor(kept).detach().requires_grad_(kept.requires_grad)
