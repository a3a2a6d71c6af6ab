"""The rest of a training step after its recorded forward pass: loss, backward, update, each kept as it ran."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import nn

from explorer.engine.arguments import named_arguments
from explorer.engine.errors import EngineError
from explorer.engine.kept import INPUT, NOBODY, Kept, Shelf
from explorer.engine.losses import LOSSES, loss_value
from explorer.engine.recording import LOSS, Call, Recording, rerun
from explorer.engine.tree import leaves, map_tree
from explorer.engine.update import Update


@dataclass(frozen=True, eq=False)
class Learning:
    """What a pass is asked to learn: a target, a loss by name, and the optimizer that makes the step, if one does."""

    target: Any
    loss: str
    optimizer: torch.optim.Optimizer | None = None


@dataclass(eq=False)
class GradientWatch:
    """The gradients of call outputs as they arrive, by the number of the call that made the tensor."""

    gradients: dict[int, torch.Tensor] = field(default_factory=dict)

    def put_on(self, output: torch.Tensor, index: int) -> None:
        """Watch the gradient of a call's output. It has to be put on while the tensor is fresh: a later change in
        place gives the tensor another history, and a hook put on then would tell the gradient of the changed one."""
        if output.requires_grad:
            hook = partial(self._arrived, index)
            output.register_hook(hook)  # type: ignore[no-untyped-call]

    def _arrived(self, index: int, gradient: torch.Tensor) -> None:
        self.gradients.setdefault(index, gradient.detach())


def finish_step(
    recording: Recording,
    model: nn.Module,
    watch: GradientWatch,
    shelf: Shelf,
    *,
    learning: Learning,
) -> None:
    """Loss, backward and, where there is an optimizer, update; all put into `recording`.

    Raises EngineError with a sentence if the loss is unknown, the target does not fit, or nothing can be learned.
    """
    output = _only_output(recording)
    target = torch.as_tensor(learning.target, device=output.device)
    value = loss_value(learning.loss, output, target)
    if not value.requires_grad:
        raise EngineError("No gradient can flow: every parameter is frozen, or the output is detached from them.")
    parameters = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    for parameter in parameters.values():
        parameter.grad = None  # what was there before is put back when the recording is done
    recording.loss_call = _loss_call(recording, shelf, (output, target), value, learning.loss)
    value.backward()  # type: ignore[no-untyped-call]
    recording.loss = float(value.detach())
    for index, gradient in watch.gradients.items():
        recording.calls[index].grad_output = gradient
    recording.parameter_gradients = {
        name: parameter.grad.detach().clone() for name, parameter in parameters.items() if parameter.grad is not None
    }
    if learning.optimizer is not None:
        recording.updates = _update(learning.optimizer, parameters, shelf)


def _only_output(recording: Recording) -> torch.Tensor:
    tensors = leaves(recording.outputs, torch.Tensor)
    if len(tensors) != 1:
        raise EngineError(f"A loss needs one output, but the model gives {len(tensors)} tensors.")
    output: torch.Tensor = tensors[0]
    return output


def _loss_call(
    recording: Recording, shelf: Shelf, given: tuple[torch.Tensor, torch.Tensor], value: torch.Tensor, loss: str
) -> Call:
    kept = tuple(shelf.read(tensor) for tensor in given)
    call = Call(
        index=len(recording.calls),
        kind=loss,
        module="",
        source="",
        function=LOSSES[loss],
        kept_args=kept,
        kept_kwargs={},
        makers={kept[0].maker: kept[0].shape} if kept[0].maker >= INPUT else {},
        name=LOSS,
    )
    call.parents = (recording.calls[kept[0].maker].name,) if kept[0].maker >= 0 else ()
    call.kept_output = Kept(value.detach(), NOBODY)
    call.grad_output = torch.ones_like(value)
    return call


def _update(
    optimizer: torch.optim.Optimizer, parameters: Mapping[str, nn.Parameter], shelf: Shelf
) -> tuple[Update, ...]:
    """One step of the optimizer. What was recorded of the weights before it moves to copies."""
    settings = {
        id(parameter): {name: value for name, value in group.items() if name != "params"}
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    stepped = {name: parameter for name, parameter in parameters.items() if parameter.grad is not None}
    stepped = {name: parameter for name, parameter in stepped.items() if id(parameter) in settings}
    before = {name: (parameter.detach().clone(), _state(optimizer, parameter)) for name, parameter in stepped.items()}
    for parameter in stepped.values():
        shelf.preserve(parameter, NOBODY)
    optimizer.step()
    return tuple(
        Update(
            parameter=name,
            before=before[name][0],
            after=parameter.detach().clone(),
            gradient=_gradient(parameter),
            optimizer=type(optimizer).__name__,
            settings=settings[id(parameter)],
            state_before=before[name][1],
            state_after=_state(optimizer, parameter),
        )
        for name, parameter in stepped.items()
    )


def _gradient(parameter: nn.Parameter) -> torch.Tensor:
    assert parameter.grad is not None
    return parameter.grad.detach().clone()


def _state(optimizer: torch.optim.Optimizer, parameter: nn.Parameter) -> dict[str, Any]:
    found = optimizer.state.get(parameter, {})
    return {name: value.clone() if isinstance(value, torch.Tensor) else value for name, value in found.items()}


def passed_back(call: Call) -> dict[str, torch.Tensor]:
    """What a call passes back to each of its inputs and parameters, by PyTorch's names (`input`, `weight`, …).

    The product of the call's own Jacobian with the gradient of its output, worked out on the recorded inputs: where
    a tensor is used twice, the shares of its uses add up to its gradient. Only floating-point arguments that took
    part in the gradient have one. Raises EngineError if no gradient arrived, or an input was dropped.
    """
    if call.grad_output is None:
        raise EngineError(f"No gradient arrived at {call.name}.")
    given = leaves((call.kept_args, call.kept_kwargs), Kept)
    if any(kept.tensor is None for kept in given):
        raise EngineError(f"An input of {call.name} was dropped to save memory.")
    fresh: dict[int, torch.Tensor] = {}
    with torch.enable_grad():
        args, kwargs = map_tree((call.kept_args, call.kept_kwargs), Kept, _fresh_copies(fresh))
        output = leaves(rerun(call, args, kwargs), torch.Tensor)[0]
        is_loss = call.name == LOSS
        named = {"input": args[0]} if is_loss else named_arguments(call.kind, call.function, args, kwargs)
        wanted = {name: tensor for name, tensor in _tensors_by_name(named).items() if tensor.requires_grad}
        found = torch.autograd.grad(output, list(wanted.values()), call.grad_output, allow_unused=True)
    return {name: share for name, share in zip(wanted, found, strict=True) if share is not None}


def _fresh_copies(fresh: dict[int, torch.Tensor]) -> Callable[[Kept], torch.Tensor]:
    def copy(kept: Kept) -> torch.Tensor:
        assert kept.tensor is not None
        if id(kept) not in fresh:
            plain = kept.tensor.detach().clone()
            fresh[id(kept)] = plain.requires_grad_(kept.requires_grad)
        # Each use is its own: x + x passes back one share to `input` and one to `other`.
        return fresh[id(kept)].view_as(fresh[id(kept)]) if kept.requires_grad else fresh[id(kept)]

    return copy


def _tensors_by_name(named: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Tensors among named arguments; those inside a list (`cat`) are numbered: "tensors[0]"."""
    found: dict[str, torch.Tensor] = {}
    for name, value in named.items():
        if isinstance(value, torch.Tensor):
            found[name] = value
        elif isinstance(value, (list, tuple)):
            found |= {f"{name}[{at}]": item for at, item in enumerate(value) if isinstance(item, torch.Tensor)}
    return found
