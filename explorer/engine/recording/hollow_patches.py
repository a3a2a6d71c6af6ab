"""Max pools with patches that lie in the padding alone: PyTorch's way back through them writes outside its memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch

from explorer.engine.errors import EngineError, shape_text
from explorer.engine.recording.call import Call
from explorer.network.kernel_window import KernelWindow

_AXES = {"max_pool1d": 1, "max_pool2d": 2, "max_pool3d": 3}
_NODE = re.compile(r"MaxPool([123])DWithIndicesBackward")


def refuse_hollow_patches(calls: Iterable[Call]) -> None:
    """Raises EngineError with a sentence if the process could die on the way back through one of the calls."""
    for call in calls:
        if call.kind in _AXES and any(window.is_hollow(size) for window, size in _windows(call)):
            raise EngineError(
                f"There is no way back: in {call.name} some patches of the {shape_text(_pooled(call))} map hold "
                "nothing but padding, and PyTorch would write outside its memory. Give it less dilation."
            )


def refuse_unseen_hollow_patches(value: torch.Tensor) -> None:
    """The same for pools that ran where nothing is recorded, in scripted code or another thread: the graph knows them.

    value: what the way back begins at.
    """
    for node in _nodes(value):
        found = _NODE.match(node.name())
        sizes = None if found is None else _saved_sizes(node, int(found[1]))
        if sizes is None:
            continue
        if any(window.is_hollow(size) for window, size in zip(_saved_windows(node), sizes, strict=True)):
            raise EngineError(
                f"There is no way back: in a max pool that was not seen, patches of the {shape_text(sizes)} map "
                "hold nothing but padding, and PyTorch would write outside its memory. Give it less dilation."
            )


def _windows(call: Call) -> list[tuple[KernelWindow, int]]:
    """The kernel window along each pooled axis, with the size of that axis."""
    named, count = call.named(call.kept_args, call.kept_kwargs), _AXES[call.kind]
    return list(zip(_windows_of(named, count), _pooled(call), strict=True))


def _windows_of(named: Mapping[str, Any], count: int) -> list[KernelWindow]:
    kernels, paddings, dilations = (_each(named[name], count) for name in ("kernel_size", "padding", "dilation"))
    strides = _each(named["stride"] or named["kernel_size"], count)
    ceil_mode = bool(named["ceil_mode"])
    return [
        KernelWindow(kernel, stride, padding, padding, dilation, ceil_mode)
        for kernel, stride, padding, dilation in zip(kernels, strides, paddings, dilations, strict=True)
    ]


def _nodes(value: torch.Tensor) -> Iterator[Any]:
    """Every step of the way back from `value`, each once."""
    waiting, known = [value.grad_fn], set()
    while waiting:
        node = waiting.pop()
        if node is not None and node not in known:
            known.add(node)
            yield node
            waiting += [further for further, _ in node.next_functions]


def _saved_sizes(node: Any, count: int) -> tuple[int, ...] | None:
    """Sizes of the pooled axes; None where the input was changed in place since, and cannot be asked."""
    try:
        return tuple(node._saved_self.shape[-count:])
    except RuntimeError:
        return None


def _saved_windows(node: Any) -> list[KernelWindow]:
    names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    named = {name: getattr(node, f"_saved_{name}") for name in names}
    return _windows_of(named, len(named["kernel_size"]))


def _each(value: Any, count: int) -> tuple[int, ...]:
    """A setting of each axis; PyTorch takes one number for all."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    return values * count if len(values) == 1 else values


def _pooled(call: Call) -> tuple[int, ...]:
    """Sizes of the axes that the kernel moves along."""
    return call.input_shapes[0][-_AXES[call.kind] :]
