"""The badge that says whether an explanation holds: its own total beside the number that PyTorch computed."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from explorer.arithmetic import Explanation
from explorer.ui.common.text import number

FLOAT32_TOLERANCE = 1e-4  # share of the sum of the terms' magnitudes
FLOAT32_ROUNDING = 1e-6  # share of what was added up inside the terms: some roundings of 6e-8 each
FLOAT32_LEAST = 1.2e-38  # below it float32 has no digits to keep
TIP = "The difference between this arithmetic and the number that PyTorch computed."


def holds(explanation: Explanation) -> bool:
    """Whether the total is PyTorch's number, except for float32's rounding; infinities and NaN hold where both are."""
    computed, total = explanation.computed, explanation.total
    if computed is None or explanation.error is None:
        return False
    if total == computed or (total != total and computed != computed):
        return True
    size = max(explanation.magnitude, abs(total))
    allowed = FLOAT32_TOLERANCE * size + FLOAT32_ROUNDING * explanation.rounded + FLOAT32_LEAST
    return explanation.error <= allowed < float("inf")


def check_text(explanation: Explanation) -> str:
    """ "✓ PyTorch, 3e−8" """
    error = explanation.error
    difference = 0.0 if error is None or (holds(explanation) and error != error) else error
    return f"{'✓' if holds(explanation) else '≠'} PyTorch, {number(difference, 1)}"


def show_check(label: QLabel, explanation: Explanation | None) -> None:
    """Put the badge into `label`, in its colour; nothing where there is nothing to compare."""
    is_compared = explanation is not None and explanation.error is not None
    label.setText(check_text(explanation) if explanation is not None and is_compared else "")
    label.setToolTip(TIP if is_compared else "")
    label.setProperty("role", "good" if explanation is not None and holds(explanation) else "error")
    label.style().unpolish(label)
    label.style().polish(label)
