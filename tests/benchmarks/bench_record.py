"""Recording every call of a ResNet-18 on a 224 × 224 picture, against the bare pass of the same run.

python -m tests.benchmarks.bench_record
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import torch

from explorer.engine import record
from explorer.engine.allocator import reuse_freed_memory
from explorer.engine.device import leave_a_core_to_the_window
from tests.named_models import ResNet18

TARGET = 1.10


def seconds(run: Callable[[], Any]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def measured(rounds: int, *, gradients: bool) -> tuple[float, float]:
    """Median seconds of the bare and of the recorded pass, taken in turns so that both meet the same machine."""
    model, x = ResNet18().eval(), torch.randn(1, 3, 224, 224)
    bare, recorded = [], []
    with torch.set_grad_enabled(gradients):
        for turn in range(rounds + 2):
            passes = [(bare, lambda: model(x)), (recorded, lambda: record(model, x))]
            for times, run in passes if turn % 2 else reversed(passes):
                times.append(seconds(run))
    return median(bare[2:]), median(recorded[2:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    leave_a_core_to_the_window()  # as the program runs it
    reuse_freed_memory()
    for gradients in (False, True):
        bare, recorded = measured(rounds, gradients=gradients)
        mode = "gradients on" if gradients else "no_grad"
        print(
            f"record ResNet-18, {mode}: bare {bare * 1000:.1f} ms, recorded {recorded * 1000:.1f} ms, "
            f"ratio {recorded / bare:.3f} (target ≤ {TARGET:.2f})"
        )


if __name__ == "__main__":
    main()
