"""Where a run first met a number that is not finite any more: in the data, a layer, the loss, a gradient, a weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer.amounts import plain_number
from explorer.engine.training.snapshot import TrainingStopped

DATA = "input"  # the name of the network's input, as in its text notation
LOSS = "loss"


def all_finite(tensors: Sequence[Tensor]) -> bool:
    """Whether no cell is NaN or infinite. One number comes from the device."""
    if not tensors:
        return True
    # The norms of all at once are the quickest (18 µs for eight). One may overflow, so only a finite one says it all.
    total = torch.stack(torch._foreach_norm(list(tensors))).sum().item()
    return total - total == 0 or all(bool(each.isfinite().all()) for each in tensors)


def stopped_at_loss(model: nn.Module, inputs: Tensor, chosen: Tensor, *, step: int, rate: float) -> TrainingStopped:
    """The loss of `step` is NaN or infinite: which layer made it so, for the same batch.

    chosen: the batch's places in the data.
    """
    bad = ~inputs.flatten(1).isfinite().all(dim=1)
    if bad.any():
        example = int(chosen[int(bad.nonzero()[0])])
        message = f"Example {example} of the data holds {_fault(inputs[bad])}, so training stopped at step {step}."
        return TrainingStopped(message, layer=DATA, step=step)
    found = _first_output(model, inputs)
    if found is None:
        message = f"The loss of step {step} is not finite, though all outputs of the network are."
        return _with_hint(message, layer=LOSS, step=step, rate=rate)
    layer, fault = found
    return _with_hint(f"The output of {layer} holds {fault} at step {step}.", layer=layer, step=step, rate=rate)


def stopped_at_gradient(model: nn.Module, *, step: int, rate: float) -> TrainingStopped:
    """A gradient of `step` is NaN or infinite: the last layer that has one, since gradients come from behind."""
    layer, fault = _last_bad((name, weight.grad) for name, weight in model.named_parameters()) or (LOSS, "NaN")
    return _with_hint(f"The gradient of {layer} holds {fault} at step {step}.", layer=layer, step=step, rate=rate)


def stopped_at_weights(model: nn.Module, *, step: int, rate: float) -> TrainingStopped:
    """The update of `step` made weights NaN or infinite."""
    layer, fault = _last_bad(model.named_parameters()) or ("", "NaN")
    message = f"The update of step {step} put {fault} into the weights of {layer}."
    return _with_hint(message, layer=layer, step=step, rate=rate)


def stopped_at_one_example(*, step: int) -> TrainingStopped:
    """Batch norm found a single value for a channel, as it does where an epoch's last batch holds a single example."""
    return TrainingStopped(
        f"Batch normalization needs more than one value a channel, and the single example of step {step} has no more: "
        "choose a batch size above 1 that leaves no single example over.",
        layer="",
        step=step,
    )


def _with_hint(message: str, *, layer: str, step: int, rate: float) -> TrainingStopped:
    kept = "Training stopped with the weights as they were before that step"
    hint = f"{kept}; a learning rate below {rate_text(rate)} may help."
    return TrainingStopped(f"{message} {hint}", layer=layer, step=step)


def rate_text(rate: float) -> str:
    """0.01, 1e30."""
    return plain_number(rate, 3)


def _last_bad(named: Iterable[tuple[str, Tensor | None]]) -> tuple[str, str] | None:
    bad = [(name, value) for name, value in named if value is not None and not bool(value.isfinite().all())]
    if not bad:
        return None
    name, value = bad[-1]
    return name.rpartition(".")[0] or name, _fault(value)


def _first_output(model: nn.Module, inputs: Tensor) -> tuple[str, str] | None:
    """The first layer whose output is not finite, and what is in it."""
    found: list[tuple[str, str]] = []

    def look(name: str, output: Any) -> None:
        if not found and isinstance(output, Tensor) and not bool(output.isfinite().all()):
            found.append((name, _fault(output)))

    def hook(name: str) -> Any:
        return lambda module, args, output: look(name, output)

    handles = [
        module.register_forward_hook(hook(name or type(module).__name__))
        for name, module in model.named_modules()
        if not list(module.children())
    ]
    try:
        with torch.no_grad():
            look("the network", model(inputs))
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else None


def _fault(values: Tensor) -> str:
    return "NaN" if bool(values.isnan().any()) else "an infinite number"
