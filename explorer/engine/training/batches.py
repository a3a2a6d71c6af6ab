"""Training pictures changed at random, and single batches read for looking at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from explorer.data.augment import Augmentation, augmented
from explorer.engine.training.examples import Learned
from explorer.engine.training.learner import Augment


def as_trained(chosen: Sequence[Augmentation]) -> Augment | None:
    """The augmentations as a run applies them: to uint8 pictures (n, C, H, W), drawn from the run's own generator."""
    if not chosen:
        return None

    def augment(inputs: Tensor, generator: torch.Generator) -> Tensor:
        if inputs.dtype != torch.uint8 or inputs.dim() != 4:
            return inputs
        seed = int(torch.randint(2**31, (), generator=generator))
        changed = augmented(inputs.permute(0, 2, 3, 1).numpy(), chosen, np.random.default_rng(seed))
        return torch.from_numpy(changed).permute(0, 3, 1, 2)

    return augment


def batch_places(count: int, batch_size: int, *, number: int, seed: int) -> np.ndarray:
    """Which of `count` examples batch `number` holds, in an order drawn once from `seed`; then it starts again."""
    order = np.random.default_rng(seed).permutation(count)
    start = number * batch_size % count
    return np.sort(order[start : start + batch_size])


def fed(examples: Learned, places: np.ndarray) -> np.ndarray:
    """What the network is fed for the examples at `places`, (n, C, H, W) or (n, features) float32."""
    values = examples.prepared(examples.taken(torch.from_numpy(places)))
    array: np.ndarray = values.contiguous().numpy()
    return array
