"""How long a tensor is, and how far an update moved it."""

from __future__ import annotations

import torch

from explorer.engine.recording.update import Update


def ratio(update: Update) -> float | None:
    """‖after − before‖ / ‖before‖; None for a parameter that was all zeros."""
    before = norm(update.before)
    return norm(update.after - update.before) / before if before else None


def norm(tensor: torch.Tensor) -> float:
    """The root of the sum of the squares, in float64 where the device has it, so that no square overflows."""
    tensor = tensor.detach().cpu() if tensor.device.type == "mps" else tensor.detach()
    return float(torch.linalg.vector_norm(tensor, dtype=torch.complex128 if tensor.is_complex() else torch.float64))
