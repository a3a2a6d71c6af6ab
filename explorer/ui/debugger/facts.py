"""What the sentences about a step speak of: the names, sizes and settings of its tensors, as words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from explorer.amounts import VeiledCount, listed, plain_number
from explorer.session.step_tensors import StepTensors, Tensor
from explorer.session.timeline import TimelineStep
from explorer.session.veil import LAYING_OUT
from explorer.ui.common.text import MINUS, count, plural, shape_text

Facts = dict[str, str]
NAMES_LISTED = 3


def facts_of(step: TimelineStep, tensors: StepTensors) -> Facts:
    """The fields of the templates in words of calls, losses and optimizers."""
    inputs, settings = inputs_of(step, tensors), tensors.settings
    names = [name for name, _ in inputs] or ["its input"]
    facts = {"made": step.call, "kind": step.kind, "input": names[0], "inputs": _listed(names)}
    facts["other"] = names[1] if len(names) > 1 else _plain(settings.get("other", "itself"))
    facts |= _sizes(step, tensors, inputs[0][1] if inputs else None)
    facts |= _kernel(tensors) | _bias(tensors)
    facts = {name: _plain(value) for name, value in settings.items()} | facts
    facts |= {name: _plain(settings.get(name, default)) for name, default in _SETTINGS.items()}
    facts["keep_scale"] = (
        plain_number(1 / (1 - probability), 4) if (probability := float(settings.get("p", 0))) < 1 else "0"
    )
    return facts


def inputs_of(step: TimelineStep, tensors: StepTensors) -> list[tuple[str, Tensor]]:
    """The activations that the call read, each with the name of the call that made it."""
    arrived = ("grad_output", "output", "target")
    read = [
        tensor
        for tensor in (*tensors.given, *tensors.beside)
        if tensor.role == "activation" and tensor.name not in arrived
    ]
    # An identity hands its input on, which would otherwise have the identity's own name.
    return [
        (step.parents[place] if tensor.title == step.call and place < len(step.parents) else tensor.title, tensor)
        for place, tensor in enumerate(read)
    ]


_SETTINGS: Mapping[str, Any] = {
    "negative_slope": 0.01,
    "alpha": 1.0,
    "p": 0.5,
    "num_groups": 1,
    "normalized_shape": (),
    "dim": "",
    "mode": "nearest",
    "delta": 1.0,
    "beta": 1.0,
    "lr": 0.0,
    "momentum": 0.0,
    "weight_decay": 0.0,
}


def _sizes(step: TimelineStep, tensors: StepTensors, first: Tensor | None) -> Facts:
    output = tensors.by_name.get("output")
    size_in, size_out = (_size(tensor) for tensor in (first, output))
    if isinstance(size_out, VeiledCount) and step.kind in LAYING_OUT:
        size_in = size_out  # a flattening has as many numbers as arrive
    shape_in = first.sizes if first is not None else ()
    shape_out = output.sizes if output is not None else ()
    batch = shape_in[0] if len(shape_in) > 1 else 1
    rows = f"the {batch} {'examples' if first is not None and first.has_batch else 'entries of the first axis'}"
    return {
        "numbers": count(size_in),
        "all_numbers": "the one number" if size_in == 1 else f"all {count(size_in)} numbers",
        "mean_of": count(size_in // max(size_out, 1)),
        "shape": shape_text(shape_out[1:] if output is not None and output.has_batch else shape_out),
        "grid": shape_text(shape_out[2:]),
        "maps": _maps(tensors, shape_in, first),
        "over_batch": f", summed over {rows}" if batch > 1 else "",
        "mean_batch": f", the mean over {rows}" if batch > 1 else "",
        "shared": f", shared among {rows}" if batch > 1 else "",
        "batch_sum": "Σ " if batch > 1 else "",
        "n": "n, " if batch > 1 else "",
    }


def _size(tensor: Tensor | None) -> int:
    """How many numbers one example has, or a tensor without a batch axis."""
    if tensor is None:
        return 0
    return prod(tensor.sizes[1:] if tensor.has_batch and tensor.sizes[0] else tensor.sizes)


def _maps(tensors: StepTensors, shape: tuple[int, ...], first: Tensor | None) -> str:
    """ "all 12 maps of relu1": what one patch reads across."""
    weight = tensors.by_name.get("weight")
    if first is None or weight is None or len(shape) < 3 or weight.values.ndim < 3:
        return "all maps"
    channels = shape[1] if len(shape) > 3 else shape[0]
    groups = int(tensors.settings.get("groups", 1))
    noun = "channel" if first.title == "input" else "map"
    read = channels // groups
    if groups > 1:
        return f"the {plural(read, noun)} of its group" if read > 1 else f"one {noun}"
    return f"all {plural(read, noun)}" if read > 1 else f"the one {noun}"


def _bias(tensors: StepTensors) -> Facts:
    has_bias, has_weight = "bias" in tensors.by_name, "weight" in tensors.by_name
    return {
        "plus_bias": ", plus a bias" if has_bias else "",
        "bias_term": " + b[o]" if has_bias else "",
        "affine": ", then scaled and shifted by its own weight and bias" if has_weight else "",
        "gamma": "γ · " if has_weight else "",
        "shift": " + β" if has_bias else "",
    }


def _kernel(tensors: StepTensors) -> Facts:
    """The kernel's size, its number of cells, and the row and column that its cell (r, s) at (i, j) lies on."""
    settings, weight = tensors.settings, tensors.by_name.get("weight")
    kernel = settings.get("kernel_size")
    if kernel is None and weight is not None and weight.values.ndim > 2:
        kernel = weight.values.shape[2:]
    height, width = pair(kernel if kernel is not None else 1)
    stride = pair(settings.get("stride") or (height, width))
    paddings = settings.get("padding", 0)
    padding = pair(0 if isinstance(paddings, str) else paddings)
    dilation = pair(settings.get("dilation", 1))
    same = isinstance(paddings, str) and paddings == "same"
    if same:
        padding = tuple((step * (size - 1)) // 2 for step, size in zip(dilation, (height, width), strict=True))
    uneven = bool(settings.get("ceil_mode")) or (any(padding) and not settings.get("count_include_pad", True))
    cells = settings.get("divisor_override") or height * width
    return {
        "kernel": shape_text((height, width)),
        "cells": "n" if uneven else count(int(cells)),
        "row": _place("i", "r", stride[0], dilation=dilation[0], padding=padding[0]),
        "column": _place("j", "s", stride[1], dilation=dilation[1], padding=padding[1]),
    }


def _place(outer: str, inner: str, stride: int, *, dilation: int, padding: int) -> str:
    """ "2·i + r − 1": the index along one axis of the cell `inner` of the patch at `outer`."""
    first = outer if stride == 1 else f"{stride}·{outer}"
    second = inner if dilation == 1 else f"{dilation}·{inner}"
    return f"{first} + {second}" + (f" {MINUS} {padding}" if padding else "")


def pair(value: Any) -> tuple[int, ...]:
    """A setting as (height, width)."""
    if isinstance(value, int | float):
        return int(value), int(value)
    sizes = tuple(int(size) for size in value)
    return sizes * 2 if len(sizes) == 1 else sizes[-2:]


def _plain(value: Any) -> str:
    """A setting as it is read aloud: numbers short, a pair of equal sizes once."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return _short(value)
    if isinstance(value, list | tuple):
        return shape_text(int(size) for size in value) if all(isinstance(size, int) for size in value) else "…"
    return str(value)


def _short(value: float) -> str:
    """A setting is written as it was chosen: 0.1, not 0.100."""
    return plain_number(value, 6)


def _listed(names: list[str]) -> str:
    if len(names) > NAMES_LISTED:
        return f"{', '.join(names[: NAMES_LISTED - 1])} and {len(names) - NAMES_LISTED + 1} more"
    return listed(names)
