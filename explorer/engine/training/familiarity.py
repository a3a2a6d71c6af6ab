"""Whether a network has seen anything like an input: how far it lies from the training examples in the last features.

The features are what the last layer with weights takes, of maps their means. How near training examples lie to each
other is the measure: an input that lies farther from all of them than nearly all of them do from the next one is unlike
what was learned.
"""

from __future__ import annotations

from collections.abc import Callable
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
NEARLY_ALL = 0.99


@dataclass(frozen=True, eq=False)
class KnownExamples:
    """The features (n, F) of the training examples at `places` (n,).

    `usual` is the distance within which nearly all of them have their nearest neighbour.
    """

    features: Tensor
    places: Tensor
    usual: float


def known_examples(
    model: nn.Module, data: Learned, *, seed: int = 0, should_stop: Callable[[], bool] = lambda: False
) -> KnownExamples:
    """What `model` makes of some training examples, drawn at random. Raises Cancelled, and EngineError as below."""
    drawn = torch.from_numpy(np.random.default_rng(seed).permutation(len(data))[:LOOKED_AT])
    parts: list[Tensor] = []
    for indices in torch.split(drawn, AT_ONCE):
        if should_stop():
            raise Cancelled
        inputs = data.prepared(data.taken(indices).to(device_of(model)))
        parts.append(last_features(model, inputs))
        if sum(part.nbytes for part in parts) >= MOST_BYTES:
            break
    drawn, order = drawn[: sum(map(len, parts))].sort()
    features = torch.cat(parts)[order]
    distances = torch.cdist(features, features).fill_diagonal_(torch.inf)
    return KnownExamples(features, drawn, float(distances.min(dim=1).values.quantile(NEARLY_ALL)))


def familiarity(
    model: nn.Module, known: KnownExamples, values: np.ndarray, *, nearest: int = 3
) -> tuple[float, Tensor]:
    """How many times as far as usual an input lies from the nearest training example, and the places of the nearest.

    values: what the network is fed, float32 without the batch axis. 1 and less is like what was learned.
    """
    inputs = torch.from_numpy(np.array(values, np.float32)).unsqueeze(0).to(device_of(model))
    distances = torch.cdist(last_features(model, inputs), known.features)[0]
    order = distances.argsort()[:nearest]
    ratio = float(distances[order[0]]) / known.usual if known.usual > 0 else 0.0
    return ratio, known.places[order]


def last_features(model: nn.Module, inputs: Tensor) -> Tensor:
    """What the last layer with weights takes, (n, F) float32 on the CPU; the model is left as found.

    Of maps and sequences it is the mean over all places: where something lies does not make it unlike. Raises
    EngineError for a model without such a layer.
    """
    last = next((module for module in reversed(list(model.modules())) if _has_weights(module)), None)
    if last is None:
        raise EngineError("This network has no layer with weights.")
    caught: list[Tensor] = []
    handle = last.register_forward_pre_hook(lambda _module, given: caught.append(given[0].detach()))
    try:
        with evaluating(model), torch.no_grad():
            model(inputs.to(dtype_of(model)))
    except RuntimeError as error:
        raise EngineError(f"The network cannot run these examples: {error}") from error
    finally:
        handle.remove()
    features = caught[-1].float()
    places = range(1, features.dim() - 1) if isinstance(last, nn.Linear) else range(2, features.dim())
    return (features.mean(dim=tuple(places)) if places else features).cpu()


def _has_weights(module: nn.Module) -> bool:
    weight = getattr(module, "weight", None)
    return isinstance(weight, Tensor) and weight.dim() > 1
