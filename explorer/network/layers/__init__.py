"""The layer types, one file a family.

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

BY_KIND = {layer.kind: layer for layer in LAYERS}
BY_WORD = {layer.word: layer for layer in LAYERS} | {layer.kind.lower(): layer for layer in LAYERS}

__all__ = [
    "BY_KIND",
    "BY_WORD",
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
]
