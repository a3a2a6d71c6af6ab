"""Explaining one cell of a 512-channel 3×3 convolution (4,608 terms), against one sum of products with numpy."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

import explorer

ROUNDS = 60


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - started)


def main() -> None:
    """Print the medians of interleaved rounds."""
    torch.manual_seed(0)
    model = torch.nn.Conv2d(512, 512, 3, padding=1)
    x = torch.randn(1, 512, 14, 14)
    recording = explorer.record(model, x, target=torch.randn(1, 512, 14, 14), loss="mse")
    window = x[0, :, 4:7, 5:8].numpy()
    weight = model.weight.detach().numpy()
    forward, _, backward = recording.steps[0], recording.steps[1], recording.steps[-1]
    works: dict[str, Callable[[], object]] = {
        "numpy sum of products": lambda: np.sum(window.astype(np.float64) * weight[3]),
        "forward": lambda: str(explorer.explain(recording, forward, (0, 3, 5, 6))),
        "gradient of a weight": lambda: str(explorer.explain(recording, backward, (3, 7, 1, 1), of="weight")),
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(_milliseconds(work))
    medians = {name: statistics.median(found) for name, found in times.items()}
    bare = medians.pop("numpy sum of products")
    for name, median in medians.items():
        print(f"{name:22} {median:6.2f} ms, {median / bare:.0f} × the bare sum ({bare:.3f} ms); target 5 ms")


if __name__ == "__main__":
    main()
