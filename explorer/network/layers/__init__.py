"""The layer types, one file for each family.

A new type is one class in the file of its family and one entry in LAYERS; palette, form, text notation,
files, PyTorch source and the tests over all layers follow. Nothing here imports torch at the top.
"""

from explorer.network.layer import Layer
from explorer.network.layers.activation import (
    ELU,
    GELU,
    Dropout,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from explorer.network.layers.conv import Conv2d, ConvTranspose2d
from explorer.network.layers.linear import Linear
from explorer.network.layers.merge import Add, Concat
from explorer.network.layers.norm import BatchNorm2d, GroupNorm, LayerNorm
from explorer.network.layers.pool import AdaptiveAvgPool2d, AvgPool2d, MaxPool2d
from explorer.network.layers.reshape import Flatten, Upsample

LAYERS: tuple[type[Layer], ...] = (
    Conv2d,
    ConvTranspose2d,
    MaxPool2d,
    AvgPool2d,
    AdaptiveAvgPool2d,
    Linear,
    ReLU,
    LeakyReLU,
    ELU,
    GELU,
    SiLU,
    Sigmoid,
    Tanh,
    Softmax,
    Identity,
    BatchNorm2d,
    GroupNorm,
    LayerNorm,
    Dropout,
    Flatten,
    Upsample,
    Add,
    Concat,
)


def layer_of_kind(kind: str) -> type[Layer] | None:
    """The layer type that stands for PyTorch's class `kind`."""
    return next((layer for layer in LAYERS if layer.kind == kind), None)


def layer_of_word(word: str) -> type[Layer] | None:
    """The layer type that text notation calls `word`, which may be PyTorch's name for it in small letters."""
    return next((layer for layer in LAYERS if word in (layer.word, layer.kind.lower())), None)


def words() -> tuple[str, ...]:
    """All that `layer_of_word` knows."""
    return tuple(dict.fromkeys(word for layer in LAYERS for word in (layer.word, layer.kind.lower())))


__all__ = [
    "ELU",
    "GELU",
    "LAYERS",
    "AdaptiveAvgPool2d",
    "Add",
    "AvgPool2d",
    "BatchNorm2d",
    "Concat",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Flatten",
    "GroupNorm",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Upsample",
    "layer_of_kind",
    "layer_of_word",
    "words",
]
