"""What one call passes back to each of its inputs."""

from __future__ import annotations

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
            found = torch.autograd.grad(made, list(wanted.values()), arrived, materialize_grads=True)
        except RuntimeError as error:  # a gradient taken inside the model follows more than its own arguments
            reason = str(error).strip().split("\n")[0].rstrip(".")
            raise EngineError(
                f"What {call.name} passes back cannot be worked out from this call alone: {reason}."
            ) from error
    return dict(zip(wanted, found, strict=True))


def _leaf(kept: Kept, again: Recomputation) -> torch.Tensor:
    """A tensor of its own for each use: x + x passes back one share to `input` and one to `other`."""
    return again.tensor(kept).detach().requires_grad_(kept.requires_grad)
