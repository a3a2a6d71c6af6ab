"""Which cells interpolation reads, against what PyTorch copies and where it hands gradients."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from torch.nn import functional

from explorer.network.resampling import Method, Resampling

METHODS: dict[str, Method] = {
    "nearest": "nearest",
    "nearest-exact": "nearest-exact",
    "bilinear": "linear",
    "bicubic": "cubic",
}
CASES = 250


def sizes_of(rng: random.Random) -> dict[str, Any]:
    """An output size, or a factor: whole, fractional, or of two small numbers."""
    if rng.random() < 0.4:
        return {"size": (2, rng.randint(1, 60))}
    factor = rng.choice([rng.randint(1, 60), rng.uniform(0.6, 5), rng.randint(4, 9) / rng.randint(1, 6)])
    return {"scale_factor": (1.0, float(factor)), "recompute_scale_factor": rng.choice([None, True])}


def read_by_pytorch(x: torch.Tensor, output: torch.Tensor, mode: str, index: int) -> tuple[int, ...]:
    """The column that was copied, or the columns that a gradient reaches by more than rounding."""
    if mode in ("nearest", "nearest-exact"):
        return tuple((x[0, 0, 0] == output[0, 0, 0, index]).nonzero().flatten().tolist())
    (gradient,) = torch.autograd.grad(output[0, 0, 0, index], x, retain_graph=True)
    least = 1e-6 if mode == "bicubic" else 0
    return tuple((gradient[0, 0].abs() > least).any(0).nonzero().flatten().tolist())


@pytest.mark.parametrize("channels", [1, 3, 5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("mode", METHODS)
def test_interpolation_reads_what_pytorch_reads(mode: str, dtype: torch.dtype, channels: int) -> None:
    rng = random.Random(f"{mode} {dtype} {channels}")
    for _ in range(CASES // 10 if mode == "bicubic" else CASES):
        smooths = mode in ("bilinear", "bicubic")
        antialias = smooths and rng.random() < 0.3
        corners = rng.random() < 0.3 if smooths else None
        given, size = sizes_of(rng), rng.randint(2, 12)
        memory = torch.channels_last if rng.random() < 0.4 else torch.contiguous_format
        x = (torch.rand(1, channels, 2, size, dtype=dtype) + 1).contiguous(memory_format=memory).requires_grad_()
        y = functional.interpolate(x, mode=mode, antialias=antialias, align_corners=corners, **given)
        has_factor = "scale_factor" in given and not given["recompute_scale_factor"]
        resampling = Resampling(
            METHODS[mode],
            given["scale_factor"][1] if has_factor else None,
            align_corners=bool(corners),
            antialias=antialias,
            is_double=dtype is torch.float64,
            is_small=(x.is_contiguous(memory_format=torch.channels_last) and channels > 3) or sum(y.shape[2:]) <= 128,
        )
        reads = resampling.reads(size, y.shape[3])
        for index in {0, y.shape[3] - 1, *rng.choices(range(y.shape[3]), k=5)}:
            expected = read_by_pytorch(x, y, mode, index)
            if mode == "bicubic":  # in which a weight may be nothing but rounding
                assert set(expected) <= set(reads[index]), (resampling, size, index)
            else:
                assert reads[index] == expected, (resampling, size, index)


@pytest.mark.parametrize("factor", [41, 94])
def test_a_whole_factor_whose_reciprocal_is_rounded_reads_as_pytorch_does(factor: int) -> None:
    x = torch.tensor([[[[1.0, 2.0, 3.0]]]])
    copied = functional.interpolate(x, scale_factor=(1.0, float(factor)))[0, 0, 0]
    reads = Resampling("nearest", factor, is_small=3 * factor + 1 <= 128).reads(3, 3 * factor)
    assert [float(cell[0] + 1) for cell in reads] == copied.tolist()
