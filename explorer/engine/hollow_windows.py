"""Max pools whose windows lie in the padding alone: PyTorch's way back through them writes outside its memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from explorer.engine.errors import EngineError, shape_text
from explorer.engine.recording import Call
from explorer.network.window import Window

_AXES = {"max_pool1d": 1, "max_pool2d": 2, "max_pool3d": 3}


def refuse_hollow_windows(calls: Iterable[Call]) -> None:
    """Raises EngineError with a sentence if the process could die on the way back through one of the calls."""
    for call in calls:
        if call.kind in _AXES and any(window.is_hollow(size) for window, size in _windows(call)):
            raise EngineError(
                f"The way back is not gone: in {call.name} some windows of the {shape_text(_pooled(call))} map hold "
                "nothing but padding, and PyTorch would write outside its memory. Give it less dilation."
            )


def _windows(call: Call) -> list[tuple[Window, int]]:
    """The window along each pooled axis, with the size of that axis."""
    named, count = call.named(call.kept_args, call.kept_kwargs), _AXES[call.kind]
    kernels, paddings, dilations = (_each(named[name], count) for name in ("kernel_size", "padding", "dilation"))
    strides = _each(named["stride"] or named["kernel_size"], count)
    ceil_mode = bool(named["ceil_mode"])
    return [
        (Window(kernel, stride, padding, padding, dilation, ceil_mode), size)
        for kernel, stride, padding, dilation, size in zip(
            kernels, strides, paddings, dilations, _pooled(call), strict=True
        )
    ]


def _each(value: Any, count: int) -> tuple[int, ...]:
    """A setting of each axis; PyTorch takes one number for all."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    return values * count if len(values) == 1 else values


def _pooled(call: Call) -> tuple[int, ...]:
    """Sizes of the axes that the window moves along."""
    return call.input_shapes[0][-_AXES[call.kind] :]
