"""Recording ResNet-18 on a 224 × 224 picture, forward and back, against the bare pass of the same run.

python -m tests.benchmarks.bench_record
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from explorer.engine import record
from explorer.engine.model.device import leave_a_core_to_the_window
from explorer.engine.recording.allocator import reuse_freed_memory
from tests.named_models import ResNet18

FORWARD_TARGET = 1.10
FORWARD_AND_BACK_TARGET = 1.15
WARM_UP_ROUNDS = 2

Pass = Callable[[], Any]


def seconds(run: Pass) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def measured(bare: Pass, recorded: Pass, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each bare and each recorded pass, taken in turns so that both meet the same machine."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + WARM_UP_ROUNDS):
        passes = list(zip(times, (bare, recorded), strict=True))
        for found, run in passes if turn % 2 else reversed(passes):
            found.append(seconds(run))
    return times[0][WARM_UP_ROUNDS:], times[1][WARM_UP_ROUNDS:]


def passes() -> tuple[tuple[str, Pass, Pass, float], ...]:
    """What is measured: its name, the bare pass, the recorded pass, and the target for their ratio."""
    model, x, target = ResNet18().eval(), torch.randn(1, 3, 224, 224), torch.tensor([3])

    def forward_and_back() -> None:
        model.zero_grad()
        cross_entropy(model(x), target).backward()

    def recorded_forward_and_back() -> None:
        record(model, x, target=target, loss="cross_entropy")

    return (
        (
            "forward, no_grad",
            torch.no_grad()(lambda: model(x)),
            torch.no_grad()(lambda: record(model, x)),
            FORWARD_TARGET,
        ),
        ("forward, gradients on", lambda: model(x), lambda: record(model, x), FORWARD_TARGET),
        ("forward and back", forward_and_back, recorded_forward_and_back, FORWARD_AND_BACK_TARGET),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    leave_a_core_to_the_window()  # as the program runs it
    reuse_freed_memory()
    for name, bare, recorded, target in passes():
        plain, kept = measured(bare, recorded, rounds)
        print(
            f"record ResNet-18, {name}: bare {median(plain) * 1000:.1f} ms, recorded {median(kept) * 1000:.1f} ms, "
            f"ratio {median(kept) / median(plain):.3f} (target ≤ {target:.2f}); "
            f"the fastest of each {min(plain) * 1000:.1f} and {min(kept) * 1000:.1f} ms, {min(kept) / min(plain):.3f}"
        )


if __name__ == "__main__":
    main()
