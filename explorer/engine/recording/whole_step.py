"""The rest of a training step after its recorded forward pass: loss, backward, update, each kept as it ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from inspect import Parameter, signature
from typing import Any

import torch
from torch import nn

from explorer.arithmetic.losses import loss_named
from explorer.engine.errors import EngineError
from explorer.engine.losses import loss_value
from explorer.engine.recording.call import LOSS, Call
from explorer.engine.recording.hollow_patches import refuse_hollow_patches, refuse_unseen_hollow_patches
from explorer.engine.recording.kept import INPUT, NOBODY, Kept, Shelf
from explorer.engine.recording.own_loss import Measure, gradients_left_as_they_are, is_own, measure_of
from explorer.engine.recording.recording import Recording
from explorer.engine.recording.tree import leaves, map_tree
from explorer.engine.recording.update import Update


@dataclass(frozen=True, eq=False)
class Learning:
    """What a pass is asked to learn: a target, a loss, and the optimizer that makes the step, if one does.

    The loss is one by name, or one of a person's own, which `measure` works out of the outputs.

    `clip_norm` is what the gradient of all weights together is shortened to before the step; 0 for never.
    `keep_gradients`: what lies in `.grad` before is not cleared, and the step is made from the sum.
    """

    target: Any
    loss: Any
    optimizer: torch.optim.Optimizer | None = None
    clip_norm: float = 0.0
    keep_gradients: bool = False

    @property
    def measure(self) -> Measure | None:
        """None for a loss by name. Raises EngineError for what cannot be a loss."""
        return measure_of(self.loss, self.target) if is_own(self.loss) else None

    def check_optimizer(self, model: nn.Module) -> None:
        """Raises EngineError for what is none of this model's optimizers, and for one that works the loss out again
        within its step, as LBFGS does."""
        optimizer: Any = self.optimizer
        if optimizer is None:
            return
        if isinstance(optimizer, type):
            name = optimizer.__name__
            raise EngineError(f"The optimizer is the class {name}: make one of it, {name}(model.parameters(), …).")
        name = type(optimizer).__name__
        if not hasattr(optimizer, "param_groups"):
            raise EngineError(f"An optimizer is one of torch.optim, not a {name}.")
        closure = signature(optimizer.step).parameters.get("closure")
        if closure is not None and closure.default is Parameter.empty:
            raise EngineError(
                f"{name} runs the model several times within a step, where a recording holds one pass: record with an "
                "optimizer that steps by one gradient, or without one."
            )
        own = {id(parameter) for parameter in model.parameters()}
        if not any(id(parameter) in own for group in optimizer.param_groups for parameter in group["params"]):
            raise EngineError(f"The {name} has none of the weights of this model: make it from model.parameters().")

    def target_beside(self, output: torch.Tensor) -> torch.Tensor:
        """The target on the device of the outputs. Raises EngineError if it is not a tensor."""
        try:
            return torch.as_tensor(self.target, device=output.device).detach()
        except (TypeError, ValueError, RuntimeError):
            given = "missing" if self.target is None else f"no table of numbers, but a {type(self.target).__name__}"
            raise EngineError(f"The loss {self.loss} needs a target: the one given is {given}.") from None


def as_own_leaves(given: Any) -> Any:
    """What a model is given, with new names for the tensors that require a gradient: it must not flow on into what
    the caller made them from, nor be added to gradients that the caller keeps there."""
    return map_tree(given, torch.Tensor, _as_own_leaf)


def _as_own_leaf(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().requires_grad_() if tensor.requires_grad else tensor


@dataclass(eq=False)
class GradientWatch:
    """The gradients of calls' outputs as they arrive, by the number of the call."""

    _gradients: dict[int, list[torch.Tensor | None]] = field(default_factory=dict)
    _histories: dict[int, Any] = field(default_factory=dict)  # what each tensor came from, by identity

    def put_on(self, outputs: list[torch.Tensor], index: int) -> None:
        """Watch the gradients of a call's outputs. It has to be put on while the tensors are fresh: a later change in
        place gives a tensor another history, and a hook put on then would tell the gradient of the changed one."""
        for place, output in enumerate(outputs):
            if output.requires_grad:
                arrived = self._gradients.setdefault(index, [None] * len(outputs))
                self._let_go_of_old_hooks(output)
                output.register_hook(partial(_arrived, arrived, place))  # type: ignore[no-untyped-call]

    def _let_go_of_old_hooks(self, output: torch.Tensor) -> None:
        """x.unsqueeze_(1) leaves x with the list of hooks of what it was before: a new one would hang there too."""
        before = self._histories.get(id(output))
        if output._backward_hooks and before is not None and before is not output.grad_fn:
            output._backward_hooks = None
        self._histories[id(output)] = output.grad_fn

    def hand_over(self, calls: tuple[Call, ...]) -> None:
        """Puts what arrived on record."""
        for index, arrived in self._gradients.items():
            calls[index].grad_outputs = tuple(arrived)


