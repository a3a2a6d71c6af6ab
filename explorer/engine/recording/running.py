"""What a call leaves in buffers beside what it gives: the running mean and variance of a batch norm in training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.nn import functional

from explorer.engine.recording.call import Call, Shape
from explorer.engine.recording.kept import Kept

AFTER = "_after"
BUFFERS = ("running_mean", "running_var")


def buffer_shapes(call: Call) -> dict[str, Shape]:
    """The shapes of what the call leaves in its buffers, by their names with "_after"; {} where it keeps nothing."""
    if call.kind != "batch_norm":
        return {}
    named = call.named(call.kept_args, call.kept_kwargs)
    if not named.get("training"):
        return {}
    return {f"{name}{AFTER}": kept.shape for name in BUFFERS if isinstance(kept := named.get(name), Kept)}


def buffers_after(call: Call, given: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """What the call leaves in its buffers, by their names with "_after": it is made once more, on copies of them.

    `given` are its arguments, as the recording has them.
    """
    if not buffer_shapes(call):
        return {}
    copies = {name: given[name].clone() for name in BUFFERS}
    with torch.no_grad():
        functional.batch_norm(given["input"], **copies, training=True, momentum=float(given.get("momentum", 0.1)))
    return {f"{name}{AFTER}": copy for name, copy in copies.items()}
