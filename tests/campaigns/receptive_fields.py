"""Receptive fields of random networks, against the gradients of models whose weights are all positive.

`python -m tests.campaigns.receptive_fields --count 500` prints every field that is not exactly where the gradient is.
Left out is what the gradient alone does not tell: the largest of a window, and sums that may cancel (normalizations
over what arrives, softmax, bicubic interpolation).
"""

from __future__ import annotations

import argparse
import random
import warnings
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine import record
from explorer.engine.recording.reading_rules import map_size
from explorer.network import Layer, Network

LAYERS = 7
CELLS = 6


def random_network(rng: random.Random) -> Network:
    """Up to seven layers that fit together, with branches."""
    network = Network((rng.randint(1, 4), rng.randint(1, 14), rng.randint(1, 14)))
    while len(network.layers) < LAYERS and rng.random() < 0.95:
        grown = network.insert(len(network.layers), _layer(rng, network))
        if grown.runnable() == len(grown.layers):
            network = grown
    return network if network.layers else random_network(rng)


def _layer(rng: random.Random, network: Network) -> Layer:
    shape = network.shapes()[-1] if network.layers else network.input_shape
    earlier = ("input", *network.names)
    words = _of_maps(rng) if shape is not None and len(shape) == 3 else ["linear(3)", "relu"]
    joined = [f"{word}({', '.join(rng.choices(earlier, k=rng.randint(2, 3)))})" for word in ("add", "concat")]
    written = rng.choice([*words, *(joined if len(earlier) > 1 else ())])
    text = " ".join(f"{name}=relu" for name in earlier[1:])  # names that the new layer may take from
    return Network.parse(f"1x1x1 {text} {written}").layers[-1].with_settings(name="")


def _of_maps(rng: random.Random) -> list[str]:
    channels, groups = rng.choice([(2, 1), (4, 2), (4, 4), (3, 1)])
    window, stride, dilation = _pair(rng, 1, 4), _pair(rng, 1, 3), _pair(rng, 1, 3)
    padding = rng.choice([_pair(rng, 0, 3), "full", "valid"])
    return [
        f"conv({channels}, {window}, stride={stride}, padding={padding}, dilation={dilation}, groups={groups})",
        f"conv({channels}, {window}, padding=same, groups={groups})",
        f"convtranspose({channels}, {window}, stride={stride}, padding={_pair(rng, 0, 2)}, groups={groups})",
        f"avgpool({window}, stride={stride}, ceil_mode={rng.choice(('True', 'False'))})",
        f"adaptiveavgpool({_pair(rng, 1, 6)})",
        f"upsample({_pair(rng, 1, 5)})",
        f"upsample({_pair(rng, 1, 5)}, mode=bilinear, align_corners={rng.choice(('True', 'False'))})",
        rng.choice(["relu", "leakyrelu", "batchnorm", "dropout(0.5)", "identity", "silu"]),
        "flatten",
    ]


def _pair(rng: random.Random, low: int, high: int) -> str:
    one, two = rng.randint(low, high), rng.randint(low, high)
    return rng.choice([f"{one}", f"({one}, {two})"])


def wrong_fields(network: Network, rng: random.Random) -> Iterator[str]:
    """A line for each looked-at cell whose field is not exactly where its gradient is."""
    dtype = rng.choice([torch.float32, torch.float64])
    model = _positive(network.build(seed=0).to(dtype).eval(), rng)
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    x = torch.rand(1, *network.input_shape, dtype=dtype, generator=generator) + 0.1
    recording = record(model, x.requires_grad_(), keep_graph=True)
    fields = recording.receptive_fields()
    for _ in range(CELLS):
        call = rng.choice(recording.calls)
        index = tuple(rng.randrange(size) for size in call.output_shape[1:])
        channel, row, column = index if len(index) == 3 else (None, 0, index[0])
        expected = _reached(call.kept_output.tensor[(0, *index)], x)
        found = fields.field(call.name, row, column, channel)
        if found is None or not np.array_equal(found.mask, expected):
            told = None if found is None else int(found.mask.sum())
            yield f"{network.text()}: {call.name} {index} {dtype}: {told} cells, the gradient {int(expected.sum())}"


def _positive(model: nn.Module, rng: random.Random) -> nn.Module:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(torch.rand(weight.shape, generator=generator) + 0.1)
    return model


def _reached(cell: Tensor, x: Tensor) -> np.ndarray:
    (gradient,) = torch.autograd.grad(cell, x, retain_graph=True, materialize_grads=True, allow_unused=True)
    reached: np.ndarray = (gradient[0] != 0).reshape(-1, *map_size(tuple(x.shape))).any(dim=0).numpy()
    return reached


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")
    wrong = 0
    for number in range(chosen.seed, chosen.seed + chosen.count):
        rng = random.Random(number)
        for line in wrong_fields(random_network(rng), rng):
            wrong += 1
            print(f"{number}: {line}")
    print(f"{chosen.count} networks, {chosen.count * CELLS} cells, {wrong} wrong")


if __name__ == "__main__":
    main()
