"""What a network that comes with the program knows, kept beside it: features of some training examples, in bytes.

None of the examples is in it: each is a row of numbers that tell how the maps answered it, and its class.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file, save
from torch import Tensor

from explorer.engine.errors import EngineError
from explorer.engine.training.familiarity import KnownExamples
from explorer.writing import write_atomically

STEPS, MOST = 16, 127
"""A feature is kept in sixteenths of how far it usually differs, up to eight times as far."""


def write_known(path: Path, features: Tensor, labels: Tensor) -> None:
    """Keep the features (n, F) of maps, of examples of the classes `labels` (n,), fewer than 256."""
    centre, spread = features.mean(dim=0), features.std(dim=0, correction=0).clamp(min=torch.finfo(torch.float32).tiny)
    steps = ((features - centre) / spread * STEPS).round().clamp(-MOST, MOST)
    kept = {"centre": centre, "spread": spread, "features": steps.to(torch.int8), "labels": labels.to(torch.uint8)}
    write_atomically(path, save({name: value.numpy() for name, value in kept.items()}))


def read_known(path: Path) -> tuple[KnownExamples, np.ndarray]:
    """What is known, and the class (n,) of each example. Raises EngineError where it cannot be read."""
    try:
        kept = load_file(path)
        centre, spread = torch.from_numpy(kept["centre"]), torch.from_numpy(kept["spread"])
        features = centre + torch.from_numpy(kept["features"]).float() / STEPS * spread
        places = torch.arange(len(features))
        return KnownExamples.of(features, places, are_of_maps=True), kept["labels"].astype(np.int64)
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise EngineError(f"What the network knows cannot be read: {error}") from error
