"""Whether a network has seen anything like an input: how far it lies from the training examples in its features.

The features are how each map of the convolutions answers: its mean and how far it spreads; in a network without them
what the last layer with weights takes. How near training examples lie to each other is the measure: an input that lies
farther from all of them than nearly all of them do from the next one is unlike what was learned. A distance in what
the last layer takes would not do where there are maps: most of them fall silent at what they do not know, so that
noise lay nearer to the training pictures than these did to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.errors import Cancelled, EngineError
from explorer.engine.training.examples import Learned
from explorer.engine.training.metrics import device_of, dtype_of, evaluating

LOOKED_AT = 400
"""Training examples that an input is compared with."""
AT_ONCE = 25
MOST_BYTES = 64 * 2**20
"""What the features of all of them may take: of long ones there are fewer."""
MOST_MAPS = 108
"""So many of all maps are looked at: with more there would be as many numbers as examples."""
NEARLY_ALL = 0.99
SILENT = 1e-3
"""What a map that gives the same everywhere spreads: its logarithm is one of the features."""


@dataclass(frozen=True, eq=False)
class KnownExamples:
    """The features (n, F) of the training examples at `places` (n,), as `measured` makes them comparable.

    `usual` is the distance within which nearly all of them have their nearest neighbour.
    """

    features: Tensor
    places: Tensor
    usual: float
    centre: Tensor
    axes: Tensor | None = None

    @classmethod
    def of(cls, features: Tensor, places: Tensor, *, are_of_maps: bool) -> KnownExamples:
        """What is known by the features (n, F) of examples. Those of maps count by how far they usually differ."""
        centre = features.mean(dim=0) if are_of_maps else torch.zeros(features.shape[1])
        axes = _evening(features - centre) if are_of_maps else None
        even = features if axes is None else (features - centre) @ axes
        distances = torch.cdist(even, even).fill_diagonal_(torch.inf)
        return cls(even, places, float(distances.min(dim=1).values.quantile(NEARLY_ALL)), centre, axes)

    def measured(self, features: Tensor) -> Tensor:
        """Features of other inputs as these were made comparable."""
        return features if self.axes is None else (features - self.centre) @ self.axes


def _evening(differences: Tensor) -> Tensor:
    """What turns features (n, F) that belong together into ones that differ equally far, (F, F).

    Directions in which so few examples say little are stretched the less: by F / n, the size of what chance makes.
    """
    spread = differences.square().mean(dim=0).sqrt()
    scale = spread + SILENT * spread.mean() + torch.finfo(spread.dtype).tiny
    even = differences / scale
    values, axes = torch.linalg.eigh(even.T @ even / len(even))
    evened: Tensor = axes / (values.clamp(min=0) + even.shape[1] / len(even)).sqrt()
    return evened / scale[:, None]


def known_examples(
    model: nn.Module, data: Learned, *, seed: int = 0, should_stop: Callable[[], bool] = lambda: False
) -> KnownExamples:
    """What `model` makes of some training examples, drawn at random. Raises Cancelled, and EngineError as below."""
    features, places = drawn_features(model, data, seed=seed, should_stop=should_stop)
    return KnownExamples.of(features, places, are_of_maps=bool(_convolutions(model)))


def drawn_features(
    model: nn.Module, data: Learned, *, seed: int = 0, should_stop: Callable[[], bool] = lambda: False
) -> tuple[Tensor, Tensor]:
    """The features (n, F) of some training examples, drawn at random, and their places (n,), rising."""
    drawn = torch.from_numpy(np.random.default_rng(seed).permutation(len(data))[:LOOKED_AT])
    parts: list[Tensor] = []
    for indices in torch.split(drawn, AT_ONCE):
        if should_stop():
            raise Cancelled
        inputs = data.prepared(data.taken(indices).to(device_of(model)))
        parts.append(features_of(model, inputs))
        if sum(part.nbytes for part in parts) >= MOST_BYTES:
            break
    drawn, order = drawn[: sum(map(len, parts))].sort()
    return torch.cat(parts)[order], drawn


def familiarity(
    model: nn.Module, known: KnownExamples, values: np.ndarray, *, nearest: int = 3
) -> tuple[float, Tensor]:
    """How many times as far as usual an input lies from the nearest training example, and the places of the nearest.

    values: what the network is fed, float32 without the batch axis. 1 and less is like what was learned.
    """
    inputs = torch.from_numpy(np.array(values, np.float32)).unsqueeze(0).to(device_of(model))
    distances = torch.cdist(known.measured(features_of(model, inputs)), known.features)[0]
    order = distances.argsort()[:nearest]
    ratio = float(distances[order[0]]) / known.usual if known.usual > 0 else 0.0
    return ratio, known.places[order]


def features_of(model: nn.Module, inputs: Tensor) -> Tensor:
    """What a network is judged by, (n, F) float32 on the CPU; the model is left as found.

    Of maps: mean, spread, and the logarithm of that, of at most `MOST_MAPS` drawn evenly from all convolutions.
    Raises EngineError for a model that has no layer with weights, or cannot run.
    """
    return map_features(model, inputs) if _convolutions(model) else last_features(model, inputs)


def map_features(model: nn.Module, inputs: Tensor) -> Tensor:
    """How each map of the convolutions answers, (n, 3 · maps)."""
    answers = torch.cat(_caught(model, inputs, _convolutions(model), lambda _taken, given: _answers(given)), dim=1)
    chosen = np.unique(np.linspace(0, answers.shape[1] - 1, MOST_MAPS).round().astype(int))
    return answers[:, torch.from_numpy(chosen)].flatten(1)


def _answers(maps: Tensor) -> Tensor:
    """(n, C, 3) of (n, C, places …)."""
    cells = maps.float().flatten(2)
    spread = cells.std(dim=2, correction=0) + SILENT
    return torch.stack((cells.mean(dim=2), spread, spread.log()), dim=2)


def last_features(model: nn.Module, inputs: Tensor) -> Tensor:
    """What the last layer with weights takes, (n, F).

    Of sequences it is the mean over all places: where something lies does not make it unlike.
    """
    weighted = [module for module in model.modules() if _weight_axes(module) > 1]
    features = _caught(model, inputs, weighted[-1:], lambda taken, _given: taken.float())[-1]
    places = tuple(range(1, features.dim() - 1))
    return features.mean(dim=places) if places else features


def _caught(
    model: nn.Module, inputs: Tensor, modules: Sequence[nn.Module], read: Callable[[Tensor, Tensor], Tensor]
) -> list[Tensor]:
    """What is read of that which each of these takes and gives, at once: a later layer may write over it."""
    caught: list[Tensor] = []

    def catch(_module: nn.Module, taken: tuple[Tensor, ...], given: Tensor) -> None:
        caught.append(read(taken[0].detach(), given.detach()).cpu())

    handles = [module.register_forward_hook(catch) for module in modules]
    try:
        with evaluating(model), torch.no_grad():
            model(inputs.to(dtype_of(model)))
    except RuntimeError as error:
        raise EngineError(f"The network cannot run these examples: {error}") from error
    finally:
        for handle in handles:
            handle.remove()
    if not caught:
        raise EngineError("This network has no layer with weights that runs.")
    return caught


def _convolutions(model: nn.Module) -> tuple[nn.Module, ...]:
    return tuple(module for module in model.modules() if _weight_axes(module) > 2)


def _weight_axes(module: nn.Module) -> int:
    weight = getattr(module, "weight", None)
    return weight.dim() if isinstance(weight, Tensor) else 0