def _arrived(gradients: list[torch.Tensor | None], place: int, gradient: torch.Tensor) -> None:
    if gradients[place] is None:
        gradients[place] = gradient  # itself, for PyTorch may go on writing into one that nobody else holds


def finish_step(
    recording: Recording,
    model: nn.Module,
    watch: GradientWatch,
    shelf: Shelf,
    *,
    given: list[torch.Tensor],
    learning: Learning,
    measured: torch.Tensor | None,
) -> None:
    """Loss, backward and, where there is an optimizer, update; all put into `recording`.

    `given` are the tensors the model was given, `measured` is the value of a loss of a person's own. Raises EngineError
    with a sentence if the loss is unknown, the target does not fit, nothing can be learned, or the way back would end
    the process.
    """
    refuse_hollow_patches(call for call in recording.calls if _may_get_gradients(call))
    value, loss_call = _by_name(recording, shelf, learning) if measured is None else (measured, None)
    if not value.requires_grad:
        raise EngineError("No gradient can flow: every parameter is frozen, or the output is detached from them.")
    refuse_unseen_hollow_patches(value)
    parameters = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    kept = _taken_away(parameters)  # it is put back when the recording is done
    recording.loss_call = loss_call or _take_out(recording, shelf, value)
    with gradients_left_as_they_are(learning.loss):
        _go_back(value)
    recording.loss = float(value.detach())
    watch.hand_over((*recording.calls, recording.loss_call))
    recording.input_gradients = tuple(tensor.grad for tensor in given)
    recording.parameter_gradients = {
        name: parameter.grad for name, parameter in parameters.items() if parameter.grad is not None
    }
    kept = kept if learning.keep_gradients else {}
    if learning.keep_gradients:  # whoever goes on adds to what lies there
        recording.parameter_gradients = {name: g.clone() for name, g in recording.parameter_gradients.items()}
    for name, before in kept.items():
        own = parameters[name].grad
        parameters[name].grad = before.clone() if own is None else before + own
    if learning.optimizer is not None:
        clipped = _clip(recording, parameters, learning.clip_norm) if learning.clip_norm else 1.0
        recording.updates = _update(recording, learning.optimizer, parameters, shelf, clipped=clipped, kept=kept)


def _taken_away(parameters: Mapping[str, nn.Parameter]) -> dict[str, torch.Tensor]:
    """What lies in `.grad`, by parameter, where nothing lies from then on."""
    found = {name: each.grad for name, each in parameters.items() if each.grad is not None}
    for parameter in parameters.values():
        parameter.grad = None
    return found


def _may_get_gradients(call: Call) -> bool:
    return any(kept.requires_grad for kept in leaves(call.kept_output, Kept))


def _go_back(value: torch.Tensor) -> None:
    try:
        value.backward()  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise EngineError(f"The way back failed: {reason}.") from error


def _only_output(recording: Recording) -> torch.Tensor:
    tensors = leaves(recording.outputs, torch.Tensor)
    if len(tensors) != 1:
        raise EngineError(
            f"A loss needs one output, but the model gives {len(tensors)} tensors: give a function of what it gives "
            "and the target as the loss."
        )
    output: torch.Tensor = tensors[0]
    return output


def _by_name(recording: Recording, shelf: Shelf, learning: Learning) -> tuple[torch.Tensor, Call]:
    output = _only_output(recording)
    target = learning.target_beside(output)
    value = loss_value(learning.loss, output, target)
    return value, _loss_call(recording, shelf, (output, target), value, learning.loss)


def _take_out(recording: Recording, shelf: Shelf, value: torch.Tensor) -> Call:
    """The call that made the value of a person's own loss: the last of the loss's own stands beside those of the model.

    One that the model itself made stays among them.
    """
    kept = shelf.find(value)
    if kept is None or kept.maker < 0:
        raise EngineError("The loss was made by code that cannot be watched: no call on record gave it.")
    call = recording.calls[kept.maker]
    if call.module == LOSS and call is recording.calls[-1]:
        recording.calls, call.name = recording.calls[:-1], LOSS
    return call


