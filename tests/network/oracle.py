"""PyTorch's module for a layer, written down apart from the program, and what it does."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from explorer.network import Layer, Shape
from explorer.network.shape import pair
from tests.by_hand import ByHand


def _conv(layer: Any, shape: Shape) -> nn.Module:
    padding = layer.padding
    if padding == "full":
        padding = tuple(d * (k - 1) for d, k in zip(pair(layer.dilation), pair(layer.kernel_size), strict=True))
    return nn.Conv2d(
        layer.in_channels or shape[0],
        layer.out_channels,
        layer.kernel_size,
        stride=layer.stride,
        padding=padding,
        dilation=layer.dilation,
        groups=layer.groups,
        bias=layer.bias,
    )


def _conv_transpose(layer: Any, shape: Shape) -> nn.Module:
    return nn.ConvTranspose2d(
        layer.in_channels or shape[0],
        layer.out_channels,
        layer.kernel_size,
        stride=layer.stride,
        padding=layer.padding,
        output_padding=layer.output_padding,
        dilation=layer.dilation,
        groups=layer.groups,
        bias=layer.bias,
    )


def _max_pool(layer: Any, shape: Shape) -> nn.Module:
    return nn.MaxPool2d(layer.kernel_size, layer.stride, layer.padding, layer.dilation, ceil_mode=layer.ceil_mode)


def _avg_pool(layer: Any, shape: Shape) -> nn.Module:
    return nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding, layer.ceil_mode, layer.count_include_pad)


def _batch_norm(layer: Any, shape: Shape) -> nn.Module:
    return nn.BatchNorm2d(layer.num_features or shape[0], layer.eps, layer.momentum, layer.affine)


def _group_norm(layer: Any, shape: Shape) -> nn.Module:
    return nn.GroupNorm(layer.num_groups, layer.num_channels or shape[0], layer.eps, layer.affine)


def _layer_norm(layer: Any, shape: Shape) -> nn.Module:
    if layer.dimensions is not None and layer.dimensions > len(shape):
        raise RuntimeError("PyTorch would normalise over the batch")
    axes = shape[-(layer.dimensions or len(shape)) :]
    return nn.LayerNorm(axes, eps=layer.eps, elementwise_affine=layer.elementwise_affine, bias=layer.bias)


def _upsample(layer: Any, shape: Shape) -> nn.Module:
    corners = layer.align_corners or None
    return nn.Upsample(scale_factor=layer.scale_factor, mode=layer.mode, align_corners=corners)


MODULES: ByHand[Callable[[Any, Shape], nn.Module]] = ByHand(
    "MODULES of tests/network/oracle.py",
    {
        "Conv2d": _conv,
        "ConvTranspose2d": _conv_transpose,
        "MaxPool2d": _max_pool,
        "AvgPool2d": _avg_pool,
        "AdaptiveAvgPool2d": lambda layer, shape: nn.AdaptiveAvgPool2d(layer.output_size),
        "Linear": lambda layer, shape: nn.Linear(layer.in_features or shape[0], layer.out_features, bias=layer.bias),
        "ReLU": lambda layer, shape: nn.ReLU(),
        "LeakyReLU": lambda layer, shape: nn.LeakyReLU(layer.negative_slope),
        "ELU": lambda layer, shape: nn.ELU(layer.alpha),
        "GELU": lambda layer, shape: nn.GELU(layer.approximate),
        "SiLU": lambda layer, shape: nn.SiLU(),
        "Sigmoid": lambda layer, shape: nn.Sigmoid(),
        "Tanh": lambda layer, shape: nn.Tanh(),
        "Softmax": lambda layer, shape: nn.Softmax(dim=1),
        "Identity": lambda layer, shape: nn.Identity(),
        "BatchNorm2d": _batch_norm,
        "GroupNorm": _group_norm,
        "LayerNorm": _layer_norm,
        "Dropout": lambda layer, shape: nn.Dropout(layer.p),
        "Flatten": lambda layer, shape: nn.Flatten(),
        "Upsample": _upsample,
    },
)


def module_of(layer: Layer, shape: Shape) -> nn.Module:
    """PyTorch's module with the settings of the layer."""
    return MODULES[layer.kind](layer, shape).eval()


def run(module: nn.Module, *inputs: torch.Tensor) -> torch.Tensor:
    """The module's output; PyTorch's word about uneven `same` padding is no news here."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.filterwarnings("ignore", message="Using padding='same' with even kernel")
        output = module(*inputs)
    assert isinstance(output, torch.Tensor)
    return output


def batch(shape: Shape, seed: int = 0) -> torch.Tensor:
    """One input of the shape, in a batch of one."""
    return torch.randn(1, *shape, generator=torch.Generator().manual_seed(seed))
