"""What a call was given, by name. PyTorch's C++ functions carry no signature, so the common ones are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from inspect import Parameter, Signature, signature
from typing import Any

import torch

_CONVOLUTION = signature(lambda input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1: None)
_TRANSPOSED = signature(
    lambda input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1: None
)
_AVERAGE = signature(
    lambda input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None: (
        None
    )
)
_MAXIMUM = signature(
    lambda input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False: None
)

_SIGNATURES = {
    "max_pool1d": _MAXIMUM,
    "max_pool2d": _MAXIMUM,
    "max_pool3d": _MAXIMUM,
    "adaptive_max_pool2d": signature(lambda input, output_size, return_indices=False: None),
    "chunk": signature(lambda input, chunks, dim=0: None),
    "conv1d": _CONVOLUTION,
    "conv2d": _CONVOLUTION,
    "conv3d": _CONVOLUTION,
    "conv_transpose1d": _TRANSPOSED,
    "conv_transpose2d": _TRANSPOSED,
    "conv_transpose3d": _TRANSPOSED,
    "avg_pool2d": _AVERAGE,
    "avg_pool3d": _AVERAGE,
    "avg_pool1d": signature(
        lambda input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True: None
    ),
    "linear": signature(lambda input, weight, bias=None: None),
    "add": signature(lambda input, other, *, alpha=1: None),
    "sub": signature(lambda input, other, *, alpha=1: None),
    "mul": signature(lambda input, other: None),
    "div": signature(lambda input, other, *, rounding_mode=None: None),
    "pow": signature(lambda input, exponent: None),
    "matmul": signature(lambda input, other: None),
    "bmm": signature(lambda input, mat2: None),
    "mm": signature(lambda input, mat2: None),
    "addmm": signature(lambda input, mat1, mat2, *, beta=1, alpha=1: None),
    "cat": signature(lambda tensors, dim=0: None),
    "stack": signature(lambda tensors, dim=0: None),
    "flatten": signature(lambda input, start_dim=0, end_dim=-1: None),
    "transpose": signature(lambda input, dim0, dim1: None),
    "mean": signature(lambda input, dim=None, keepdim=False, *, dtype=None: None),
    "sum": signature(lambda input, dim=None, keepdim=False, *, dtype=None: None),
    "softmax": signature(lambda input, dim, dtype=None: None),
    "log_softmax": signature(lambda input, dim, dtype=None: None),
    "sigmoid": signature(lambda input: None),
    "tanh": signature(lambda input: None),
    "relu": signature(lambda input: None),
    "exp": signature(lambda input: None),
    "log": signature(lambda input: None),
    "sqrt": signature(lambda input: None),
    "neg": signature(lambda input: None),
    "abs": signature(lambda input: None),
    "gelu": signature(lambda input, *, approximate="none": None),
    "getitem": signature(lambda input, index: None),
    "setitem": signature(lambda input, index, value: None),
    "pixel_shuffle": signature(lambda input, upscale_factor: None),
    "clamp": signature(lambda input, min=None, max=None: None),
    "pad": signature(lambda input, pad, mode="constant", value=None: None),
    "squeeze": signature(lambda input, dim=None: None),
    "unsqueeze": signature(lambda input, dim: None),
    "permute": signature(lambda input, *dims: None),
    "reshape": signature(lambda input, *shape: None),
    "view": signature(lambda input, *shape: None),
    "scaled_dot_product_attention": signature(
        lambda query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False: None
    ),
    "dropout": signature(lambda input, p=0.5, training=True, inplace=False: None),
    "identity": signature(lambda input: None),
}


def named_arguments(
    kind: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """`{"input": …, "kernel_size": 2, "stride": 2, …}`; `argument_0` and so on where nobody knows the names."""
    for known in (_SIGNATURES.get(kind), _own_signature(function)):
        try:
            bound = known.bind(*args, **kwargs) if known else None
        except TypeError:  # another overload than the listed one
            continue
        if bound is not None:
            bound.apply_defaults()
            return {name: value for name, value in bound.arguments.items() if not name.startswith("_")}
    return {f"argument_{place}": value for place, value in enumerate(args)} | kwargs


def tensors_by_name(named: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Tensors among named arguments; those inside a list (`cat`) are numbered: "tensors[0]"."""
    found: dict[str, torch.Tensor] = {}
    for name, value in named.items():
        if isinstance(value, torch.Tensor):
            found[name] = value
        elif isinstance(value, (list, tuple)):
            found |= {f"{name}[{at}]": item for at, item in enumerate(value) if isinstance(item, torch.Tensor)}
    return found


@lru_cache(maxsize=256)
def _own_signature(function: Callable[..., Any]) -> Signature | None:
    try:
        own = signature(function)
    except (TypeError, ValueError):  # built in
        return None
    kinds = {parameter.kind for parameter in own.parameters.values()}
    return None if kinds == {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD} else own
