"""What a call was given, by name. PyTorch's C++ functions carry no signature, so the common ones are listed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

_CONVOLUTION = "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1"
_TRANSPOSED = "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1"
_AVERAGE = "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None"

_MAXIMUM = "input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False"

_SIGNATURES = {
    "max_pool1d": _MAXIMUM,
    "max_pool2d": _MAXIMUM,
    "max_pool3d": _MAXIMUM,
    "adaptive_max_pool2d": "input, output_size, return_indices=False",
    "chunk": "input, chunks, dim=0",
    "conv1d": _CONVOLUTION,
    "conv2d": _CONVOLUTION,
    "conv3d": _CONVOLUTION,
    "conv_transpose1d": _TRANSPOSED,
    "conv_transpose2d": _TRANSPOSED,
    "conv_transpose3d": _TRANSPOSED,
    "avg_pool2d": _AVERAGE,
    "avg_pool3d": _AVERAGE,
    "avg_pool1d": "input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True",
    "linear": "input, weight, bias=None",
    "add": "input, other, *, alpha=1",
    "sub": "input, other, *, alpha=1",
    "mul": "input, other",
    "div": "input, other, *, rounding_mode=None",
    "pow": "input, exponent",
    "matmul": "input, other",
    "bmm": "input, mat2",
    "mm": "input, mat2",
    "addmm": "input, mat1, mat2, *, beta=1, alpha=1",
    "cat": "tensors, dim=0",
    "stack": "tensors, dim=0",
    "flatten": "input, start_dim=0, end_dim=-1",
    "transpose": "input, dim0, dim1",
    "mean": "input, dim=None, keepdim=False, *, dtype=None",
    "sum": "input, dim=None, keepdim=False, *, dtype=None",
    "softmax": "input, dim, dtype=None",
    "log_softmax": "input, dim, dtype=None",
    "sigmoid": "input",
    "tanh": "input",
    "relu": "input",
    "exp": "input",
    "log": "input",
    "sqrt": "input",
    "neg": "input",
    "abs": "input",
    "gelu": "input, *, approximate='none'",
    "getitem": "input, index",
    "setitem": "input, index, value",
    "pixel_shuffle": "input, upscale_factor",
    "clamp": "input, min=None, max=None",
    "pad": "input, pad, mode='constant', value=None",
    "squeeze": "input, dim=None",
    "unsqueeze": "input, dim",
    "permute": "input, *dims",
    "reshape": "input, *shape",
    "view": "input, *shape",
    "scaled_dot_product_attention": "query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False",
    "identity": "input",
}


def named_arguments(
    kind: str, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """`{"input": …, "kernel_size": 2, "stride": 2, …}`; `argument_0` and so on where nobody knows the names."""
    for signature in (_listed(kind), _own_signature(function)):
        try:
            bound = signature.bind(*args, **kwargs) if signature else None
        except TypeError:  # another overload than the listed one
            continue
        if bound is not None:
            bound.apply_defaults()
            return {name: value for name, value in bound.arguments.items() if not name.startswith("_")}
    return {f"argument_{place}": value for place, value in enumerate(args)} | kwargs


@lru_cache(maxsize=256)
def _listed(kind: str) -> inspect.Signature | None:
    text = _SIGNATURES.get(kind)
    if text is None:
        return None
    parameters: dict[str, Any] = {}
    exec(f"def listed({text}): pass", parameters)
    return inspect.signature(parameters["listed"])


@lru_cache(maxsize=256)
def _own_signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # built in
        return None
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    return None if kinds == {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} else signature
