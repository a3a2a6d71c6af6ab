"""Every written line comes to the result it prints: `python -m tests.campaigns.written_lines --count 100000`.

Cells drawn at random from recordings of the bundled networks, of every kind of call that is explained, of every loss
and optimizer, on numbers from tiny to huge, NaN and infinite ones among them. Told beside it is how many totals are not
PyTorch's, which the window marks with ≠: sums that leave float32 on the way to a result within it.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator

import torch
from torch import nn

import explorer
from explorer.arithmetic import Explanation
from explorer.arithmetic.losses import LOSSES
from explorer.engine.errors import EngineError
from explorer.engine.recording.recording import Recording
from explorer.ui.common.check import holds
from tests.arithmetic.evaluator import assert_evaluates
from tests.engine.explaining.one_call import EXPLAINED, OneCall

SIZES = (1e-30, 1e-6, 1e-2, 1.0, 1.0, 1.0, 5.0, 30.0, 800.0, 1e6, 1e30)
CELLS = 40  # of one recording
OPTIMIZERS = {
    "SGD": {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    "Adam": {"lr": 0.01, "amsgrad": True},
    "AdamW": {"lr": 1e-4, "maximize": True},
    "RMSprop": {"lr": 0.01, "momentum": 0.5, "centered": True},
}


def explanations(seed: int) -> Iterator[Explanation]:
    """Explanations of cells at random, without end; the same for the same seed."""
    chance = random.Random(seed)
    torch.manual_seed(seed)
    makers = (_of_a_call, _of_a_call, _of_a_loss, _of_a_loss, _of_a_network)
    while True:
        recording = chance.choice(makers)(chance)
        if recording is not None:
            yield from _explained(recording, chance)


def _explained(recording: Recording, chance: random.Random) -> Iterator[Explanation]:
    for _ in range(CELLS):
        step = chance.choice(recording.steps)
        of = chance.choice(list(step.shapes))
        if not all(step.shapes[of]):
            continue
        cell = tuple(chance.randrange(size) for size in step.shapes[of])
        try:
            yield explorer.explain(recording, step, cell, of=of)
        except EngineError:  # a cell of a mask, a bag of settings: no arithmetic, no line
            continue


def _numbers(chance: random.Random, *shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Normal numbers of a size drawn at random; some of them 0, whole, NaN or infinite now and then."""
    values = torch.randn(shape, dtype=dtype) * chance.choice(SIZES)
    spoilt = chance.random()
    if spoilt < 0.1:
        values[torch.rand(shape) < 0.3] = 0.0
    elif spoilt < 0.2:
        values = values.round()
    elif spoilt < 0.25:
        values[torch.rand(shape) < 0.05] = chance.choice([float("nan"), float("inf"), float("-inf"), 3e38])
    return values


def _of_a_call(chance: random.Random) -> Recording | None:
    shape, shapes, function = EXPLAINED[chance.choice(sorted(EXPLAINED))]
    dtype = chance.choice([torch.float32, torch.float64])
    model = nn.Sequential(OneCall(function, shapes)).to(dtype)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(_numbers(chance, *parameter.shape, dtype=dtype))
    x = _numbers(chance, *shape, dtype=dtype).requires_grad_()
    try:
        target = torch.randn(model(x).shape, dtype=dtype)
        return explorer.record(model, x, target=target, loss="half_squared_error", train=chance.random() < 0.7)
    except EngineError:
        return None


def _of_a_loss(chance: random.Random) -> Recording | None:
    """One or several linear layers, a loss by its name, and an optimizer that has made a few steps."""
    loss = chance.choice(LOSSES).name
    examples, classes = chance.choice([(1, 2), (3, 4), (2, 20)])
    linear = nn.Linear(3, classes)
    model = nn.Sequential(linear, *([nn.Sigmoid()] if loss == "bce" else []))
    with torch.no_grad():
        linear.weight.copy_(_numbers(chance, classes, 3))
    if loss in ("cross_entropy", "hinge"):
        target = torch.randint(classes, (examples,))
    else:
        target = torch.rand(examples, classes)
        target = target.round() if chance.random() < 0.5 else target
    name = chance.choice(sorted(OPTIMIZERS))
    optimizer = getattr(torch.optim, name)(model.parameters(), **OPTIMIZERS[name])
    recording = None
    try:
        for _ in range(chance.randint(1, 3)):
            x = _numbers(chance, examples, 3)
            recording = explorer.record(model, x, target=target, loss=loss, optimizer=optimizer)
    except EngineError:
        pass
    return recording


def _of_a_network(chance: random.Random) -> Recording | None:
    loaded = explorer.load(chance.choice(explorer.bundled()))
    x = torch.rand(2, *loaded.network.input_shape) * chance.choice([0.0, 1.0, 1.0, 100.0])
    output = loaded.model(x)
    optimizer = torch.optim.SGD(loaded.model.parameters(), lr=chance.choice([1e-6, 0.01, 1.0]))
    target, loss = torch.rand(output.shape), "half_squared_error"
    return explorer.record(loaded.model, x, target=target, loss=loss, optimizer=optimizer)


def assert_no_made_up_nan(explained: Explanation) -> None:
    """NaN is told where PyTorch has it, and nowhere else."""
    computed = explained.computed
    assert computed is None or computed != computed or explained.total == explained.total, str(explained)


def main() -> None:
    """Draws as many cells as asked for, and lists the lines that do not come to what they print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="how many cells")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    found: Counter[str] = Counter()
    for explained, _ in zip(explanations(asked.seed), range(asked.count), strict=False):
        found["lines"] += 1
        found["not what PyTorch has"] += not holds(explained)
        try:
            assert_no_made_up_nan(explained)
            found["sides worked out"] += assert_evaluates(explained)
        except AssertionError as error:
            found["wrong"] += 1
            print(f"{error}: {explained.written}", flush=True)
    print(dict(found))
    raise SystemExit(bool(found["wrong"]))


if __name__ == "__main__":
    main()
