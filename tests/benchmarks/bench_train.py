"""Training through `train` against the same loop written by hand, steps taken in turns.

python -m tests.benchmarks.bench_train
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter

import torch
from torch import nn

from explorer.engine.model.device import leave_a_core_to_the_window
from explorer.engine.training.conditions import Conditions
from explorer.engine.training.health import HealthWatch
from explorer.engine.training.train import Examples, train
from explorer.network import Network

TARGET = 0.95
STEPS_A_TURN = 10
LEARNING_RATE = 0.001
CASES = (
    ("points", "2 linear(8) tanh linear(8) tanh linear(2)", 32),
    ("ConvNetJS", "3x32x32 conv(16, 5, padding=2) relu maxpool(2) conv(20, 5, padding=2) relu maxpool(2) "
     "conv(20, 5, padding=2) relu maxpool(2) flatten linear(10)", 32),
    ("batch norm", "3x32x32 conv(32, 3, padding=1) batchnorm relu maxpool(2) conv(64, 3, padding=1) batchnorm relu "
     "adaptiveavgpool(1) flatten linear(10)", 64),
)  # fmt: skip


def examples(network: Network) -> Examples:
    generator = torch.Generator().manual_seed(0)
    shape, classes = network.input_shape, (network.shapes()[-1] or (1,))[0]
    inputs = torch.randint(256, (4096, *shape), generator=generator).to(torch.uint8)
    if len(shape) == 1:
        inputs = inputs.float() / 255
    return Examples(inputs, torch.randint(classes, (4096,), generator=generator), mean=(0.5,), std=(0.25,))


def bare(model: nn.Module, data: Examples, batch_size: int) -> Iterator[float]:
    """What a person would write, preparing batches in the same way."""
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)
    model.train()
    while True:
        for batch in torch.randperm(len(data)).split(batch_size):
            value = nn.functional.cross_entropy(model(data.prepared(data.inputs[batch])), data.targets[batch])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            yield value.item()


def ours(model: nn.Module, data: Examples, batch_size: int, *, health: bool) -> Iterator[object]:
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)
    return train(
        model, data, loss="cross_entropy", classes=int(data.targets.max()) + 1, optimizer=optimizer, epochs=10**6,
        batch_size=batch_size, under=Conditions(health=HealthWatch(model) if health else None),
    )  # fmt: skip


def in_channels_last(network: Network) -> nn.Module:
    """A model of it, its weights laid out as the program lays them out."""
    model: nn.Module = network.build(seed=0)
    return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]  # not in the stubs


def seconds_a_step(loop: Iterator[object], steps: int = STEPS_A_TURN) -> float:
    start = perf_counter()
    for _ in range(steps):
        next(loop)
    return (perf_counter() - start) / steps


def measured(text: str, batch_size: int, turns: int) -> tuple[float, ...]:
    """Median seconds a step: bare, `train`, and `train` with health, in turns so that all meet the same machine."""
    network = Network.parse(text)
    data = examples(network)
    makes: tuple[Callable[[nn.Module], Iterator[object]], ...] = (
        lambda model: bare(model, data, batch_size),
        lambda model: ours(model, data, batch_size, health=False),
        lambda model: ours(model, data, batch_size, health=True),
    )
    loops = [make(in_channels_last(network)) for make in makes]
    times: list[list[float]] = [[] for _ in loops]
    for turn in range(turns + 2):
        order = range(len(loops)) if turn % 2 else reversed(range(len(loops)))
        for index in order:
            times[index].append(seconds_a_step(loops[index]))
    return tuple(median(each[2:]) for each in times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=60)
    turns = parser.parse_args().turns
    leave_a_core_to_the_window()  # as the program runs it
    for name, text, batch_size in CASES:
        plain, trained, watched = measured(text, batch_size, turns)
        print(
            f"train {name}, batch {batch_size}: bare {plain * 1000:.2f} ms a step, train {trained * 1000:.2f} ms, "
            f"ratio {plain / trained:.3f}; with health {plain / watched:.3f} (target ≥ {TARGET:.2f})"
        )


if __name__ == "__main__":
    main()
