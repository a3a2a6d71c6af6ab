"""The boxes that a detector returned, where it does so as torchvision's detectors do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

BOXES, LABELS, SCORES = "boxes", "labels", "scores"


def detections_of(outputs: Any, example: int = 0) -> tuple[Tensor, Tensor | None, Tensor | None] | None:
    """Boxes (n, 4) of one example, left, top, right and bottom in pixels, with labels (n,) and scores (n,) where there
    are any; None where it returned none.

    A detector gives a dictionary with `boxes` for each example, or one for all.
    """
    if isinstance(outputs, (list, tuple)) and len(outputs) > example and isinstance(outputs[example], Mapping):
        outputs = outputs[example]
    boxes = outputs.get(BOXES) if isinstance(outputs, Mapping) else None
    if not isinstance(boxes, Tensor) or boxes.dim() not in (2, 3) or boxes.shape[-1] != 4 or boxes.is_complex():
        return None
    if boxes.dim() == 3 and len(boxes) <= example:
        return None
    own = boxes[example] if boxes.dim() == 3 else boxes
    labels, scores = (_beside(outputs.get(name), boxes, own, example) for name in (LABELS, SCORES))
    return own, labels, scores


def _beside(given: Any, boxes: Tensor, own: Tensor, example: int) -> Tensor | None:
    """What is told of each box, (n,)."""
    if not isinstance(given, Tensor):
        return None
    found = given[example] if boxes.dim() == 3 and given.dim() == 2 else given
    return found if found.shape == own.shape[:1] else None
