"""What a network learns from: an input, and what it should give for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Target = int | tuple[float, ...] | None
"""What the network should give: a class, the numbers of the output, or None for what suggests itself."""


@dataclass(frozen=True, eq=False)
class Example:
    """One element of a batch: what the network is fed, (C, H, W) or (features,), and what it should give for it."""

    values: np.ndarray
    target: Target = None
    name: str = ""
