"""How the layers of a network fare while it learns: dead and saturated units, gradients, updates, the first NaN."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

PER_SECOND = 15
SHARE = 0.05  # the share of the run's time that measuring may take

CAN_DIE = ("ReLU", "ReLU6")  # never negative, so that a largest output of 0 means that all are 0
BOUNDS = {"Sigmoid": (0.0, 1.0), "Hardsigmoid": (0.0, 1.0), "Tanh": (-1.0, 1.0), "Hardtanh": (-1.0, 1.0),
          "Softsign": (-1.0, 1.0), "ReLU6": (0.0, 6.0)}  # fmt: skip
NEAR = 0.01  # the share of the range next to a bound within which a unit counts as saturated


@dataclass(frozen=True)
class LayerHealth:
    """One layer at one step, over the batch of that step. Shares are 0 to 1; None where a figure has no meaning.

    dead: channels (or neurons) of a ReLU whose output was 0 everywhere in the batch.
    saturated: cells of a bounded activation within a hundredth of its range from a bound that flattens it.
    gradient_norm: Euclidean length of the gradient of all the layer's parameters.
    update_ratio: length of the update over the length of the weights before it; about 0.001 is usual.
    first_nan: the first measured step with a NaN or infinite output, gradient or weight.
    batch_loss: the loss of the batch; where it is exactly 0, a missing gradient is no fault.
    """

    name: str
    kind: str
    dead: float | None = None
    saturated: float | None = None
    gradient_norm: float | None = None
    update_ratio: float | None = None
    first_nan: int | None = None
    batch_loss: float | None = None


@dataclass(eq=False)
class Pace:
    """Says when it is time again: at most `per_second` times a second, and taking at most `share` of the time."""

    per_second: float = PER_SECOND
    share: float = SHARE
    _next: float = field(default=-math.inf, repr=False)

    def is_due(self) -> bool:
        return monotonic() >= self._next

    def took(self, began: float) -> None:
        """What was due ran from `began` (by `time.monotonic`) until now."""
        now = monotonic()
        self._next = max(began + 1 / self.per_second, now + (now - began) * (1 / self.share - 1))


@dataclass(eq=False)
class _Watched:
    """A layer and what is measured of it, as tensors that are fetched together."""

    name: str
    module: nn.Module
    parameters: list[nn.Parameter]
    first_nan: int | None = None
    measured: dict[str, Tensor] = field(default_factory=dict)


class HealthWatch:
    """Measures the layers of one model at some steps of its run. `train(under=Conditions(health=…))` calls it.

    Hooks are on the model only during a measured step. A layer is a module without children.
    """

    def __init__(self, model: nn.Module, *, pace: Pace | None = None) -> None:
        self.pace = pace or Pace()
        self._layers = [
            _Watched(name or type(module).__name__, module, _learning(module))
            for name, module in model.named_modules()
            if not list(module.children())
        ]
        self._before: list[list[Tensor]] = []
        self._spent = 0.0

    @contextmanager
    def forward_watched(self) -> Iterator[None]:
        """Around the forward pass of a measured step."""
        began = monotonic()
        handles = [layer.module.register_forward_hook(self._looking_at(layer)) for layer in self._layers]
        self._spent = monotonic() - began
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _looking_at(self, layer: _Watched) -> Any:
        import torch

        def look(module: nn.Module, args: Any, output: Any) -> None:
            if isinstance(output, torch.Tensor) and output.is_floating_point():
                began = monotonic()
                with torch.no_grad():
                    layer.measured |= _activation_figures(type(module).__name__, output.detach())
                self._spent += monotonic() - began

        return look

    def backward_done(self) -> None:
        """After the backward pass, before the update."""
        import torch

        began = monotonic()
        self._before = []
        for layer in self._layers:
            gradients = [weight.grad for weight in layer.parameters if weight.grad is not None]
            if gradients:
                layer.measured["gradient_norm"] = _length(gradients)
            with torch.no_grad():
                self._before.append([weight.detach().clone() for weight in layer.parameters])
        self._spent += monotonic() - began

    def updated(self, step: int, *, batch_loss: float | None = None) -> tuple[LayerHealth, ...]:
        """After the update of `step`: the figures of all layers, in their order."""
        began = monotonic()
        for layer, before in zip(self._layers, self._before, strict=True):
            if before:
                changes = [now.detach() - old for now, old in zip(layer.parameters, before, strict=True)]
                layer.measured["update_ratio"] = _length(changes) / _length(before).clamp_min(1e-30)
        self._before = []
        figures = _fetched(self._layers)
        pairs = zip(self._layers, figures, strict=True)
        told = tuple(_told(layer, values, step, batch_loss) for layer, values in pairs)
        for layer in self._layers:
            layer.measured.clear()
        self.pace.took(began - self._spent)
        return told


def _learning(module: nn.Module) -> list[nn.Parameter]:
    """The weights of a layer that learn."""
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def _activation_figures(kind: str, output: Tensor) -> dict[str, Tensor]:
    """Of one output. `finite` is 0, or NaN if any cell is NaN or infinite."""
    # The largest is NaN if any cell is, and with the smallest it finds the infinite ones, for a fifth of what
    # asking each cell costs.
    figures = {"finite": output.amax() * 0 + output.amin() * 0}
    if kind in CAN_DIE and output.dim() > 1:
        others = [axis for axis in range(output.dim()) if axis != 1]
        figures["dead"] = (output.amax(others) == 0).to(output.dtype).mean()
    if kind in BOUNDS:
        low, high = BOUNDS[kind]
        near = NEAR * (high - low)
        # A ReLU6 at 0 is dead rather than saturated.
        below = output < low + near if kind != "ReLU6" else output < low
        figures["saturated"] = (below | (output > high - near)).to(output.dtype).mean()
    return figures


def _wide(tensor: Tensor) -> Any:
    """Wide enough that finite numbers have a finite sum of squares; Apple's GPUs have no float64."""
    import torch

    return torch.float32 if tensor.device.type == "mps" else torch.float64


def _length(tensors: list[Tensor]) -> Tensor:
    import torch

    norm = torch.linalg.vector_norm
    length: Tensor = norm(torch.stack([norm(each.detach(), dtype=_wide(each)) for each in tensors]))
    return length


def _fetched(layers: list[_Watched]) -> list[dict[str, float]]:
    """All figures in one copy from the device."""
    import torch

    flat = [value.to(_wide(value)) for layer in layers for value in layer.measured.values()]
    numbers = iter(torch.stack(flat).tolist() if flat else [])
    return [{name: next(numbers) for name in layer.measured} for layer in layers]


def _told(layer: _Watched, values: dict[str, float], step: int, batch_loss: float | None) -> LayerHealth:
    if layer.first_nan is None and not all(math.isfinite(value) for value in values.values()):
        layer.first_nan = step
    return LayerHealth(
        name=layer.name,
        kind=type(layer.module).__name__,
        dead=values.get("dead"),
        saturated=values.get("saturated"),
        gradient_norm=values.get("gradient_norm"),
        update_ratio=values.get("update_ratio"),
        first_nan=layer.first_nan,
        batch_loss=batch_loss,
    )
