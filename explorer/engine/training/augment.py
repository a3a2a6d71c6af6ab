"""Random changes to training pictures that leave their class as it is."""

from __future__ import annotations

import torch
from torch import Tensor


def flip_and_shift(pictures: Tensor, generator: torch.Generator, *, pixels: int = 4) -> Tensor:
    """Each picture of (N, C, H, W) mirrored left to right or not, and moved by up to `pixels` each way.

    What moves in from outside is the picture mirrored at its edge. The result is channels-last in memory.
    """
    count, _, height, width = pictures.shape
    rows = _moved(height, pixels, count, generator)
    columns = _moved(width, pixels, count, generator)
    flipped = torch.rand(count, 1, generator=generator) < 0.5
    columns = torch.where(flipped, width - 1 - columns, columns)
    each = torch.arange(count)[:, None, None]
    # One gather does both changes; indexing around the channel axis leaves the channels last.
    gathered: Tensor = pictures[each, :, rows[:, :, None], columns[:, None, :]]
    return gathered.permute(0, 3, 1, 2)


def _moved(size: int, pixels: int, count: int, generator: torch.Generator) -> Tensor:
    """For each of `count` pictures the (size,) source indices along one axis, mirrored at the edges."""
    shifts = torch.randint(-pixels, pixels + 1, (count, 1), generator=generator)
    indices = (torch.arange(size) + shifts).abs()
    return size - 1 - (size - 1 - indices).abs()