def _loss_call(
    recording: Recording, shelf: Shelf, given: tuple[torch.Tensor, torch.Tensor], value: torch.Tensor, loss: str
) -> Call:
    kept = tuple(shelf.read(tensor) for tensor in given)
    call = Call(
        index=len(recording.calls),
        kind=loss,
        module="",
        source="",
        function=loss_named(loss).compute,
        kept_args=kept,
        kept_kwargs={},
        makers={kept[0].maker: kept[0].shape} if kept[0].maker >= INPUT else {},
        name=LOSS,
        is_loss=True,
    )
    call.parents = (recording.calls[kept[0].maker].name,) if kept[0].maker >= 0 else ()
    call.kept_output = Kept(value.detach(), NOBODY)
    call.grad_outputs = (torch.ones_like(value),)
    return call


def _clip(recording: Recording, parameters: Mapping[str, nn.Parameter], norm: float) -> float:
    """Shorten what the optimizer will read, not what was recorded on the way back; gives the factor, at most 1."""
    recording.parameter_gradients = {name: g.clone() for name, g in recording.parameter_gradients.items()}
    learned = [parameter for parameter in parameters.values() if parameter.grad is not None]
    length = float(nn.utils.clip_grad_norm_(learned, norm))
    return min(1.0, norm / (length + 1e-6))  # the factor of PyTorch's clip_grad_norm_


def _update(
    recording: Recording,
    optimizer: torch.optim.Optimizer,
    parameters: Mapping[str, nn.Parameter],
    shelf: Shelf,
    *,
    clipped: float,
    kept: Mapping[str, torch.Tensor],
) -> tuple[Update, ...]:
    """One step of the optimizer. What was recorded of the weights before the step moves to copies."""
    settings = {
        id(parameter): {name: value for name, value in group.items() if name != "params"}
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    with_gradient = {name: parameter for name, parameter in parameters.items() if parameter.grad is not None}
    stepped = {name: parameter for name, parameter in with_gradient.items() if id(parameter) in settings}
    readers = _readers(recording.calls, stepped, shelf)
    before = {name: (parameter.detach().clone(), _state(optimizer, parameter)) for name, parameter in stepped.items()}
    # An optimizer may write into the gradients too.
    gradients = {name: _gradient_of(parameter).clone() for name, parameter in stepped.items()}
    if clipped == 1.0 and not kept:  # else those of the way back are no longer what the optimizer may write into
        recording.parameter_gradients = {**recording.parameter_gradients, **gradients}
    for parameter in stepped.values():
        shelf.preserve(parameter, NOBODY)
    _step(optimizer)
    return tuple(
        Update(
            parameter=name,
            call=readers[name],
            before=before[name][0],
            after=parameter.detach().clone(),
            gradient=gradients[name],
            clipped=clipped,
            arrived=recording.parameter_gradients.get(name),
            kept=kept.get(name),
            optimizer=type(optimizer).__name__,
            settings=settings[id(parameter)],
            state_before=before[name][1],
            state_after=_state(optimizer, parameter),
        )
        for name, parameter in stepped.items()
    )


def _step(optimizer: torch.optim.Optimizer) -> None:
    try:
        optimizer.step()
    except RuntimeError as error:  # of gradients that it does not take
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise EngineError(f"{type(optimizer).__name__} could not step: {reason}.") from error


def _gradient_of(parameter: nn.Parameter) -> torch.Tensor:
    assert parameter.grad is not None
    return parameter.grad


def _readers(calls: tuple[Call, ...], parameters: Mapping[str, nn.Parameter], shelf: Shelf) -> dict[str, Call]:
    """The first call that reads each parameter; for one that scripted code reads unseen, the call of the script."""
    first: dict[int, Call] = {}
    for call in calls:
        for kept in leaves((call.kept_args, call.kept_kwargs), Kept):
            first.setdefault(id(kept), call)
    seen = {name: first.get(id(shelf.find(parameter))) for name, parameter in parameters.items()}
    return {name: call or _innermost_around(name, calls) for name, call in seen.items()}


def _innermost_around(parameter: str, calls: tuple[Call, ...]) -> Call:
    around = [call for call in calls if parameter.startswith(f"{call.module}.")]
    return max(around, key=lambda call: len(call.module), default=calls[-1])


def _state(optimizer: torch.optim.Optimizer, parameter: nn.Parameter) -> dict[str, Any]:
    found = optimizer.state.get(parameter, {})
    return {name: value.clone() if isinstance(value, torch.Tensor) else value for name, value in found.items()}
